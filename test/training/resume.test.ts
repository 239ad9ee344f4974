// A fit that was interrupted is taken up to the bits of one that was not: wherever it was interrupted, how often, and by whatever
// way the network came back.

import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DataError,
  type FitOptions,
  type History,
  type Layer,
  Network,
  OptionError,
  adam,
  batchNorm,
  dataset,
  dense,
  dropout,
  emphasize,
  growing,
  lbfgs,
  levenbergMarquardt,
  loadModel,
  rbf,
  schedules,
  sgd,
} from '../../src/index.js';
import { worded } from '../../src/training/asked.js';
import { VARIANTS, numbers } from './methods.js';

const next = numbers(7);
const X = Array.from({ length: 45 }, () => [next(), next(), next()]);
const Y = X.map(([a, b, c]) => [3 * Math.sin(2 * a!) + 0.8 * b! + 0.1 * next(), 2 * b! * c!]);
const LAYERS: readonly Layer[] = [dense(5, { activation: 'tanh' }), dense(2)];

interface Setting {
  readonly layers?: readonly Layer[];
  readonly precision?: 'float32' | 'float64';
  readonly threads?: number;
  readonly options: FitOptions;
}

const create = ({ layers = LAYERS, precision = 'float32', threads = 1 }: Setting) =>
  Network.create({ inputs: 3, layers, loss: 'meanSquaredError', precision, threads, seed: 3 });

/** A signal that is aborted once it has been looked at so often. */
function signalAfter(looks: number): AbortSignal {
  const { signal } = new AbortController();
  let left = looks;
  Object.defineProperty(signal, 'aborted', { get: () => left-- <= 0 });
  return signal;
}

type Way = 'kept' | 'file' | 'json';

/** The network again, or one from a file of it. */
async function back(net: Network, way: Way): Promise<Network> {
  if (way === 'kept') return net;
  if (way === 'json') return Network.fromJSON(JSON.parse(JSON.stringify(net.toJSON({ state: true }))));
  return (await loadModel(net.toBytes({ state: true }))) as Network;
}

/** Fits with interruptions after so many looks at the signal each, then without. */
async function interrupted(
  setting: Setting,
  looks: readonly number[],
  way: Way,
): Promise<{ net: Network; history: History; times: number }> {
  let net = await create(setting);
  let times = 0;
  for (const count of looks) {
    const history = await net.fit(X, Y, { ...setting.options, signal: signalAfter(count), resume: times > 0 ? true : 'ifAny' });
    if (history.reason !== 'signal') return { net, history, times };
    times++;
    net = await back(net, way);
  }
  return { net, history: await net.fit(X, Y, { ...setting.options, resume: 'ifAny' }), times };
}

/** What does not depend on the clock; a signal that is aborted cuts advice short. */
const lasting = ({ time: _, advice: __, ...rest }: History) => rest;

async function expectSame(setting: Setting, looks: readonly number[], way: Way): Promise<void> {
  const whole = await create(setting);
  const record = await whole.fit(X, Y, setting.options);
  const { net, history } = await interrupted(setting, looks, way);
  expect(lasting(history)).toEqual(lasting(record));
  expect(net.getWeights()).toEqual(whole.getWeights());
}

const LOOKS = fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 4 });
const WAYS = fc.constantFrom<Way>('kept', 'file', 'json');

it.each(VARIANTS)('takes up $title', async ({ make }) => {
  const law = fc.asyncProperty(LOOKS, WAYS, (looks, way) => expectSame({ options: { method: make(), epochs: 12 } }, looks, way));
  await fc.assert(law, { numRuns: 3, seed: 5 });
});

