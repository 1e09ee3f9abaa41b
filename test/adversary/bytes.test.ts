import { describe } from 'vitest';
import { byteSuite, committedByteSuite } from './byte-suite.ts';

describe('every relation', () => byteSuite({ stride: 29, keyStride: 3, damaged: 200 }));
describe('committed weights and input', () => committedByteSuite({ stride: 251, keyStride: 1, damaged: 100 }));
