// Fits on data that come in chunks.

import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import {
  type Chunk,
  DataError,
  type Dataset,
  DisposedError,
  type FitOptions,
  type Loss,
  Network,
  OptionError,
  adam,
  batchNorm,
  bfgs,
  dataset,
  dense,
  dropout,
  growing,
  levenbergMarquardt,
  rbf,
  rprop,
  schedules,
  sgd,
  stochasticDiagonalLM,
} from '../../src/index.js';
import { draws, normals } from '../data/synthetic.js';

const ROWS = 96;
const X = normals(11, ROWS, 3);
const noise = draws(12);
const Y = X.map(([a, b, c]) => [a! * b! - c! + 0.1 * noise.normal()]);
const CLASSES = X.map(([a, b]) => (a! > 0.4 ? 2 : b! > 0 ? 1 : 0));

const living: (Network | Dataset)[] = [];
afterEach(() => {
  for (const one of living.splice(0)) one.dispose();
});

async function network(options: { layers?: Parameters<typeof Network.create>[0]['layers']; loss?: Loss } = {}): Promise<Network> {
  const layers = options.layers ?? [dense(7, { activation: 'tanh' }), dense(1)];
  const net = await Network.create({ inputs: 3, layers, loss: options.loss ?? 'meanSquaredError', seed: 5 });
  living.push(net);
  return net;
}

/** Rows in chunks of these sizes; the last takes what is left. */
function cut(sizes: readonly number[], targets: readonly (number | number[])[] = Y): [number[][], number[][]][] {
  const chunks: [number[][], number[][]][] = [];
  for (let first = 0, i = 0; first < ROWS; first += sizes[i++ % sizes.length]!) {
    const end = Math.min(ROWS, first + sizes[i % sizes.length]!);
    chunks.push([X.slice(first, end), targets.slice(first, end) as number[][]]);
  }
  return chunks;
}

/** What happened to an iterable. */
interface Log {
  asked: number;
  ended: number;
  returned: number;
}

/** An async iterable of chunks that notes what is done to it, and lets the event loop turn before each chunk. */
function watched(chunks: Iterable<Chunk>, log: Log): AsyncIterable<Chunk> {
  return {
    [Symbol.asyncIterator]() {
      const inner = chunks[Symbol.iterator]();
      return {
        async next() {
          log.asked++;
          await new Promise((resolve) => setImmediate(resolve));
          const step = inner.next();
          if (step.done) log.ended++;
          return step;
        },
        async return() {
          log.returned++;
          return { done: true, value: undefined };
        },
      };
    },
  };
}

const fresh = (): Log => ({ asked: 0, ended: 0, returned: 0 });

