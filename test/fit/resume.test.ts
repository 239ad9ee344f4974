// A fit that was interrupted is taken up to the bits of one that was not: wherever it was interrupted, how often, and by whatever way the network came back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DataError,
  type FitOptions,
  type History,
  type Layer,
  type Method,
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

const lasting = ({ time: _, evaluations: __, ...rest }: History) => rest;

async function expectSame(setting: Setting, looks: readonly number[], way: Way): Promise<void> {
  const whole = await create(setting);
  const record = await whole.fit(X, Y, setting.options);
  const { net, history } = await interrupted(setting, looks, way);
  expect(lasting(history)).toEqual(lasting(record));
  expect(net.getWeights()).toEqual(whole.getWeights());
  const { method } = setting.options;
  if (method !== 'auto' && method?.precision === undefined) expect(history.evaluations).toBeCloseTo(record.evaluations, 9);
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
