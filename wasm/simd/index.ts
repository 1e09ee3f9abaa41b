export { grind, hashColumns, hashPairs } from '../hashing';
export { heap } from '../heap';
export { dotRows } from './integers';
export { transform } from './transform';
export {
  accumulateBase, addHalves, addScaled, applyAlong, extendEq, foldHigh, foldLow, fractionLayer, fractionRound,
  innerProductRound, weightedSums,
} from './vectors';