describe('the same bits as of all rows at once', () => {
  const cases: [string, FitOptions, Parameters<typeof network>[0]?][] = [
    ['sgd', { method: sgd({ rate: 0.05, momentum: 0.9, weightDecay: 1e-3 }), batchSize: 8 }],
    ['adam, online', { method: adam({ rate: 0.01 }), batchSize: 1 }],
    [
      'a rate that falls over the whole fit',
      { method: sgd({ rate: schedules.cosine({ rate: 0.1 }) }), batchSize: 8, rows: ROWS },
    ],
    ['averaged weights, clipping', { average: { decay: 0.9 }, clip: { norm: 0.1 }, l1: 1e-3, batchSize: 8 }],
    ['dropout and norms', { batchSize: 8 }, { layers: [dense(9, { activation: 'relu' }), dropout(0.3), batchNorm(), dense(1)] }],
    ['running curvature', { method: stochasticDiagonalLM({ gamma: 'falling' }), batchSize: 8 }],
  ];

  test.each(cases)('%s', async (_, options, made) => {
    const [whole, streamed] = [await network(made), await network(made)];
    const { rows: __, ...common } = { ...options, order: 'sequential', epochs: 3 } satisfies FitOptions;
    const expected = await whole.fit(X, Y, common);
    const found = await streamed.fit(() => watched(cut([16, 40, 8]), fresh()), { ...options, order: 'sequential', epochs: 3 });
    expect(streamed.getWeights()).toEqual(whole.getWeights());
    expect(found.loss).toEqual(expected.loss);
    expect(found).toMatchObject({ epochs: 3, bestEpoch: 3, reason: 'epochs', evaluations: 3 });
  });

  test('any chunks whose sizes are multiples of the batch size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 3, 4, 8),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(1, 2),
        async (batchSize, multiples, epochs) => {
          const [whole, streamed] = [await network(), await network()];
          const options = { order: 'sequential', batchSize, epochs } as const;
          await whole.fit(X, Y, options);
          await streamed.fit(() => cut(multiples.map((m) => m * batchSize)), options);
          expect(streamed.getWeights()).toEqual(whole.getWeights());
        },
      ),
      { numRuns: 20 },
    );
  });

  test('classes, weights, smoothed labels', async () => {
    const made = {
      layers: [dense(6, { activation: 'tanh' }), dense(3, { activation: 'softmax' })],
      loss: 'crossEntropy',
    } as const;
    const [whole, streamed] = [await network(made), await network(made)];
    const sampleWeights = X.map(([a]) => 1 + Math.abs(a!));
    // Measured by 1: the mean weight of all rows is not known in the first epoch.
    const options = {
      order: 'sequential',
      batchSize: 8,
      epochs: 2,
      labelSmoothing: 0.1,
      classWeights: [1, 2, 3],
      weighting: 'samples',
    } as const;
    await whole.fit(X, CLASSES, { ...options, sampleWeights });
    const chunks = () =>
      [0, 32, 64].map((first) => ({
        X: X.slice(first, first + 32),
        Y: CLASSES.slice(first, first + 32),
        sampleWeights: sampleWeights.slice(first, first + 32),
      }));
    await streamed.fit(chunks, options);
    expect(streamed.getWeights()).toEqual(whole.getWeights());
  });

  test('datasets as chunks, and one chunk in any order of rows', async () => {
    const [whole, streamed] = [await network(), await network()];
    const all = dataset(X, Y);
    living.push(all);
    for (const order of ['shuffle', 'sequential'] as const) {
      await whole.fit(all, { order, epochs: 3, batchSize: 7 });
      await streamed.fit(() => [all], { order, epochs: 3, batchSize: 7 });
      expect(streamed.getWeights()).toEqual(whole.getWeights());
    }
    expect(() => all.check()).not.toThrow();
  });

  test('partialFit goes on from stream to stream', async () => {
    const [whole, streamed] = [await network(), await network()];
    const options = { order: 'sequential', batchSize: 8, method: adam() } as const;
    await whole.fit(X, Y, { ...options, epochs: 2 });
    for (let pass = 0; pass < 2; pass++) {
      const history = await streamed.partialFit(watched(cut([24]), fresh()), options);
      expect(history.epochs).toBe(1);
    }
    expect(streamed.getWeights()).toEqual(whole.getWeights());
  });
});

test('the same bits for any number of threads', async () => {
  const wide = normals(21, 1200, 40);
  const targets = wide.map((row) => [row[0]! - row[1]! * row[2]!, row[3]!]);
  const weights = async (threads: number) => {
    const layers = [dense(96, { activation: 'tanh' }), dense(96, { activation: 'relu' }), dense(2)];
    const net = await Network.create({ inputs: 40, layers, loss: 'meanSquaredError', seed: 5, threads });
    living.push(net);
    const chunks = () =>
      [0, 500, 700].map((at, i): Chunk => [wide.slice(at, [500, 700, 1200][i]), targets.slice(at, [500, 700, 1200][i])]);
    await net.fit(chunks, { epochs: 2, batchSize: 450, method: adam({ rate: 0.01 }) });
    await net.fit(chunks, { epochs: 2, batchSize: 64 });
    return net.getWeights();
  };
  expect(await weights(2)).toEqual(await weights(1));
});

