export { grind, hashColumns, hashPairs } from '../hashing';
export { heap } from '../heap';
export { transform } from './transform';
export {
  accumulateBase, addHalves, addScaled, extendEq, foldHigh, foldLow, fractionLayer, fractionRound, innerProductRound,
  weightedSum,
} from './vectors';
