// Columns with long tails, drawn in: asinh is the identity near 0 and the logarithm far out, on both sides.

import { type Scaling, type Spread, spreadOf } from './spread.js';

/** x ↦ asinh((x − centre)/scale), the centre a median, the scale a robust deviation. */
export interface Squash {
  readonly centre: number;
  readonly scale: number;
}

/** How far a column of numbers reaches, and how it would be drawn in. */
export interface Tail {
  /** The largest distance from the median, in robust standard deviations. */
  readonly reach: number;
  readonly squash: Squash;
  /** Mean and deviation of what it makes of the column. */
  readonly scaling: Scaling;
}

/** Quartiles of a normal distribution are so many standard deviations apart. */
const QUARTILES = 1.349;

/** The scale is at least this share of the standard deviation, where most values are almost the same. */
const LEAST_SCALE = 1e-4;

/** Values of a sample: at most so many. */
const MOST = 1024;

/** Terms of the logarithm's series: with |s| ≤ 0.1716 the next one is below 2^−54. */
const TERMS = 10;

/**
 * asinh(x) = ±ln(|x| + √(x² + 1)). By sums, products, quotients and roots, which every machine rounds alike; engines' own
 * logarithms differ in last bits. Within 4 units in the last place.
 */
export function asinh(x: number): number {
  const a = Math.abs(x);
  if (a < 2 ** -28) return x; // the next term of its series is x³/6
  // Where a² could overflow, a + √(a² + 1) is 2a.
  const y = a > 2 ** 28 ? Math.LN2 + log1p(a - 1) : log1p(a + (a * a) / (1 + Math.sqrt(1 + a * a)));
  return x < 0 ? -y : y;
}

/** ln(1 + u) for 0 ≤ u < ∞: 1 + u = 2^k·(1 + v), ln(1 + v) = 2·artanh(v/(2 + v)). */
function log1p(u: number): number {
  let v = u;
  let k = 0;
  if (u > Math.SQRT2 - 1) {
    let m = 1 + u;
    for (; m >= 2 ** 32; k += 32) m /= 2 ** 32;
    for (; m > Math.SQRT2; k++) m /= 2;
    v = m - 1;
  }
  const s = v / (2 + v);
  const square = s * s;
  let sum = 0;
  for (let i = TERMS; i >= 1; i--) sum = (sum + 1 / (2 * i + 1)) * square;
  return k * Math.LN2 + 2 * (s + s * sum);
}

/** What a value is drawn in to. */
export function squashed(x: number, { centre, scale }: Squash): number {
  return asinh((x - centre) / scale);
}

/** Some of a column's values, evenly: every one, every second, every fourth, … as they come by. */
export class Sample {
  private values: number[] = [];
  private stride = 1;
  private skip = 0;

  add(values: Float64Array): void {
    for (const x of values) {
      if (Number.isNaN(x) || this.skip-- > 0) continue;
      if (this.values.length === MOST) {
        this.values = this.values.filter((_, i) => i % 2 === 0);
        this.stride *= 2;
      }
      this.values.push(x);
      this.skip = this.stride - 1;
    }
  }

  read(): readonly number[] {
    return this.values;
  }
}

/**
 * How far a column reaches, and how it would be drawn in; undefined where a sample shows two values or fewer, which any map
 * leaves as they are.
 * @param sample some of its values, within its limits
 * @param spread where all of them lie
 */
export function tailOf(sample: readonly number[], { min, max, deviation }: Spread): Tail | undefined {
  if (new Set(sample).size <= 2) return undefined;
  const sorted = Float64Array.from(sample).sort();
  const quantile = (p: number) => sorted[Math.round(p * (sorted.length - 1))]!;
  const centre = quantile(0.5);
  const quartiles = (quantile(0.75) - quantile(0.25)) / QUARTILES;
  const scale = quartiles > 0 ? Math.max(quartiles, LEAST_SCALE * deviation) : deviation;
  const squash = { centre, scale };
  const { mean, deviation: own } = spreadOf(sorted.map((x) => squashed(x, squash)));
  const reach = Math.max(max - centre, centre - min) / scale;
  return Number.isFinite(reach) && own > 0 ? { reach, squash, scaling: { mean, scale: own } } : undefined;
}