describe('orders within chunks', () => {
  test('every row is taken once an epoch', async () => {
    // Hardly any steps from weights of 0, so that each row's loss is y².
    const net = await network({ layers: [dense(1)] });
    net.setWeights(net.getWeights().map((w) => w.fill(0)));
    const chunks = () => [0, 1, 2].map((c): Chunk => [X.slice(0, 32), X.slice(0, 32).map((_, r) => [r + 32 * c])]);
    const history = await net.fit(chunks, { epochs: 2, batchSize: 5, method: sgd({ rate: 1e-30, momentum: 0 }) });
    for (const loss of history.loss) expect(loss).toBeCloseTo((95 * 191) / 6, 1); // Σ r²/96 for r < 96
    expect(history.evaluations).toBe(2);
  });

  test('shuffled, the same seed gives the same bits, another seed and another cut others', async () => {
    const weights = async (sizes: number[], seed: number) => {
      const net = await network();
      await net.fit(() => watched(cut(sizes), fresh()), { epochs: 2, batchSize: 8, seed });
      return net.getWeights();
    };
    const first = await weights([32], 1);
    expect(await weights([32], 1)).toEqual(first);
    expect(await weights([32], 2)).not.toEqual(first);
    expect(await weights([48], 1)).not.toEqual(first);
  });

  test('interleaved classes, sampled curvature, batches that grow, chunks of other sizes', async () => {
    const made = {
      layers: [dense(6, { activation: 'tanh' }), dense(3, { activation: 'softmax' })],
      loss: 'crossEntropy',
    } as const;
    for (const options of [
      { order: 'interleave' },
      { method: stochasticDiagonalLM({ samples: 40 }) },
      { method: sgd({ rate: 'auto' }) },
      { batchSize: growing({ start: 4 }) },
      { batchSize: 1000 },
    ] satisfies FitOptions[]) {
      const net = await network(made);
      const before = net.evaluate(X, CLASSES).loss;
      const history = await net.fit(() => cut([5, 60, 17], CLASSES), { epochs: 12, ...options });
      expect(history.reason).toBe('epochs');
      expect(net.evaluate(X, CLASSES).loss).toBeLessThan(0.95 * before);
    }
  });

  test('layers that start from data start from the first chunk', async () => {
    const net = await network({ layers: [rbf(4, { init: 'kMeans' }), dense(1)] });
    await net.fit(() => cut([40, 16]), { epochs: 2 });
    const centres = net.getWeights()[0]!;
    expect(centres.some((c) => c !== 0)).toBe(true);
  });
});

test('the next chunk is asked for before the one at hand is trained on, and not the one after', async () => {
  const net = await network();
  const log = fresh();
  const asked: number[] = [];
  let calls = 0;
  const chunks = () => {
    calls++;
    return watched(cut([32]), log);
  };
  const rate = () => {
    asked.push(log.asked);
    return 0.01;
  };
  await net.fit(chunks, { epochs: 2, method: sgd({ rate }) });
  // Three chunks and an end for each epoch; the rate is looked up once its first chunk is there and the second is asked for.
  expect(log).toEqual({ asked: 8, ended: 2, returned: 0 });
  expect(calls).toBe(2);
  expect(asked).toEqual([2, 6]);
});

