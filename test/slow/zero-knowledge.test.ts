/** Two thousand proofs of each of two private inputs, and as many simulated ones. */
import { indistinguishableSuite } from '../zero-knowledge/indistinguishable-suite.ts';

indistinguishableSuite(2000, 8);
