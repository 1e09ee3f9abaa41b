/** A verdict for people and for programs: every claim on its own line, and what is not claimed. */
import type { Claims, HiddenTensor, PublicTensor, Verdict } from '../artifact/verdict.ts';
import { fromHex } from '../base/bytes.ts';
import type { Json } from '../base/canonical-json.ts';
import { contextText } from '../pipeline/context-text.ts';
import { arraysJson, type PortResult } from '../pipeline/io/result.ts';
import { oneLine } from './render-error.ts';
import { describePort, topJson, valueLines } from './render-result.ts';

function resultOf(tensor: PublicTensor): PortResult {
  const { name, tensor: inner, dims, dtype, quantization, integers, values } = tensor;
  return { port: { name, tensor: inner, dims, dtype, quantization }, integers, values };
}

const setups: Readonly<Record<Claims['setup'], string>> = {
  none: 'none: nobody holds a secret with which to forge',
  ceremony: 'ceremony, says the key: sound if that is so and one participant destroyed their secret',
  insecure: 'INSECURE: whoever made this key can forge proofs; for development only',
};

const notPrivate = 'not zero-knowledge: the proof may reveal what is not public';

/** A port that is not shown: what is known of it, and by what name others can refer to it. */
function hiddenLine(tensor: HiddenTensor): string {
  const { name, tensor: inner, dims, dtype, quantization, commitment, linkedFrom, sample } = tensor;
  const what = describePort({ port: { name, tensor: inner, dims, dtype, quantization } });
  if (commitment === null) return `${what}, private`;
  const linked = linkedFrom === undefined ? '' : `, re-keyed from ${linkedFrom}`;
  if (sample === undefined) return `${what}, hidden in the commitment ${commitment}${linked}`;
  const { count, index } = sample;
  const which = index === null ? `one of ${count} samples` : `sample ${index} of ${count}, counted from 0,`;
  return `${what}, hidden: ${which} in the commitment ${commitment}${linked}`;
}

function weightsLine({ weights }: Claims): string {
  if (weights.length === 0) return 'public, part of the circuit';
  return weights.map(({ commitment }) => `hidden in the commitment ${commitment}`).join(', ');
}

/** The first line: it must not promise an input or an output that nobody is shown. */
function headline({ inputs, outputs, hidden }: Claims): string {
  const shown = (count: number, what: string): string => (count > 0 ? `this ${what}` : `a hidden ${what}`);
  const some = (side: 'input' | 'output', count: number): string => {
    const partly = count > 0 && hidden.some((tensor) => tensor.side === side);
    return `${shown(count, side)}${partly ? ' and others that are hidden' : ''}`;
  };
  return `ACCEPTED: the network gives ${some('output', outputs.length)} for ${some('input', inputs.length)}`;
}

function claimLines(claims: Claims, labels: readonly string[] | null): string[] {
  const fact = (name: string, value: string): string => `  ${name.padEnd(12)} ${value}`;
  const context = contextText(fromHex(claims.context));
  const lines: string[] = [];
  for (const tensor of claims.inputs)
    lines.push(fact('input', `${describePort(resultOf(tensor))}, public, ${tensor.integers.length} values`));
  for (const tensor of claims.outputs) {
    const result = resultOf(tensor);
    lines.push(
      fact('output', `${describePort(result)}, public`),
      ...valueLines(result, labels).map((line) => `${' '.repeat(13)}${line}`),
    );
  }
  for (const tensor of claims.hidden) lines.push(fact(tensor.side, hiddenLine(tensor)));
  lines.push(
    fact('context', context === '' ? 'none: the proof is bound to no session or audience' : JSON.stringify(context)),
  );
  lines.push(fact('network', `${claims.model}, circuit ${claims.circuitDigest}`));
  lines.push(fact('key', claims.keyDigest));
  if (claims.linkedFrom !== undefined) lines.push(fact('re-keyed from', claims.linkedFrom));
  if (claims.modelDigest !== claims.circuitDigest) lines.push(fact('model', claims.modelDigest));
  lines.push(fact('weights', weightsLine(claims)));
  lines.push(fact('integers', `${claims.profile}, every one exact`));
  lines.push(fact('soundness', `${claims.soundnessBits.toFixed(1)} bits, backend ${claims.backend}`));
  lines.push(fact('setup', setups[claims.setup]));
  lines.push(
    fact(
      'privacy',
      claims.zeroKnowledge ? 'zero-knowledge: the proof says nothing about what is not shown here' : notPrivate,
    ),
  );
  return lines;
}

export function renderVerdict(verdict: Verdict, labels: readonly string[] | null): string {
  if (!verdict.ok) return oneLine(`REJECTED (${verdict.reason.code}): ${verdict.reason.message}`);
  return [headline(verdict.claims), ...claimLines(verdict.claims, labels)].map(oneLine).join('\n');
}

export function verdictJson(verdict: Verdict, labels: readonly string[] | null): { readonly [key: string]: Json } {
  if (!verdict.ok) return { ok: false, reason: { ...verdict.reason } };
  const { claims } = verdict;
  const inputs = claims.inputs.map(resultOf);
  const outputs = claims.outputs.map(resultOf);
  return {
    ok: true,
    claims: {
      backend: claims.backend,
      model: claims.model,
      profile: claims.profile,
      circuitDigest: claims.circuitDigest,
      modelDigest: claims.modelDigest,
      keyDigest: claims.keyDigest,
      linkedFrom: claims.linkedFrom ?? null,
      context: claims.context,
      inputs: arraysJson(inputs),
      outputs: arraysJson(outputs),
      hidden: claims.hidden.map(({ side, name, dims, dtype, commitment, linkedFrom, sample }) => ({
        side,
        name,
        dims: [...dims],
        dtype,
        commitment,
        linkedFrom: linkedFrom ?? null,
        sample: sample === undefined ? null : { ...sample },
      })),
      weights: claims.weights.length === 0 ? 'public' : claims.weights.map((weights) => ({ ...weights })),
      top: topJson(outputs, labels),
      setup: claims.setup,
      soundnessBits: claims.soundnessBits,
      zeroKnowledge: claims.zeroKnowledge,
    },
  };
}
