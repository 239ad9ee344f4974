// An estimator's fit that was interrupted, in its search or in its training, is taken up to the bits of one that was not.

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Classifier, DataError, OptionError, Regressor, adam, growing, lbfgs, loadModel } from '../../src/index.js';
import { birds, normals } from '../data/synthetic.js';

const { records, labels } = birds(3, 60);
const X = normals(2, 60, 3);
const y = X.map(([a, b, c]) => Math.sin(2 * a!) + b! * c!);

type Way = 'kept' | 'file' | 'json';
type Model = Classifier | Regressor;
type Options = Readonly<Record<string, unknown>>;

interface Kind {
  readonly make: (options: Options) => Model;
  readonly fit: (model: Model, run: Options) => Promise<unknown>;
  readonly json: (text: unknown) => Promise<Model>;
}

const CLASSIFIER: Kind = {
  make: (options) => new Classifier(options),
  fit: (model, run) => (model as Classifier).fit(records, labels, run),
  json: (text) => Classifier.fromJSON(text as never),
};
const REGRESSOR: Kind = {
  make: (options) => new Regressor(options),
  fit: (model, run) => (model as Regressor).fit(X, y, run),
  json: (text) => Regressor.fromJSON(text as never),
};

async function back(model: Model, way: Way, { json }: Kind): Promise<Model> {
  if (way === 'kept') return model;
  if (way === 'json') return json(JSON.parse(JSON.stringify(model.toJSON({ state: true }))));
  return (await loadModel(model.toBytes({ state: true }))) as Model;
}

/** Fits, each interrupted after so many reports, and a last one that is not. */
async function interrupted(kind: Kind, options: Options, counts: readonly number[], way: Way): Promise<Model> {
  let model = kind.make(options);
  let from: Model | undefined;
  for (const count of counts) {
    const abort = new AbortController();
    let left = count;
    const onProgress = () => {
      if (--left <= 0) abort.abort();
    };
    await kind.fit(model, { signal: abort.signal, onProgress, resume: from ?? 'ifAny' }).catch((error) => {
      if (error !== abort.signal.reason) throw error;
    });
    if (!model.interruptedFit) return model;
    from = await back(model, way, kind);
    // Files do not hold methods: another model with the same options goes on.
    model = way !== 'kept' && options['method'] ? kind.make(options) : from;
  }
  await kind.fit(model, { resume: from });
  return model;
}

const SETTINGS: readonly [string, Kind, Options][] = [
  ['a classifier', CLASSIFIER, { seed: 3, epochs: 40 }],
  ['a regressor', REGRESSOR, { seed: 3, epochs: 40 }],
  ['a shape that is given', CLASSIFIER, { seed: 3, hidden: 5, weightDecay: 0.01, epochs: 20, members: 2 }],
  ['early stopping', REGRESSOR, { seed: 3, hidden: 5, weightDecay: 0.01, epochs: 60, validation: 0.2, earlyStopping: true }],
  [
    'techniques',
    CLASSIFIER,
    { seed: 3, hidden: 6, epochs: 15, dropout: 0.1, order: 'interleave', average: 'polyak', normalization: 'batch' },
  ],
  ['a method of its own', REGRESSOR, { seed: 3, hidden: 5, epochs: 15, method: lbfgs() }],
  ['a method of first order', REGRESSOR, { seed: 3, hidden: 5, epochs: 15, method: adam({ rate: 0.01 }) }],
];

it.each(SETTINGS)('takes up %s', async (_, kind, options) => {
  const whole = kind.make(options);
  await kind.fit(whole, {});
  const bytes = whole.toBytes();
  const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
  const law = fc.asyncProperty(counts, fc.constantFrom<Way>('kept', 'file', 'json'), async (each, way) => {
    const model = await interrupted(kind, options, each, way);
    expect(model.interruptedFit).toBeUndefined();
    expect(model.toBytes()).toEqual(bytes);
  });
  await fc.assert(law, { numRuns: 2, seed: 4 });
});

