import { networkSuite } from './network-suite.ts';

networkSuite(1);
