/** The stages of a proof in words, with the share of the time that has passed when they begin (measured on LeNet-5). */
import type { ProveStage } from './prove.ts';

export const proveStages: Readonly<Record<ProveStage, readonly [words: string, begins: number]>> = {
  key: ['checking the key', 0.03],
  execute: ['running the network', 0.08],
  assign: ['assigning the witness', 0.1],
  commit: ['committing', 0.17],
  lookups: ['proving lookups', 0.26],
  contractions: ['proving contractions', 0.65],
  opening: ['opening', 0.68],
  witness: ['generating the witness', 0.2],
  points: ['proving with snarkjs', 0.5],
  verify: ['verifying the proof', 0.9],
};
