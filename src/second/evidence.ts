import { hash } from './blake3.ts';
import { checkBody } from './body.ts';
import { blob, concat, i32, list, text, u8, u32 } from './bytes.ts';
import type { Circuit, Gadget, Wire } from './circuit.ts';
import { descriptorOf } from './descriptor.ts';
import type { Parameters, TensorShape } from './files.ts';
import { whole } from './lower.ts';
import { acceptSystem, protocol } from './system.ts';

/** §10, "Evidence": proofs of this same protocol about the cells of long-lived matrices. */

const profile = 'provenn/evidence/1';

interface Matrix {
  readonly name: string;
  readonly tensors: readonly TensorShape[];
  readonly root: Uint8Array;
  /** For a link: the matrix before. */
  readonly previous?: Uint8Array;
}

/** Every cell lies in its wire's interval, and with a link is the cell before. Gives the error of the proof. */
export function checkEvidence(matrix: Matrix, parameters: Parameters, body: Uint8Array): number {
  const circuit = matrix.previous ? linkCircuit(matrix) : rangeCircuit(matrix);
  const system = acceptSystem(circuit, parameters);
  const key = concat(text(protocol), blob(parameterBytes(parameters)), circuitBytes(circuit), u32(0));
  const named = [...(matrix.previous ? [matrix.previous] : []), matrix.root].map((root) => ({
    root,
    descriptor: descriptorOf(parameters, matrix.tensors, root),
  }));
  checkBody(system, { key: hash(key), context: new Uint8Array(0), publics: [] }, named, body);
  return system.error;
}

function committed(tensor: TensorShape, matrix: string, suffix = ''): Wire {
  const { name, sizes, interval } = tensor;
  return { name: name + suffix, role: 'committed', sizes, interval, matrix };
}

function rangeCircuit({ name, tensors }: Matrix): Circuit {
  return {
    ...{ name: `ranges of ${name}`, profile, inputs: [], outputs: [], tables: [] },
    wires: tensors.map((tensor) => committed(tensor, name)),
    gadgets: tensors.map((tensor, wire): Gadget => ({ kind: 'range', name: tensor.name, wire, ...tensor.interval })),
  };
}

function linkCircuit({ name, tensors }: Matrix): Circuit {
  const gadgets = tensors.flatMap((tensor, wire): Gadget[] => {
    const { name: label, sizes: box, interval } = tensor;
    return [
      { kind: 'range', name: `${label}:before`, wire, ...interval },
      { kind: 'linear', name: label, box, input: whole(wire, box), output: tensors.length + wire },
    ];
  });
  return {
    ...{ name: `link of ${name}`, profile, inputs: [], outputs: [], tables: [], gadgets },
    wires: [
      ...tensors.map((tensor) => committed(tensor, 'previous', ':before')),
      ...tensors.map((tensor) => committed(tensor, name)),
    ],
  };
}

export function parameterBytes({ c, kappa, queries, work1, work2, h, t, budget }: Parameters): Uint8Array {
  return concat(u8(c), u8(kappa), u32(queries), u8(work1), u8(work2), u8(h), u32(t), u32(budget));
}

/** docs/formats.md, for circuits that have committed wires, ranges and plain linear relations only. */
function circuitBytes({ name, profile: profileName, wires, gadgets }: Circuit): Uint8Array {
  const none = u32(0);
  return concat(
    ...[text(name), text(profileName), none, none],
    list(wires, (wire) =>
      concat(
        ...[text(wire.name), u8(3), list(wire.sizes, u32), i32(wire.interval.low), i32(wire.interval.high)],
        text(wire.matrix as string),
      ),
    ),
    none,
    list(gadgets, gadgetBytes),
  );
}

function gadgetBytes(gadget: Gadget): Uint8Array {
  if (gadget.kind === 'range')
    return concat(u8(4), text(gadget.name), u32(gadget.wire), i32(gadget.low), i32(gadget.high));
  const { name, box, input, output } = gadget as Extract<Gadget, { kind: 'linear' }>;
  const terms = list(input.terms, ({ coefficient, view }) =>
    concat(
      ...[i32(coefficient), u32(view.wire)],
      list(view.maps, (map) => concat(u8(0), u32(map.kind === 'axis' ? map.axis : 0), i32(1), i32(0))),
    ),
  );
  return concat(u8(5), text(name), list(box, u32), i32(input.constant), terms, u32(0), u32(output));
}
