// Curves, robust losses and bands beside SciPy 1.10's numbers for the same points; Student's quantiles beside tables.

import { describe, expect, test } from 'vitest';
import { DataError, OptionError, curveFit, leastSquares } from '../../src/index.js';
import { incompleteBeta, logGamma, studentQuantile } from '../../src/solve/student.js';
import { numbers } from '../layers/training.js';

const t = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5];
const y = [2.9, 1.95, 1.41, 1.02, 0.73, 0.58, 0.41, 3.2, 0.29, 0.33]; // one of them is wrong
const sigma = [0.1, 0.1, 0.05, 0.05, 0.05, 0.02, 0.02, 0.2, 0.02, 0.02];
const model = (at: number, [a, b, c]: ArrayLike<number> & Iterable<number>) => a! * Math.exp(-b! * at) + c!;
const start = [2.5, 1, 0.1];

function agree(found: ArrayLike<number>, right: readonly number[], relative = 1e-6): void {
  right.forEach((e, i) => {
    expect(Math.abs(found[i]! - e) / Math.abs(e)).toBeLessThan(relative);
  });
}

describe('losses, scale 0.1', () => {
  test.each([
    [
      'softL1',
      [2.622699669464653, 0.85107601684515, 0.2682500842753003],
      0.5497445363578225,
      [0.32477151, 0.26921856, 0.25446463],
    ],
    [
      'huber',
      [2.629044737646335, 0.846865306465083, 0.26112638356034246],
      0.5600275468325405,
      [0.30814319, 0.25714635, 0.23402959],
    ],
    [
      'cauchy',
      [2.664568584665019, 0.8251641325360949, 0.22476308805386314],
      0.07339937507739383,
      [0.12701662, 0.10077392, 0.10387908],
    ],
    [
      'arctan',
      [2.6645565308979964, 0.8252705559729966, 0.22389611157975953],
      0.02259828237535131,
      [0.06403954, 0.05140451, 0.05050632],
    ],
  ] as const)('%s', async (loss, x, value, errors) => {
    const fit = await curveFit(model, t, y, start, { loss, scale: 0.1 });
    agree(fit.x, x);
    expect(fit.value / value).toBeCloseTo(1, 12);
    agree(fit.standardErrors!, errors, 1e-6);
    const same = await leastSquares((p) => t.map((at, i) => model(at, p) - y[i]!), start, { loss, scale: 0.1 });
    agree(same.x, [...fit.x], 1e-12);
  });

  test('a scale beyond all residuals is least squares', async () => {
    const plain = await curveFit(model, t, y, start);
    for (const loss of ['softL1', 'huber', 'cauchy', 'arctan'] as const) {
      const fit = await curveFit(model, t, y, start, { loss, scale: 1e4 });
      agree(fit.x, [...plain.x], 1e-6);
      expect(fit.value / plain.value).toBeCloseTo(1, 6);
    }
  });
});

test('sigma, relative and absolute', async () => {
  const x = [2.6765498477552763, 0.8394945978898806, 0.2359045968685618];
  const relative = await curveFit(model, t, y, start, { sigma });
  agree(relative.x, x, 1e-7);
  agree(
    relative.covariance!,
    [
      0.19543830207885524, 0.04501080636742823, 0.006235974539458489, 0.04501080636742823, 0.04523085833483225,
      0.02190392184897552, 0.006235974539458489, 0.02190392184897552, 0.014855787116661107,
    ],
  );
  const absolute = await curveFit(model, t, y, start, { sigma, absoluteSigma: true });
  agree(
    absolute.covariance!,
    [
      0.006477319508604803, 0.0014917719355960332, 0.00020667596428104374, 0.0014917719355960332, 0.0014990650142106738,
      0.000725951355482402, 0.00020667596428104374, 0.000725951355482402, 0.0004923583488133449,
    ],
  );
  const weighted = await curveFit(model, t, y, start, { weights: sigma.map((s) => 1 / s ** 2) });
  agree(weighted.x, [...relative.x], 1e-10);
  // As many points as parameters: no residual is left to tell how large errors are, but they may be known.
  const few = await curveFit(model, t.slice(0, 3), y.slice(0, 3), start, { sigma: sigma.slice(0, 3), absoluteSigma: true });
  expect(few.standardErrors!.every((e) => e > 0)).toBe(true);
});

test('bands of the mean and of one more observation', async () => {
  const fit = await curveFit(model, t, y, start);
  const band = fit.predict([0.25, 6]);
  agree(band.values, [2.2847605275462843, 0.9064927911868567], 1e-6);
  agree(
    band.high.map((e, i) => e - band.values[i]!),
    [1.525517768556741, 1.0477473070550116],
  );
  agree(
    band.low.map((e, i) => band.values[i]! - e),
    [1.525517768556741, 1.0477473070550116],
  );
  const one = fit.predict([0.25, 6], { confidence: 0.9, of: 'observation' });
  agree(
    one.high.map((e, i) => e - one.values[i]!),
    [2.1898216822726018, 2.001521119601196],
  );
  expect(() => fit.predict([1], { confidence: 1 })).toThrow(OptionError);
  const gradient = (at: number, [a, b]: ArrayLike<number> & Iterable<number>) => [
    Math.exp(-b! * at),
    -a! * at * Math.exp(-b! * at),
    1,
  ];
  const exact = await curveFit(model, t, y, start, { gradient });
  agree(exact.predict([0.25, 6]).standardErrors, [...band.standardErrors], 1e-6);
});