it('goes on where the clock has ended it', async () => {
  const options = { seed: 3, hidden: 5, epochs: 200 };
  const whole = await Regressor.fit(X, y, options);
  const model = new Regressor(options);
  for (let limit = 1; ; limit *= 2) {
    await model.fit(X, y, { timeLimit: limit, resume: 'ifAny' });
    expect(model.predict(X)).toHaveLength(60); // a model in any case
    if (!model.interruptedFit) break;
  }
  expect(model.toBytes()).toEqual(whole.toBytes());
});

it.each([
  ['networks', X, y, { hidden: 5 }, 'timeLimit'],
  ['the linear model', X, X.map(([a, b]) => a! + 2 * b!), {}, 'solved'],
] as const)('says where the clock has ended the search: %s', async (_, rows, targets, shape, reason) => {
  let late = 0;
  const { now } = performance;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + late);
  const options = { seed: 3, epochs: 20, ...shape };
  const model = new Regressor(options);
  const onProgress = ({ stage }: { stage: string }) => {
    if (stage === 'select') late = 6e6;
  };
  await model.fit(rows, targets, { timeLimit: 1e7, onProgress }).finally(() => clock.mockRestore());
  expect(model.history.reason).toBe(reason);
  expect(model.history.advice).toMatch(/timeLimit ended the search after \d+ candidates?; .*resume: true/);
  const filed = (await loadModel(model.toBytes({ state: true }))) as Regressor;
  expect(filed.history).toEqual({ ...model.history, time: 0 });
  await filed.fit(rows, targets, { resume: true });
  const whole = await Regressor.fit(rows, targets, options);
  expect(filed.history.advice).toBe(whole.history.advice);
  expect(filed.toBytes()).toEqual(whole.toBytes());
});

it('is saved in onProgress, for the case that the process ends', async () => {
  const options = { seed: 3, hidden: 5, epochs: 8, members: 2 };
  const whole = new Classifier(options);
  const files: Uint8Array[] = [];
  await whole.fit(records, labels, { onProgress: () => files.push(whole.toBytes({ state: true })) });
  for (const bytes of files.filter((_, i) => i % 4 === 1)) {
    const model = (await loadModel(bytes)) as Classifier;
    await model.fit(records, labels as never, { resume: true });
    expect(model.toBytes()).toEqual(whole.toBytes());
  }
});

it('takes up a fit on chunks', async () => {
  const options = { seed: 3, hidden: 5, weightDecay: 0.01, epochs: 6 };
  const chunks = () => [0, 20, 40].map((k) => [records.slice(k, k + 20), labels.slice(k, k + 20)] as const);
  const whole = await Classifier.fit(chunks, options);
  const law = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), async (counts) => {
    let model = new Classifier(options);
    for (const count of counts) {
      const abort = new AbortController();
      let left = count;
      const onProgress = () => --left <= 0 && abort.abort();
      await model.fit(chunks as never, { signal: abort.signal, onProgress: onProgress as never, resume: 'ifAny' });
      model = (await loadModel(model.toBytes({ state: true }))) as typeof model;
    }
    await model.fit(chunks as never, { resume: 'ifAny' });
    expect(model.toBytes()).toEqual(whole.toBytes());
  });
  await fc.assert(law, { numRuns: 4, seed: 1 });
});

