export { grind, hashColumns, hashPairs } from '../hashing';
export { clear, heap } from '../heap';
export { gatherRows } from '../rows';
export { dotRows } from './integers';
export { encodeRows } from './transform';
export {
  accumulateBase, addHalves, addScaled, applyAlong, extendEq, foldHigh, foldLow, fractionLayer, fractionLeaves,
  fractionRound, innerProductRound, pairing, prepareWeights, weightedSums,
} from './vectors';
