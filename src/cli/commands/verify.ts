/** provenn verify: what a proof establishes under a key, and whether that is what was expected. */
import type { Command } from 'commander';
import { modelInputs } from '../../artifact/data-set.ts';
import { openAny } from '../../artifact/envelope.ts';
import { decodeVerifyingKey, type VerifyingKey } from '../../artifact/keys.ts';
import { decodeLink, type Link } from '../../artifact/link.ts';
import { decodeProof } from '../../artifact/proof.ts';
import type { Port } from '../../artifact/quant-graph.ts';
import type { Expectation, PublicTensor, Verdict } from '../../artifact/verdict.ts';
import { utf8 } from '../../base/bytes.ts';
import { exitCodes, ProvennError } from '../../base/errors.ts';
import { bindArrays, type PortValue } from '../../pipeline/io/bind.ts';
import { readFile } from '../../pipeline/node/files.ts';
import {
  type VerifyOptions as LibraryOptions,
  type PreparedKey,
  prepareChain,
  verifyProof,
} from '../../verify/index.ts';
import { parseContext } from '../context.ts';
import { parseDigest } from '../digest.ts';
import { type ExpectedCommitments, expectedCommitments } from '../expected-commitments.ts';
import { formatMilliseconds } from '../format.ts';
import { located } from '../located.ts';
import { loadPreprocessing, readArrays, readInputs } from '../model-files.ts';
import { renderVerdict, verdictJson } from '../render-verdict.ts';
import type { Session } from '../session.ts';

type VerifyOptions = ExpectedCommitments & {
  readonly key: string;
  readonly input?: string;
  readonly output?: string;
  readonly context?: string;
  readonly model?: string;
  readonly preprocess?: string;
  readonly chain?: readonly string[];
  readonly allowInsecureSetup?: boolean;
};

/**
 * A float output is compared as the float32 values people exchange. Quantizing the file's values instead would accept
 * every value that rounds to the same integer.
 */
function compareOutput(tensor: PublicTensor, expected: PortValue): string | null {
  const claimed = expected.kind === 'floats' ? (tensor.values ?? tensor.integers) : tensor.integers;
  const wanted = expected.kind === 'floats' ? expected.values : expected.tensor.data;
  const at = claimed.findIndex((value, i) => value !== wanted[i]);
  if (at < 0) return null;
  return `The proof's output ${tensor.name} differs from the file: element ${at} is ${claimed[at]}, not ${wanted[at]}.`;
}

function readOutputs(path: string, ports: readonly Port[]): ReadonlyMap<string, PortValue> {
  return bindArrays(readArrays(path, null, 'outputs'), ports, path);
}

function withOutputs(verdict: Verdict, expected: ReadonlyMap<string, PortValue>): Verdict {
  if (!verdict.ok) return verdict;
  for (const [name, value] of expected) {
    const tensor = verdict.claims.outputs.find((claimed) => claimed.name === name);
    const message = tensor === undefined ? `The proof shows no output ${name}.` : compareOutput(tensor, value);
    if (message !== null) return { ok: false, reason: { code: 'output', message } };
  }
  return verdict;
}

/** A damaged proof file is a rejected proof whose exit code says that the file itself is at fault. */
function check(
  key: PreparedKey,
  proof: Uint8Array,
  options: LibraryOptions,
): { readonly verdict: Verdict; readonly damaged: boolean } {
  try {
    return { verdict: verifyProof(key, decodeProof(proof), options), damaged: false };
  } catch (error) {
    if (!(error instanceof ProvennError) || error.exitCode !== exitCodes.tampered) throw error;
    return { verdict: { ok: false, reason: { code: 'malformed', message: error.message } }, damaged: true };
  }
}

/** What --chain names: keys that were re-keyed from the given one, and links between commitments, each kind in order. */
async function readChain(
  paths: readonly string[],
): Promise<{ readonly keys: readonly VerifyingKey[]; readonly links: readonly Link[] }> {
  const keys: VerifyingKey[] = [];
  const links: Link[] = [];
  for (const path of paths) {
    const bytes = readFile(path);
    await located(path, () => {
      if (openAny(bytes).kind === 'link') links.push(decodeLink(bytes));
      else keys.push(decodeVerifyingKey(bytes));
    });
  }
  return { keys, links };
}

