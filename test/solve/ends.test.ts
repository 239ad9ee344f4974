// Ends: no success where there is none, whatever the bounds, the losses, the sizes of variables and their redundancy.

import { describe, expect, test } from 'vitest';
import { type MinimizeMethod, curveFit, leastSquares, minimize } from '../../src/index.js';
import { numbers } from '../layers/training.js';
import { MINIMIZE_METHODS } from '../../src/solve/choices.js';

const good = ['minGradient', 'tolerance'];
type Vector = ArrayLike<number> & Iterable<number>;

describe('leastSquares', () => {
  test('a step that would end wholly at bounds gets shorter until it lowers the sum', async () => {
    for (const start of [-2.9, -2, -1.5, 1.3, 2, 3]) {
      const { x, reason } = await leastSquares(([v]) => [Math.atan(v!)], [start], { bounds: [[-3, 3]] });
      expect(Math.abs(x[0]!)).toBeLessThan(1e-9);
      expect(good).toContain(reason);
    }
  });

  test('from 100 starts in a box, a logistic curve ends where a free fit does', async () => {
    const times = Array.from({ length: 30 }, (_, i) => i / 3);
    const logistic = ([a, b, c]: Vector) => times.map((t) => a! / (1 + Math.exp(-b! * (t - c!))));
    const seen = logistic([5, 1.5, 3]);
    const next = numbers(3);
    for (let k = 0; k < 100; k++) {
      const start = [5 + 4 * next(), 3 + 2.5 * next(), 2.5 + 2.5 * next()];
      const { value, reason } = await leastSquares((p) => logistic(p).map((e, i) => e - seen[i]!), start, {
        bounds: [
          [1, 9],
          [0.5, 5.5],
          [0, 5],
        ],
      });
      if (good.includes(reason)) expect(value).toBeLessThan(1e-12);
    }
  });

  test('outliers do not end a robust fit early', async () => {
    const t = Array.from({ length: 40 }, (_, i) => i / 10);
    const y = t.map((e, i) => 3 * Math.exp(-e) + 0.5 + 0.05 * Math.sin(12.9 * i) + (i % 7 === 3 ? 50 : 0));
    const decay = (at: number, [a, b, c]: Vector) => a! * Math.exp(-b! * at) + c!;
    const fit = await curveFit(decay, t, y, [1, 1, 0], { loss: 'huber' });
    [2.99721, 1.00547, 0.681079].forEach((e, i) => {
      expect(fit.x[i]).toBeCloseTo(e, 4); // SciPy's
    });
    const line = await curveFit((at: number, [a, b]: Vector) => a! * at + b!, [0, 1, 2, 3, 4, 5], [1, 3, 5, 7, 9, 1000], [0, 0], {
      loss: 'arctan',
    });
    expect(line.x[0]).toBeCloseTo(2, 6);
    expect(line.x[1]).toBeCloseTo(1, 6);
  });

  test('parameters that are 0 have standard errors, as with exact slopes, however small the residuals', async () => {
    const times = Array.from({ length: 96 }, (_, i) => i);
    const powers = (t: number, degree: number) => Array.from({ length: degree + 1 }, (_, k) => t ** k);
    const next = numbers(7);
    for (const noise of [0, 1e-12, 1e-9, 1e-3]) {
      const line = times.map((t) => 3 + 2 * t + noise * next());
      for (const degree of [2, 3, 4, 5]) {
        const polynomial = (t: number, p: Vector) => Array.from(p).reduceRight((sum, c) => sum * t + c, 0);
        const start = new Array(degree + 1).fill(1);
        const fit = await curveFit(polynomial, times, line, start);
        expect(good).toContain(fit.reason);
        const exact = await curveFit(polynomial, times, line, start, { gradient: (t) => powers(t, degree) });
        expect(fit.standardErrors).toBeDefined();
        // Of exact data residuals are rounding, and no two fits have the same.
        const scale = Math.sqrt(fit.value / exact.value);
        if (exact.value === 0) continue;
        for (const [k, e] of exact.standardErrors!.entries()) expect(fit.standardErrors![k]! / scale / e).toBeCloseTo(1, 3);
      }
    }
  });

  test('weights that are all 0 are refused', async () => {
    const fit = leastSquares(([a]) => [a! - 1, a! - 2], [0], { weights: [0, 0] });
    await expect(fit).rejects.toThrow(/leastSquares\.weights.*at least one weight > 0/);
  });

  test('variables without influence, or redundant ones, do not stop the others', async () => {
    expect((await leastSquares(([b, z]) => [Math.exp(b!) - 1 + 0 * z!], [10, 1])).value).toBeLessThan(1e-20);
    expect((await leastSquares(([b, c]) => [Math.exp(b! + c!) - 1], [10, 10])).value).toBeLessThan(1e-20);
    expect((await leastSquares(([a, z]) => [(a! - 1) ** 2, (a! - 1) ** 3 + 0 * z!], [30, 1])).value).toBeLessThan(1e-20);
    const redundant = await leastSquares(([a, b]) => [1, 2, 3, 4].map((t) => (a! + b!) * t - 2 * t + Math.sin(9 * t)), [1, 1]);
    expect(redundant.standardErrors).toBeUndefined();
    expect(redundant.advice).toMatch(/do not determine all variables there/);
    const product = await leastSquares(([a, b]) => [1, 2, 3, 4].map((t) => a! * b! * t - 2 * t + Math.sin(9 * t)), [1, 3]);
    expect(product.standardErrors).toBeUndefined();
  });

  test('a minimum where slopes vanish is one', async () => {
    expect(good).toContain((await leastSquares(([x]) => [x! * x! + 2], [1])).reason);
    expect(good).toContain((await leastSquares(([x]) => [Math.cosh(x!)], [2])).reason);
  });

  test('a wrong Jacobian is no success', async () => {
    const { reason, advice } = await leastSquares(([x, y]) => [x! - 1, 10 * (y! - x! * x!)], [-1.2, 1], {
      jacobian: ([x]) => [
        [-1, 0],
        [20 * x!, -10],
      ],
    });
    expect(reason).toBe('noProgress');
    expect(advice).toMatch(/check the derivatives/);
  });

  test('standard errors are those of the answer, however far away the start was', async () => {
    for (const start of [1, 1e3, 1e6, 1e9]) {
      const { x, standardErrors } = await leastSquares(([v]) => [Math.log(v!) + 7, 0.1], [start]);
      expect(x[0]! / Math.exp(-7)).toBeCloseTo(1, 8);
      expect(standardErrors![0]! / (0.1 * Math.exp(-7))).toBeCloseTo(1, 6);
    }
  });

  test('a slope that ends at a bound without being a number keeps what was found', async () => {
    const { x } = await leastSquares(([a, b]) => [Math.sqrt(a!) + 1, b! - 2], [1, 1], {
      bounds: [[0, 9], null],
      jacobian: ([a]) => [
        [0.5 / Math.sqrt(a!), 0],
        [0, 1],
      ],
    });
    expect(x[0]).toBeLessThan(1);
    expect(x[1]).toBeCloseTo(2, 6);
  });

  test('what weighs nothing may be anything', async () => {
    const { x } = await leastSquares(([a]) => [a! - 1, Number.NaN], [3], { weights: [1, 0] });
    expect(x[0]).toBeCloseTo(1, 10);
  });
});

