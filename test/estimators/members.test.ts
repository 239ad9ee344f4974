// Models of several networks: what is averaged, what files hold, and what is done where networks fail.

import { describe, expect, test } from 'vitest';
import {
  Classifier,
  type ClassifierOptions,
  ModelFileError,
  type Network,
  OptionError,
  Regressor,
  adam,
  init,
  lbfgs,
  levenbergMarquardt,
  loadModel,
  sgd,
} from '../../src/index.js';
import { blobs, normals } from '../data/synthetic.js';
import { unchecked } from '../format/unchecked.js';

const FIXED = { hidden: [9], activation: 'lecunTanh', weightDecay: 1e-3, epochs: 30, seed: 4 } as const;

/** The networks of an estimator. */
function networksOf(model: object): readonly Network[] {
  return (model as { fitted: { members: { networks: readonly Network[] } } }).fitted.members.networks;
}

describe('the average', () => {
  const { X, y } = blobs(1, 90);
  const numbers = X.map(([a, b]) => Math.sin(a!) + b! * b!);

  test('of classes is that of the logits: normalised geometric means of the probabilities', async () => {
    using model = await Classifier.fit(X, y, { ...FIXED, members: 3 });
    expect(model.members).toBe(3);
    const networks = networksOf(model);
    const columns = model.columns as unknown as { mean: number; scale: number }[];
    const inputs = X.map((x) => x.map((v, j) => (v - columns[j]!.mean) / columns[j]!.scale));
    const each = networks.map((network) => network.predict(inputs));
    expect(each[0]).not.toEqual(each[1]);
    model.predictProbabilities(X).forEach((p, r) => {
      const product = p.map((_, c) => each.reduce((all, a) => all * a[3 * r + c]! ** (1 / 3), 1));
      const sum = product.reduce((a, b) => a + b);
      for (const [c, v] of p.entries()) expect(v).toBeCloseTo(product[c]! / sum, 5);
    });
    const { loss, logLoss, accuracy } = model.evaluate(X, y);
    const logs = model.predictProbabilities(X).map((p, r) => -Math.log(p[y[r]!]!));
    expect(logLoss).toBeCloseTo(logs.reduce((a, b) => a + b) / 90, 5);
    expect(loss).toBe(logLoss);
    expect(accuracy).toBeCloseTo(model.predict(X).filter((c, r) => c === y[r]).length / 90, 12);
  });

  test('of numbers is their mean', async () => {
    using model = await Regressor.fit(X, numbers, { ...FIXED, members: 2 });
    using first = await Regressor.fit(X, numbers, FIXED);
    const [a, b] = networksOf(model);
    expect(a!.getWeights()).toEqual(networksOf(first)[0]!.getWeights()); // the first is the one that there would be alone
    expect(b!.getWeights()).not.toEqual(a!.getWeights());
    expect(model.parameters).toBe(2 * first.parameters);
    expect(model.history.loss).toEqual(first.history.loss);
  });

  test.each<ClassifierOptions>([{ loss: 'hinge' }, { loss: 'meanSquaredError' }])(
    'of outputs that are calibrated: %o',
    async (head) => {
      using model = await Classifier.fit(X, y, { ...FIXED, ...head, members: 2 });
      const { accuracy, logLoss, loss } = model.evaluate(X, y);
      expect(accuracy).toBeGreaterThan(0.9);
      expect(Number.isFinite(logLoss) && Number.isFinite(loss)).toBe(true);
      expect(model.evaluate(X, y, { sampleWeights: X.map(() => 2) }).loss).toBeCloseTo(loss, 10);
    },
  );

  test('is as good as one, in log loss too, and one is to be had', async () => {
    const test = blobs(2, 600);
    const losses = { one: 0, several: 0 };
    for (const seed of [1, 2, 3]) {
      const train = blobs(10 + seed, 150);
      using several = await Classifier.fit(train.X, train.y, { seed, hidden: [32] });
      using one = await Classifier.fit(train.X, train.y, { seed, hidden: [32], members: 1 });
      expect([several.members, one.members]).toEqual([3, 1]);
      losses.several += several.evaluate(test.X, test.y).logLoss;
      losses.one += one.evaluate(test.X, test.y).logLoss;
    }
    expect(losses.several).toBeLessThan(losses.one * 1.01);
  });

  test('the same seed gives the same bits on any number of threads', async () => {
    const bits = async (threads: number) => {
      using model = await Classifier.fit(X, y, { seed: 3, threads, epochs: 20 });
      return model.toBytes();
    };
    const alone = await bits(1);
    using model = (await loadModel(alone)) as Classifier;
    using other = (await loadModel(await bits(2))) as Classifier;
    expect(other.predictProbabilities(X)).toEqual(model.predictProbabilities(X));
  });

  test('each network has a curvature', async () => {
    await init({ precision: 'float64' });
    using model = await Regressor.fit(X, numbers, { ...FIXED, members: 2 });
    using a = model.curvature(X, numbers);
    using b = model.curvature(X, numbers, { member: 1 });
    expect(a.parameters).toBe(model.parameters / 2);
    expect(b.gradient()).not.toEqual(a.gradient());
    expect(() => model.curvature(X, numbers, { member: 2 })).toThrow(OptionError);
  });

  test.each([0, 101, 1.5, '2'])('members: %o is refused', (members) => {
    expect(() => new Regressor({ members: members as number })).toThrow(OptionError);
  });

  test('partialFit goes on with all of them', async () => {
    using model = await Regressor.fit(X, numbers, { ...FIXED, members: 2 });
    const before = networksOf(model).map((network) => network.getWeights());
    await model.partialFit(X, numbers);
    for (const [k, network] of networksOf(model).entries()) expect(network.getWeights()).not.toEqual(before[k]);
    expect(model.members).toBe(2);
  });
});

