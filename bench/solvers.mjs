// The linear algebra of methods of second order beside the machine's limits, and `leastSquares` beside its peer.

import { levenbergMarquardt as peer } from 'ml-levenberg-marquardt';
import { leastSquares, minimize } from '../dist/index.js';
import { doubleCore, inside } from './products.mjs';
import { DEFAULT, summary, uniforms } from '../dist/bench.js';

/** Calls of a function counted, and the time in it. */
function watched(f) {
  const watch = { calls: 0, time: 0 };
  const call = (...args) => {
    const before = performance.now();
    const result = f(...args);
    watch.time += performance.now() - before;
    watch.calls++;
    return result;
  };
  return [call, watch];
}

/** JᵀJ and Cholesky's factor of 500 parameters. */
async function factors(limit, rounds, add) {
  const { core, memory } = await doubleCore();
  const { normalMatrix } = await inside(memory, 'float64', DEFAULT);
  const n = 500;
  const rows = 1000;
  const next = uniforms(7);
  const [a, c, scratch] = [1 << 20, 1 << 24, 1 << 25];
  const fill = (at, length) => {
    const view = new Float64Array(memory.buffer, at, length);
    for (let i = 0; i < length; i++) view[i] = next() - 0.5;
  };
  fill(a, rows * n);
  const shares = { JᵀJ: [], Cholesky: [], both: [] };
  for (let round = -10; round < rounds; round++) {
    limit.measure('float64', DEFAULT);
    const most = limit.samples[DEFAULT].float64.at(-1);
    core.fill(n * n, 0, c);
    const t0 = performance.now();
    normalMatrix(rows, n, a, n * 8, c, scratch);
    const t1 = performance.now();
    if (core.cholesky(n, c, scratch) !== 0) throw new Error('the normal matrix is not positive definite');
    const t2 = performance.now();
    if (round < 0) continue;
    const [square, cubic] = [rows * n * (n + 1), n ** 3 / 3];
    shares['JᵀJ'].push(square / (t1 - t0) / 1e6 / most);
    shares.Cholesky.push(cubic / (t2 - t1) / 1e6 / most);
    shares.both.push((square + cubic) / (t2 - t0) / 1e6 / most);
  }
  for (const [name, list] of Object.entries(shares)) {
    const found = 100 * summary(list).median;
    add(`${name}, ${n} parameters${name === 'Cholesky' ? '' : `, ${rows} rows`}: share of the limit`, found, { least: 70 }, ' %');
  }
}

/** An iteration of BFGS on a quadratic that costs nothing, beside one read and write of the matrix. */
async function quasiNewton(rounds, add) {
  const { core, memory } = await doubleCore();
  for (const n of [1000, 2000]) {
    const at = 1 << 20;
    const missing = at + n * n * 8 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    core.fill(n * n, 1, at);
    const curvature = Float64Array.from({ length: n }, (_, i) => 1 + (99 * i) / n);
    const f = (x) => x.reduce((s, e, i) => s + curvature[i] * e * e, 0) / 2;
    const gradient = (x) => x.map((e, i) => curvature[i] * e);
    const ratios = [];
    for (let round = -2; round < rounds; round++) {
      const [[value, v], [slope, g]] = [watched(f), watched(gradient)];
      const stamps = [];
      await minimize(value, new Float64Array(n).fill(1), {
        gradient: slope,
        method: 'bfgs',
        iterations: 12,
        minGradient: 0,
        onIteration: () => stamps.push(performance.now() - v.time - g.time),
      });
      const steps = stamps.slice(3).map((t, i) => t - stamps[i + 2]);
      const before = performance.now();
      for (let i = 0; i < 8; i++) core.scale(n * n, 1.0000001, at);
      const pass = (performance.now() - before) / 8;
      if (round >= 0) ratios.push(summary(steps).median / pass);
    }
    add(
      `BFGS, ${n} parameters: an iteration, times reading and writing the matrix once`,
      summary(ratios).median,
      { most: 1.5 },
      '×',
    );
  }
}