describe('curveFit', () => {
  test('a gradient may be written into the same array each time; its length is checked', async () => {
    const g = [0, 0];
    const line = (t: number, [a, b]: Vector) => a! * t + b!;
    const fit = await curveFit(line, [0, 1, 2, 3], [1, 3, 5, 7.1], [1, 1], {
      gradient: (t) => {
        [g[0], g[1]] = [t, 1];
        return g;
      },
    });
    expect(fit.x[0]).toBeCloseTo(2.03, 10);
    await expect(curveFit(line, [0, 1], [1, 3], [1, 1], { gradient: () => [1] })).rejects.toThrow(/curveFit.gradient/);
    fit.x.fill(0);
    expect(fit.predict([1]).values[0]).toBeCloseTo(3.01, 10);
    expect(() => fit.predict(0.5 as never)).toThrow(/^x: predict expects an array of points/);
  });
});

describe('minimize', () => {
  const rosenbrock = ([x, y]: Vector) => 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2;
  const slopes = ([x, y]: Vector) => [-400 * x! * (y! - x! * x!) - 2 * (1 - x!), 200 * (y! - x! * x!)];

  test.each<MinimizeMethod>(['bfgs', 'lbfgs', 'newton', 'truncatedNewton', 'oneStepSecant', 'conjugateGradient'])(
    'a search that ends just beside a bound is not over (%s)',
    async (method) => {
      // y at its upper bound .2, x = √.2·(1 + …): along the bound the minimum is where 2(x − 1) = 400x(.2 − x²).
      for (const gradient of [slopes, undefined]) {
        for (const start of [
          [-0.1, -0.9],
          [0.7, 0.2],
          [0.3, -0.5],
        ]) {
          const bounds = [
            [-0.1, 0.7],
            [-0.9, 0.2],
          ] as const;
          const { x, value, reason } = await minimize(rosenbrock, start, { method, bounds, ...(gradient && { gradient }) });
          if (!good.includes(reason)) continue;
          expect(value).toBeCloseTo(0.301856, 4);
          expect(x[1]).toBeCloseTo(0.2, 6);
        }
      }
    },
  );

  test.each(MINIMIZE_METHODS)('slopes of the wrong sign are no minimum (%s)', async (method) => {
    const bowl = ([a, b]: Vector) => a! * a! + 10 * b! * b!;
    for (const [first, second] of [
      [-2, -20],
      [-2, 20],
      [2, -20],
    ] as const) {
      const { reason, value, advice } = await minimize(bowl, [1, 2], {
        method,
        gradient: ([a, b]) => [first * a!, second * b!],
      });
      if (value < 1e-10) continue;
      expect(good).not.toContain(reason);
      expect(advice).toMatch(/derivatives/);
    }
  });

  test('options of other methods are refused, and say whose they are', async () => {
    const none = ([a]: Vector) => a! * a!;
    for (const method of MINIMIZE_METHODS) {
      const takes = {
        memory: method === 'lbfgs',
        lineSearch: !/onjugateGradient/.test(method),
        update: /bfgs|Secant/.test(method),
      };
      const given = { memory: 3, lineSearch: 'armijo', update: 'damped' } as const;
      for (const name of ['memory', 'lineSearch', 'update'] as const) {
        const call = minimize(none, [1], { method, [name]: given[name] });
        if (takes[name]) expect((await call).x[0]).toBeCloseTo(0, 6);
        else await expect(call).rejects.toThrow(new RegExp(`minimize\\.${name}.*none with method '${method}'.*an option of`));
      }
    }
  });

  test('a start that is small, or a constant in the value, changes nothing', async () => {
    for (const start of [1e-9, 1e-3, 1, 100])
      expect((await minimize(([x]) => (x! - 1) ** 2 + 1, [start])).x[0]).toBeCloseTo(1, 6);
    for (const constant of [0, 1e6, 1e8]) {
      const { x } = await minimize((v) => constant + rosenbrock(v), [-1.2, 1], { gradient: slopes });
      expect(x[0]).toBeCloseTo(1, 5);
    }
    expect((await minimize(([x]) => 1e9 + (x! - 3) ** 2, [1])).x[0]).toBeCloseTo(3, 2);
  });

  test.each<MinimizeMethod>(['bfgs', 'lbfgs', 'conjugateGradient', 'oneStepSecant'])(
    'random starts, some of them next to 0, say nothing of sizes (%s)',
    async (method) => {
      const n = 30;
      const next = numbers(7);
      for (let k = 0; k < 3; k++) {
        const start = Array.from({ length: n }, () => next() + next());
        start[k] = 1e-4;
        const { iterations } = await minimize((x) => x.reduce((s, e) => s + (e - 1) ** 2, 0), start, {
          method,
          gradient: (x) => x.map((e) => 2 * (e - 1)),
        });
        expect(iterations).toBeLessThan(10);
      }
    },
  );

  test('frozen variables are no flat ones', async () => {
    const { reason, x } = await minimize(([a, b]) => a! ** 2 + b! ** 2, [1, 1], {
      bounds: [
        [3, 3],
        [4, 4],
      ],
    });
    expect([reason, ...x]).toEqual(['minGradient', 3, 4]);
  });

  test('no step begins once the function has been called so often', async () => {
    let calls = 0;
    const counted = (x: Float64Array) => {
      calls++;
      return rosenbrock(x);
    };
    await minimize(counted, [-1.2, 1], { evaluations: 30 });
    // A step takes a line search, each point of it five calls.
    expect(calls).toBeLessThan(30 + 5 * 5);
  });

  const endless: [string, (x: Float64Array) => number][] = [
    ['a line', ([a, b]) => 3 * a! + b!],
    ['a saddle', ([a, b]) => a! ** 2 - b! ** 2],
    ['a logarithm', ([a]) => -Math.log(a!)],
    ['a line far up', ([a]) => a! + 1e5],
  ];

  test.each(endless)('of what has no end, %s, says so', async (_, f) => {
    for (const method of ['bfgs', 'lbfgs', 'conjugateGradient', 'scaledConjugateGradient', 'oneStepSecant'] as const) {
      const { reason, advice } = await minimize(f, [1, 1], { method });
      expect(['iterations', 'noProgress']).toContain(reason);
      expect(advice).toMatch(/may be unbounded below/);
    }
  });

  test('of what has one, however low or far away, is not called endless', async () => {
    const low = (x: Float64Array) => 1e9 * rosenbrock(x) - 1e15;
    const far = ([a, b]: Float64Array) => (a! - 1e7) ** 2 + (b! + 1e8) ** 2;
    for (const f of [low, far, rosenbrock]) {
      for (const iterations of [3, 1000]) {
        const { advice = '' } = await minimize(f, [-1.2, 1], { iterations });
        expect(advice).not.toMatch(/unbounded/);
      }
    }
  });
});

test('NaN at once is put down to what x0 may lack', async () => {
  const three = (t: number, [a, b, c]: Float64Array) => a! * Math.exp(-b! * t) + c!;
  const fit = curveFit(three, [0, 1, 2], [3, 2, 1], [1, 1]);
  await expect(fit).rejects.toThrow(
    /x0: the residuals are not all finite there: 0 is NaN; x0 has 2 numbers: does the function take more\?/,
  );
  await expect(leastSquares(([a, b]) => [a! - 1, a! * b!], [1])).rejects.toThrow(
    /1 is NaN; x0 has 1 number: does the function take more/,
  );
  await expect(minimize(([a, b]) => a! + b!, [1])).rejects.toThrow(/the function is NaN there; .*x0 has 1 number: does/);
  await expect(minimize(([a]) => 1 / a!, [0])).rejects.toThrow(/the function is Infinity there; expected a finite number$/);
});