const SETTINGS: Readonly<Record<string, Setting>> = {
  'nothing said': { options: {} },
  'a schedule that goes by the share': {
    options: { method: sgd({ rate: schedules.cosine({ rate: 0.1 }) }), epochs: 12, batchSize: 7, lastBatch: 'drop' },
  },
  'a schedule that goes by steps': {
    options: { method: adam({ rate: schedules.inverse({ rate: 0.02 }) }), epochs: 12, batchSize: 7 },
  },
  'early stopping': {
    options: {
      method: adam({ rate: 0.05 }),
      epochs: 60,
      batchSize: 4,
      validation: 0.3,
      earlyStopping: { patience: 3 },
      metrics: ['mae', 'r2'],
    },
  },
  'early stopping that hastens a schedule': {
    options: {
      method: sgd({ rate: schedules.cosine({ rate: 0.1 }) }),
      epochs: 60,
      batchSize: 4,
      validation: 0.3,
      earlyStopping: { patience: 2 },
    },
  },
  'a validation set': {
    options: { method: adam({ rate: 0.05 }), epochs: 12, validation: [X.slice(0, 9), Y.slice(0, 9)], earlyStopping: true },
  },
  emphasis: { options: { method: sgd(), epochs: 12, batchSize: 5, order: emphasize({ importance: true, quantile: 0.9 }) } },
  'growing batches': { options: { method: sgd(), epochs: 12, batchSize: growing({ start: 2, by: 'epoch', factor: 1.2 }) } },
  'batches that grow to the whole set': { options: { method: sgd(), epochs: 12, batchSize: growing({ start: 16 }) } },
  'batches that grow by variance': {
    options: { method: sgd(), epochs: 12, batchSize: growing({ start: 2, by: 'variance' }), average: 'polyak' },
  },
  'averages, clipped': {
    options: { method: adam(), epochs: 12, batchSize: 7, average: { decay: 0.9 }, clip: { norm: 0.5 }, l1: 0.01 },
  },
  weights: { options: { method: adam(), epochs: 12, batchSize: 7, sampleWeights: X.map((_, i) => i % 3) } },
  'a goal': { options: { method: levenbergMarquardt(), epochs: 40, goal: 0.02 } },
  'what the library chooses': { options: { method: 'auto', epochs: 20 } },
  'a rate that diverges': { options: { method: sgd({ rate: 30, momentum: 0.9 }), epochs: 30, batchSize: 5 } },
  noise: {
    layers: [dense(6, { activation: 'tanh' }), batchNorm(), dropout(0.2), dense(2)],
    options: { method: adam(), epochs: 12, batchSize: 9 },
  },
  'layers that begin with the data': { layers: [rbf(6), dense(2)], options: { epochs: 30 } },
  'several threads': {
    layers: [dense(64, { activation: 'tanh' }), dense(64, { activation: 'tanh' }), dense(2)],
    threads: 2,
    options: { method: adam(), epochs: 10, batchSize: 32 },
  },
  background: { options: { method: adam(), epochs: 10, batchSize: 5, background: true } },
  'the second order in the background': { options: { method: lbfgs(), epochs: 10, background: true } },
};

describe.each(['float32', 'float64'] as const)('%s', (precision) => {
  it.each(Object.entries(SETTINGS))('takes up a fit with %s', async (_, setting) => {
    const law = fc.asyncProperty(LOOKS, WAYS, (looks, way) => expectSame({ ...setting, precision }, looks, way));
    await fc.assert(law, { numRuns: 3, seed: 11 });
  });
});

it('takes up a fit in the midst of an epoch of many steps', async () => {
  const setting: Setting = {
    layers: [dense(200, { activation: 'tanh' }), dense(200, { activation: 'tanh' }), dense(2)],
    options: { method: adam({ rate: 0.002 }), batchSize: 1, epochs: 4 },
  };
  const law = fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 5 }), WAYS, (looks, way) =>
    expectSame(setting, looks, way),
  );
  await fc.assert(law, { numRuns: 4, seed: 2 });
});

it('is saved between epochs, for the case that the process ends', async () => {
  const options: FitOptions = {
    method: adam({ rate: 0.05 }),
    epochs: 10,
    batchSize: 4,
    validation: 0.3,
    earlyStopping: { patience: 3 },
  };
  const whole = await create({ options });
  const files: Uint8Array[] = [];
  const record = await whole.fit(X, Y, { ...options, onEpoch: () => files.push(whole.toBytes({ state: true })) });
  expect(files).toHaveLength(record.epochs);
  for (const bytes of files) {
    const net = (await loadModel(bytes)) as Network;
    const history = await net.fit(X, Y, { ...options, resume: true });
    expect(lasting(history)).toEqual(lasting(record));
    expect(net.getWeights()).toEqual(whole.getWeights());
  }
});

