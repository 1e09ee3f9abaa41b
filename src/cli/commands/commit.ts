/** provenn commit: binds its owner to an input, a data set or an output before, or without, any proof. */
import type { Command } from 'commander';
import { dataSetsOf, modelInputs } from '../../artifact/data-set.ts';
import { decodeVerifyingKey } from '../../artifact/keys.ts';
import { toHex } from '../../base/bytes.ts';
import type { IntTensor } from '../../base/tensor.ts';
import { commitPorts } from '../../pipeline/index.ts';
import { bindInputs } from '../../pipeline/io/bind.ts';
import { readFile } from '../../pipeline/node/files.ts';
import { freshRandomness } from '../../pipeline/node/randomness.ts';
import { uninterrupted } from '../interrupt.ts';
import { located } from '../located.ts';
import { loadPreprocessing, readArrays, readInputs, readSamples } from '../model-files.ts';
import { writePair } from '../openings.ts';
import type { Session } from '../session.ts';

type CommitOptions = {
  readonly key: string;
  readonly input?: string;
  readonly output?: string;
  readonly data?: string;
  readonly name: string;
  readonly label?: string;
  readonly preprocess?: string;
};

async function commit(session: Session, options: CommitOptions): Promise<void> {
  const { progress } = session;
  progress.stage('reading the key');
  const key = await located(options.key, () => decodeVerifyingKey(readFile(options.key)));
  const { outputs } = key.circuit;
  const dataSets = dataSetsOf(key.circuit);
  const inputs = modelInputs(key.circuit);
  const preprocessing = loadPreprocessing(options.preprocess, options.key)?.preprocessing ?? null;
  const values = new Map<string, IntTensor>();
  if (options.input !== undefined)
    for (const [name, tensor] of readInputs(options.input, inputs, preprocessing)) values.set(`input:${name}`, tensor);
  if (options.output !== undefined) {
    const arrays = readArrays(options.output, null, 'outputs');
    for (const [name, tensor] of bindInputs(arrays, outputs, options.output)) values.set(`output:${name}`, tensor);
  }
  if (options.data !== undefined)
    for (const [name, tensor] of readSamples(options.data, dataSets)) values.set(name, tensor);
  progress.stage('committing', 0.5);
  const made = await located(options.key, () => commitPorts(key, values, options.label ?? '', freshRandomness));
  const files = await uninterrupted(() =>
    made.flatMap((opening) => {
      const port = opening.commitment.matrix.replace(/[^A-Za-z0-9._]+/g, '-');
      return writePair(made.length === 1 ? options.name : `${options.name}.${port}`, opening, []);
    }),
  );
  const named = made.map(({ commitment }) => ({ matrix: commitment.matrix, commitment: toHex(commitment.descriptor) }));
  session.result({
    json: { files, commitments: named },
    text: [
      ...named.map(({ matrix, commitment }) => `${matrix}  ${commitment}`),
      ...files.map((file) => `wrote ${file}`),
      'Publish the commitment. Keep the opening: whoever has it can read what is committed.',
    ].join('\n'),
    brief: named.map(({ commitment }) => commitment).join('\n'),
  });
}

const help = `
Commits to the inputs, data sets or outputs that the network hides with the visibility "committed". The commitment (public)
binds its owner to these integers and tells nothing of them; with the opening (secret, mode 0600) proofs can be made about
them. The verifying key says how: commitments made with one key serve other keys of the same row format only.

Examples:
  $ provenn commit --key model/verifying.key --input image.png -o ticket
  $ provenn prove model --input image.png --opening ticket.opening -o answer.proof
  $ provenn verify answer.proof --key model/verifying.key --expect-input-commitment ticket.commitment
  $ provenn commit --key model/verifying.key --data samples.npz -o samples    (compiled with --samples N)
  $ provenn prove model --opening samples.opening --sample 3 -o answer.proof`;

export function addCommit(program: Command, start: (command: Command) => Session): void {
  program
    .command('commit')
    .description('commit to an input, a data set or an output, for proofs that name the commitment')
    .requiredOption('-k, --key <file>', 'the verifying key of the network')
    .option('-i, --input <file>', 'the input: JSON, .npy, .npz or PNG')
    .option('--data <file>', 'the samples of a data set along the first axis: .npy, .npz or JSON')
    .option('--output-values <file>', 'the output: a result of provenn run, .npy or .npz')
    .requiredOption('-o, --name <path>', 'where to write: PATH.commitment and PATH.opening')
    .option('--label <text>', 'words of your own, written into both files')
    .option('--preprocess <file>', 'how pixels become inputs (default: preprocess.json beside the key)')
    .addHelpText('after', help)
    .action((options: CommitOptions & { readonly outputValues?: string }, command: Command) => {
      const { outputValues } = options;
      return commit(start(command), outputValues === undefined ? options : { ...options, output: outputValues });
    });
}
