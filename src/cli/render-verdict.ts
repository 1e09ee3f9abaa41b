/** A verdict for people and for programs: every claim on its own line, and what is not claimed. */
import type { Claims, PublicTensor, Verdict } from '../artifact/verdict.ts';
import { fromHex } from '../base/bytes.ts';
import type { Json } from '../base/canonical-json.ts';
import { contextText } from '../pipeline/index.ts';
import { arraysJson, type PortResult } from '../pipeline/io/result.ts';
import { describePort, topJson, valueLines } from './render-result.ts';

function resultOf(tensor: PublicTensor): PortResult {
  const { name, tensor: inner, dims, dtype, quantization, integers, values } = tensor;
  return { port: { name, tensor: inner, dims, dtype, quantization }, integers, values };
}

const setups: Readonly<Record<Claims['setup'], string>> = {
  none: 'none: nobody holds a secret with which to forge',
  ceremony: 'ceremony: sound while one of its participants destroyed their secret',
  insecure: 'INSECURE: whoever made this key can forge proofs; for development only',
};

const notYetPrivate = 'not yet zero-knowledge: the proof may reveal the input and every intermediate value';

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
  lines.push(
    fact('context', context === '' ? 'none: the proof is bound to no session or audience' : JSON.stringify(context)),
  );
  lines.push(fact('network', `${claims.model}, circuit ${claims.circuitDigest}`));
  lines.push(fact('key', claims.keyDigest));
  lines.push(fact('weights', 'public, part of the circuit'));
  lines.push(fact('integers', `${claims.profile}, every one exact`));
  lines.push(fact('soundness', `${claims.soundnessBits.toFixed(1)} bits, backend ${claims.backend}`));
  lines.push(fact('setup', setups[claims.setup]));
  lines.push(
    fact(
      'privacy',
      claims.zeroKnowledge ? 'zero-knowledge: the proof says nothing about what is not shown here' : notYetPrivate,
    ),
  );
  return lines;
}

export function renderVerdict(verdict: Verdict, labels: readonly string[] | null): string {
  if (!verdict.ok) return `REJECTED (${verdict.reason.code}): ${verdict.reason.message}`;
  return ['ACCEPTED: the network gives this output for this input', ...claimLines(verdict.claims, labels)].join('\n');
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
      keyDigest: claims.keyDigest,
      context: claims.context,
      inputs: arraysJson(inputs),
      outputs: arraysJson(outputs),
      top: topJson(outputs, labels),
      setup: claims.setup,
      soundnessBits: claims.soundnessBits,
      zeroKnowledge: claims.zeroKnowledge,
    },
  };
}
