// Every public option refuses nonsense, and says what would be right.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { Classifier, Network, OptionError, Regressor, dataset, dense, init, loadModel, sgd } from '../../src/index.js';

type Call = (options: unknown) => unknown;

const X = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];

let net: Network;
let model: Regressor;
beforeAll(async () => {
  net = await Network.create({ inputs: 2, layers: [dense(2, { activation: 'softmax' })], loss: 'crossEntropy', seed: 1 });
  model = await Regressor.fit(X, [1, 2, 3, 4], { hidden: [], weightDecay: 0, epochs: 1, seed: 1 });
});
afterAll(() => {
  net.dispose();
  model.dispose();
});

const layers = [dense(1)];
const isRecord = (v: unknown): v is object => typeof v === 'object' && v !== null && !Array.isArray(v);
const labels = ['a', 'b', 'a', 'b'];

/** Each call with options that are right, for one to be made wrong. */
const CALLS: Record<string, { prefix: string; call: Call; right: Record<string, unknown>; required?: string[] }> = {
  'Network.create': {
    prefix: 'Network.create',
    call: async (o) => (await Network.create(o as never)).dispose(),
    right: { inputs: 2, layers, loss: 'meanSquaredError', precision: 'float32', seed: 0 },
    required: ['inputs', 'layers', 'loss'],
  },
  fit: {
    prefix: 'fit',
    call: (o) => net.fit(X, [0, 1, 0, 1], o as never),
    right: {
      method: sgd(),
      epochs: 1,
      batchSize: 2,
      order: 'shuffle',
      validation: 0.5,
      earlyStopping: false,
      sampleWeights: [1, 1, 1, 1],
      classWeights: 'balanced',
      goal: 0,
      minGradient: 0,
      timeLimit: 1000,
      signal: new AbortController().signal,
      seed: 1,
      metrics: ['accuracy'],
      onEpoch: () => {},
    },
  },
  'fit, which chooses the method': {
    prefix: 'fit',
    call: (o) => net.fit(X, [0, 1, 0, 1], o as never),
    right: { batchSize: 2, lastBatch: 'even', minGradient: 0, validation: 0.5, timeLimit: 1000, seed: 1 },
  },
  "fit with 'auto'": {
    prefix: 'fit',
    call: (o) => net.fit(X, [0, 1, 0, 1], isRecord(o) ? { ...o, method: 'auto' } : (o as never)),
    right: { epochs: 1, batchSize: 2, lastBatch: 'even', minGradient: 0, timeLimit: 1000, seed: 1 },
  },
  'Network.partialFit': {
    prefix: 'fit',
    call: (o) => net.partialFit(X, [0, 1, 0, 1], o as never),
    right: { epochs: 1, batchSize: 2, lastBatch: 'even', minGradient: 0, timeLimit: 1000, seed: 1 },
  },
  'fit.earlyStopping': {
    prefix: 'fit.earlyStopping',
    call: (o) => net.fit(X, [0, 1, 0, 1], { epochs: 1, validation: 0.5, earlyStopping: o as never }),
    right: { patience: 1, minDelta: 0, restoreBest: true },
  },
  sgd: { prefix: 'sgd', call: (o) => sgd(o as never), right: { rate: 0.1, momentum: 0.5, nesterov: true, weightDecay: 0 } },
  dense: {
    prefix: 'dense',
    call: (o) => dense(3, o as never),
    right: { activation: 'elu', slope: 1, bias: true, init: 'heUniform' },
  },
  dataset: {
    prefix: 'dataset',
    call: (o) => dataset(X, [1, 2, 3, 4], o as never).dispose(),
    right: { weights: [1, 1, 1, 1], precision: 'float64' },
  },
  evaluate: {
    prefix: 'evaluate',
    call: (o) => net.evaluate(X, [0, 1, 0, 1], o as never),
    right: { sampleWeights: [1, 1, 1, 1] },
  },
  Classifier: {
    prefix: 'Classifier',
    call: (o) => new Classifier(o as never),
    right: {
      hidden: 3,
      activation: 'tanh',
      weightDecay: 0,
      rate: 1,
      momentum: 0,
      epochs: 1,
      batchSize: 1,
      validation: 0.5,
      earlyStopping: true,
      missing: 'mean',
      precision: 'float64',
      seed: 5,
      classes: ['a', 'b'],
    },
  },
  Regressor: {
    prefix: 'Regressor',
    call: (o) => new Regressor(o as never),
    right: { hidden: [3, 2], activation: 'relu', weightDecay: 1, rate: 0.1, validation: 0.1, missing: 'refuse', seed: 0 },
  },
  'Classifier.fit': {
    prefix: 'Classifier.fit',
    call: async (o) => (await new Classifier({ hidden: 2, weightDecay: 0, epochs: 1 }).fit(X, labels, o as never)).dispose(),
    right: {
      sampleWeights: [1, 1, 1, 1],
      signal: new AbortController().signal,
      timeLimit: 1000,
      onProgress: () => {},
      classWeights: { a: 1, b: 2 },
    },
  },
  'Regressor.fit': {
    prefix: 'Regressor.fit',
    call: async (o) => (await new Regressor({ hidden: 2, weightDecay: 0, epochs: 1 }).fit(X, [1, 2, 3, 4], o as never)).dispose(),
    right: { sampleWeights: [1, 1, 1, 1], timeLimit: Infinity, onProgress: () => {} },
  },
  partialFit: {
    prefix: 'partialFit',
    call: (o) => model.partialFit(X, [1, 2, 3, 4], o as never),
    right: { epochs: 1, sampleWeights: [1, 1, 1, 1], signal: new AbortController().signal },
  },
  'Regressor.evaluate': {
    prefix: 'evaluate',
    call: (o) => model.evaluate(X, [1, 2, 3, 4], o as never),
    right: { sampleWeights: [1, 1, 1, 1] },
  },
  save: { prefix: 'save', call: (o) => model.toBytes(o as never), right: { metadata: { author: 'me' } } },
  init: { prefix: 'init', call: (o) => init(o as never), right: { precision: 'float32' } },
};

