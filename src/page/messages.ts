/** What a page and its worker say to each other: plain values, in both directions. */
import type { Port } from '../artifact/quant-graph.ts';
import type { Preprocessing } from '../pipeline/io/preprocess.ts';
import type { ProveStage } from '../pipeline/prove.ts';
import type { Answer } from './answer.ts';
import type { Check, Judgement, NamedFile, Question } from './judge.ts';
import type { BundleQuestion } from './judge-bundle.ts';
import type { SecondQuestion } from './second-opinion.ts';

/** What a proving key is about. */
export type Circuit = {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly modelDigest: string;
  readonly verifyingKey: Uint8Array;
  readonly shown: 'public' | 'private';
};

/** Pixels of the size the network reads, in the layout of its preprocessing; or a file that holds the input. */
export type InputSource =
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array; readonly preprocessing: Preprocessing }
  | { readonly kind: 'file'; readonly file: NamedFile; readonly preprocessing: Preprocessing | null };

export type Proving = {
  readonly input: InputSource;
  readonly context: string;
  readonly labels: readonly string[] | null;
};

/** Requests by name, with what each is given and what it answers. */
export type Requests = {
  readonly judge: { readonly given: Question; readonly answer: Judgement };
  readonly second: { readonly given: SecondQuestion; readonly answer: Check };
  readonly audit: { readonly given: BundleQuestion; readonly answer: Judgement };
  readonly load: { readonly given: Uint8Array; readonly answer: Circuit };
  readonly run: { readonly given: Omit<Proving, 'context'>; readonly answer: readonly Answer[] };
  readonly prove: { readonly given: Proving; readonly answer: Uint8Array };
};

export type RequestName = keyof Requests;

export type Request = { readonly id: number; readonly name: RequestName; readonly given: unknown };

export type Reply =
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown; readonly milliseconds: number }
  | { readonly id: number; readonly kind: 'stage'; readonly stage: ProveStage }
  | { readonly id: number; readonly kind: 'problem'; readonly message: string; readonly next: string };

/** What a worker does with each request it knows. */
export type Services = {
  readonly [Name in RequestName]?: (
    given: Requests[Name]['given'],
    onStage: (stage: ProveStage) => void,
  ) => Requests[Name]['answer'] | Promise<Requests[Name]['answer']>;
};
