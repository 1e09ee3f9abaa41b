/** Facts about gadgets that every stage shares. */
import type { Expression, Gadget, Wire } from '../artifact/circuit.ts';
import type { Shape } from '../base/tensor.ts';

/** The widest difference a maximum gadget accepts between its two sides. */
export const maximumSpan = 255;

/** Output wire of a gadget that determines one; −1 for relations that only restrict. */
export function outputOf(gadget: Gadget): number {
  return gadget.kind === 'contract' || gadget.kind === 'range' ? -1 : gadget.output;
}

/** The box of a gadget. */
export function boxOfGadget(gadget: Gadget, wires: readonly Wire[]): Shape {
  return gadget.kind === 'range' ? (wires[gadget.wire]?.sizes ?? []) : gadget.box;
}

/** Every expression a gadget reads. */
export function expressionsOf(gadget: Gadget): readonly Expression[] {
  switch (gadget.kind) {
    case 'contract':
    case 'range':
      return [];
    case 'table':
      return gadget.inputs;
    case 'maximum':
      return [gadget.left, gadget.right];
    case 'step':
    case 'linear':
      return [gadget.input];
  }
}
