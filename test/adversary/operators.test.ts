import { operatorSuite } from './operator-suite.ts';

operatorSuite(1, 3);