describe('data in chunks', () => {
  const chunks = function* () {
    for (let k = 0; k < 45; k += 9) yield [X.slice(k, k + 9), Y.slice(k, k + 9)] as [number[][], number[][]];
  };
  const options: FitOptions = {
    method: sgd({ rate: schedules.cosine({ rate: 0.1 }) }),
    epochs: 6,
    batchSize: 4,
    rows: 45,
    lastBatch: 'drop',
    validation: [X.slice(0, 9), Y.slice(0, 9)],
    earlyStopping: { patience: 3 },
  };

  it('is taken up at the beginning of the epoch', async () => {
    const whole = await create({ options });
    const record = await whole.fit(chunks, options);
    const law = fc.asyncProperty(LOOKS, WAYS, async (looks, way) => {
      let net = await create({ options });
      for (const count of looks) {
        const { reason } = await net.fit(chunks, { ...options, signal: signalAfter(count), resume: 'ifAny' });
        if (reason !== 'signal') return;
        net = await back(net, way);
      }
      const history = await net.fit(chunks, { ...options, resume: 'ifAny' });
      expect(lasting(history)).toEqual(lasting(record));
      expect(net.getWeights()).toEqual(whole.getWeights());
    });
    await fc.assert(law, { numRuns: 10, seed: 3 });
  });

  it('of an iterable that is read once begins again', async () => {
    const once = async function* () {
      yield* chunks();
    };
    const method = adam();
    const [whole, net] = [await create({ options }), await create({ options })];
    await whole.fit(once(), { method });
    expect((await net.fit(once(), { method, signal: signalAfter(4) })).reason).toBe('signal');
    await net.fit(once(), { method, resume: true });
    expect(net.getWeights()).toEqual(whole.getWeights());
  });
});

it('tells settings of methods apart', () => {
  const words = VARIANTS.map(({ make }) => worded(make()));
  expect(VARIANTS.map(({ make }) => worded(make()))).toEqual(words);
  expect(new Set(words).size).toBe(words.length);
});

describe('what is refused', () => {
  const options: FitOptions = { method: adam({ rate: 0.01 }), epochs: 8, batchSize: 5, seed: 1 };
  const half = async () => {
    const net = await create({ options });
    const abort = new AbortController();
    await net.fit(X, Y, { ...options, signal: abort.signal, onEpoch: ({ epoch }) => epoch === 3 && abort.abort() });
    return net;
  };
  const refusal = async (net: Network, other: FitOptions, x = X, y = Y) => {
    const before = net.getWeights();
    const error = await net.fit(x, y, { ...options, resume: true, ...other }).catch((e: unknown) => e);
    expect(net.getWeights()).toEqual(before);
    return error;
  };

  it.each<[string, FitOptions]>([
    ['method', { method: sgd() }],
    ['method', { method: adam({ rate: 0.02 }) }],
    ['method', { method: adam({ rate: schedules.cosine({ rate: 0.01 }) }) }],
    ['method', { method: lbfgs(), batchSize: 'full' }],
    ['batchSize', { batchSize: 6 }],
    ['seed', { seed: 2 }],
    ['epochs', { epochs: 9 }],
    ['validation', { validation: 0.2 }],
    ['order', { order: 'sequential' }],
    ['l1', { l1: 0.1 }],
  ])('another %s', async (name, other) => {
    const net = await half();
    const error = await refusal(net, other);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as OptionError).option).toBe(`fit.${name}`);
    expect((error as Error).message).toContain('as in the fit to be resumed');
    const whole = await create({ options });
    await whole.fit(X, Y, options);
    await net.fit(X, Y, { ...options, resume: true }); // it can still be taken up
    expect(net.getWeights()).toEqual(whole.getWeights());
  });

  it('other data', async () => {
    const net = await half();
    const changed = Y.map((row, i) => (i === 7 ? [9, 9] : row));
    for (const [what, error] of [
      ['X', await refusal(net, {}, X.slice(0, 30), Y.slice(0, 30))],
      [
        'X',
        await refusal(
          net,
          {},
          X.map((row) => row.map((v) => v + 1)),
        ),
      ],
      ['Y', await refusal(net, {}, X, changed)],
      ['sampleWeights', await refusal(net, { sampleWeights: X.map((_, i) => 1 + (i % 2)) })],
    ] as const) {
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).what).toBe(what);
    }
    const set = dataset(X, Y); // the same data, in another form
    expect((await net.fit(set, { ...options, resume: true })).epochs).toBe(8);
  });

  it('nothing to take up, but by ifAny', async () => {
    const [net, other] = [await create({ options }), await create({ options })];
    await expect(net.fit(X, Y, { ...options, resume: true })).rejects.toThrow(/fit\.resume is true; expected 'ifAny'/);
    await net.fit(X, Y, { ...options, resume: 'ifAny' });
    await other.fit(X, Y, options);
    expect(net.getWeights()).toEqual(other.getWeights());
    await expect(net.fit(X, Y, { ...options, resume: true })).rejects.toThrow(OptionError); // that fit has ended
    await expect(net.partialFit(X, Y, { resume: true })).rejects.toThrow(/partialFit/);
  });

  it.each<[string, (net: Network) => unknown]>([
    ['setWeights', (net) => net.setWeights(net.getWeights())],
    ['another fit', (net) => net.fit(X, Y, { epochs: 1 })],
    ['partialFit', (net) => net.partialFit(X, Y)],
  ])('to go back behind %s', async (_, change) => {
    const net = await half();
    await change(net);
    await expect(net.fit(X, Y, { ...options, resume: true })).rejects.toThrow(OptionError);
  });

  it('to save in the midst of an epoch that nobody can interrupt', async () => {
    const layers = [dense(300, { activation: 'tanh' }), dense(300, { activation: 'tanh' }), dense(2)];
    const net = await create({ layers, options });
    const fitting = net.fit(X, Y, { method: adam(), epochs: 3, batchSize: 1 });
    const errors: unknown[] = [];
    const timer = setInterval(() => {
      try {
        net.toBytes({ state: true });
      } catch (error) {
        errors.push(error);
      }
    }, 1);
    await fitting;
    clearInterval(timer);
    for (const error of errors) expect(String(error)).toContain('in onEpoch');
  });
});

