/** What both sides absorb before the first message, and which integers of the statement they know. */
import type { Statement } from '../../artifact/statement.ts';
import { ByteWriter, concatBytes, utf8 } from '../../base/bytes.ts';
import { fromInteger } from '../../base/field.ts';
import type { PublicData } from './claims.ts';
import type { System } from './system.ts';
import { Transcript } from './transcript.ts';

/** Step 1: protocol, key, context, descriptors of the long-lived matrices in key order, cells of the public tensors. */
export function openTranscript(
  protocol: string,
  keyDigest: Uint8Array,
  descriptors: readonly Uint8Array[],
  statement: Statement,
): Transcript {
  const transcript = new Transcript();
  transcript.absorb('protocol', utf8(protocol));
  transcript.absorb('vk', keyDigest);
  transcript.absorb('context', statement.context);
  transcript.absorb('roots', concatBytes(...descriptors));
  const cells = new ByteWriter();
  for (const values of statement.publics) for (const value of values) cells.u32(fromInteger(value));
  transcript.absorb('public', cells.finish());
  return transcript;
}

/** Constants come from the key, public wires from the statement in wire order. */
export function publicDataOf(system: System, publics: readonly ArrayLike<number>[]): PublicData {
  let next = 0;
  const data = system.tensors.map((tensor) =>
    tensor.kind === 'committed' ? null : tensor.kind === 'constant' ? tensor.data : (publics[next++] ?? null),
  );
  return (tensor) => data[tensor] ?? null;
}