/** Models with noise, as fits of measured curves have it. */
const CURVES = {
  'two exponentials': {
    model:
      ([a, b, c, d]) =>
      (t) =>
        a * Math.exp(-b * t) + c * Math.exp(-d * t),
    truth: [5, 1.5, 3, 0.2],
    start: [4, 1, 2, 0.5],
    points: 100,
  },
  'a peak': {
    model:
      ([h, m, w]) =>
      (t) =>
        h / (1 + ((t - m) / w) ** 2),
    truth: [2, 4, 0.7],
    start: [1, 3.5, 1],
    points: 50,
  },
  'a damped wave': {
    model:
      ([a, b, w, p]) =>
      (t) =>
        a * Math.exp(-b * t) * Math.sin(w * t + p),
    truth: [2, 0.3, 2, 0.5],
    start: [1.5, 0.2, 2.1, 0.3],
    points: 200,
  },
};

/** Fits of each a round. */
const FITS = 100;

/**
 * Fits of curves to the same accuracy: time outside the caller's functions, which is what calling them alone leaves, and calls of
 * the model.
 */
async function fits(rounds, add) {
  for (const [name, { model, truth, start, points }] of Object.entries(CURVES)) {
    const next = uniforms(11);
    const x = Float64Array.from({ length: points }, (_, i) => (10 * i) / points);
    const y = x.map((t) => model(truth)(t) + 0.01 * (next() - 0.5));
    let calls = 0;
    const residuals = (p) => {
      calls++;
      const f = model(p);
      return x.map((t, i) => f(t) - y[i]);
    };
    const counted = (p) => {
      calls++;
      return model(p);
    };
    const best = (await leastSquares(residuals, start)).value;
    // The peer stops where its error falls below a bound; a start from which it converges, and differences that allow six digits.
    const options = {
      initialValues: start,
      maxIterations: 1000,
      errorTolerance: best * (1 + 1e-6),
      damping: 0.1,
      gradientDifference: 1e-4,
      centralDifference: true,
    };
    const contenders = {
      ours: {
        fit: async () => {
          const { value } = await leastSquares(residuals, start, { tolerance: 1e-4 });
          if (!(value <= options.errorTolerance)) throw new Error(`${name}: ${value}, but the best is ${best}`);
        },
        alone: () => residuals(truth),
      },
      theirs: {
        fit: () => {
          if (peer({ x, y }, counted, options).iterations >= 1000) throw new Error(`the peer did not fit ${name}`);
        },
        alone: () => {
          const f = counted(truth);
          let sum = 0;
          for (let i = 0; i < points; i++) sum += f(x[i]);
          return sum;
        },
      },
    };
    const found = { ours: { outside: [], calls: 0 }, theirs: { outside: [], calls: 0 } };
    for (let round = -10; round < rounds; round++) {
      for (const [who, { fit, alone }] of Object.entries(contenders)) {
        calls = 0;
        const before = performance.now();
        for (let i = 0; i < FITS; i++) await fit();
        const between = performance.now();
        const made = calls;
        for (let i = 0; i < made; i++) alone();
        const inside = performance.now() - between;
        found[who].calls = made / FITS;
        if (round >= 0) found[who].outside.push((1000 * (between - before - inside)) / FITS);
      }
    }
    const { ours, theirs } = found;
    const [own, other] = [summary(ours.outside).median, summary(theirs.outside).median];
    const where = `leastSquares, ${name}, ${points} points, to six digits`;
    add(
      `${where}: ${own.toFixed(0)} µs outside the model, of ml-levenberg-marquardt's ${other.toFixed(0)}`,
      own / other,
      { most: 0.1 },
      '×',
    );
    add(`${where}: ${ours.calls} calls, of its ${theirs.calls}`, ours.calls / theirs.calls, { most: 1 }, '×');
  }
}

export async function measureSolvers(limit, rounds, add) {
  await factors(limit, rounds, add);
  await quasiNewton(rounds, add);
  await fits(rounds, add);
}
