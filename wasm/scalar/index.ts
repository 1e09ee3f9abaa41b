export { grind, hashColumns, hashPairs } from '../hashing';
export { clear, heap } from '../heap';
export { gatherRows } from '../rows';
export { dotRows } from './integers';
export { encodeRows } from './transform';
export {
  accumulateBase, addHalves, addScaled, applyAlong, extendEq, foldHigh, foldLow, fractionLayer, fractionRound,
  innerProductRound, prepareWeights, weightedSums,
} from './vectors';