describe('files', () => {
  const { X, y } = blobs(1, 90);

  test('several networks come back bit for bit, in a format that older readers refuse by its version', async () => {
    using model = await Classifier.fit(X, y, { ...FIXED, members: 3 });
    using again = (await loadModel(model.toBytes())) as Classifier;
    expect(again.members).toBe(3);
    expect(again.predictProbabilities(X)).toEqual(model.predictProbabilities(X));
    expect(again.history).toEqual({ ...model.history, time: 0 });
    expect(model.toJSON().version).toBe(2);
    const json = unchecked(model);
    const less = { ...json, tensors: json.tensors.slice(1) };
    await expect(Classifier.fromJSON(less)).rejects.toThrow(ModelFileError);
    const more = { ...json, config: { ...json.config, members: 2 } };
    await expect(Classifier.fromJSON(more)).rejects.toThrow(ModelFileError);
  });

  test('one network has the first version, whose readers know all that is in it', async () => {
    using model = await Classifier.fit(X, y, { ...FIXED, members: 1 });
    const { config, tensors } = model.toJSON();
    expect(new TextDecoder().decode(model.toBytes())).toContain('"version":"1"');
    expect(config).not.toHaveProperty('members');
    expect(config['options']).not.toHaveProperty('members');
    expect(tensors.map(({ name }) => name)).toEqual(['layers.0.kernel', 'layers.0.bias', 'layers.1.kernel', 'layers.1.bias']);
    const known = ['activation', 'batchSize', 'epochs', 'hidden', 'momentum', 'rate', 'weightDecay'];
    expect(Object.keys(config['recipe'] as object).sort()).toEqual(known);
    const { chosen } = config['history'] as { chosen: { candidates: object[] } };
    expect(Object.keys(chosen).sort()).toEqual([...known, 'by', 'candidates', 'folds'].sort());
  });

  test('members that were asked for are asked for again', async () => {
    using model = await Classifier.fit(X, y, { ...FIXED, members: 1 });
    using again = (await loadModel(model.toBytes())) as Classifier;
    await again.fit(X, y);
    expect(again.members).toBe(1);
    using free = (await loadModel((await Classifier.fit(X, y, FIXED)).toBytes())) as Classifier;
    expect(free.toJSON().config).not.toHaveProperty('asked');
  });

  test('as many classes as rows, or nearly, come back, too', async () => {
    for (const rows of [12, 30, 40]) {
      using model = await Classifier.fit(
        normals(3, rows, 2),
        Array.from({ length: rows }, (_, i) => `c${Math.min(i, rows - 2)}`),
        { seed: 1, epochs: 5 },
      );
      using again = (await loadModel(model.toBytes())) as Classifier;
      expect(again.classes).toEqual(model.classes);
    }
  });

  test('what was tried comes back, too', async () => {
    using model = await Regressor.fit(
      normals(1, 80, 2),
      normals(2, 80, 1).map(([v]) => v!),
      { seed: 1, epochs: 10 },
    );
    using again = await Regressor.fromJSON(model.toJSON());
    expect(again.history).toEqual({ ...model.history, time: 0 });
    expect(again.history.chosen.candidates.length).toBeGreaterThan(3);
  });
});

