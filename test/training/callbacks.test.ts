// What callbacks return: promises are waited for, and their rejections are those of the call. (vitest fails where one goes
// unhandled.)

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  Classifier,
  EfficientBackpropError,
  FileError,
  Network,
  type Progress,
  biasVariance,
  crossValidate,
  curveFit,
  dense,
  learningCurve,
  leastSquares,
  levenbergMarquardt,
  loadModel,
  minimize,
  sgd,
} from '../../src/index.js';
import { normals } from '../data/synthetic.js';

const X = normals(7, 60, 2);
const Y = X.map(([a, b]) => a! - b!);
const names = Y.map((y) => (y > 0 ? 'up' : 'down'));

const network = (seed = 1) =>
  Network.create({ inputs: 2, layers: [dense(3, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed });
const learner = () => new Classifier({ hidden: 3, members: 1, epochs: 3, weightDecay: 0.01, seed: 1 });
const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** Each call that takes a callback, and how often it calls that back at least. */
const calls: Record<string, (callback: () => unknown) => Promise<unknown>> = {
  fit: async (onEpoch) => (await network()).fit(X, Y, { epochs: 4, method: sgd(), onEpoch }),
  'fit by default': async (onEpoch) => (await network()).fit(X, Y, { onEpoch }),
  'fit in the background': async (onEpoch) => (await network()).fit(X, Y, { epochs: 4, background: true, onEpoch }),
  'fit of second order': async (onEpoch) =>
    (
      await Network.create({ inputs: 2, layers: [dense(2), dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 })
    ).fit(
      X,
      names.map((_, i) => Math.sin(i)),
      { epochs: 4, method: levenbergMarquardt(), onEpoch },
    ), // prettier-ignore
  partialFit: async (onEpoch) => (await network()).partialFit(X, Y, { epochs: 4, method: sgd(), onEpoch }),
  'fit on chunks': async (onEpoch) => (await network()).fit(() => [{ X, Y }], { epochs: 4, method: sgd(), onEpoch }),
  'fit of a classifier': (onProgress) => learner().fit(X, names, { onProgress }),
  'search of a classifier': (onProgress) => new Classifier({ epochs: 3, seed: 1 }).fit(X, names, { onProgress }),
  minimize: (onIteration) => minimize(([a, b]) => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2, [-1.2, 1], { onIteration }),
  leastSquares: (onIteration) => leastSquares(([a, b]) => [1 - a!, 10 * (b! - a! * a!)], [-1.2, 1], { onIteration }),
  curveFit: (onIteration) =>
    curveFit((t: number, [a, b]) => a! * Math.exp(b! * t), [0, 1, 2, 3], [3, 2, 1.2, 0.8], [1, 0.1], { onIteration }),
  crossValidate: (onFold) => crossValidate(learner, X, names, { folds: 2, onFold }),
  learningCurve: (onPoint) => learningCurve(learner, X, names, { folds: 2, sizes: [0.5, 1], onPoint }),
  biasVariance: (onReplica) => biasVariance(learner, X, names, { replicas: 2, onReplica }),
  'epochs of biasVariance': (onEpoch) =>
    biasVariance(network, X, Y, { replicas: 2, epochs: [1, 2], fit: { method: sgd(), onEpoch } }),
};

describe.each(Object.entries(calls))('%s', (_, call) => {
  test('rejects with what a callback’s promise rejects with, and calls back no more', async () => {
    const mishap = new Error('mine');
    let told = 0;
    const callback = async () => {
      told++;
      await soon();
      throw mishap;
    };
    await expect(call(callback)).rejects.toBe(mishap);
    expect(told).toBe(1);
  });

  test('goes on when the promise is fulfilled, not before', async () => {
    let told = 0;
    let under = 0;
    await call(async () => {
      told++;
      expect(++under).toBe(1);
      await soon();
      under--;
    });
    expect(under).toBe(0);
    expect(told).toBeGreaterThan(1);
  });
});

test('a promise changes no bits', async () => {
  const after = async (onEpoch: () => unknown) => {
    const net = await network();
    const { loss } = await net.fit(X, Y, { epochs: 5, method: sgd(), onEpoch });
    return [loss, net.getWeights()];
  };
  expect(await after(soon)).toEqual(await after(() => 0));
});

test('saves in onEpoch: each epoch is in the file before the next begins; one that fails ends the fit', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'callbacks-'));
  try {
    const net = await network();
    const file = path.join(folder, 'net.safetensors');
    const saved: Uint8Array[] = [];
    const made: unknown[] = [];
    const onEpoch = ({ epoch }: Progress) => {
      made.push(net.getWeights());
      if (epoch > 1) saved.push(readFileSync(file)); // in the same turn in which the epoch ends
      return net.save(file, { state: true });
    };
    await net.fit(X, Y, { epochs: 4, method: sgd(), onEpoch });
    const found = await Promise.all(saved.map(async (bytes) => ((await loadModel(bytes)) as Network).getWeights()));
    expect(found).toEqual(made.slice(0, 3));
    const nowhere = path.join(folder, 'missing', 'net.safetensors');
    const fit = net.fit(X, Y, { epochs: 4, method: sgd(), onEpoch: () => net.save(nowhere, { state: true }) });
    await expect(fit).rejects.toBeInstanceOf(FileError);
    expect((await net.fit(X, Y, { epochs: 2, method: sgd() })).reason).toBe('epochs');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a promise where a value is wanted is refused, and its rejection ends nothing', async () => {
  const mishap = async () => {
    throw new Error('mine');
  };
  const asked: Record<string, () => Promise<unknown>> = {
    rate: async () => (await network()).fit(X, Y, { epochs: 2, method: sgd({ rate: mishap as never }) }),
    init: () => Network.create({ inputs: 2, layers: [dense(1, { init: mishap as never })], loss: 'meanSquaredError', seed: 1 }),
    chunks: async () => (await network()).fit(mishap as never),
    'chunks of rows': () => learner().fit(mishap as never),
    minimize: () => minimize(mishap as never, [1, 2]),
    leastSquares: () => leastSquares(mishap as never, [1, 2]),
  };
  for (const [name, call] of Object.entries(asked)) {
    const error = await call().catch((error: unknown) => error);
    expect(error, name).toBeInstanceOf(EfficientBackpropError);
    expect((error as Error).message, name).toMatch(/a promise/);
  }
  await soon(); // in which nothing is left unhandled
});

describe('a promise that never settles is waited for no longer than a second after', () => {
  const never = () => new Promise<never>(() => {});
  const residuals = ([a]: Float64Array) => [1 - a!, a! * a!];
  const cost = (x: Float64Array) => residuals(x).reduce((sum, r) => sum + r * r, 0);
  /** Calls with what ends them. */
  const ends = { signal: () => ({ signal: AbortSignal.timeout(20) }), timeLimit: () => ({ timeLimit: 20 }) };

  test.each(Object.entries(ends))('%s', async (reason, end) => {
    const fit = async () => {
      const history = await (await network()).fit(X, Y, { epochs: 4, method: sgd(), onEpoch: never, ...end() });
      expect(history).toMatchObject({ reason, epochs: 1 });
    };
    const learn = async () => {
      const model = await learner()
        .fit(X, names, { onProgress: never, ...end() })
        .catch((error: unknown) => error);
      // Before there is a model, a signal ends the fit with its error.
      if (model instanceof Classifier) expect(model.history.reason).toBe(reason);
      else expect((model as Error).name).toBe('TimeoutError');
    };
    const solve = async () =>
      expect(await minimize(cost, [-1.2], { onIteration: never, ...end() })).toMatchObject({ reason, iterations: 1 });
    const solveSquares = async () =>
      expect(await leastSquares(residuals, [-1.2], { onIteration: never, ...end() })).toMatchObject({ reason, iterations: 1 });
    await Promise.all([fit(), learn(), solve(), solveSquares()]);
  });

  test('the signal of a validation', async () => {
    const ended = { name: 'TimeoutError' };
    await Promise.all([
      expect(crossValidate(learner, X, names, { folds: 2, ...ends.signal(), onFold: never })).rejects.toMatchObject(ended),
      expect(learningCurve(learner, X, names, { folds: 2, ...ends.signal(), onPoint: never })).rejects.toMatchObject(ended),
    ]);
  });

  test('the signal, and what it rejects with meanwhile is what the fit rejects with', async () => {
    const mishap = new Error('mine');
    const late = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(mishap), 60));
    await expect((await network()).fit(X, Y, { epochs: 4, onEpoch: late, ...ends.signal() })).rejects.toBe(mishap);
  });
});
