/** Every fixture network in every flavour, proven and verified; and with forged activations. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileModel, importModel } from '../../src/pipeline/index.ts';
import { networkSuite } from '../adversary/network-suite.ts';
import { proveNetworks } from '../networks/proof-suite.ts';
import { isUndetermined, networkFixtures } from '../support/network-fixtures.ts';

const provable = networkFixtures.filter((name) => !isUndetermined(name));

describe('proofs', () => proveNetworks(provable));

test.each(networkFixtures.filter(isUndetermined))('%s is refused by name', (name) => {
  const { model } = importModel(readFileSync(new URL(`../fixtures/models/${name}.onnx`, import.meta.url)));
  expect(() => compileModel(model)).toThrow(/depends on the order of the cells/);
});

describe('forged activations', () =>
  networkSuite(
    2,
    provable.filter((name) => name.includes('.channel.')),
  ));
