// Mistakes that are easily made, and what the errors say of them.

import { expect, test } from 'vitest';
import {
  Classifier,
  EfficientBackpropError,
  Network,
  OptionError,
  Regressor,
  dataset,
  dense,
  loadModel,
} from '../../src/index.js';

const X = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const y = [1, 2, 3, 4];
const words = ['a', 'b', 'a', 'b'];

const network = () => Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(EfficientBackpropError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

test.each([null, 5, 'x', true, [], [1], () => 1])('options of a static fit are an object: %s', async (options) => {
  const expected = /options is .*; expected an object/;
  expect(await messageOf(() => Regressor.fit(X, y, options as never))).toMatch(expected);
  expect(await messageOf(() => Classifier.fit(X, words, options as never))).toMatch(expected);
  expect(await messageOf(() => Regressor.fit((() => [[X, y]]) as never, options as never))).toMatch(expected);
  expect(await messageOf(() => Classifier.fit((() => [[X, words]]) as never, options as never))).toMatch(expected);
});

test('options of a static fit are those of the model and of the run', async () => {
  const listed = ['hidden', 'seed', 'sampleWeights', 'signal', 'timeLimit', 'background', 'onProgress'];
  const bothFits = [
    await messageOf(() => Regressor.fit(X, y, { onEpoch: () => {} } as never)),
    await messageOf(() => Classifier.fit(X, words, { onEpoch: () => {} } as never)),
  ];
  for (const message of bothFits) for (const name of listed) expect(message).toMatch(new RegExp(`\\b${name}\\b`));
  expect(bothFits[1]).toMatch(/\bclassWeights\b/);
  const own = await messageOf(() => new Regressor().fit(X, y, { onEpoch: () => {} } as never));
  for (const message of [...bothFits, own]) expect(message).not.toContain('spool');
  expect(await messageOf(() => Regressor.fit(X, y, { onProgres: () => {} } as never))).toContain('did you mean onProgress?');
});

test.each([
  [[64, -1], '[64, -1]'],
  [[64, 'x', null], '[64, "x", null]'],
  [[1, 2, 3, 4, 5, 6, 7, 8, 0], 'an array of 9'],
  [[{}], 'an array of 1'],
  [['x'.repeat(80)], 'an array of 1'],
])('short arrays are shown: %j', async (hidden, text) => {
  expect(await messageOf(() => new Regressor({ hidden: hidden as number[] }))).toContain(`Regressor.hidden is ${text}; expected`);
});

test('a network is not made by new', async () => {
  expect(await messageOf(() => new (Network as never as new (o: object) => Network)({}))).toContain('await Network.create({');
});

test('weights are called what the caller calls them, and have no columns', async () => {
  const w = [1, 1, 1, Number.NaN];
  const net = await network();
  expect(await messageOf(() => net.fit(X, y, { sampleWeights: w }))).toBe('sampleWeights, row 3: NaN is not a finite number');
  expect(await messageOf(() => net.evaluate(X, y, { sampleWeights: w }))).toMatch(/^sampleWeights, row 3: NaN/);
  expect(await messageOf(() => dataset(X, y, { weights: w }))).toBe('weights, row 3: NaN is not a finite number');
  expect(await messageOf(() => dataset(X, y, { weights: ['1', 1, 1, 1] as never }))).toBe('weights, row 0: "1" is not a number');
  net.dispose();
});

test('chunks in the wrong place or form: the error says what is right', async () => {
  const chunks = async function* () {
    yield [X, words] as const;
  };
  const asFunction = /a function that returns chunks/;
  expect(await messageOf(() => Classifier.fit(chunks() as never, undefined as never))).toMatch(asFunction);
  expect(await messageOf(() => new Classifier().fit([[X, words]][Symbol.iterator]() as never, {} as never))).toMatch(asFunction);
  const model = await Classifier.fit(X, words, { hidden: 4, weightDecay: 0.1, epochs: 1, seed: 1 });
  expect(await messageOf(() => model.evaluate(chunks as never, undefined as never))).toMatch(/got a function.*evaluateChunks/);
  expect(await messageOf(() => model.partialFit(chunks as never, undefined as never))).toMatch(/the rows of one chunk/);
  expect(await messageOf(() => model.predict(chunks as never))).toMatch(/the rows of one chunk/);
  model.dispose();
  const net = await network();
  const message = await messageOf(() => net.fit([[X, y]] as never, { epochs: 2 } as never));
  expect(message).toMatch(/^Y: .*got an object; chunks come as \(\) => \[\[X, Y\], …\]/);
  net.dispose();
});

test('a column too many: which ones training had', async () => {
  const rows = y.map((a, i) => ({ a, b: i % 2, same: 1 }));
  const model = await Regressor.fit(rows, y, { seed: 1 });
  expect(await messageOf(() => model.predict([{ a: 1, b: 1, same: 1, extra: 1 }]))).toBe(
    'X, column "extra": was not there in training, which had "a", "b", "same"; leave it out',
  );
  expect(await messageOf(() => model.predict(X.map(() => [1])))).toContain('expected records with the columns "a", "b", "same"');
  model.dispose();
});

test('what is wrong with options of a static fit rejects, and does not throw', async () => {
  await expect(Regressor.fit(X, y, null as never)).rejects.toThrow(OptionError);
});

test('one row where rows are expected, records and labels for a network', async () => {
  const net = await network();
  expect(await messageOf(() => net.predict([1, 2]))).toBe('X: has 1 column; expected 2; one row is an array in an array, [[…]]');
  expect(await messageOf(() => net.predict([1, 2, 3]))).toBe('X: has 1 column; expected 2');
  expect(await messageOf(() => net.predict([{ a: 1, b: 2 }] as never))).toMatch(/row 0.*Classifier and Regressor/);
  expect(await messageOf(() => net.fit([{ a: 1, b: 2 }] as never, [1]))).toMatch(/row 0.*Classifier and Regressor/);
  expect(await messageOf(() => net.fit(X, words as never))).toBe('Y, row 0: "a" is not a number; labels are for Classifier');
  net.dispose();
  const model = await Regressor.fit(X, y, { seed: 1 });
  expect(await messageOf(() => model.predict([1, 2]))).toMatch(/expected 2, as in training; one row is .*\[\[…\]\]/);
  model.dispose();
  expect(await messageOf(() => Regressor.fit(X, words as never))).toMatch(/labels are for Classifier/);
});

test('weights of classes that there are not', async () => {
  const fit = (classWeights: object) => messageOf(() => Classifier.fit(X, words, { classWeights: classWeights as never }));
  const message = 'classWeights["c"]: no such label; expected only labels that there are: "a", "b"';
  expect(await fit({ a: 1, b: 2, c: 3 })).toBe(message);
  expect(await fit(new Map(Object.entries({ a: 1, b: 2, c: 3 })))).toBe(message);
  const numbers = await Classifier.fit(X, [0, 1, 0, 1], { classWeights: { 0: 1, 1: 2 }, hidden: 4, weightDecay: 0.1, epochs: 1 });
  numbers.dispose();
});

test('JSON that is no model', async () => {
  const load = (text: string) => messageOf(() => loadModel(new TextEncoder().encode(text)));
  expect(await load('{"layers": []}')).toMatch(/not a model of this library: format is undefined/);
  expect(await load('{"format": "efficient-backprop", "ver')).toMatch(/damaged: the model is not valid JSON/);
});

test('what is no layer is named by its place', async () => {
  const create = (layers: unknown[]) => messageOf(() => Network.create({ inputs: 2, layers, loss: 'meanSquaredError' } as never));
  expect(await create([{ units: 3 }])).toBe('Network.create.layers[0] is an object; expected a layer, such as dense(16)');
  expect(await create([dense(2), 3])).toMatch(/^Network\.create\.layers\[1\] is 3; expected a layer/);
});

test('one output of softmax is called what it is', async () => {
  const net = await Network.create({ inputs: 2, layers: [dense(1, { activation: 'softmax' })], loss: 'crossEntropy', seed: 1 });
  expect(await messageOf(() => net.fit(X, [0, 0, 1, 0]))).toMatch(/sum to 0; .*an output for each class, or .*sigmoid/);
  net.dispose();
});

test('a vector in the place of rows is named before numbers of rows are compared', async () => {
  const net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  const expected = /^X: has 1 column, but the network has 2 inputs; a row is an array of them/;
  expect(await messageOf(() => net.fit([1, 2, 3, 4], [1, 2]))).toMatch(expected);
  expect(await messageOf(() => net.evaluate([1, 2, 3, 4], [1, 2]))).toMatch(expected);
  net.dispose();
});

test('a row alone is too few', async () => {
  const expected = 'X: one row is too few to learn from: no column varies';
  expect(await messageOf(() => Regressor.fit([{ a: 1 }], [1]))).toBe(expected);
  expect(await messageOf(() => Classifier.fit([[1, 2]], ['a']))).toBe(expected);
});

test('one of something is one', async () => {
  const net = await network();
  expect(await messageOf(() => net.predict([[1], [2]]))).toMatch(/has 1 column; expected 2/);
  expect(await messageOf(() => dataset([[1, 2]], [1, 2]))).toMatch(/has 2 rows, but X has 1$/);
  expect((await net.fit([[1, 2]], [[1]], { timeLimit: 1 })).choice).toMatch(/: 1 row is a small set$/);
  net.dispose();
});

test('an OptionError as JSON is short, whatever the value was', async () => {
  const model = new Classifier();
  for (const [value, written] of [
    [model, 'an object of Classifier'],
    [Array.from({ length: 1e5 }, (_, i) => i), 'an array of 100000'],
    [3n, '3n'],
    [Number.NaN, 'NaN'],
    [0, 0],
  ] as const) {
    const error = new OptionError('fit.option', value, 'something else');
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'OptionError',
      message: error.message,
      option: 'fit.option',
      value: written,
      expected: 'something else',
    });
    expect(error.value).toBe(value);
  }
});
