/** The public signals of a statement: what it is bound to, then its packed integers. */
import type { Circuit } from '../../artifact/circuit.ts';
import type { KeyCommitment } from '../../artifact/keys.ts';
import type { Statement } from '../../artifact/statement.ts';
import { ByteWriter } from '../../base/bytes.ts';
import { keyedDigest, labelKey } from '../../base/digest.ts';
import { rootOf } from './commitment.ts';
import { packedSignals, packsOf } from './layout.ts';
import { fromBytes } from './prime-field.ts';

const bindingKey = labelKey('provenn/groth16/binding/1');

/** Digits of the binding that fit a field element whatever they are. */
const bindingBytes = 31;

/** Model, key (hence the kind of setup) and context as one field element. */
export function bindingOf(statement: Omit<Statement, 'publics'>): bigint {
  const { modelDigest, keyDigest, context } = statement;
  const bytes = new ByteWriter().raw(modelDigest).raw(keyDigest).blob(context).finish();
  return fromBytes(keyedDigest(bindingKey, bytes).subarray(0, bindingBytes));
}

type Committing = { readonly circuit: Circuit; readonly commitments: readonly KeyCommitment[] };

/** All public signals of a statement under a key, in the order of the key's points. */
export function signalsOf({ circuit, commitments }: Committing, statement: Statement): bigint[] {
  const order = new Map<number, number>();
  circuit.wires.forEach(({ role }, wire) => {
    if (role === 'public') order.set(wire, order.size);
  });
  const integers = (wire: number): Int32Array => statement.publics[order.get(wire) as number] as Int32Array;
  return [
    bindingOf(statement),
    ...packedSignals(packsOf(circuit), integers),
    ...commitments.map(({ root }) => rootOf(root)),
  ];
}