/** Values that an option refuses: by what kind of option it is. */
const NUMBER = [Number.NaN, '1', null, true, {}, [], [1], 1n, Symbol('s'), () => 1, new Date()];
const COUNT = [...NUMBER, 0, -1, 1.5, Infinity, -Infinity, 2 ** 53];
const NAME = ['', 'Tanh', 0, null, true, {}, ['tanh'], Number.NaN];
const FLAG = [0, 1, 'true', null, {}, Number.NaN];
const LIST = [1, 'abc', null, true, () => 1, {}, { length: 4 }, new Set([1])];
const CALLBACK = [1, 'f', null, {}, [], true];
const NONSENSE: Record<string, readonly unknown[]> = {
  inputs: COUNT,
  layers: [
    [],
    null,
    'dense',
    3,
    {},
    dense(1),
    [1],
    [null],
    [undefined],
    [{}],
    [{ type: 'dense' }],
    [{ type: 'dense', units: Number.NaN }],
    [{ ...dense(3), units: 2.5 }],
    [{ ...dense(3), activation: 'swoosh' }],
    [{ ...dense(3), activation: 'toString' }],
    [{ ...dense(3), init: 'zeroes' }],
    [{ ...dense(3), bias: 'yes' }],
    [{ ...dense(3, { activation: 'elu' }), slope: Number.NaN }],
    [{ ...dense(3), type: 'rbf' }],
    [dense(2, { activation: 'softmax' })], // not with this loss
    [dense(2, { activation: 'softmax' }), dense(1)], // nor below
  ],
  loss: [...NAME, 'rmse', 'toString', '__proto__', 'hinge '],
  precision: [...NAME, 'float16', 32],
  seed: [...NUMBER, -1, 1.5, Infinity, 2 ** 53],
  method: [null, 'sgd', 0.1, {}, sgd, { start: 1 }, []],
  epochs: COUNT,
  batchSize: COUNT,
  lastBatch: [...NAME, 'keep', 'Even'],
  order: [...NAME, 'random'],
  validation: [Number.NaN, 0, 1, -0.5, 2, Infinity, '0.2', null, true, {}, [X], [X, [1], [2]]],
  earlyStopping: [0, 1, 'yes', null, [], [1], { patience: 0 }, { patience: Infinity }, { patience: 1.5 }, { wait: 1 }],
  sampleWeights: LIST,
  weights: LIST,
  goal: NUMBER,
  minGradient: [...NUMBER, -1, -Infinity],
  timeLimit: [...NUMBER, 0, -1, -Infinity],
  signal: [null, 1, 'abort', {}, new AbortController(), { aborted: false }],
  metrics: ['accuracy', null, ['acc'], [1], {}, ['toString'], ['mse']], // the last is one of numbers
  onEpoch: CALLBACK,
  onProgress: CALLBACK,
  patience: COUNT,
  minDelta: [...NUMBER, -1, Infinity],
  restoreBest: FLAG,
  rate: [Number.NaN, '1', null, true, {}, [], 1n, 0, -1, Infinity, -Infinity],
  momentum: [...NUMBER, -0.1, 1, 2, Infinity],
  nesterov: FLAG,
  weightDecay: [...NUMBER, -1, Infinity, -Infinity],
  activation: [...NAME, 'swoosh', 'constructor', '__proto__'],
  slope: [...NUMBER, -1, 0, Infinity, -Infinity], // 0 because the activation is elu
  bias: FLAG,
  init: [...NAME, 'zeroes', 'glorotUnifom'],
  hidden: [Number.NaN, '3', null, true, {}, 0, -1, 1.5, Infinity, [0], [3, -1], [3, Infinity], ['3'], [[3]], 1n],
  missing: [...NAME, 'median', 'drop'],
  classes: [
    null,
    'ab',
    2,
    {},
    [],
    ['a'],
    ['a', 'a'],
    ['a', 1],
    ['a', null],
    [1, Number.NaN],
    [1, Infinity],
    [{}, {}],
    [['a'], ['b']],
  ],
  classWeights: ['equal', 1, null, true, { a: 1 }, { a: 1, b: -1 }, { a: 1, b: Infinity }, { a: 1, b: '2' }, { a: 0, b: 0 }],
  metadata: [null, 1, 'x', { a: 1 }, { a: null }, { a: { b: 'c' } }, ['x', 1]],
};

