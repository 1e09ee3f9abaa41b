/** --expect-…-commitment: which commitments a proof must be about, as files or as hexadecimal names. */

import type { Circuit } from '../artifact/circuit.ts';
import { decodeCommitment } from '../artifact/commitment.ts';
import { dataSetsOf } from '../artifact/data-set.ts';
import { matricesOf } from '../artifact/matrices.ts';
import { toHex } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { readFile } from '../pipeline/node/files.ts';

export type ExpectedCommitments = {
  readonly expectInputCommitment?: readonly string[];
  readonly expectOutputCommitment?: readonly string[];
  readonly expectWeightsCommitment?: readonly string[];
};

type Candidate = { readonly matrix: string; readonly port: string };

/** Matrices of a circuit that can be meant: `input:…` and data sets, `output:…`, or those of the weights. */
function candidates(circuit: Circuit, kind: string): Candidate[] {
  const stacked = kind === 'input' ? dataSetsOf(circuit).map(({ matrix, port }) => ({ matrix, port: port.name })) : [];
  const held = matricesOf(circuit)
    .filter(({ name, imported }) => (kind === 'weights' ? imported : !imported && name.startsWith(`${kind}:`)))
    .map(({ name }) => ({ matrix: name, port: name.slice(kind.length + 1) }));
  return [...stacked, ...held];
}

/** `NAME=what` names the port; without a name there must be only one that can be meant. */
function target(circuit: Circuit, kind: string, text: string): readonly [matrix: string, what: string] {
  const known = candidates(circuit, kind);
  const named = known.find(({ port }) => text.startsWith(`${port}=`) && kind !== 'weights');
  if (named !== undefined) return [named.matrix, text.slice(named.port.length + 1)];
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) return [only.matrix, text];
  throw new ProvennError(
    'USAGE',
    only === undefined
      ? `This network has no committed ${kind}, so no commitment of it can be expected.`
      : `This network has several committed ${kind}s: say which.`,
    {
      where: `--expect-${kind}-commitment`,
      next:
        only === undefined
          ? 'Look at its visibilities: provenn inspect KEY'
          : `Write NAME=FILE, with one of ${known.map(({ port }) => port).join(', ')}.`,
    },
  );
}

function descriptorOf(what: string): string {
  if (/^[0-9a-f]{64}$/.test(what)) return what;
  return toHex(decodeCommitment(readFile(what)).descriptor);
}

/** Hexadecimal descriptors by matrix, for `Expectation.commitments`. Throws `USAGE`. */
export function expectedCommitments(circuit: Circuit, options: ExpectedCommitments): Map<string, string> {
  const wanted = [
    ...(options.expectInputCommitment ?? []).map((text) => ['input', text] as const),
    ...(options.expectOutputCommitment ?? []).map((text) => ['output', text] as const),
    ...(options.expectWeightsCommitment ?? []).map((text) => ['weights', text] as const),
  ];
  const out = new Map<string, string>();
  for (const [kind, text] of wanted) {
    const [matrix, what] = target(circuit, kind, text);
    if (out.has(matrix)) throw new ProvennError('USAGE', `Two commitments are expected for ${matrix}.`);
    out.set(matrix, descriptorOf(what));
  }
  return out;
}
