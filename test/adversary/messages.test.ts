import { allGadgets } from '../support/gadget-circuits.ts';
import { messageSuite } from './message-suite.ts';

const others = [allGadgets.inputs[0]?.map((x) => -1 - x) as Int32Array];
messageSuite(allGadgets.circuit, allGadgets.inputs, others, { stride: 127, thorough: false });
