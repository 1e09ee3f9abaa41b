export { grind, hashColumns, hashPairs, useScratch } from '../hashing';
export { clear, heap } from '../heap';
export { gatherRows } from '../rows';
export { dotRows } from '../simd/integers';
export { encodeRows } from '../simd/transform';
export {
  accumulateBase, addHalves, addScaled, applyAlong, extendEq, foldHigh, foldLow, fractionLayer, fractionLeaves,
  fractionRound, innerProductRound, pairing, prepareWeights, weightedSums,
} from '../simd/vectors';