test('95 % bands hold the truth in about 95 of 100 sets', async () => {
  let held = 0;
  const next = numbers(11);
  // The sum of twelve uniform numbers on ±1 is close to normal, with variance 4.
  const normal = () => Array.from({ length: 12 }, next).reduce((a, b) => a + b, 0) / 2;
  const truth = [2, 0.5, 1];
  const at = Array.from({ length: 40 }, (_, i) => i / 8);
  for (let k = 0; k < 400; k++) {
    const noisy = at.map((v) => model(v, truth) + 0.05 * normal());
    const fit = await curveFit(model, at, noisy, [1, 1, 0]);
    const { low, high } = fit.predict([1.7]);
    if (low[0]! <= model(1.7, truth) && model(1.7, truth) <= high[0]!) held++;
  }
  // Four standard deviations of a binomial count are 17.
  expect(held).toBeGreaterThan(400 * 0.95 - 18);
  expect(held).toBeLessThan(400 * 0.95 + 18);
});

test('points of any kind; parameters at bounds count as known', async () => {
  const rows = [
    { u: 0, v: 1 },
    { u: 1, v: 0 },
    { u: 1, v: 1 },
    { u: 2, v: 1 },
    { u: 3, v: 5 },
  ];
  const plane = ({ u, v }: { u: number; v: number }, [a, b, c]: ArrayLike<number> & Iterable<number>) => a! * u + b! * v + c!;
  const fit = await curveFit(
    plane,
    rows,
    rows.map((row) => plane(row, [2, -1, 0.5])),
    [0, 0, 0],
  );
  agree(fit.x, [2, -1, 0.5], 1e-10);
  const bounded = await curveFit(
    plane,
    rows,
    rows.map((row) => plane(row, [2, -1, 0.5]) + 0.1 * row.u ** 2),
    [1, 0, 0],
    {
      bounds: [null, [-0.5, 0], null],
    },
  );
  expect(bounded.active[1]).toBe(-1);
  expect(bounded.predict([{ u: 1, v: 1 }]).standardErrors[0]).toBeGreaterThan(0);
});

test('refusals say what and where', async () => {
  await expect(curveFit(model, t, y.slice(1), start)).rejects.toThrow(/^y: has 9 values for 10 points/);
  await expect(curveFit(model, t, [...y.slice(1), Number.NaN], start)).rejects.toThrow(/^y, row 9: NaN is not a finite number/);
  await expect(curveFit(model, [Number.NaN, ...t.slice(1)], y, start)).rejects.toThrow(/^x, row 0: NaN/);
  await expect(curveFit(model, [], [], start)).rejects.toThrow(DataError);
  await expect(curveFit(model, t, y, ['3', 1, 1] as never)).rejects.toThrow(/^x0, row 0: "3" is not a finite number/);
  await expect(curveFit(model, t, y, start, { sigma: sigma.slice(1) })).rejects.toThrow(
    /curveFit.sigma .* 10 numbers, one for each point/,
  );
  await expect(curveFit(model, t, y, start, { sigma: sigma.map(() => 0) })).rejects.toThrow(/finite numbers > 0/);
  await expect(curveFit(model, t, y, start, { sigma, weights: sigma })).rejects.toThrow(/none with sigma/);
  await expect(curveFit(model, t, y, start, { loss: 'l1' as 'huber' })).rejects.toThrow(OptionError);
  await expect(curveFit(() => 'x' as never, t, y, start)).rejects.toThrow(/curveFit.model returned "x"; expected a number/);
  const weighted = await curveFit(model, t, y, start, { sigma });
  expect(() => weighted.predict([1], { of: 'observation' })).toThrow(/'mean' where points have sigma/);
});

describe('Student', () => {
  test.each([
    [0.95, 1, 12.706204736432095],
    [0.95, 2, 4.302652729911275],
    [0.99, 7, 3.4994832973505026],
    [0.5, 3, 0.764892328080891],
    [0.999, 30, 3.6459586349971502],
    [0.9, 1.5, 3.705180820160004],
    [0.95, Infinity, 1.959963984540054],
  ])('quantile of %d at %d degrees of freedom', (confidence, nu, right) => {
    expect(studentQuantile(confidence, nu) / right).toBeCloseTo(1, 9);
  });

  test('Γ of integers and halves, and Iₓ in closed form', () => {
    for (let n = 1, factorial = 1; n < 30; factorial *= n++)
      expect(Math.abs(logGamma(n) - Math.log(factorial))).toBeLessThan(1e-12 * (1 + n));
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
    for (const x of [0, 0.1, 0.5, 0.9, 1]) {
      expect(incompleteBeta(x, 1, 3)).toBeCloseTo(1 - (1 - x) ** 3, 12);
      expect(incompleteBeta(x, 2.5, 1)).toBeCloseTo(x ** 2.5, 12);
      expect(incompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 12);
    }
  });
});