describe('fits that explode', () => {
  const X = normals(3, 120, 4);
  const y = X.map(([a, b]) => a! + Math.sin(b!));
  const labels = X.map(([a]) => (a! > 0 ? 'p' : 'n'));

  test('begin again with a third of the rate, which the record tells', async () => {
    using model = await Regressor.fit(X, y, { seed: 1, hidden: 8, weightDecay: 1e-3, epochs: 60, rate: 3 });
    expect(model.history.chosen.rate!).toBeLessThan(3);
    const thirds = Math.log(3 / model.history.chosen.rate!) / Math.log(3);
    expect(thirds).toBeCloseTo(Math.round(thirds), 9);
    expect(model.history.advice).toMatch(/began again (once, with|\d times, each time with) a third of the rate/);
    expect(model.evaluate(X, y).r2).toBeGreaterThan(0);
  });

  test.each([{ rate: 1e6 }, { method: sgd({ rate: 1e4 }) }, { method: adam({ rate: 1e8 }) }])(
    'end in the linear model, with advice: %o',
    async (how) => {
      using model = await Regressor.fit(X, y, {
        seed: 1,
        hidden: 8,
        ...('rate' in how && { weightDecay: 1e-3 }),
        epochs: 5,
        ...how,
      });
      expect(model.history.chosen.hidden).toEqual([]);
      expect(model.history.advice).toMatch(/linear model is returned/);
      expect(model.evaluate(X, y).r2).toBeGreaterThan(0.5);
      using classes = await Classifier.fit(X, labels, {
        seed: 1,
        hidden: 8,
        ...('rate' in how && { weightDecay: 1e-3 }),
        epochs: 5,
        ...how,
      });
      expect(classes.history.advice).toMatch(/a linear model is returned/);
      expect(classes.evaluate(X, labels).accuracy).toBeGreaterThan(0.8);
      using again = (await loadModel(classes.toBytes())) as Classifier;
      expect(again.predict(X)).toEqual(classes.predict(X));
      expect(again.history.advice).toBe(classes.history.advice);
    },
  );

  test('end in the constant where the linear model fails as well', async () => {
    using model = await Classifier.fit(X, labels, { seed: 1, hidden: [], epochs: 5, method: sgd({ rate: 1e30 }) });
    expect(model.history.advice).toMatch(/best constant is returned/);
    const share = labels.filter((l) => l === 'n').length / labels.length;
    for (const [n] of model.predictProbabilities(X)) expect(n).toBeCloseTo(share, 5);
  });

  test.each(['lecunTanh', 'sigmoid', 'linear'] as const)(
    'the constant through %s is the mean of the targets',
    async (outputActivation) => {
      const options = {
        seed: 1,
        hidden: [],
        epochs: 5,
        loss: 'meanSquaredError',
        outputActivation,
        method: sgd({ rate: 1e30 }),
      } as const;
      using model = await Classifier.fit(X, labels, options);
      const commonest = labels.filter((l) => l === 'n').length >= 60 ? 'n' : 'p';
      expect(new Set(model.predict(X))).toEqual(new Set([commonest]));
    },
  );

  test('a model that was stopped says so, and is no worse than a constant', async () => {
    const controller = new AbortController();
    const options = { hidden: [64], weightDecay: 1e-4, rate: 0.2, members: 3, epochs: 200, seed: 1, signal: controller.signal };
    using model = await Regressor.fit(X, y, { ...options, onProgress: ({ stage }) => stage === 'train' && controller.abort() });
    expect(model.history.reason).toBe('signal');
    expect(model.history.advice).toMatch(/stopped before|1 of 3 networks were trained/);
    expect(model.evaluate(X, y).r2).toBeGreaterThanOrEqual(-1e-4);
    using again = (await loadModel(model.toBytes())) as Regressor;
    expect(again.history).toEqual({ ...model.history, time: 0 });
  });

  test('too few epochs are not called an explosion', async () => {
    using model = await Regressor.fit(X, y, {
      seed: 1,
      hidden: [64, 64],
      activation: 'relu',
      weightDecay: 0,
      rate: 1e-5,
      epochs: 3,
    });
    expect(model.history.advice).toMatch(/after \d epochs the loss was still above a constant's.*more epochs, or a higher rate/);
  });

  test('methods of second order, and of the user’s own, are left as they are', async () => {
    for (const method of [lbfgs(), levenbergMarquardt(), sgd({ rate: 0.05 })]) {
      using model = await Regressor.fit(X, y, { seed: 1, hidden: [8], epochs: 40, method });
      expect(model.evaluate(X, y).r2).toBeGreaterThan(0.5);
      expect(model.history.chosen.method).toBeUndefined();
    }
  });

  test('targets that are all the same are no reason to explode', async () => {
    using model = await Regressor.fit(
      X,
      X.map(() => 7),
      { seed: 1 },
    );
    expect(model.predict(X.slice(0, 3))).toEqual([7, 7, 7]);
    expect(model.history).toMatchObject({ reason: 'solved', advice: expect.stringMatching(/all targets are the same/) });
    using classes = await Classifier.fit(
      X,
      X.map(() => 'a'),
      { seed: 1, classes: ['a', 'b'] },
    );
    expect(new Set(classes.predict(X))).toEqual(new Set(['a']));
    using again = (await loadModel(classes.toBytes())) as Classifier;
    expect(again.history.advice).toMatch(/all rows are of one class/);
  });
});
