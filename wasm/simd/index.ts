export { grind, hashColumns, hashPairs } from '../hashing';
export { clear, heap } from '../heap';
export { dotRows } from './integers';
export { encodeRows } from './transform';
export {
  accumulateBase, addHalves, addScaled, applyAlong, extendEq, foldHigh, foldLow, fractionLayer, fractionRound,
  innerProductRound, prepareWeights, weightedSums,
} from './vectors';
