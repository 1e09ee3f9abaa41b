/** The adversary without sampling: every field, every byte, every cell of the small circuits, 10^5 damaged proofs. */
import { describe } from 'vitest';
import { byteSuite, committedByteSuite } from '../adversary/byte-suite.ts';
import { gadgetSuite } from '../adversary/gadget-suite.ts';
import { messageSuite } from '../adversary/message-suite.ts';
import { networkSuite } from '../adversary/network-suite.ts';
import { operatorSuite } from '../adversary/operator-suite.ts';
import { everyGadget } from '../support/circuits.ts';
import { allGadgets } from '../support/gadget-circuits.ts';

describe('every byte', () => byteSuite({ stride: 1, keyStride: 1, damaged: 100_000 }));

describe('every byte of a key and a proof with commitments', () =>
  committedByteSuite({ stride: 1, keyStride: 1, damaged: 10_000 }));

describe('every field', () => {
  const others = [allGadgets.inputs[0]?.map((x) => -1 - x) as Int32Array];
  messageSuite(allGadgets.circuit, allGadgets.inputs, others, { stride: 1, thorough: true });
});

describe('every short field of a larger proof', () => {
  const { circuit, inputs } = everyGadget();
  messageSuite(circuit, inputs, [inputs[0]?.map((x) => 255 - x) as Int32Array], { stride: 41, thorough: true });
});

describe('every cell', () => gadgetSuite(Number.POSITIVE_INFINITY));

describe('many instances', () => {
  operatorSuite(40, 6);
  networkSuite(40);
});
