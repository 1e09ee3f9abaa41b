/** Every fixture network in every flavour, proven and verified; and with forged activations. */
import { describe } from 'vitest';
import { networkSuite } from '../adversary/network-suite.ts';
import { proveNetworks } from '../networks/proof-suite.ts';
import { networkFixtures } from '../support/network-fixtures.ts';

describe('proofs', () => proveNetworks(networkFixtures));

describe('forged activations', () =>
  networkSuite(
    2,
    networkFixtures.filter((name) => name.includes('.channel.')),
  ));
