import { hash } from './blake3.ts';
import { blob, concat, i32, text, u8, u32, u64 } from './bytes.ts';
import type { Circuit, Wire } from './circuit.ts';
import type { Parameters, TensorShape } from './files.ts';
import { type Placed, placeTensors } from './layout.ts';

/** §10: the name of a long-lived matrix. A root alone does not fix the cells; with the row format it does. */
export function descriptorOf(
  { c, kappa, t }: Pick<Parameters, 'c' | 'kappa' | 't'>,
  tensors: readonly Omit<TensorShape, 'name'>[],
  root: Uint8Array,
): Uint8Array {
  const placed = placeTensors(
    tensors.map(({ sizes }, tensor) => ({ tensor, sizes })),
    c,
  );
  const addresses = new Map(placed.tensors.map(({ tensor, address }: Placed) => [tensor, address]));
  const shape = concat(
    ...[u8(c), u8(kappa), u32(t), u32(placed.rows), u32(tensors.length)],
    ...tensors.map(({ sizes, interval }, tensor) =>
      concat(
        ...[u8(sizes.length), ...sizes.map(u32), u64(addresses.get(tensor) as number)],
        ...[i32(interval.low), i32(interval.high)],
      ),
    ),
  );
  return hash(concat(text('provenn/matrix/1'), blob(shape), root));
}

/** The committed wires of a matrix, in order. */
export function tensorsOf(circuit: Circuit, wires: readonly number[]): TensorShape[] {
  return wires.map((wire) => circuit.wires[wire] as Wire);
}