const errorOf = async (call: Call, options: unknown): Promise<unknown> => {
  try {
    await call(options);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe.each(Object.entries(CALLS))('%s', (_, { prefix, call, right, required = [] }) => {
  test('takes what is right, and undefined for what may be left out', async () => {
    expect(await errorOf(call, right)).toBeUndefined();
    const bare = Object.fromEntries(Object.entries(right).map(([name, v]) => [name, required.includes(name) ? v : undefined]));
    expect(await errorOf(call, bare)).toBeUndefined();
    for (const name of required) {
      expect(await errorOf(call, { ...right, [name]: undefined })).toMatchObject({ option: `${prefix}.${name}` });
    }
  });

  for (const name of Object.keys(right)) {
    test(`refuses nonsense for ${name}`, async () => {
      const list = NONSENSE[name]!;
      expect(list.length).toBeGreaterThan(0);
      // With elu's slope only where there is elu; the rest stays right, so that only one thing is wrong.
      for (const value of list) {
        const used = heap.used;
        const error = await errorOf(call, { ...right, [name]: value });
        expect(
          error,
          `${name}: ${typeof value === 'symbol' ? 'symbol' : JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))}`,
        ).toBeInstanceOf(OptionError);
        const { option, expected, message } = error as OptionError;
        expect(option).toContain(name === 'layers' || name === 'method' ? '' : name);
        const unknown = message.startsWith(`${option}: no such option; `);
        expect(message.startsWith(`${option} is `) || unknown).toBe(true);
        expect(message.endsWith(unknown ? expected : `; expected ${expected}`)).toBe(true);
        expect(expected.length).toBeGreaterThan(3);
        expect(heap.used).toBeLessThanOrEqual(used);
      }
    });
  }

  test('refuses an unknown option, and suggests the nearest', async () => {
    for (const name of Object.keys(right)) {
      const typo = `${name.slice(0, -1)}${name.at(-1)!.toUpperCase()}x`;
      const error = await errorOf(call, { ...right, [typo]: 1 });
      expect(error).toBeInstanceOf(OptionError);
      expect((error as OptionError).option).toBe(`${prefix}.${typo}`);
      expect((error as OptionError).message).toContain(`did you mean ${name}?`);
    }
    for (const name of ['somethingElseEntirely', '__proto__', 'constructor', 'toString']) {
      const error = await errorOf(call, { ...right, ['x']: undefined, ...JSON.parse(`{"${name}": 1}`) });
      expect(error).toBeInstanceOf(OptionError);
    }
  });

  test('refuses what is no object', async () => {
    for (const options of [null, 1, 'x', true, [], [1], () => 1, Symbol('s'), 1n]) {
      if (prefix === 'fit.earlyStopping' && (options === true || options === false)) continue;
      if (typeof options === 'function' && prefix === '') continue;
      expect(await errorOf(call, options), String(options)).toBeInstanceOf(OptionError);
    }
  });
});

test('any value at all gives a right result or an OptionError', async () => {
  const calls = ['sgd', 'dense', 'Classifier', 'Regressor', 'save'].flatMap((name) =>
    Object.keys(CALLS[name]!.right).map((option) => ({ ...CALLS[name]!, option })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...calls),
      fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withTypedArray: true }),
      async (c, value) => {
        fc.pre(value !== undefined); // a missing option, which others may need
        const error = await errorOf(c.call, { ...c.right, [c.option]: value });
        if (error === undefined) return;
        expect(error).toBeInstanceOf(OptionError);
        const { option, value: refused } = error as OptionError;
        // Of options in options the inner one is named, and of two that contradict each other (nesterov without momentum) one.
        const named = Object.keys(c.right).find((name) => option.split('.').includes(name)) ?? c.option;
        if (c.option === 'earlyStopping') return;
        expect(Object.is(refused, named === c.option ? value : c.right[named])).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('any name that is no option is refused', async () => {
  await fc.assert(
    fc.property(fc.string(), (name) => {
      fc.pre(!['rate', 'momentum', 'nesterov', 'weightDecay'].includes(name));
      expect(() => sgd(Object.defineProperty({}, name, { value: 1, enumerable: true }) as never)).toThrow(OptionError);
    }),
  );
});

test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 24 + 1, '3', null, undefined, [3], 3n])('dense(%s) is refused', (units) => {
  expect(() => dense(units as never)).toThrow(OptionError);
});

test('a slope belongs to activations that have one', () => {
  expect(() => dense(1, { activation: 'tanh', slope: 1 })).toThrow(/tanh has no slope/);
  expect(() => dense(1, { slope: 0 })).toThrow(OptionError);
  expect(dense(1, { activation: 'leakyRelu' }).slope).toBe(0.01);
  expect(dense(1, { activation: 'leakyRelu', slope: 0 }).slope).toBe(0);
  expect(dense(1, { activation: 'twistedTanh' }).slope).toBe(0.05);
  expect(dense(1, { activation: 'elu' }).slope).toBe(1);
  expect(() => sgd({ nesterov: true, momentum: 0 })).toThrow(OptionError);
});

test('layers cannot be changed under a network', async () => {
  const layer = dense(3);
  const own = { ...dense(2) };
  const one = await Network.create({ inputs: 2, layers: [layer, own], loss: 'meanSquaredError', seed: 1 });
  (own as { units: number }).units = 1000;
  expect(() => {
    (layer as { units: number }).units = 1000;
  }).toThrow(TypeError);
  expect(() => {
    (one.layers[1] as { units: number }).units = 1000;
  }).toThrow(TypeError);
  expect(one.layers.map((layer) => 'units' in layer && layer.units)).toEqual([3, 2]);
  expect(one.predict(X)).toHaveLength(8);
  one.dispose();
});

test('paths and sources that are none', async () => {
  for (const path of ['', null, undefined, 3, {}, new URL('file:///x')]) {
    await expect(model.save(path as string)).rejects.toThrow(OptionError);
  }
  for (const source of [null, undefined, 3, {}, [], new DataView(new ArrayBuffer(8)), new Float32Array(8)]) {
    await expect(loadModel(source as string)).rejects.toThrow(OptionError);
  }
});

test('too big for memory: an error beforehand, nothing taken', async () => {
  const used = heap.used;
  const big = { inputs: 2 ** 24, layers: [dense(2 ** 24)], loss: 'meanSquaredError' } as const;
  await expect(Network.create(big)).rejects.toMatchObject({ name: 'OutOfMemoryError' });
  expect(heap.used).toBe(used);
});
