/** Every shape rule by domain and operator. */
import { elementwise, quantizedElementwise } from './elementwise.ts';
import { type IntegerRule, integerRules } from './integers.ts';
import { layout, quantizedLayout } from './layout.ts';
import { linear, quantizedLinear } from './linear.ts';
import type { ShapeRule } from './node-view.ts';
import { quantization } from './quantization.ts';
import { reduction } from './reduction.ts';
import { quantizedWindowed, windowed } from './windows.ts';

const rules: ReadonlyMap<string, ReadonlyMap<string, ShapeRule>> = new Map([
  ['', new Map([...elementwise, ...windowed, ...linear, ...layout, ...reduction, ...quantization])],
  [
    'com.microsoft',
    new Map([...quantizedElementwise, ...quantizedWindowed, ...quantizedLinear, ...quantizedLayout, ...quantization]),
  ],
]);

/** The rule of an operator, or undefined when provenn does not know it. */
export function shapeRule(domain: string, op: string): ShapeRule | undefined {
  return rules.get(domain)?.get(op);
}

/** The rule that computes an operator on small integer constants. */
export function integerRule(domain: string, op: string): IntegerRule | undefined {
  return domain === '' ? integerRules.get(op) : undefined;
}
