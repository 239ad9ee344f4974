// Losses at the output: value, slope and curvature against closed forms in float64 and against differences.

import { describe, expect, test } from 'vitest';
import { realBytes } from '../../bindings/memory.js';
import { Loss as LossCodes, LossTraits } from '../../build/codes.js';
import { LOSSES, LOSS_NAMES, type Loss } from '../../src/layers/losses.js';
import { INSIDE } from './inside.js';
import { PRECISIONS, ROUNDOFF, gamma, randoms, withKernels } from './support.js';

const logistic = (y: number) => (y >= 0 ? 1 / (1 + Math.exp(-y)) : Math.exp(y) / (1 + Math.exp(y)));
const softplus = (y: number) => Math.max(y, 0) + Math.log1p(Math.exp(-Math.abs(y)));

function softmaxOf(y: readonly number[]): number[] {
  const top = Math.max(...y);
  const e = y.map((v) => Math.exp(v - top));
  const sum = e.reduce((s, v) => s + v, 0);
  return e.map((v) => v / sum);
}

/** What the network puts out for pre-activations y. */
function outputsOf(loss: Loss, y: readonly number[]): number[] {
  if (LOSSES[loss].activation === 'softmax') return softmaxOf(y);
  return loss === 'binaryCrossEntropy' ? y.map(logistic) : [...y];
}

const squared = (v: readonly number[]) => v.reduce((s, e) => s + e * e, 0);

/** l of one sample, by the definitions in docs/activations-and-losses.md. */
function lossOf(loss: Loss, y: readonly number[], t: readonly number[]): number {
  const mean = (f: (y: number, t: number) => number) => y.reduce((s, v, j) => s + f(v, t[j]!), 0) / y.length;
  switch (loss) {
    case 'meanSquaredError':
      return mean((a, s) => (a - s) ** 2);
    case 'meanAbsoluteError':
      return mean((a, s) => Math.abs(a - s));
    case 'hinge':
      return mean((a, s) => Math.max(0, 1 - s * a));
    case 'binaryCrossEntropy':
      return mean((v, s) => softplus(v) - s * v);
    case 'logCosh':
      return mean((a, s) => Math.log(Math.cosh(a - s)));
    case 'squaredHinge':
      return mean((a, s) => Math.max(0, 1 - s * a) ** 2);
    case 'categoricalHinge':
      return Math.max(0, 1 + Math.max(...y.map((a, j) => (1 - t[j]!) * a)) - y.reduce((s, a, j) => s + t[j]! * a, 0));
    case 'poisson':
      return mean((a, s) => a - s * Math.log(a + 1e-7));
    case 'cosineProximity':
      return -y.reduce((s, a, j) => s + a * t[j]!, 0) / Math.sqrt(Math.max(1e-7, squared(y)) * Math.max(1e-7, squared(t)));
    case 'meanAbsolutePercentageError':
      return mean((a, s) => (100 * Math.abs(a - s)) / Math.max(Math.abs(s), 1e-7));
    case 'meanSquaredLogarithmicError':
      return mean((a, s) => (Math.log1p(Math.max(a, 1e-7)) - Math.log1p(Math.max(s, 1e-7))) ** 2);
    case 'kullbackLeiblerDivergence':
      return lossOf('crossEntropy', y, t) + t.reduce((s, v) => s + (v > 0 ? v * Math.log(v) : 0), 0);
    case 'crossEntropy': {
      const top = Math.max(...y);
      const sum = Math.log(y.reduce((s, v) => s + Math.exp(v - top), 0));
      return y.reduce((s, v, j) => s - t[j]! * (v - top - sum), 0);
    }
  }
}

function targetsFor(loss: Loss, units: number, next: () => number): number[] {
  switch (LOSSES[loss].targets as Exclude<(typeof LOSSES)[Loss]['targets'], 'any'>) {
    case 'signs':
      return Array.from({ length: units }, () => (next() > 0 ? 1 : -1));
    case 'probabilities':
      return Array.from({ length: units }, () => (next() + 1) / 2);
    case 'distribution':
      return softmaxOf(Array.from({ length: units }, () => 2 * next()));
    case 'amounts':
      return Array.from({ length: units }, () => 1 + next());
    case 'directions':
      return Array.from({ length: units }, next);
    case 'numbers':
      // Percentages of what is near 0 have slopes without bound.
      return Array.from({ length: units }, () => (loss === 'meanAbsolutePercentageError' ? (3 + next()) / 2 : 2 * next()));
  }
}

