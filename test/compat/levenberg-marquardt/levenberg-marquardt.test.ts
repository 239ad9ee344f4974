// Curves with known answers, fitted through ml-levenberg-marquardt's call; what it refuses, in its words.

import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type LevenbergMarquardtOptions, levenbergMarquardt } from '../../../src/compat/levenberg-marquardt/index.js';
import { leastSquares } from '../../../src/index.js';
import { RUNS, digits } from '../../solve/nist/models.js';

const line =
  ([a, b]: number[]) =>
  (x: number) =>
    a! * x + b!;
const sine =
  ([a, b]: number[]) =>
  (t: number) =>
    a! * Math.sin(b! * t);

const seenAt = (x: number[], curve: (x: number) => number) => ({ x, y: x.map(curve) });
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

test('a line, and the sum of squares about it', () => {
  const { parameterValues, parameterError, iterations } = levenbergMarquardt({ x: [0, 1, 2, 3], y: [1, 3, 5.1, 7] }, line, {
    initialValues: [1, 0],
  });
  // By the normal equations: slope 2.01, intercept 1.01; residuals 0.01, 0.02, −0.07, 0.04
  expect(parameterValues[0]).toBeCloseTo(2.01, 12);
  expect(parameterValues[1]).toBeCloseTo(1.01, 12);
  expect(parameterError).toBeCloseTo(0.007, 12);
  expect(iterations).toBeLessThan(10);
  expectTypeOf(parameterValues).toEqualTypeOf<number[]>();
});

// Residuals of Lanczos1 are rounding: the sum is low enough long before the digits are right.
const CURVES = RUNS.filter(({ x, name }) => x[0]!.length === 1 && !name.startsWith('Lanczos1'));

test.each(CURVES)('the certified values of NIST: $name', ({ model, x, y, start, certified, sum }) => {
  const data = { x: x.map(([only]) => only!), y };
  const curve = (params: number[]) => (point: number) => model(params, [point]);
  const options = { initialValues: start, maxIterations: 1000, errorTolerance: 0 };
  const { parameterValues, parameterError } = levenbergMarquardt(data, curve, options);
  expect(digits(parameterValues, certified)).toBeGreaterThan(7);
  expect(Math.abs(parameterError / sum - 1)).toBeLessThan(1e-9);
});

test('a valley that a careful step does not leave is left by damped ones', () => {
  const data = seenAt(upTo(20), sine([2, 2]));
  const options = { initialValues: [3, 3], damping: 0.1, dampingStepDown: 1, dampingStepUp: 1, gradientDifference: 0.1 };
  const { parameterValues, parameterError } = levenbergMarquardt(data, sine, options);
  expect(parameterValues[0]).toBeCloseTo(2, 3);
  expect(parameterValues[1]).toBeCloseTo(2, 3);
  expect(parameterError).toBeLessThan(1e-7);
});

test('no sum is larger than that which the package finds from the same start', () => {
  fc.assert(
    fc.property(fc.tuple(...Array.from({ length: 12 }, () => fc.double({ min: -1, max: 1, noNaN: true }))), (noise) => {
      const x = upTo(12);
      const y = x.map((t, i) => 3 * Math.exp(-0.3 * t) + noise[i]! / 5);
      const decay =
        ([a, b]: number[]) =>
        (t: number) =>
          a! * Math.exp(-b! * t);
      const { parameterValues, parameterError } = levenbergMarquardt({ x, y }, decay, { initialValues: [1, 1] });
      const at = decay(parameterValues);
      const sum = x.reduce((s, t, i) => s + (y[i]! - at(t)) ** 2, 0);
      expect(parameterError).toBeCloseTo(sum, 10);
      // A minimum: nothing beside it is lower.
      for (const k of [0, 1]) {
        for (const by of [-1e-3, 1e-3]) {
          const beside = decay(parameterValues.map((e, i) => (i === k ? e * (1 + by) : e)));
          expect(x.reduce((s, t, i) => s + (y[i]! - beside(t)) ** 2, 0)).toBeGreaterThan(sum);
        }
      }
    }),
    { numRuns: 30 },
  );
});

// The curve and points of two tests of ml-levenberg-marquardt, which pin where its own fits stop: at 16,398 and 19,289.7.
test.each([1e-5, 1e-2])('a curve with a floor and a ceiling over eight decades, damping %d', (damping) => {
  const x = [9.22e-12, 5.53e-11, 3.32e-10, 1.99e-9, 1.19e-8, 7.17e-8, 4.3e-7, 2.58e-6, 1.55e-5, 9.29e-5];
  const y = [7.807, -3.74, 21.119, 2.382, 4.269, 41.57, 73.401, 98.535, 97.059, 92.147];
  const curve =
    ([a, b, c, d]: number[]) =>
    (t: number) =>
      a! + (b! - a!) / (1 + c! ** d! * t ** -d!);
  const options = { damping, maxIterations: 200, initialValues: [0, 100, 1, 0.1] };
  const { parameterValues, parameterError } = levenbergMarquardt({ x, y }, curve, options);
  const at = curve(parameterValues);
  expect(parameterError).toBeCloseTo(
    x.reduce((sum, t, i) => sum + (y[i]! - at(t)) ** 2, 0),
    8,
  );
  expect(parameterError).toBeLessThan(490);
});

