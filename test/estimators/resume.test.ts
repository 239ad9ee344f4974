// An estimator's fit that was interrupted, in its search or in its training, is taken up to the bits of one that was not.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Classifier, DataError, OptionError, Regressor, adam, lbfgs, loadModel } from '../../src/index.js';
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
  for (const count of counts) {
    const abort = new AbortController();
    let left = count;
    const onProgress = () => {
      if (--left <= 0) abort.abort();
    };
    await kind.fit(model, { signal: abort.signal, onProgress, resume: 'ifAny' }).catch((error) => {
      if (error !== abort.signal.reason) throw error;
    });
    if (!model.interruptedFit) return model;
    const again = await back(model, way, kind);
    // Files do not hold methods: another model with the same options goes on.
    if (way !== 'kept' && options['method']) {
      model = kind.make(options);
      model.interruptedFit = again.interruptedFit;
    } else model = again;
  }
  await kind.fit(model, { resume: 'ifAny' });
  return model;
}

const SETTINGS: readonly [string, Kind, Options][] = [
  ['a classifier', CLASSIFIER, { seed: 3 }],
  ['a regressor', REGRESSOR, { seed: 3 }],
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
  await fc.assert(law, { numRuns: 3, seed: 4 });
});
