// Reference values with 45 digits: what the elementary functions are held to. Series where a formula would cancel.

import { Decimal as Base } from 'decimal.js';

export const Decimal = Base.clone({ precision: 45 });
export type Decimal = Base;

const bits = new DataView(new ArrayBuffer(8));

/** The exponent of a float64, that of the smallest normal number for all below. */
export function exponent(x: number): number {
  bits.setFloat64(0, x);
  return Math.max((bits.getUint16(0) >> 4) & 0x7ff, 1) - 1023;
}

/** A float64 to 45 digits. (The library itself would take the shortest decimal that reads as x: half an ulp off.) */
export function number(x: number): Decimal {
  if (!Number.isFinite(x)) return new Decimal(x);
  const e = exponent(x) - 52; // so that x = integer·2^e
  return new Decimal(e < -1022 ? x * 2 ** 537 * 2 ** (-e - 537) : x * 2 ** -e).times(new Decimal(2).pow(e));
}

/** Σ c[i]·x^(first + i·step) */
function series(x: Decimal, first: number, step: number, coefficients: readonly Decimal[]): Decimal {
  const factor = x.pow(step);
  let power = x.pow(first);
  let sum = number(0);
  for (const c of coefficients) {
    sum = sum.plus(c.times(power));
    power = power.times(factor);
  }
  return sum;
}

const ratios = (...pairs: readonly [number, number][]) => pairs.map(([p, q]) => number(p).div(q));
const EXPM1 = ratios([1, 1], [1, 2], [1, 6], [1, 24], [1, 120], [1, 720]);
const LOG1P = ratios([1, 1], [-1, 2], [1, 3], [-1, 4], [1, 5], [-1, 6]);
const TANH = ratios([1, 1], [-1, 3], [2, 15], [-17, 315], [62, 2835]);

/** Below this, six terms of a series leave an error of 1e-30, and a difference from 1 would lose 5 of 45 digits. */
const SMALL = 1e-5;

export const exp = (x: number | Decimal): Decimal => Decimal.exp(typeof x === 'number' ? number(x) : x);

export const expm1 = (x: number): Decimal =>
  Math.abs(x) < SMALL ? series(number(x), 1, 1, EXPM1) : x > -200 ? exp(x).minus(1) : number(-1);

export const log = (x: number): Decimal => number(x).ln();

export const log1p = (u: number | Decimal): Decimal => {
  const x = typeof u === 'number' ? number(u) : u;
  return x.abs().lt(SMALL) ? series(x, 1, 1, LOG1P) : x.plus(1).ln();
};

export const tanh = (x: number): Decimal => {
  if (Math.abs(x) < SMALL) return series(number(x), 1, 2, TANH);
  const e = exp(number(-2).times(number(Math.abs(x))));
  const t = number(1).minus(e).div(e.plus(1));
  return x < 0 ? t.neg() : t;
};

export const logistic = (x: number): Decimal => {
  const e = exp(-Math.abs(x));
  return (x < 0 ? e : number(1)).div(e.plus(1));
};

export const softplus = (x: number): Decimal => log1p(exp(-Math.abs(x))).plus(number(Math.max(x, 0)));

export const bell = (x: number): Decimal => exp(number(x).pow(2).div(-2));

const ROOT_OF_TWO_PI = Decimal.acos(-1).times(2).sqrt();

/** The density of the normal distribution. */
export const normalDensity = (x: number): Decimal => bell(x).div(ROOT_OF_TWO_PI);

/** The normal distribution function: 1/2 + φ(x)·Σ x^(2k+1)/(1·3·…·(2k+1)), far out Laplace's continued fraction. */
export const normalCdf = (x: number): Decimal => {
  const magnitude = number(Math.abs(x));
  let tail: Decimal;
  if (Math.abs(x) < 6) {
    let term = magnitude;
    let sum = magnitude;
    for (let k = 1; term.gt(1e-40); k++) sum = sum.plus((term = term.times(magnitude.pow(2)).div(2 * k + 1)));
    tail = number(0.5).minus(normalDensity(x).times(sum));
  } else if (Math.abs(x) < 1e4) {
    let fraction = magnitude;
    for (let k = 150; k > 0; k--) fraction = magnitude.plus(number(k).div(fraction));
    tail = normalDensity(x).div(fraction);
  } else {
    tail = number(0);
  }
  return x > 0 ? number(1).minus(tail) : tail;
};

const LIMIT = new Decimal(2).pow(1024);

/** How far `got` is from `exact` in units in the last place of float64, ∞ counting as 2^1024. */
export function ulps(got: number, exact: Decimal): number {
  const clip = (x: Decimal) => Decimal.min(Decimal.max(x, LIMIT.neg()), LIMIT);
  const size = Math.min(Math.abs(exact.toNumber()), Number.MAX_VALUE);
  return clip(exact)
    .minus(clip(number(got)))
    .abs()
    .div(new Decimal(2).pow(exponent(size) - 52))
    .toNumber();
}
