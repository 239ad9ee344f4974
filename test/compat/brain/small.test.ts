// What goes with the networks: likely, lookup, utilities, what is missing, and the traps that are kept.

import { afterEach, describe, expect, test, vi } from 'vitest';
import * as v2 from '../../../src/compat/brain/index.js';
import * as v1 from '../../../src/compat/brain/v1/index.js';
import { UnsupportedError } from '../../../src/runtime/errors.js';
import { LINES, XOR, seeded } from './support.js';

afterEach(() => void vi.restoreAllMocks());

describe.each(LINES)('%s', (_, { likely, lookup, utilities, ...brain }) => {
  test('likely is the key of the largest output', () => {
    expect(likely([], { run: () => ({ a: 0.2, b: 0.7, c: 0.5 }) })).toBe('b');
    expect(likely([], { run: () => Float32Array.of(0.2, 0.1) })).toBe('0');
    expect(likely([], { run: () => [-2, -3] })).toBeNull();
    expect(() => likely([], undefined)).toThrow(TypeError);
  });

  test('lookup makes tables, and rows of them', () => {
    const rows = [{ a: 1 }, { b: 6, c: 7 }];
    expect(lookup.toTable(rows)).toEqual({ a: 0, b: 1, c: 2 });
    expect(lookup.toTable2D([rows, [{ d: 1 }]])).toEqual({ a: 0, b: 1, c: 2, d: 3 });
    expect(lookup.toInputTable(rows.map((input) => ({ input })))).toEqual({ a: 0, b: 1, c: 2 });
    expect(lookup.toOutputTable2D([{ output: rows }])).toEqual({ a: 0, b: 1, c: 2 });
    expect(lookup.toHash({ a: 6, b: 7 })).toEqual({ a: 0, b: 1 });
    expect(lookup.toArray({ a: 0, b: 1 }, { a: 6 }, 2)).toEqual(Float32Array.of(6, 0));
    expect(lookup.toArrayShort({ a: 0, b: 1, c: 2 }, { a: 6, c: 5 })).toEqual(Float32Array.of(6));
    expect(lookup.toArrays({ a: 0 }, [{ a: 6 }, {}], 1)).toEqual([Float32Array.of(6), Float32Array.of(0)]);
    expect(lookup.toObject({ a: 0, b: 1 }, [6, 7])).toEqual({ a: 6, b: 7 });
    expect(lookup.toObjectPartial({ a: 0, b: 1, c: 2 }, [6, 7], 1)).toEqual({ b: 6, c: 7 });
    expect(lookup.toObjectPartial({ a: 0, b: 1, c: 2 }, [6, 7, 8], 0, 2)).toEqual({ a: 6, b: 7 });
    expect(lookup.lookupFromArray(['a', 'b'])).toEqual({ b: 0, a: 1 });
    expect(lookup.addKeys({ b: 1, c: 1 }, { a: 0, b: 1 })).toEqual({ a: 0, b: 1, c: 2 });
    expect(lookup.addKeys([1], { a: 0 })).toEqual({ a: 0 });
  });

  test.each([
    [
      [1, 2],
      ['array', 'number'],
    ],
    [{ a: 1 }, ['object', 'number']],
    [[{ a: 1 }], ['array', 'object', 'number']],
    [{ input: [1] }, ['datum', 'array', 'number']],
    [[{ input: { a: 1 } }], ['array', 'datum', 'object', 'number']],
    [[{ input: [[1]] }], ['array', 'datum', 'array', 'array', 'number']],
    [[Float32Array.of(1)], ['array', 'array', 'number']],
  ])('dataShape of %j', (data, shape) => {
    expect(lookup.dataShape(data)).toEqual(shape);
  });

  test('utilities', () => {
    expect(utilities.max([3, 9, 2])).toBe(9);
    expect(utilities.max({ a: -3, b: -1 })).toBe(-1);
    expect(utilities.max(new Float32Array(300_000).fill(4))).toBe(4);
    expect(utilities.mse(Float32Array.of(1, 2, 3))).toBeCloseTo(14 / 3, 12);
    expect(utilities.ones(2)).toEqual(Float32Array.of(1, 1));
    expect(utilities.zeros(2)).toEqual(new Float32Array(2));
    expect(utilities.range(2, 5)).toEqual([2, 3, 4]);
    expect(utilities.toArray({ a: 1, b: 2 })).toEqual(Float32Array.of(1, 2));
    const drawn = seeded(3, () => [...utilities.randos(1000), utilities.randomWeight()]);
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(0.2);
    expect(seeded(3, () => utilities.randos(1, 5))[0]).not.toBe(drawn[0]);
    const normal = seeded(8, () => Array.from({ length: 4000 }, () => utilities.random.randomN(2, 3)));
    const mean = normal.reduce((sum, x) => sum + x, 0) / 4000;
    expect(Math.abs(mean - 2)).toBeLessThan(0.2);
    expect(Math.sqrt(normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4000)).toBeCloseTo(3, 0);
  });

  test('DataFormatter turns text into indexes and back', () => {
    const formatter = new utilities.DataFormatter(['0', '1', '2', '+', '=']);
    expect(formatter.toIndexes('1+2')).toEqual([1, 3, 2]);
    expect(formatter.toCharacters([1, 3, 2])).toEqual(['1', '+', '2']);
    const pair = utilities.DataFormatter.fromStringInputOutput('abc', 0);
    const marks = [pair.indexTable['stop-input'], pair.indexTable['start-output']];
    expect(pair.toIndexesInputOutput('ab', 'c')).toEqual([0, 1, ...marks, 2]);
    expect(pair.toCharacters([0, 1, ...marks, 2]).join('')).toBe('abc');
    expect(utilities.DataFormatter.fromAllPrintable(0).toIndexes('~')).toEqual([95]);
    expect(utilities.DataFormatter.fromJSON(JSON.parse(JSON.stringify({ ...pair }))).toIndexes('cab')).toEqual([2, 0, 1]);
    const run = new Function(`${pair.toFunctionString()}; return { toIndexes, toIndexesInputOutput, toCharacters };`)();
    expect(run.toIndexesInputOutput('ab', 'c')).toEqual([0, 1, ...marks, 2]);
    expect(run.toCharacters([2, marks[0], 0])).toEqual(['c', 'a']);
  });

  test('toSVG draws inputs, units and weights', () => {
    const svg: string = utilities.toSVG({ sizes: [4, 3, 2] }, { width: 300, height: 200 });
    expect(svg).toMatch(/^<svg [^>]*width="300" height="200">.*<\/svg>$/s);
    expect(svg.match(/<rect/g)).toHaveLength(4);
    expect(svg.match(/<circle/g)).toHaveLength(5);
    expect(svg.match(/<line/g)).toHaveLength(4 + 12 + 6 + 2);
    const net = new brain.NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    expect(utilities.toSVG(net).match(/<circle/g)).toHaveLength(4);
    expect(utilities.toSVG({ sizes: [1, 1] }, { line: { color: '"><script>', width: 1 } })).not.toContain('<script>');
  });

  test('what is missing says so, and where it is', () => {
    const { recurrent } = brain;
    expect(() => new recurrent.LSTM({ hiddenLayers: [4] })).toThrow(UnsupportedError);
    expect(() => new recurrent.LSTM()).toThrow(/no recurrent\.LSTM.*npm install brain\.js/);
    class Own extends recurrent.GRU {}
    expect(() => new Own()).toThrow(/recurrent\.GRU/);
    expect(Object.keys(recurrent)).toEqual(['RNNTimeStep', 'LSTMTimeStep', 'GRUTimeStep', 'RNN', 'LSTM', 'GRU']);
    expect(recurrent.LSTMM).toBeUndefined();
  });

  test('NeuralNetworkGPU is NeuralNetwork', () => {
    expect(brain.NeuralNetworkGPU).toBe(brain.NeuralNetwork);
  });

  test('the default export has all names', () => {
    const { default: all, ...names } = brain;
    expect(Object.keys(all).sort()).toEqual(Object.keys({ ...names, likely, lookup, utilities }).sort());
  });
});