describe('how it ends', () => {
  const endless = (log: Log) => {
    function* forever(): Generator<Chunk> {
      for (;;) yield [X, Y];
    }
    return watched(forever(), log);
  };

  test.each(['signal', 'timeLimit'] as const)('by %s, and the iterator is told', async (reason) => {
    const net = await network();
    const used = heap.used;
    const before = net.getWeights();
    const abort = new AbortController();
    const log = fresh();
    setTimeout(() => abort.abort(), 30);
    const history = await net.fit(endless(log), reason === 'signal' ? { signal: abort.signal } : { timeLimit: 30 });
    expect(history).toMatchObject({ reason, epochs: 0, loss: [] });
    expect(history.evaluations).toBeGreaterThan(0);
    expect(history.evaluations).toBeLessThanOrEqual(1);
    expect(log.returned).toBe(1);
    expect(net.getWeights()).not.toEqual(before);
    await new Promise((resolve) => setTimeout(resolve, 5)); // a chunk that was on its way comes to nobody
    expect(heap.used).toBe(used);
  });

  test.each(['signal', 'timeLimit'] as const)('by %s while nothing comes', async (reason) => {
    const net = await network();
    const used = heap.used;
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 10);
    let returned = 0;
    const never: AsyncIterable<Chunk> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          returned++;
          return new Promise(() => {});
        },
      }),
    };
    const history = await net.fit(never, reason === 'signal' ? { signal: abort.signal } : { timeLimit: 10 });
    expect(history).toMatchObject({ reason, epochs: 0, evaluations: 0 });
    expect(returned).toBe(1);
    expect(heap.used).toBe(used);
  });

  test('with a chunk that is wrong, or by the clock, though the iterator never closes', async () => {
    const closing = (chunk: () => unknown): AsyncIterable<Chunk> => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: chunk() as Chunk }),
        return: () => new Promise(() => {}),
      }),
    });
    const net = await network();
    const [wrong, clock] = await Promise.all([
      net.fit(closing(() => [X, [1]])).catch((error: unknown) => error),
      (await network()).fit(
        closing(() => [X, Y]),
        { timeLimit: 20 },
      ),
    ]);
    expect(wrong).toBeInstanceOf(DataError);
    expect(clock).toMatchObject({ reason: 'timeLimit' });
  });

  test('early, by the validation loss, with the best weights back and the next epoch told to end', async () => {
    const net = await network({ layers: [dense(40, { activation: 'tanh' }), dense(1)] });
    const log = fresh();
    const validation: [number[][], number[][]] = [X.slice(60), Y.slice(60)];
    const history = await net.fit(() => watched([[X.slice(0, 20), Y.slice(0, 20)]], log), {
      epochs: 3000,
      method: sgd({ rate: 0.05 }),
      validation,
      earlyStopping: { patience: 10 },
      metrics: ['r2'],
    });
    expect(history.reason).toBe('earlyStopping');
    expect(history.epochs).toBe(history.bestEpoch + 10);
    expect(net.evaluate(...validation).loss).toBe(Math.min(...history.validationLoss));
    expect(history.metrics.validationR2).toHaveLength(history.epochs);
    expect(history.metrics.r2).toBeUndefined();
    expect(log.returned).toBe(1); // of the epoch that was begun ahead
  });

  test('at a goal, and says so to onEpoch', async () => {
    const net = await network();
    const told: number[] = [];
    const history = await net.fit(() => cut([32]), { epochs: 500, goal: 0.5, onEpoch: ({ loss }) => told.push(loss) });
    expect(history.reason).toBe('goal');
    expect(told).toEqual(history.loss);
    expect(history.loss.at(-1)).toBeLessThanOrEqual(0.5);
  });

  test('where it diverges, with the weights of before and advice', async () => {
    const net = await network({ layers: [dense(1)] });
    const before = net.getWeights();
    const history = await net.fit(() => cut([32]), { epochs: 50, method: sgd({ rate: 1e20 }) });
    expect(history.reason).toBe('diverged');
    expect(history.advice).toMatch(/a rate of/);
    if (history.bestEpoch === 0) expect(net.getWeights()).toEqual(before);
    for (const w of net.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
  });

  test('where the network is disposed of', async () => {
    const net = await network();
    const log = fresh();
    const fitting = net.fit(endless(log));
    setTimeout(() => net.dispose(), 10);
    await expect(fitting).rejects.toThrow(DisposedError);
    expect(log.returned).toBe(1);
  });

  test('where a dataset at hand is disposed of', async () => {
    const net = await network();
    const data = dataset(X, Y);
    async function* chunks(): AsyncGenerator<Chunk> {
      yield data;
      data.dispose();
      yield [X, Y];
    }
    await expect(net.fit(chunks(), { batchSize: 1 })).rejects.toThrow(DisposedError);
  });
});

