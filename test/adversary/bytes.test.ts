import { describe } from 'vitest';
import { byteSuite, committedByteSuite } from './byte-suite.ts';

describe('every relation', () => byteSuite({ stride: 61, keyStride: 7, damaged: 100 }));
describe('committed weights and input', () => committedByteSuite({ stride: 509, keyStride: 3, damaged: 50 }));