test('the line of brain.js that has what is missing', () => {
  expect(() => new v2.FeedForward()).toThrow("npm install brain.js@2.0.0-beta.24; import { FeedForward } from 'brain.js'");
  expect(() => new v1.recurrent.LSTM()).toThrow(
    "npm install brain.js@1.6.1; import brain from 'brain.js', and use brain.recurrent",
  );
});

test('1.x: likely of a network that has not been trained', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(v1.likely([1], new v1.NeuralNetwork())).toBeNull();
});

test('1.x: a network without layers is not saved', () => {
  expect(() => new v1.NeuralNetwork().toJSON()).toThrow('no layers to save yet');
});

test('1.x takes any praxis and any moments; a praxis that is none is noted once', async () => {
  vi.resetModules();
  const { NeuralNetwork } = await import('../../../src/compat/brain/v1/index.js');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const [plain, named] = [new NeuralNetwork(), new NeuralNetwork()];
  seeded(2, () => plain.train(XOR, { iterations: 3 }));
  const options = { iterations: 3, praxis: 'sgd' as never, beta1: 1, epsilon: 1 };
  seeded(2, () => named.train(XOR, options));
  named.train(XOR, { ...options, iterations: 1 });
  plain.train(XOR, { iterations: 1 });
  expect(named.toJSON().layers).toEqual(plain.toJSON().layers);
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('no praxis is named "sgd"'));
  expect(() => new v2.NeuralNetwork().train(XOR, { praxis: 'sgd' as never })).toThrow('[praxis, sgd] is out of normal');
});

