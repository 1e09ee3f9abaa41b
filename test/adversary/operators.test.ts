import { operatorSuite } from './operator-suite.ts';

operatorSuite(2, 3);
