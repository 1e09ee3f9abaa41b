/** Checked readers for the JSON attributes of a `QuantNode`. Every refusal is `MODEL_INVALID` and names the node. */
import type { Json } from '../base/canonical-json.ts';
import { ProvennError } from '../base/errors.ts';
import { type Dtype, dtypeRange, type Interval } from '../base/tensor.ts';

/** Element types an activation may have. */
export type ByteDtype = 'u8' | 's8';

/** Smallest and largest zero point over both byte types; `shape` narrows it to the tensor's own type. */
const byteLow = -128;
const byteHigh = 255;

export class AttributeReader {
  private readonly record: { readonly [key: string]: Json };
  private readonly node: string;

  /** Refuses a value that is not an object and any key that is not listed. */
  constructor(raw: Json, node: string, keys: readonly string[]) {
    this.node = node;
    if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) this.refuse('attributes must be an object');
    this.record = raw as { readonly [key: string]: Json };
    for (const key of Object.keys(this.record)) {
      if (!keys.includes(key)) this.refuse(`unknown attribute ${key}`);
    }
  }

  private refuse(what: string): never {
    throw new ProvennError('MODEL_INVALID', `node ${this.node}: ${what}`, { where: this.node });
  }

  has(key: string): boolean {
    return this.record[key] !== undefined;
  }

  private list(key: string): readonly Json[] {
    const value = this.record[key];
    return Array.isArray(value) ? value : this.refuse(`attribute ${key} must be a list`);
  }

  private float32(key: string, value: Json | undefined): number {
    if (typeof value !== 'number' || !Number.isFinite(value) || Math.fround(value) !== value) {
      this.refuse(`attribute ${key} must be a finite float32`);
    }
    return value;
  }

  private int(key: string, value: Json | undefined, low: number, high: number): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
      this.refuse(`attribute ${key} must be an integer in [${low}, ${high}]`);
    }
    return value;
  }

  /** A finite float32. */
  float(key: string): number {
    return this.float32(key, this.record[key]);
  }

  /** A finite float32 above 0. */
  scale(key: string): number {
    const value = this.float(key);
    return value > 0 ? value : this.refuse(`attribute ${key} must be above 0`);
  }

  /** At least one scale. */
  scales(key: string): readonly number[] {
    const values = this.list(key).map((value) => this.float32(key, value));
    if (values.length === 0 || values.some((value) => value <= 0))
      this.refuse(`attribute ${key} must hold scales above 0`);
    return values;
  }

  integer(key: string, low: number, high: number): number {
    return this.int(key, this.record[key], low, high);
  }

  integers(key: string, low: number, high: number): readonly number[] {
    return this.list(key).map((value) => this.int(key, value, low, high));
  }

  /** One entry per dimension: a list of integers, or null. */
  optionalLists(key: string, low: number, high: number): readonly (readonly number[] | null)[] {
    return this.list(key).map((entry) => {
      if (entry === null) return null;
      if (!Array.isArray(entry)) this.refuse(`attribute ${key} must hold lists or null`);
      return entry.map((value: Json) => this.int(key, value, low, high));
    });
  }

  boolean(key: string): boolean {
    const value = this.record[key];
    return typeof value === 'boolean' ? value : this.refuse(`attribute ${key} must be true or false`);
  }

  text(key: string): string {
    const value = this.record[key];
    return typeof value === 'string' ? value : this.refuse(`attribute ${key} must be a text`);
  }

  byteDtype(key: string): ByteDtype {
    const value = this.record[key];
    return value === 'u8' || value === 's8' ? value : this.refuse(`attribute ${key} must be u8 or s8`);
  }

  /** A zero point of either byte type. */
  zero(key: string): number {
    return this.integer(key, byteLow, byteHigh);
  }

  /** At least one zero point of either byte type. */
  zeros(key: string): readonly number[] {
    const values = this.integers(key, byteLow, byteHigh);
    return values.length > 0 ? values : this.refuse(`attribute ${key} must not be empty`);
  }

  /** Reads `yScale`, `yZero`, `yType` and the optional clip range `low`, `high`. */
  output(): OutputQuantization {
    const yType = this.byteDtype('yType');
    const [lowest, highest] = dtypeRange[yType];
    const low = this.has('low') ? this.integer('low', lowest, highest) : lowest;
    const high = this.has('high') ? this.integer('high', low, highest) : highest;
    return { yScale: this.scale('yScale'), yZero: this.integer('yZero', lowest, highest), yType, low, high };
  }
}

/** Attributes every requantizing operator has. */
export type OutputQuantization = {
  readonly yScale: number;
  readonly yZero: number;
  readonly yType: ByteDtype;
  /** Clip range of the output, inside the range of `yType`: a fused Relu or Clip, else the whole range. */
  readonly low: number;
  readonly high: number;
};

export const outputKeys = ['yScale', 'yZero', 'yType', 'low', 'high'] as const;

/** Refuses a zero point outside the element type it belongs to. */
export function checkZeros(zeros: readonly number[], dtype: Dtype, what: string, node: string): void {
  const [low, high]: Interval = dtypeRange[dtype];
  const bad = zeros.find((zero) => zero < low || zero > high);
  if (bad !== undefined)
    throw new ProvennError('MODEL_INVALID', `node ${node}: zero point ${bad} of ${what} is not a ${dtype}`, {
      where: node,
    });
}
