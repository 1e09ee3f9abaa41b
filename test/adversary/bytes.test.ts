import { describe } from 'vitest';
import { byteSuite, committedByteSuite } from './byte-suite.ts';

describe('every relation', () => byteSuite({ stride: 127, keyStride: 13, damaged: 40 }));
describe('committed weights and input', () => committedByteSuite({ stride: 1021, keyStride: 7, damaged: 25 }));
