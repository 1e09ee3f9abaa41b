/** What an operator's folder supplies for the laws: random instances of it, from a seeded source. */
import type { Json } from '../base/canonical-json.ts';
import { f32, roundHalfEven } from '../base/rounding.ts';
import { type Dtype, dtypeRange, type IntTensor, product, type Shape } from '../base/tensor.ts';
import type { ByteDtype, OutputQuantization } from './attributes.ts';
import type { Op } from './op.ts';

/** A deterministic source of test data (xorshift32, Marsaglia 2003); never used for anything secret. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0 || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  /** A float in [0, 1). */
  unit(): number {
    return this.next() / 2 ** 32;
  }

  /** An integer of [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)] as T;
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  list<T>(length: number, make: (index: number) => T): T[] {
    return Array.from({ length }, (_, i) => make(i));
  }

  /** A float32 between 2^low and 2^high, often a power of two: those make ties. */
  scale(low: number, high: number): number {
    const exponent = low + (high - low) * this.unit();
    return Math.fround(2 ** (this.chance(0.3) ? Math.round(exponent) : exponent));
  }

  byteDtype(): ByteDtype {
    return this.pick(['u8', 's8'] as const);
  }

  /** Mostly anything of the type, sometimes an end of its range or the middle. */
  byte(dtype: ByteDtype): number {
    const [low, high] = dtypeRange[dtype];
    return this.chance(0.1) ? this.pick([low, high, low + 128]) : this.integer(low, high);
  }

  /** A shape that broadcasts to `dims`. */
  smallerShape(dims: Shape): number[] {
    const some = dims.map((size) => (this.chance(0.4) ? 1 : size));
    return this.chance(0.3) ? some.slice(this.integer(0, dims.length - 1)) : some;
  }

  tensor(
    dtype: Dtype,
    dims: Shape,
    low: number = dtypeRange[dtype][0],
    high: number = dtypeRange[dtype][1],
  ): IntTensor {
    return { dtype, dims, data: Int32Array.from({ length: product(dims) }, () => this.integer(low, high)) };
  }

  /** An output quantization whose scale spreads real values of size `spread` over the byte, sometimes with a fused clip. */
  output(inputType: ByteDtype, spread: number): OutputQuantization {
    // onnxruntime's kernels want the type of the input; ours do not mind.
    const yType = this.chance(0.8) ? inputType : this.byteDtype();
    const [lowest, highest] = dtypeRange[yType];
    const yZero = this.byte(yType);
    const relu = this.chance(0.3);
    const low = relu ? yZero : lowest;
    const high = relu && this.chance(0.5) ? this.integer(low, highest) : highest;
    const size = Math.log2(spread / 32);
    return { yScale: this.scale(size - 1, size + 1), yZero, yType, low, high };
  }

  /** int8 weights of |w| ≤ 64: a pair of products with bytes stays in int16, so that every x86 kernel agrees. */
  weights(dtype: ByteDtype, dims: Shape): IntTensor {
    return dtype === 's8' ? this.tensor('s8', dims, -64, 64) : this.tensor('u8', dims);
  }
}

/** One random instance: attributes and inputs; `constants` says which inputs are known before any run. */
export type OpCase<Attrs extends Json = Json> = {
  readonly attrs: Attrs;
  readonly inputs: readonly IntTensor[];
  readonly constants: readonly boolean[];
};

export type OpVectors<Attrs extends Json = Json> = {
  readonly op: Op<Attrs>;
  sample(random: Random): OpCase<Attrs>;
};

/**
 * Accumulators above 2^24 and float32 multipliers for which rounding the accumulator to float32 first changes the output:
 * the product lies at half an integer. Found by search.
 */
export function doublyRounded(count: number): { readonly acc: number; readonly multiplier: number }[] {
  const random = new Random(41);
  const found: { acc: number; multiplier: number }[] = [];
  while (found.length < count) {
    const multiplier = random.scale(-24, -20);
    const middle = Math.round((random.integer(17, 120) + 0.5) / multiplier);
    for (let acc = middle - 3; acc <= middle + 3; acc++) {
      const once = roundHalfEven(f32(acc * multiplier));
      if (acc > 2 ** 24 && once !== roundHalfEven(f32(f32(acc) * multiplier))) {
        found.push({ acc, multiplier });
        break;
      }
    }
  }
  return found;
}
