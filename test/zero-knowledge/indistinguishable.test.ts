import { indistinguishableSuite } from './indistinguishable-suite.ts';

indistinguishableSuite(60, 4);