test('weights multiply residuals, as those of leastSquares do by their roots', async () => {
  const x = upTo(6);
  const y = [0.1, 1.9, 4.2, 5.8, 8.3, 9.6];
  const weights = [1, 2, 0.5, 3, 1, 0];
  const { parameterValues, parameterError } = levenbergMarquardt({ x, y }, line, { initialValues: [0, 0], weights });
  const other = await leastSquares(([a, b]) => x.map((t, i) => a! * t + b! - y[i]!), [0, 0], {
    weights: weights.map((weight) => weight ** 2),
  });
  parameterValues.forEach((value, k) => {
    expect(value).toBeCloseTo(other.x[k]!, 10);
  });
  expect(parameterError).toBeCloseTo(other.value, 10);
  const all = levenbergMarquardt({ x, y }, line, { initialValues: [0, 0], weights: 3 });
  expect(all.parameterError).toBeCloseTo(9 * levenbergMarquardt({ x, y }, line, { initialValues: [0, 0] }).parameterError, 9);
});

describe('options', () => {
  const data = seenAt(upTo(10), line([2, -1]));
  const fitted = (options: Partial<LevenbergMarquardtOptions>) =>
    levenbergMarquardt(data, line, { initialValues: [1, 1], ...options });

  test('bounds, at which a minimum stands that lies outside', () => {
    expect(fitted({ maxValues: [1.5, 10], minValues: [-5, -5] }).parameterValues[0]).toBe(1.5);
    expect(fitted({ minValues: [0, 0], maxValues: [5, 5], initialValues: [9, 9] }).parameterValues[1]).toBe(0);
  });

  test('a parameter whose difference is 0 keeps its value', () => {
    const { parameterValues } = fitted({ gradientDifference: [0.1, 0] });
    expect(parameterValues[1]).toBe(1);
    expect(parameterValues[0]).toBeCloseTo(2 - (2 * 45) / 285, 10); // Σ x·(y − 1)/Σ x²
  });

  test('slopes that the caller knows', () => {
    let calls = 0;
    const jacobianFunction = () => (x: number) => {
      calls++;
      return [x, 1];
    };
    const { parameterValues } = fitted({ jacobianFunction });
    expect(calls).toBeGreaterThan(0);
    expect(parameterValues[0]).toBeCloseTo(2, 12);
    expect(parameterValues[1]).toBeCloseTo(-1, 12);
  });

  test('steps at most, and a sum that is low enough', () => {
    expect(fitted({ maxIterations: 0 })).toEqual({
      parameterValues: [1, 1],
      parameterError: expect.closeTo(145, 10),
      iterations: 0,
    });
    expect(fitted({ errorTolerance: 150 }).iterations).toBe(0);
  });

  test('typed arrays', () => {
    const typed = { x: Float64Array.from(data.x), y: Float32Array.from(data.y) };
    expect(levenbergMarquardt(typed, line, { initialValues: new Float64Array([1, 1]) }).parameterValues[0]).toBeCloseTo(2, 10);
  });
});

describe('refused', () => {
  const data = seenAt([0, 1, 2], line([1, 2]));
  const initialValues = [1, 1];
  test.each([
    ['damping', data, { damping: -1, initialValues }, 'The damping option must be a positive number'],
    ['no x and y', [1, 2], { initialValues }, 'The data parameter must have x and y elements'],
    ['numbers', { x: 1, y: 2 }, { initialValues }, 'The data parameter elements must be an array with more than 2 points'],
    ['a point', { x: [1], y: [2] }, { initialValues }, 'The data parameter elements must be an array with more than 2 points'],
    ['sizes', { x: [1, 2], y: [1, 2, 3] }, { initialValues }, 'The data parameter elements must have the same size'],
    ['no start', data, {}, 'The initialValues option is mandatory and must be an array'],
    ['bounds', data, { initialValues, minValues: [1], maxValues: [1, 2] }, 'minValues and maxValues must be the same size'],
    [
      'weights',
      data,
      { initialValues, weights: 'a' },
      'weights should be a number or array with length equal to the number of data',
    ],
    [
      'differences',
      data,
      { initialValues, gradientDifference: {} },
      'gradientDifference should be a number or array with length',
    ],
    ['timeout', data, { initialValues, timeout: 'a' }, 'timeout should be a number'],
    ['no time', data, { initialValues, timeout: 0 }, 'The execution time is over to 0 seconds'],
    ['NaN', { x: [0, Number.NaN], y: [1, 2] }, { initialValues }, 'x, row 1: NaN is not a finite number'],
    ['crossed bounds', data, { initialValues, minValues: [2, 0], maxValues: [1, 1] }, 'levenbergMarquardt.minValues'],
    ['weights of NaN', data, { initialValues, weights: [1, Number.NaN, 1] }, 'number 1 is NaN'],
  ])('%s', (_, given, options, message) => {
    expect(() => levenbergMarquardt(given as never, line, options as never)).toThrow(message);
  });

  test('a curve that is no number at the start, and one that throws', () => {
    expect(() => levenbergMarquardt(data, () => () => Number.NaN, { initialValues })).toThrow(/not all finite/);
    expect(() =>
      levenbergMarquardt(
        data,
        () => () => {
          throw new RangeError('mine');
        },
        { initialValues },
      ),
    ).toThrow(new RangeError('mine'));
    expect(levenbergMarquardt(data, line, { initialValues }).parameterValues[0]).toBeCloseTo(1, 10); // nothing was left behind
  });
});