describe('files', () => {
  it('have a state only where that is asked for, and there', async () => {
    const net = await create({ options: {} });
    const version = (bytes: Uint8Array) => /"version":"(\d)"/.exec(new TextDecoder('latin1').decode(bytes))![1];
    const plain = net.toBytes();
    expect(net.toBytes({ state: true })).toEqual(plain); // there is none
    await net.fit(X, Y, { epochs: 5, signal: signalAfter(3) });
    expect(version(net.toBytes())).toBe('1');
    expect(version(net.toBytes({ state: true }))).toBe('3');
    expect(net.toBytes({ state: true }).length).toBeGreaterThan(2 * net.toBytes().length);
    await net.fit(X, Y, { epochs: 5, resume: true });
    expect(version(net.toBytes({ state: true }))).toBe('1');
  });

  it.each(VARIANTS)('hold what partialFit goes on from: $title', async ({ make }) => {
    const whole = await create({ options: {} });
    let net = await create({ options: {} });
    for (let k = 0; k < 4; k++) {
      await whole.partialFit(X, Y, { method: make() });
      await net.partialFit(X, Y, { method: make() });
      net = await back(net, k % 2 === 0 ? 'file' : 'json');
    }
    expect(net.getWeights()).toEqual(whole.getWeights());
  });
});

it('goes on where the clock has ended it, here or in the background', async () => {
  const options: FitOptions = { method: adam({ rate: 0.01 }), epochs: 400, batchSize: 4, validation: 0.2 };
  const whole = await create({ options });
  const record = await whole.fit(X, Y, options);
  let net = await create({ options });
  for (let k = 0, limit = 1; ; k++, limit *= 1.5) {
    const history = await net.fit(X, Y, { ...options, timeLimit: limit, resume: 'ifAny', background: k % 2 === 1 });
    if (history.reason !== 'timeLimit') {
      expect(lasting(history)).toEqual(lasting(record));
      break;
    }
    net = await back(net, k % 3 === 0 ? 'file' : 'kept');
  }
  expect(net.getWeights()).toEqual(whole.getWeights());
});

it('writes files of one network in the order in which that is asked for', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'resume-'));
  try {
    const file = path.join(folder, 'net.safetensors');
    const options: FitOptions = { method: adam(), epochs: 40, batchSize: 9 };
    const net = await create({ options });
    const saves: Promise<void>[] = [];
    await net.fit(X, Y, { ...options, onEpoch: () => saves.push(net.save(file, { state: true })) });
    saves.push(net.save(file));
    await Promise.all(saves);
    expect(new Uint8Array(await readFile(file))).toEqual(net.toBytes()); // the model, not the fit before its end
    expect(await readdir(folder)).toEqual(['net.safetensors']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('takes up a fit by default in whichever of its tries it was', async () => {
  const far = X.map((row) => row.map((v) => 12 * v)); // at this scale the usual rate diverges
  const setting: Setting = { layers: [dense(2)], options: {} };
  const whole = await create(setting);
  const record = await whole.fit(far, Y);
  expect(record.choice).toContain('rate 0.0033 ');
  expect(record.reason).toBe('epochs');
  const law = fc.asyncProperty(LOOKS, WAYS, async (looks, way) => {
    let net = await create(setting);
    for (const count of looks) {
      const { reason } = await net.fit(far, Y, { signal: signalAfter(10 * count), resume: 'ifAny' });
      if (reason !== 'signal') return;
      net = await back(net, way);
    }
    expect(lasting(await net.fit(far, Y, { resume: 'ifAny' }))).toEqual(lasting(record));
    expect(net.getWeights()).toEqual(whole.getWeights());
  });
  await fc.assert(law, { numRuns: 5, seed: 8 });
});