async function verifyCommand(session: Session, path: string, options: VerifyOptions): Promise<void> {
  const { progress, io } = session;
  progress.stage('reading the key and the proof');
  const proof = readFile(path);
  const keyBytes = readFile(options.key);
  const key = await located(options.key, () => decodeVerifyingKey(keyBytes));
  const since = io.now();
  const { keys: later, links } = await readChain(options.chain ?? []);
  const prepared = await located(options.key, () => prepareChain(key, later));
  const keyTime = io.now() - since;
  const preprocessing = loadPreprocessing(options.preprocess, options.key)?.preprocessing ?? null;
  const { outputs } = key.circuit;
  const inputs = modelInputs(key.circuit);
  const expected = options.input === undefined ? null : readInputs(options.input, inputs, preprocessing);
  const wanted = options.output === undefined ? null : readOutputs(options.output, outputs);
  const commitments = await located(options.key, () => expectedCommitments(key.circuit, options), ['--expect']);
  if (links.length > 0 && commitments.size === 0) {
    throw new ProvennError('USAGE', 'Links lead from an expected commitment, and none is expected.', {
      where: '--chain',
      next: 'Say which: --expect-input-commitment FILE or --expect-output-commitment FILE',
    });
  }
  const expect: Expectation = {
    ...(commitments.size === 0 ? {} : { commitments }),
    ...(options.context === undefined ? {} : { context: utf8(options.context) }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(expected === null ? {} : { inputs: new Map([...expected].map(([name, tensor]) => [name, tensor.data])) }),
  };
  progress.stage('verifying');
  const begun = io.now();
  const { verdict: proven, damaged } = check(prepared, proof, {
    expect,
    links,
    allowInsecureSetup: options.allowInsecureSetup === true,
  });
  const milliseconds = keyTime + io.now() - begun;
  const verdict = wanted === null ? proven : withOutputs(proven, wanted);
  const labels = preprocessing?.labels ?? null;
  session.result({
    json: { ...verdictJson(verdict, labels), milliseconds: Math.round(milliseconds) },
    text: `${renderVerdict(verdict, labels)}\n\nverified in ${formatMilliseconds(milliseconds)}`,
    brief: verdict.ok ? 'accepted' : `rejected (${verdict.reason.code})`,
  });
  if (!verdict.ok) session.exitWith(damaged ? exitCodes.tampered : exitCodes.rejected);
}

const help = `
Everything printed is derived from the key and the checked proof. What a proof says about a network depends on the key:
take the key from a source you trust, or compare the model digest with --model (the circuit digest, while weights
are public). Values that are neither shown nor in a named commitment are hidden: the proof says that there are some.
Exits with 0 when the proof is accepted, 1 when it is rejected, 6 when a file is damaged or of another version.

Examples:
  $ provenn verify answer.proof --key model/verifying.key
  $ provenn verify answer.proof --key model/verifying.key --input image.png --output output.json
  $ provenn verify answer.proof --key model/verifying.key --expect-input-commitment old.commitment --chain input-x.link
  $ provenn verify answer.proof --key model/verifying.key --context "request 4711" --json`;

export function addVerify(program: Command, start: (command: Command) => Session): void {
  program
    .command('verify')
    .description('check a proof and print what it establishes')
    .argument('<proof>', 'a proof')
    .requiredOption('-k, --key <file>', 'the verifying key of the network')
    .option('-i, --input <file>', 'demand that the input is this one')
    .option('-o, --output <file>', 'demand that the output is this one: a result of provenn run, .npy or .npz')
    .option(
      '--chain <files...>',
      'keys or links that provenn rekey made since, in order; links need an expected commitment',
    )
    .option('--context <text>', 'demand this context', parseContext)
    .option(
      '--expect-input-commitment <file...>',
      'demand that the hidden input is in this commitment: a file or its hexadecimal name',
    )
    .option(
      '--expect-output-commitment <file...>',
      'demand that the hidden output is in this commitment: a file or its hexadecimal name',
    )
    .option(
      '--expect-weights-commitment <file...>',
      'demand that the hidden weights are in this commitment: a file or its hexadecimal name',
    )
    .option('--model <digest>', 'demand that the network has this model digest', parseDigest)
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json beside the key)')
    .option('--allow-insecure-setup', 'trust a key of a development setup, whose maker can forge proofs')
    .addHelpText('after', help)
    .action((path: string, options: VerifyOptions, command: Command) => verifyCommand(start(command), path, options));
}
