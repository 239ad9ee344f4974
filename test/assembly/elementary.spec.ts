// Elementary functions at a few points each, in both widths, against the compiler's scalar Math (below one unit in the last
// place of float64) and published values. The bounds are those that elementary.ts states, and one unit for the reference.

import { bell, exp, expm1, expOfNegative, log, log1p, logistic, normalCdf, signs,
  softplus } from "../../assembly/kernels/elementary";
import { tanh } from "../../assembly/kernels/tanh";

/** The distance from |y|, rounded to T, to the next larger T. */
function unitInLastPlace<T>(y: f64): f64 {
  const a = abs(<T>y);
  if (sizeof<T>() == 4) return <f64>reinterpret<f32>(reinterpret<u32>(<f32>a) + 1) - <f64>a;
  return reinterpret<f64>(reinterpret<u64>(<f64>a) + 1) - <f64>a;
}

/** Lane 0 of v; the others have to hold the same, bit for bit. */
function only<T>(v: v128): f64 {
  const first = v128.extract_lane<T>(v, 0);
  const last = sizeof<T>() == 4 ? <f64>v128.extract_lane<f32>(v, 3) : v128.extract_lane<f64>(v, 1);
  expect<bool>(<f64>first == last || (isNaN(first) && isNaN(last))).toBe(true, "lanes differ");
  return <f64>first;
}

function within<T>(got: f64, want: f64, units: f64, what: string): void {
  const error = abs(got - want) / unitInLastPlace<T>(want);
  expect<bool>(error <= units + 1).toBe(true, what + ": " + got.toString() + " instead of " + want.toString());
}

const POINTS: f64[] = [0, 1e-30, 1e-9, 0.001, 0.1, 0.25, 0.34657, 0.4142, 0.5, 0.6931, 1, 1.5, 2, 3.75, 7, 9, 15.5, 20, 36, 60,
  87];

function againstMath<T>(): void {
  for (let i = 0; i < POINTS.length; i++) {
    for (let sign: f64 = -1; sign <= 1; sign += 2) {
      const x = <f64><T>(sign * POINTS[i]), v = v128.splat<T>(<T>x), at = "(" + x.toString() + ")";
      within<T>(only<T>(exp<T>(v)), NativeMath.exp(x), 2, "exp" + at);
      if (x <= 0) within<T>(only<T>(expOfNegative<T>(v)), NativeMath.exp(x), 2, "expOfNegative" + at);
      if (x <= 40) within<T>(only<T>(expm1<T>(v)), NativeMath.expm1(x), 2, "expm1" + at);
      if (x > 0) within<T>(only<T>(log<T>(v)), NativeMath.log(x), 2, "log" + at);
      if (x >= 0 && x <= 1) within<T>(only<T>(log1p<T>(v)), NativeMath.log1p(x), 2, "log1p" + at);
      within<T>(only<T>(tanh<T>(v)), NativeMath.tanh(x), 3, "tanh" + at);
      const e = NativeMath.exp(-abs(x));
      within<T>(only<T>(logistic<T>(v)), x < 0 ? e / (1 + e) : 1 / (1 + e), 4, "logistic" + at);
      within<T>(only<T>(softplus<T>(v)), max(x, 0) + NativeMath.log1p(e), 4, "softplus" + at);
      if (abs(x) <= 10) {
        // x² in two parts: rounding it once would cost x² units.
        const high = <f64><f32>x, low = x - high;
        const want = NativeMath.exp(-high * high / 2) * NativeMath.exp(-(x + high) * low / 2);
        within<T>(only<T>(bell<T>(v)), want, 2, "bell" + at);
      }
    }
  }
}

// Φ(x), from tables (Abramowitz and Stegun 26.2, NIST DLMF 7.2).
const CDF_AT: f64[] = [-5, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3];
const CDF: f64[] = [
  2.8665157187919391e-7, 1.3498980316300946e-3, 0.02275013194817921, 0.15865525393145705, 0.30853753872598690,
  0.5, 0.6914624612740131, 0.8413447460685429, 0.9772498680518208, 0.9986501019683699,
];

function cdf<T>(): void {
  for (let i = 0; i < CDF_AT.length; i++) {
    const v = v128.splat<T>(<T>CDF_AT[i]);
    within<T>(only<T>(normalCdf<T>(v, bell<T>(v))), CDF[i], 8, "normalCdf(" + CDF_AT[i].toString() + ")");
  }
}

function limits<T>(): void {
  const infinity = v128.splat<T>(<T>Infinity), minus = v128.splat<T>(<T>-Infinity), nan = v128.splat<T>(<T>NaN),
    zero = v128.splat<T>(<T>0);
  expect(only<T>(exp<T>(minus))).toBe(0);
  expect(only<T>(exp<T>(infinity))).toBe(Infinity);
  expect(only<T>(expOfNegative<T>(minus))).toBe(0);
  expect(only<T>(expm1<T>(minus))).toBe(-1);
  expect(only<T>(log<T>(zero))).toBe(-Infinity);
  expect(only<T>(log<T>(infinity))).toBe(Infinity);
  expect(only<T>(log<T>(v128.splat<T>(<T>1)))).toBe(0);
  expect<bool>(isNaN(only<T>(log<T>(v128.splat<T>(<T>-1))))).toBe(true);
  expect(only<T>(tanh<T>(infinity))).toBe(1);
  expect(only<T>(tanh<T>(minus))).toBe(-1);
  expect(only<T>(logistic<T>(infinity))).toBe(1);
  expect(only<T>(logistic<T>(minus))).toBe(0);
  expect(only<T>(softplus<T>(infinity))).toBe(Infinity);
  expect(only<T>(softplus<T>(minus))).toBe(0);
  expect(only<T>(bell<T>(infinity))).toBe(0);
  expect(only<T>(normalCdf<T>(infinity, zero))).toBe(1);
  expect(only<T>(normalCdf<T>(minus, zero))).toBe(0);
  expect<bool>(isNaN(only<T>(exp<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(expOfNegative<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(expm1<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(log<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(tanh<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(logistic<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(softplus<T>(nan)))).toBe(true);
  expect<bool>(isNaN(only<T>(normalCdf<T>(nan, bell<T>(nan))))).toBe(true);
}

/** The smallest results: subnormal ones of exp are there, those of expOfNegative are 0. */
function tails<T>(): void {
  const x = <f64><T>(sizeof<T>() == 4 ? -100.0 : -740.0), v = v128.splat<T>(<T>x);
  const want = <f64><T>NativeMath.exp(x);
  expect<bool>(want > 0).toBe(true);
  within<T>(only<T>(exp<T>(v)), want, 2, "exp, subnormal");
  expect(only<T>(expOfNegative<T>(v))).toBe(0);
  within<T>(only<T>(log<T>(v128.splat<T>(<T>want))), NativeMath.log(want), 2, "log, subnormal");
}

describe("elementary, float32", () => {
  test("against Math", () => againstMath<f32>());
  test("the normal distribution function", () => cdf<f32>());
  test("limits and NaN", () => limits<f32>());
  test("tails", () => tails<f32>());
});

describe("elementary, float64", () => {
  test("against Math", () => againstMath<f64>());
  test("the normal distribution function", () => cdf<f64>());
  test("limits and NaN", () => limits<f64>());
  test("tails", () => tails<f64>());
  test("signs", () => {
    expect(v128.extract_lane<u64>(signs<f64>(v128.splat<f64>(-3.5)), 0)).toBe(0x8000000000000000);
    expect(v128.extract_lane<u64>(signs<f64>(v128.splat<f64>(3.5)), 0)).toBe(0);
  });
});
