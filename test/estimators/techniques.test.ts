// Techniques as options of estimators: each trains, each is kept in the model file, each is refused where it cannot be.

import { afterEach, describe, expect, it, test } from 'vitest';
import {
  Classifier,
  type ClassifierOptions,
  OptionError,
  Regressor,
  adam,
  emphasize,
  growing,
  loadModel,
  nadam,
  rprop,
  sgd,
} from '../../src/index.js';
import { normals } from '../data/synthetic.js';

const models: { dispose(): void }[] = [];
const kept = <M extends { dispose(): void }>(model: M): M => {
  models.push(model);
  return model;
};
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

/** Three classes in the plane, each with two clusters: no line tells them apart. */
const X = normals(5, 240, 2).map(([a, b], i) => {
  const angle = [0, 1, 2, 3, 4, 5][i % 6]!;
  return [0.35 * a! + 2 * Math.cos((angle * Math.PI) / 3), 0.35 * b! + 2 * Math.sin((angle * Math.PI) / 3)];
});
const LABELS = X.map((_, i) => 'abc'[i % 3]!);

const TECHNIQUES: Record<string, ClassifierOptions> = {
  init: { init: 'orthogonal' },
  dropout: { dropout: 0.1 },
  inputNoise: { inputNoise: 0.1 },
  batchNorm: { normalization: 'batch' },
  layerNorm: { normalization: 'layer' },
  interleave: { order: 'interleave' },
  emphasize: { order: emphasize({ quantile: 0.9, cap: 3 }) },
  growing: { batchSize: growing({ start: 8, limit: 64 }) },
  'growing by variance': { batchSize: growing({ start: 8, by: 'variance' }) },
  adam: { method: adam({ rate: 0.01 }) },
  rprop: { method: rprop() },
};

describe.each(Object.entries(TECHNIQUES))('%s', (_, technique) => {
  it('trains a classifier that is kept whole in its file', async () => {
    const options = { hidden: 24, epochs: 150, ...('method' in technique ? {} : { weightDecay: 1e-4 }), ...technique, seed: 2 };
    const model = kept(await Classifier.fit(X, LABELS, options));
    expect(model.evaluate(X, LABELS).accuracy).toBeGreaterThan(0.95);
    const again = kept(await Classifier.fit(X, LABELS, options));
    expect(again.predictProbabilities(X)).toEqual(model.predictProbabilities(X));
    const loaded = kept((await loadModel(model.toBytes())) as Classifier);
    expect(loaded.predictProbabilities(X)).toEqual(model.predictProbabilities(X));
    await loaded.partialFit(X, LABELS, { epochs: 2 });
    await model.partialFit(X, LABELS, { epochs: 2 });
    expect(loaded.evaluate(X, LABELS).accuracy).toBeGreaterThan(0.95);
    expect(model.evaluate(X, LABELS).accuracy).toBeGreaterThan(0.95);
  });
});

it('all at once, and chosen by validation where size is open', async () => {
  const targets = X.map(([a, b]) => Math.sin(a!) * b!);
  const model = kept(
    await Regressor.fit(X, targets, {
      seed: 1,
      epochs: 300,
      method: nadam({ rate: 0.01 }),
      dropout: 0.05,
      inputNoise: 0.05,
      normalization: 'layer',
      init: 'glorotUniform',
      order: 'emphasize',
      batchSize: growing(),
    }),
  );
  expect(model.evaluate(X, targets).r2).toBeGreaterThan(0.75);
  const hidden = model.history.chosen.hidden.flatMap(() => ['dense', 'layerNorm', 'dropout']);
  expect(model.layers.map(({ type }) => type)).toEqual(['gaussianNoise', ...hidden, 'dense']);
});

it('refuses what cannot be', async () => {
  const bad: [object, RegExp][] = [
    [{ method: sgd(), rate: 0.1 }, /none with a method/],
    [{ method: sgd(), weightDecay: 0.1 }, /none with a method/],
    [{ method: sgd(), momentum: 0.1 }, /none with a method/],
    [{ method: 'adam' }, /adam\(\)/],
    [{ dropout: 1 }, /< 1/],
    [{ inputNoise: -1 }, /≥ 0/],
    [{ normalization: 'instance' }, /batch/],
    [{ order: 'sorted' }, /shuffle/],
    [{ init: 'leastSquares' }, /lecunNormal/],
    [{ batchSize: 0 }, /≥ 1/],
  ];
  for (const [options, message] of bad) {
    expect(() => new Classifier(options as ClassifierOptions), JSON.stringify(options)).toThrow(OptionError);
    expect(() => new Classifier(options as ClassifierOptions), JSON.stringify(options)).toThrow(message);
  }
  const regressor = kept(new Regressor({ order: 'interleave', hidden: 4, weightDecay: 0 }));
  await expect(
    regressor.fit(
      X,
      X.map(([a]) => a!),
    ),
  ).rejects.toThrow(/no classes/);
});

describe('weights that differ by more than a batch', () => {
  test('lower the rate: a rare class that weighs as much as all others is learned, and they stay learned', async () => {
    const rows = normals(11, 600, 4);
    // Three of 600: each weighs 100 times the mean, in batches of 32.
    const heaviest = [...rows.keys()].sort((a, b) => rows[b]![0]! * rows[b]![1]! - rows[a]![0]! * rows[a]![1]!).slice(0, 3);
    const labels = rows.map((_, r) => (heaviest.includes(r) ? 'rare' : 'common'));
    for (let seed = 1; seed <= 3; seed++) {
      const options = { seed, hidden: 16, weightDecay: 1 / 600 };
      const model = kept(await Classifier.fit(rows, labels, { ...options, classWeights: 'balanced' }));
      expect(model.evaluate(rows, labels).accuracy).toBeGreaterThan(0.97);
      const plain = kept(await Classifier.fit(rows, labels, { ...options, epochs: 1 }));
      expect(model.history.chosen.rate! / plain.history.chosen.rate!).toBeCloseTo(32 / 100, 6);
      // Weights that a batch evens out leave it as it is.
      const mild = kept(await Classifier.fit(rows, labels, { ...options, epochs: 1, classWeights: { rare: 4, common: 1 } }));
      expect(mild.history.chosen.rate).toBe(plain.history.chosen.rate);
    }
  });
});