/** Losses that couple the outputs of a sample. */
const COUPLED: readonly Loss[] = ['crossEntropy', 'kullbackLeiblerDivergence', 'categoricalHinge', 'cosineProximity'];

/** Rows × units around a vector's width; a softmax of one unit has nothing to say. */
const SHAPES = [
  [1, 1],
  [1, 2],
  [3, 3],
  [2, 4],
  [5, 5],
  [4, 7],
  [2, 8],
  [3, 13],
] as const;

/** Far enough from the kinks of |a − t| and of the hinge for differences to be taken. */
const CLEAR = 0.01;

/** How large slopes and what they are made of may be, where that is more than a few. */
const LARGE: Partial<Record<Loss, number>> = { squaredHinge: 16, cosineProximity: 16, meanAbsolutePercentageError: 500 };

/** Whether differences can be taken of a loss that is a function of a row. */
function isClear(loss: Loss, y: readonly number[], t: readonly number[]): boolean {
  if (loss === 'cosineProximity') return squared(y) > 0.5;
  if (loss !== 'categoricalHinge') return true;
  const others = y.map((a, j) => (1 - t[j]!) * a).sort((a, b) => b - a);
  const margin = 1 + others[0]! - y.reduce((s, a, j) => s + t[j]! * a, 0);
  return Math.abs(margin) > CLEAR && !(others[0]! - others[1]! < CLEAR);
}

function sample(loss: Loss, units: number, next: () => number): { y: number[]; t: number[] } {
  const t = targetsFor(loss, units, next);
  // poisson's and the logarithms' derivatives grow towards 0; below it the latter have none.
  if (loss === 'poisson') return { y: t.map(() => 2 + next()), t };
  if (loss === 'meanSquaredLogarithmicError') return { y: t.map(() => (next() > -0.5 ? 2 + next() : next() - 1.1)), t };
  const y = t.map((s) => {
    let v: number;
    do v = 3 * next();
    while (Math.abs(v - s) < CLEAR || Math.abs(1 - s * v) < CLEAR);
    return v;
  });
  return isClear(loss, y, t) ? { y, t } : sample(loss, units, next);
}

/** ∂²l/∂a_i∂a_j of the Gauss-Newton matrix, where that is not the Hessian of l. */
const GAUSS_NEWTON: Partial<Record<Loss, (a: readonly number[], i: number, j: number) => number>> = {
  meanSquaredLogarithmicError: (a, i, j) => (i === j && a[i]! > 0 ? 2 / (1 + a[i]!) ** 2 / a.length : 0),
  cosineProximity: (a, i, j) => (Number(i === j) - (a[i]! * a[j]!) / squared(a)) / squared(a),
};