describe('what is refused', () => {
  const options = { seed: 3, hidden: 5, weightDecay: 0.01, epochs: 8 };
  const half = async () => {
    const model = new Regressor(options);
    const abort = new AbortController();
    let left = 3;
    await model.fit(X, y, { signal: abort.signal, onProgress: () => void (--left <= 0 && abort.abort()) });
    return model;
  };

  it('nothing to take up, but by ifAny', async () => {
    await expect(new Regressor(options).fit(X, y, { resume: true })).rejects.toThrow(/Regressor\.fit\.resume/);
    const model = await new Regressor(options).fit(X, y, { resume: 'ifAny' });
    await expect(model.fit(X, y, { resume: true })).rejects.toThrow(OptionError);
  });

  it('other rows, targets, weights and options', async () => {
    const model = await half();
    const other = X.map((row, i) => (i === 3 ? [0, 0, 0] : row));
    for (const [what, going] of [
      ['rows', () => model.fit(X.slice(1), y.slice(1), { resume: true })],
      ['rows', () => model.fit(other, y, { resume: true })],
      [
        'targets',
        () =>
          model.fit(
            X,
            y.map((v, i) => (i === 3 ? 9 : v)),
            { resume: true },
          ),
      ],
      ['sampleWeights', () => model.fit(X, y, { resume: true, sampleWeights: X.map((_, i) => 1 + (i % 2)) })],
    ] as const) {
      const error = await going().then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error, what).toBeInstanceOf(DataError);
      expect((error as DataError).what).toBe(what);
    }
    for (const [name, changed] of [
      ['seed', { seed: 4 }],
      ['hidden', { hidden: 6 }],
      ['epochs', { epochs: 9 }],
      ['method', { weightDecay: undefined, method: adam() }],
    ] as const) {
      const { weightDecay, ...rest } = { ...options, ...changed };
      const others = new Regressor({ ...rest, ...(weightDecay !== undefined && { weightDecay }) });
      const error = await others.fit(X, y, { resume: model }).then(
        () => undefined,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(OptionError);
      expect((error as OptionError).option).toMatch(name === 'method' ? /weightDecay|method/ : new RegExp(name));
    }
    const whole = await Regressor.fit(X, y, options);
    await model.fit(X, y, { resume: true });
    expect(model.toBytes()).toEqual(whole.toBytes());
  });
});

it('keeps what partialFit goes on from', async () => {
  let [saved, kept] = [new Regressor({ seed: 3, hidden: 5 }), new Regressor({ seed: 3, hidden: 5 })];
  for (const [from, to] of [
    [0, 30],
    [30, 45],
    [45, 60],
  ] as const) {
    for (const model of [saved, kept]) await model.partialFit(X.slice(from, to), y.slice(from, to));
    saved = (await loadModel(saved.toBytes({ state: true }))) as Regressor;
  }
  expect(saved.toBytes()).toEqual(kept.toBytes());
  kept = (await loadModel(kept.toBytes())) as Regressor; // without a state momenta are gone
  for (const model of [saved, kept]) await model.partialFit(X.slice(0, 20), y.slice(0, 20));
  expect(saved.toBytes()).not.toEqual(kept.toBytes());
});

describe.each([
  ['networks of one shape', { members: 3, hidden: 5, weightDecay: 0.01 }, 60],
  ['networks that begin in partialFit', { members: 2, hidden: 5 }, 0],
  [
    'networks in batches that grow, with noise',
    { members: 2, hidden: 5, weightDecay: 0.01, inputNoise: 0.1, batchSize: growing({ start: 4 }) },
    60,
  ],
  ['networks of folds, which share a seed', { hidden: 8, epochs: 8 }, 2100],
] as const)('partialFit after a file has the bits of going on in memory: %s', (_, options, rows) => {
  const inputs = normals(7, Math.max(rows, 60), 2);
  const targets = inputs.map(([a, b]) => Math.sin(3 * a!) * b!);
  const classes = targets.map((t) => (t > 0 ? 'up' : 'down'));

  it.each([
    ['Regressor', () => new Regressor({ seed: 4, epochs: 3, ...options }), targets],
    ['Classifier', () => new Classifier({ seed: 4, epochs: 3, ...options }), classes],
  ] as const)('%s', async (_, make, y) => {
    const own = make() as Regressor;
    const given = y as readonly number[];
    if (rows > 0) await own.fit(inputs, given);
    else await own.partialFit(inputs.slice(0, 20), given.slice(0, 20));
    expect(own.members).toBeGreaterThan(1);
    let filed = (await loadModel(own.toBytes({ state: true }))) as Regressor;
    for (const at of [0, 15, 30]) {
      for (const model of [own, filed]) await model.partialFit(inputs.slice(at, at + 30), given.slice(at, at + 30));
      filed = (await (own.constructor as typeof Regressor).fromJSON(
        JSON.parse(JSON.stringify(filed.toJSON({ state: true }))),
      )) as Regressor;
      expect(filed.toBytes()).toEqual(own.toBytes());
    }
  });
});
