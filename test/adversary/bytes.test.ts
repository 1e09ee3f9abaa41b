import { byteSuite } from './byte-suite.ts';

byteSuite({ stride: 29, keyStride: 3, damaged: 200 });