describe.each(PRECISIONS)('%s', (precision) => {
  describe.each(LOSS_NAMES)('%s', (loss) => {
    const code = LossCodes[loss];

    test.each(SHAPES)('value of %i×%i, with weights and without', (rows, units) =>
      withKernels(precision, (lab) => {
        const next = randoms(rows * 100 + units);
        const samples = Array.from({ length: rows }, () => sample(loss, units, next));
        const flat = (f: (p: (typeof samples)[number]) => readonly number[]) => lab.rounded(samples.flatMap(f));
        const [y, t] = [flat((p) => p.y), flat((p) => p.t)];
        const a = lab.rounded(samples.flatMap((_, r) => outputsOf(loss, Array.from(y.subarray(r * units, (r + 1) * units)))));
        const w = lab.rounded(Array.from({ length: rows }, () => next() + 1));
        for (const weights of [undefined, w]) {
          let exact = 0;
          let size = 0;
          for (let r = 0; r < rows; r++) {
            const part = (v: ArrayLike<number>) => Array.from({ length: units }, (_, j) => v[r * units + j]!);
            const l = lossOf(loss, part(y), part(t));
            exact += (weights?.[r] ?? 1) * l;
            // Of cross-entropies terms may cancel: ln Σ e^y and Σ t·y are each as large as the largest |y|.
            size += (weights?.[r] ?? 1) * (Math.abs(l) + Math.max(...part(y).map(Math.abs)) + 1);
          }
          const [vy, va, vt] = [lab.vector(y), lab.vector(a), lab.vector(t)];
          const found = INSIDE[precision].lossValue(code, rows, units, vy.at, va.at, vt.at, weights ? lab.vector(weights).at : 0);
          // A few roundings of each term, those of exp, log and softplus (4 units in the last place), and the sums.
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(gamma(precision, units + rows + 20) * size);
          for (const guarded of [vy, va, vt]) guarded.expectIntact();
        }
      }),
    );

    test.each(SHAPES)('slope of %i×%i is the difference of values', (rows, units) =>
      withKernels(precision, (lab) => {
        const next = randoms(rows * 100 + units + 7);
        const samples = Array.from({ length: rows }, () => sample(loss, units, next));
        const t = lab.rounded(samples.flatMap((p) => p.t));
        const a = lab.rounded(samples.flatMap((p) => outputsOf(loss, p.y)));
        const w = lab.rounded(Array.from({ length: rows }, () => next() + 1.5));
        const scale = 0.37;
        const found = lab.written(rows * units, (out) => {
          INSIDE[precision].lossSlope(code, rows, units, lab.vector(a).at, lab.vector(t).at, lab.vector(w).at, scale, out);
        });
        const step = 1e-5;
        samples.forEach((p, r) => {
          for (let j = 0; j < units; j++) {
            const moved = (by: number) =>
              lossOf(
                loss,
                p.y.map((v, k) => (k === j ? v + by : v)),
                p.t,
              );
            const exact = scale * w[r]! * ((moved(step) - moved(-step)) / (2 * step));
            // Differences err by step² (third derivatives here are below 1) and by rounding/step; t and a were rounded to the
            // precision.
            const error = step * step + (16 * ROUNDOFF.float64) / step + 16 * ROUNDOFF[precision];
            expect(Math.abs(found[r * units + j]! - exact)).toBeLessThanOrEqual(scale * w[r]! * error * 4 * (LARGE[loss] ?? 1));
          }
        });
      }),
    );

    test.each(SHAPES)('curvature of %i×%i is the difference of slopes', (rows, units) =>
      withKernels(precision, (lab) => {
        const next = randoms(rows * 100 + units + 13);
        const samples = Array.from({ length: rows }, () => sample(loss, units, next));
        const t = lab.rounded(samples.flatMap((p) => p.t));
        const a = lab.rounded(samples.flatMap((p) => outputsOf(loss, p.y)));
        const w = lab.rounded(Array.from({ length: rows }, () => next() + 1.5));
        const scale = 0.61;
        const found = lab.written(rows * units, (out) => {
          INSIDE[precision].lossCurvature(code, rows, units, lab.vector(a).at, lab.vector(t).at, lab.vector(w).at, scale, 1, out);
        });
        const step = 1e-4;
        samples.forEach((p, r) => {
          for (let j = 0; j < units; j++) {
            const moved = (by: number) =>
              lossOf(
                loss,
                p.y.map((v, k) => (k === j ? v + by : v)),
                p.t,
              );
            const exact = scale * w[r]! * ((moved(step) - 2 * moved(0) + moved(-step)) / (step * step));
            const error = step * step + (64 * ROUNDOFF.float64) / (step * step) + 16 * ROUNDOFF[precision];
            expect(Math.abs(found[r * units + j]! - exact)).toBeLessThanOrEqual(scale * w[r]! * error * 4 * (LARGE[loss] ?? 1));
          }
        });
      }),
    );

    test.each(SHAPES)('tangent and factors of %i×%i: H·v, and Σ f·fᵀ = H, H of second differences', (rows, units) =>
      withKernels(precision, (lab) => {
        const { lossCurvature, lossFactor, lossRoot, lossTangent, throughInput } = INSIDE[precision];
        const { averages, curvatureScale, throughInput: through } = LossTraits[loss];
        expect(throughInput(code) !== 0).toBe(through);
        const next = randoms(rows * 100 + units + 19);
        const samples = Array.from({ length: rows }, () => sample(loss, units, next));
        const directions = samples.map(() => Array.from({ length: units }, next));
        const h = 1e-4;
        const along = (y: readonly number[], v: readonly number[], by: number) => y.map((u, j) => u + by * v[j]!);
        // R{a}, where y moves along v.
        const ra = lab.rounded(
          samples.flatMap(({ y }, r) => {
            const low = outputsOf(loss, along(y, directions[r]!, -h));
            return outputsOf(loss, along(y, directions[r]!, h)).map((u, j) => (u - low[j]!) / (2 * h));
          }),
        );
        const t = lab.vector(lab.rounded(samples.flatMap((p) => p.t)));
        const a = lab.vector(lab.rounded(samples.flatMap((p) => outputsOf(loss, p.y))));
        const w = lab.rounded(Array.from({ length: rows }, () => next() + 1.5));
        const scale = 0.53;
        const tangentOf = (whole: 0 | 1) =>
          lab.written(rows * units, (out) =>
            lossTangent(code, rows, units, a.at, t.at, lab.vector(ra).at, lab.vector(w).at, scale, whole, out),
          );
        const [part, tangent] = [tangentOf(0), tangentOf(1)];
        const diagonal = lab.written(rows * units, (out) =>
          lossCurvature(code, rows, units, a.at, t.at, lab.vector(w).at, scale, 0, out),
        );
        const factors = Array.from({ length: units }, (_, k) =>
          lab.written(rows * units, (out) => lossFactor(code, rows, units, k, a.at, t.at, lab.vector(w).at, scale, out)),
        );
        samples.forEach((p, r) => {
          const unit = (k: number) => p.y.map((_, j) => (j === k ? 1 : 0));
          const at = (u: readonly number[], v: readonly number[], one: number, other: number) =>
            lossOf(loss, along(along(p.y, u, one), v, other), p.t);
          const second = (u: readonly number[], v: readonly number[]) =>
            (scale * w[r]! * (at(u, v, h, h) - at(u, v, h, -h) - at(u, v, -h, h) + at(u, v, -h, -h))) / (4 * h * h);
          const rounding = 4 * h * h + (64 * ROUNDOFF.float64) / (h * h) + 32 * ROUNDOFF[precision];
          const error = 4 * scale * w[r]! * rounding * (LARGE[loss] ?? 1);
          const own = GAUSS_NEWTON[loss];
          const gaussNewton = (i: number, j: number) => (own ? scale * w[r]! * own(p.y, i, j) : second(unit(i), unit(j)));
          for (let i = 0; i < units; i++) {
            expect(Math.abs(tangent[r * units + i]! - second(unit(i), directions[r]!))).toBeLessThanOrEqual(error);
            if (own) {
              const along = directions[r]!.reduce((s, v, j) => s + gaussNewton(i, j) * v, 0);
              expect(Math.abs(part[r * units + i]! - along)).toBeLessThanOrEqual(error);
              expect(Math.abs(diagonal[r * units + i]! - gaussNewton(i, i))).toBeLessThanOrEqual(error);
            }
            for (let j = 0; j < units; j++) {
              const sum = factors.reduce((s, f) => s + f[r * units + i]! * f[r * units + j]!, 0);
              expect(Math.abs(sum - gaussNewton(i, j))).toBeLessThanOrEqual(error);
            }
            if (COUPLED.includes(loss)) continue;
            const place = (r * units + i) * realBytes(precision);
            const root = lossRoot(code, a.at + place, t.at + place);
            const share = (scale * w[r]! * curvatureScale) / (averages ? units : 1);
            expect(Math.abs(share * root * root - gaussNewton(i, i))).toBeLessThanOrEqual(error);
          }
          if (!own) for (const k of [r * units, r * units + units - 1]) expect(part[k]).toBe(tangent[k]);
        });
      }),
    );
  });

  test('logCosh keeps its digits where it is small, and does not overflow', () =>
    withKernels(precision, (lab) => {
      for (const e of [1e-4, 1e-2, 0.5, 0.999, 1, 1.001, 20, 1e4]) {
        const [a] = lab.rounded([e]);
        const found = INSIDE[precision].lossValue(LossCodes.logCosh, 1, 1, 0, lab.vector([a!]).at, lab.vector([0]).at, 0);
        const near = a! ** 2 / 2 - a! ** 4 / 12 + a! ** 6 / 45 - (17 * a! ** 8) / 2520;
        const exact = a! < 0.02 ? near : a! + Math.log1p(Math.exp(-2 * a!)) - Math.LN2;
        expect(Math.abs(found / exact - 1)).toBeLessThan(32 * ROUNDOFF[precision]);
      }
    }));

  test('NaN shows in every loss; at lengths of 0 there is no direction', () =>
    withKernels(precision, (lab) => {
      const { lossCurvature, lossSlope, lossValue } = INSIDE[precision];
      const nan = lab.vector([Number.NaN, 0.5]);
      const t = lab.vector([1, 0]);
      for (const loss of LOSS_NAMES) expect(lossValue(LossCodes[loss], 1, 2, nan.at, nan.at, t.at, 0), loss).toBeNaN();
      const code = LossCodes.cosineProximity;
      const zero = lab.vector([0, 0]);
      expect(lossValue(code, 1, 2, 0, zero.at, t.at, 0)).toBeCloseTo(0, 12);
      const slope = lab.written(2, (out) => lossSlope(code, 1, 2, zero.at, t.at, 0, 1, out));
      expect([...slope].map((v) => v * Math.sqrt(1e-7))).toEqual([expect.closeTo(-1, 5), expect.closeTo(0, 12)]);
      for (const exact of [0, 1]) {
        expect([...lab.written(2, (out) => lossCurvature(code, 1, 2, zero.at, t.at, 0, 1, exact, out))].map(Math.abs)).toEqual([
          0, 0,
        ]);
      }
    }));

  test('cross-entropies of hopeless outputs are large, not infinite', () =>
    withKernels(precision, (lab) => {
      const y = lab.vector([-1000, 1000, 0]);
      const a = lab.vector([0, 1, 0]);
      expect(INSIDE[precision].lossValue(LossCodes.crossEntropy, 1, 3, y.at, a.at, lab.vector([1, 0, 0]).at, 0)).toBeCloseTo(
        2000,
        3,
      );
      expect(
        INSIDE[precision].lossValue(LossCodes.binaryCrossEntropy, 1, 3, y.at, a.at, lab.vector([1, 0, 1]).at, 0),
      ).toBeCloseTo((2000 + Math.LN2) / 3, 3);
    }));

  test('crossEntropy of samples together is the sum of theirs alone, to the bit', () =>
    withKernels(precision, (lab) => {
      const next = randoms(31);
      for (const units of [1, 2, 3, 4, 5, 8, 11]) {
        for (let rows = 0; rows < 10; rows++) {
          const samples = Array.from({ length: rows }, () => sample('crossEntropy', units, next));
          const flat = (f: (p: (typeof samples)[number]) => readonly number[]) => lab.vector(lab.rounded(samples.flatMap(f)));
          const [y, a, t] = [flat((p) => p.y), flat((p) => softmaxOf(p.y)), flat((p) => p.t)];
          const value = (first: number, count: number) => {
            const at = first * units * realBytes(precision);
            return INSIDE[precision].lossValue(LossCodes.crossEntropy, count, units, y.at + at, a.at + at, t.at + at, 0);
          };
          let alone = 0;
          for (let r = 0; r < rows; r++) alone += value(r, 1);
          expect(value(0, rows)).toBe(alone);
        }
      }
    }));

  test.each(LOSS_NAMES)('%s does not hide a NaN', (loss) =>
    withKernels(precision, (lab) => {
      for (const at of [0, 3, 4, 6]) {
        const y = Array.from({ length: 7 }, (_, j) => (j === at ? Number.NaN : 0.5));
        const v = lab.vector(y);
        expect(
          INSIDE[precision].lossValue(LossCodes[loss], 1, 7, v.at, v.at, lab.vector(new Array<number>(7).fill(1 / 7)).at, 0),
        ).toBeNaN();
        expect(
          INSIDE[precision].lossValue(LossCodes[loss], 7, 1, v.at, v.at, lab.vector(new Array<number>(7).fill(1)).at, 0),
        ).toBeNaN();
      }
    }),
  );
});
