/** Constants of a model that the circuit must not show: how they are cut into cells of declared ranges. */
import type { Term, WireId } from '../artifact/circuit.ts';
import { ProvennError } from '../base/errors.ts';
import type { Interval, Shape } from '../base/tensor.ts';
import type { Builder } from '../gadgets/builder.ts';

/**
 * A hidden bias is committed as 2^14·high + low. Ranges of 2^14 integers are cheap to prove, and int32 as such would not fit
 * the field.
 */
const lowBits = 14;
const lowInterval: Interval = [0, 2 ** lowBits - 1];
const highInterval: Interval = [-(2 ** 13), 2 ** 13 - 1];

/** The declared bound of hidden biases, the same for every model: −2^27 to 2^27 − 1. */
export const hiddenBias: Interval = [highInterval[0] * 2 ** lowBits, (highInterval[1] + 1) * 2 ** lowBits - 1];

/** The wires of a hidden bias, and how an expression reads the bias from them: factor and wire. */
export function hideBias(
  build: Builder,
  name: string,
  sizes: Shape,
  data: Int32Array,
): readonly { readonly coefficient: Term['coefficient']; readonly wire: WireId }[] {
  if (!data.every((value) => value >= hiddenBias[0] && value <= hiddenBias[1])) {
    throw new ProvennError(
      'MODEL_UNSAFE',
      // Not which: it is to be hidden, and messages end up in logs.
      `${name} holds integers outside [${hiddenBias.join(', ')}], where hidden biases lie`,
      {
        where: name,
        next: 'Use weights=public, or a larger scale for the layer.',
      },
    );
  }
  const high = build.weights(
    `${name}:high`,
    sizes,
    data.map((value) => value >> lowBits),
    highInterval,
  );
  const low = build.weights(
    `${name}:low`,
    sizes,
    data.map((value) => value & lowInterval[1]),
    lowInterval,
  );
  return [
    { coefficient: 2 ** lowBits, wire: high },
    { coefficient: 1, wire: low },
  ];
}

/** Refuses a layer whose weights cannot be hidden. */
export function cannotHide(node: string, why: string): never {
  throw new ProvennError('MODEL_UNSUPPORTED', `node ${node}: its weights cannot be committed: ${why}`, {
    where: node,
    next: 'Compile with --visibility weights=public.',
  });
}
