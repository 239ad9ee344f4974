// Where the values of a column lie: means and deviations, of all at once or of pieces joined.

/** An input: x ↦ (x − mean)/scale. */
export interface Scaling {
  readonly mean: number;
  readonly scale: number;
}

/** (x − mean)/scale, also where the difference is larger than any number. */
export function scaled(x: number, { mean, scale }: Scaling): number {
  const d = x - mean;
  return d - d === 0 ? d / scale : x / scale - mean / scale;
}

/** Where the values of a column lie. */
export interface Spread extends Scaling {
  /** How many values there are, and how many gaps. */
  readonly count: number;
  readonly gaps: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
}

/** The scaling of numbers: 1 until they vary. */
export function scalingOf({ mean, deviation }: Pick<Spread, 'mean' | 'deviation'>): Scaling {
  return { mean, scale: deviation > 0 ? deviation : 1 };
}

/** Mean and standard deviation (divisor N) of what is there from start to end, in two passes, safe for any finite numbers. */
export function spreadOf(values: Float64Array, start = 0, end = values.length): Spread {
  let n = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = start; i < end; i++) {
    const x = values[i]!;
    if (Number.isNaN(x)) continue;
    n++;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const gaps = end - start - n;
  if (n === 0) return { ...EMPTY_SPREAD, gaps };
  if (min === max) return { count: n, gaps, min, max, mean: min, deviation: 0, scale: 0 };
  const unit = Math.max(Math.abs(min), Math.abs(max)); // squares of x/unit cannot overflow
  let sum = 0;
  for (let i = start; i < end; i++) if (!Number.isNaN(values[i]!)) sum += values[i]! / unit;
  const mean = sum / n;
  let squares = 0;
  for (let i = start; i < end; i++) {
    const d = values[i]! / unit - mean;
    if (!Number.isNaN(d)) squares += d * d;
  }
  const deviation = Math.sqrt(squares / n) * unit;
  return { count: n, gaps, min, max, mean: mean * unit, deviation, scale: deviation };
}

/** Where no values lie. */
export const EMPTY_SPREAD: Spread = { count: 0, gaps: 0, min: Infinity, max: -Infinity, mean: 0, deviation: 0, scale: 0 };

/** Where the values of two columns lie together (Chan, Golub and LeVeque 1979), safe for any finite numbers. */
export function joined(a: Spread, b: Spread): Spread {
  const gaps = a.gaps + b.gaps;
  if (a.count === 0 || b.count === 0) return { ...(a.count === 0 ? b : a), gaps };
  const count = a.count + b.count;
  const [min, max] = [Math.min(a.min, b.min), Math.max(a.max, b.max)];
  if (min === max) return { count, gaps, min, max, mean: min, deviation: 0, scale: 0 };
  const [p, q] = [a.count / count, b.count / count];
  const unit = Math.max(Math.abs(min), Math.abs(max));
  const shift = b.mean / unit - a.mean / unit;
  const [s, t] = [a.deviation / unit, b.deviation / unit];
  const deviation = Math.sqrt(p * s * s + q * t * t + p * q * shift * shift) * unit;
  return { count, gaps, min, max, mean: p * a.mean + q * b.mean, deviation, scale: deviation };
}
