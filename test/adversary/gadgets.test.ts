import { gadgetSuite } from './gadget-suite.ts';

gadgetSuite(6);