test.each([
  ['1.x', () => import('../../../src/compat/brain/v1/index.js')],
  ['2.x', () => import('../../../src/compat/brain/index.js')],
])('%s: rows of run that make NaN are noted once, with the place of the first', async (_, load) => {
  vi.resetModules();
  // biome-ignore lint/suspicious/noExplicitAny: one test for two classes
  const { NeuralNetwork } = (await load()) as any;
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const net = new NeuralNetwork();
  net.train(XOR, { iterations: 3 });
  expect(net.run([1, 0])[0]).not.toBeNaN();
  expect(warn).not.toHaveBeenCalled();
  expect(net.run([1, 'two'])[0]).toBeNaN();
  expect(net.run([Number.NaN, 1])[0]).toBeNaN();
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('run() returns NaN: input 1 is "two", not a number'));
});

test('names of 2.x that are missing', async () => {
  for (const Missing of [v2.AE, v2.FeedForward, v2.Recurrent]) expect(() => new Missing()).toThrow(UnsupportedError);
  expect(() => v2.layer.input({ width: 1 })).toThrow(/layer\.input/);
  expect(() => v2.praxis.adam()).toThrow(/praxis\.adam/);
  expect(await v2.layerTypes).toBe(v2.layerTypes); // is no promise
});

test('toSVG of what is no network', () => {
  expect(v1.utilities.toSVG({})).toBe(false);
  expect(() => v2.utilities.toSVG({})).toThrow('unrecognized network');
  expect(() => v2.utilities.toSVG({ sizes: [2, 0] })).toThrow('sizes not set correctly');
  expect(() => v2.utilities.toSVG({ sizes: [2, 1] }, { inputs: { color: 'red', labels: ['a'] } })).toThrow('labels');
});

describe('traps that 1.x keeps', () => {
  test('train goes back to defaults that only the constructor changed, and says so once', async () => {
    vi.resetModules();
    const { NeuralNetwork } = await import('../../../src/compat/brain/v1/index.js');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const net = new NeuralNetwork({ iterations: 7 });
    expect(net.trainOpts.iterations).toBe(7);
    expect(net.train(XOR, { errorThresh: 0.1 }).iterations).toBeGreaterThan(7);
    net.train(XOR);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/1\.x does: iterations\. Give them to train/));
    expect(new NeuralNetwork({ iterations: 7 }).train(XOR, { iterations: 7 }).iterations).toBe(7);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test('leaky-relu is 0 below 0 and a hundredth above, and says so once', async () => {
    vi.resetModules();
    const { NeuralNetwork } = await import('../../../src/compat/brain/v1/index.js');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const net = new NeuralNetwork({ activation: 'leaky-relu' });
    net.sizes = [1, 1];
    net.initialize();
    net.weights[1] = [Float32Array.of(1)];
    net.biases[1]!.fill(0);
    expect(net.run([2])[0]).toBeCloseTo(0.02, 7);
    expect(net.run([-2])[0]).toBeCloseTo(0, 12);
    net.initialize();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('leaky-relu'));
  });

  test('2.x has neither', () => {
    const net = new v2.NeuralNetwork<number[], number[]>({ iterations: 7, activation: 'leaky-relu' });
    expect(net.train(XOR, { errorThresh: 0 }).iterations).toBe(7);
    net.sizes = [1, 1];
    net.initialize();
    net.weights[1] = [Float32Array.of(1)];
    net.biases[1]!.fill(0);
    expect(net.run([2])[0]).toBe(2);
    expect(net.run([-2])[0]).toBeCloseTo(-0.02, 7);
  });
});

test('defaults are brain.js’s', () => {
  const common = { iterations: 20000, errorThresh: 0.005, log: false, logPeriod: 10, learningRate: 0.3, momentum: 0.1 };
  const rest = { callbackPeriod: 10, timeout: Infinity, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  expect(v1.NeuralNetwork.trainDefaults).toEqual({ ...common, ...rest, callback: null, praxis: null });
  expect(v1.NeuralNetwork.defaults).toEqual({
    leakyReluAlpha: 0.01,
    binaryThresh: 0.5,
    hiddenLayers: null,
    activation: 'sigmoid',
  });
  expect(v2.trainDefaults()).toEqual({ ...common, ...rest, activation: 'sigmoid', leakyReluAlpha: 0.01 });
  expect(v2.defaults()).toEqual({ inputSize: 0, outputSize: 0, binaryThresh: 0.5 });
});

test('heirs of 1.x have defaults of their own', () => {
  class Quick extends v1.NeuralNetwork {
    static override get trainDefaults() {
      return { ...super.trainDefaults, iterations: 3 };
    }
  }
  expect(new Quick().train(XOR).iterations).toBe(3);
});