describe('what is wrong with chunks', () => {
  const bad: [string, unknown, { chunk?: number; row?: number; column?: number; what: string }, RegExp][] = [
    ['another width', [[[1, 2]], [1]], { chunk: 1, row: 0, what: 'X' }, /X, chunk 1, row 0: has 2 columns.*3 inputs/],
    [
      'a ragged row',
      [
        [[1, 2, 3], [1]],
        [1, 2],
      ],
      { chunk: 1, row: 1, what: 'X' },
      /has 1 column/,
    ],
    ['a gap', [[[1, 2, Number.NaN]], [1]], { chunk: 1, row: 0, column: 2, what: 'X' }, /NaN is not a finite number/],
    [
      'fewer targets',
      {
        X: [
          [1, 2, 3],
          [1, 2, 3],
        ],
        Y: [1],
      },
      { chunk: 1, what: 'Y' },
      /has 1 row, but X has 2/,
    ],
    ['wide targets', [[[1, 2, 3]], [[1, 2]]], { chunk: 1, what: 'Y' }, /has 2 columns, but the network has 1 output/],
    ['no chunk', 'rows', { chunk: 1, what: 'chunks' }, /expected \[X, Y\]/],
    ['weights', { X: [[1, 2, 3]], Y: [1], sampleWeights: [-1] }, { chunk: 1, row: 0, what: 'sampleWeights' }, /-1 is negative/],
  ];
  test.each(bad)('%s is refused with its place, and the iterator told', async (_, chunk, place, message) => {
    const net = await network();
    const used = heap.used;
    const log = fresh();
    const error = await net.fit(watched([[X, Y], chunk as Chunk, [X, Y]], log)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject(place);
    expect((error as Error).message).toMatch(message);
    expect(log).toMatchObject({ asked: 2, returned: 1 });
    expect(heap.used).toBe(used);
    for (const w of net.getWeights()) expect(w.every(Number.isFinite)).toBe(true);
    await net.fit(X, Y, { epochs: 1 }); // and it can be fitted again
  });

  test('what the iterable throws comes out; what was learned stays', async () => {
    const net = await network();
    const used = heap.used;
    const before = net.getWeights();
    async function* chunks(): AsyncGenerator<Chunk> {
      yield [X, Y];
      throw new RangeError('the disk is gone');
    }
    await expect(net.fit(chunks())).rejects.toThrow(new RangeError('the disk is gone'));
    expect(net.getWeights()).not.toEqual(before);
    expect(heap.used).toBe(used);
    const atOnce = () => {
      throw new RangeError('no disk');
    };
    await expect(net.fit(atOnce)).rejects.toThrow('no disk');
  });

  test('no chunks', async () => {
    const net = await network();
    await expect(net.fit(watched([], fresh()))).rejects.toThrow(/chunks: there are none/);
    let epoch = 0;
    await expect(net.fit(() => (epoch++ ? [] : cut([32])), { epochs: 3 })).rejects.toThrow(
      /chunks: there are none: .* in epoch 2: each call/,
    );
    await expect(net.fit((() => 5) as never)).rejects.toThrow(/fit: the function returned 5; expected an async iterable/);
  });

  test('nothing leaks', async () => {
    const net = await network();
    const used = heap.used;
    await net.fit(() => watched(cut([5, 60, 17]), fresh()), { epochs: 3, average: 'polyak', validation: [X, Y] });
    expect(heap.used).toBe(used);
  });

  const refused: [string, FitOptions, RegExp][] = [
    ['method', { method: rprop() }, /rprop takes each step on the whole set/],
    ['method', { method: levenbergMarquardt() }, /sgd\(\), adam\(\).*levenbergMarquardt/],
    ['method', { method: bfgs() }, /a method of mini-batches/],
    ['batchSize', { batchSize: 'full' }, /a number with chunks/],
    ['batchSize', { batchSize: growing({ by: 'variance' }) }, /by: 'epoch'/],
    ['order', { order: 'emphasize' }, /'shuffle', 'interleave' or 'sequential'/],
    ['validation', { validation: 0.2 }, /a dataset, or \[X, Y\]/],
    ['sampleWeights', { sampleWeights: [1] }, /\{ X, Y, sampleWeights \}/],
    ['classWeights', { classWeights: 'balanced' }, /an array of weights/],
    ['minGradient', { minGradient: 1 }, /0 with chunks/],
    ['metrics', { metrics: ['r2'] }, /measured on the validation set/],
    ['epochs', { epochs: 2 }, /a function that returns a fresh one/],
  ];
  test.each(refused)('%s that takes the whole set: %o', async (name, options, message) => {
    const net = await network();
    const log = fresh();
    const error = await net.fit(watched(cut([32]), log), options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as OptionError).option).toBe(`fit.${name}`);
    expect((error as OptionError).message).toMatch(message);
    expect(log.asked).toBe(0);
    expect(net.precision).toBe('float32');
  });

  test('a schedule by the share that is done wants the number of rows', async () => {
    const net = await network();
    const method = sgd({ rate: schedules.cosine({ rate: 0.1 }) });
    await expect(net.fit(watched(cut([32]), fresh()), { method })).rejects.toThrow(
      /fit.rows is undefined; expected the number of rows/,
    );
    await expect(net.fit(X, Y, { rows: 5 })).rejects.toThrow(/fit.rows is 5; expected none/);
  });

  test("'auto' takes a method for chunks", async () => {
    const net = await network();
    const history = await net.fit(() => cut([32]), { method: 'auto', epochs: 2 });
    expect(history.choice).toMatch(/adam.*data in chunks/);
  });
});
