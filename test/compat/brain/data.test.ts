// Data in all the shapes that brain.js takes, and fields as it shows them.

import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { heap } from '../../../bindings/memory.js';
import { NeuralNetwork, getTypedArrayFn } from '../../../src/compat/brain/index.js';
import { DataError, EfficientBackpropError } from '../../../src/runtime/errors.js';
import { LINES, XOR, numbersOf, seeded } from './support.js';

const keyed = (row: readonly number[], names: string) => Object.fromEntries(row.map((value, i) => [names[i]!, value]));

/** The same data in many shapes. */
const SHAPES: [string, (values: number[], names: string) => unknown, 'array' | 'object'][] = [
  ['arrays', (values) => values, 'array'],
  ['Float32Array', (values) => Float32Array.from(values), 'array'],
  ['Float64Array', (values) => Float64Array.from(values), 'array'],
  ['Uint8Array', (values) => Uint8Array.from(values), 'array'],
  ['objects', (values, names) => keyed(values, names), 'object'],
  ['sparse objects', (values, names) => Object.fromEntries(Object.entries(keyed(values, names)).filter(([, v]) => v)), 'object'],
];

describe.each(LINES)('%s', (_, brain) => {
  const trained = (input: (typeof SHAPES)[number], output: (typeof SHAPES)[number]) => {
    const rows = [...XOR, { input: [1, 1], output: [0] }].reverse(); // all keys appear in the first row
    const data = rows.map((datum) => ({ input: input[1](datum.input, 'ab'), output: output[1](datum.output.concat(1), 'yz') }));
    const net = new brain.NeuralNetwork();
    seeded(9, () => net.train(data, { iterations: 30, errorThresh: 0 }));
    return net;
  };
  const expected = numbersOf(trained(SHAPES[0]!, SHAPES[0]!));

  describe.each(SHAPES)('inputs as %s', (...input) => {
    test.each(SHAPES)('outputs as %s', (...output) => {
      const net = trained(input, output);
      expect(numbersOf(net).length).toBe(expected.length);
      // The last row’s outputs are { z: 1 } where zeros are left out: z comes first then.
      if (output[0] !== 'sparse objects') expect(numbersOf(net)).toEqual(expected);
      const outputs = net.run(input[1]([1, 0], 'ab'));
      if (output[2] === 'array') {
        expect(outputs).toBeInstanceOf(Float32Array);
        expect(outputs).toHaveLength(2);
        expect(net.outputLookup).toBeNull();
      } else expect(Object.keys(outputs).sort()).toEqual(['y', 'z']);
      expect(net.test([{ input: input[1]([1, 0], 'ab'), output: output[1]([1, 1], 'yz') }]).total).toBe(1);
    });
  });

  test('keys stand in the order in which they appear', () => {
    const net = new brain.NeuralNetwork();
    net.train(
      [
        { input: { b: 1 }, output: { q: 1 } },
        { input: { a: 1, b: 0, 7: 1 }, output: { p: 1 } },
      ],
      { iterations: 1 },
    );
    expect(net.inputLookup).toEqual({ b: 0, 7: 1, a: 2 });
    expect(net.outputLookup).toEqual({ q: 0, p: 1 });
    expect([net.inputLookupLength, net.outputLookupLength]).toEqual([3, 2]);
  });

  test('words that JavaScript knows are keys like others', () => {
    const words = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
    const rows = words.map((word) => JSON.parse(`{ "input": { "${word}": 1 }, "output": { "${word}": 1 } }`));
    const net = new brain.NeuralNetwork({ hiddenLayers: [6] });
    net.train(rows, { iterations: 3000, learningRate: 0.5 });
    expect(net.inputLookupLength).toBe(4);
    for (const [i, word] of words.entries()) {
      expect(brain.likely(rows[i].input, net)).toBe(word);
      expect(brain.likely(rows[i].input, { run: net.toFunction() })).toBe(word);
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('keys that were not seen in training are left out, and gaps are 0', () => {
    const net = new brain.NeuralNetwork();
    net.train(
      [
        { input: { x: 1, y: 0 }, output: [1] },
        { input: { y: 1 }, output: [0] },
      ],
      { iterations: 10 },
    );
    expect(net.run({ x: 1, z: 5 })).toEqual(net.run({ x: 1, y: 0 }));
    expect(net.run({})).toEqual(net.run({ x: 0, y: 0 }));
  });

  test('empty rows make networks without inputs', () => {
    const net = new brain.NeuralNetwork();
    expect(net.train([{ input: [], output: [1] }], { iterations: 50 }).iterations).toBeGreaterThan(0);
    expect(net.run([])).toHaveLength(1);
    expect(net.toFunction()([])[0]).toBeCloseTo(net.run([])[0], 6);
  });

  test('rows of another kind than the first are refused', () => {
    const mixed = [
      { input: [1], output: [1] },
      { input: { a: 1 }, output: [1] },
    ];
    expect(() => new brain.NeuralNetwork().train(mixed)).toThrow(/input at index 1 is not an array/);
    expect(() =>
      new brain.NeuralNetwork().train([
        { input: { a: 1 }, output: [1] },
        { input: 5, output: [1] },
      ]),
    ).toThrow(EfficientBackpropError);
  });

  test.each([
    [
      'a word',
      { input: [1, 'red'], output: [1] },
      'input, row 1, column 1: "red" is no number that float32 has; give each word a key',
    ],
    ['NaN', { input: [Number.NaN, 1], output: [1] }, 'input, row 1, column 0: NaN is no number'],
    ['NaN of a Float32Array', { input: Float32Array.of(0, Number.NaN), output: [1] }, 'input, row 1, column 1: NaN'],
    ['a gap', { input: [1, 2], output: [undefined] }, 'output, row 1, column 0: undefined is no number'],
    [
      'an array',
      { input: [[1, 2], 3], output: [1] },
      'input, row 1, column 0: [1, 2] is no number that float32 has; rows are flat',
    ],
    ['a number beyond float32', { input: [1e39, 1], output: [1] }, 'input, row 1, column 0: 1e+39 is no number'],
    ['a bigint that is too large', { input: [10n ** 40n, 1n], output: [1] }, 'input, row 1, column 0'],
    ['a symbol', { input: [Symbol('s'), 1], output: [1] }, 'input, row 1, column 0'],
  ])('%s in an array is refused, by its place, and nothing has changed', (_, row, message) => {
    const net = new brain.NeuralNetwork();
    const train = () => net.train([{ input: [1, 2], output: [1] }, row], { iterations: 1 });
    expect(train).toThrow(DataError);
    expect(train).toThrow(message);
    expect(net.sizes ?? []).toEqual([]);
  });

  test.each([
    [
      'a word',
      'red',
      'input, row 1, column "a": "red" is no number that float32 has; give each word a key of its own, which is 1',
    ],
    ['an object', { b: 1 }, 'input, row 1, column "a": an object is no number that float32 has; rows are flat'],
    ['infinity', Number.POSITIVE_INFINITY, 'input, row 1, column "a": Infinity'],
  ])('%s at a key is refused, by its place, and nothing has changed', (_, value, message) => {
    const net = new brain.NeuralNetwork();
    const data = [
      { input: { a: 1 }, output: { yes: 1 } },
      { input: { a: value }, output: { yes: 1 } },
    ];
    expect(() => net.train(data, { iterations: 1 })).toThrow(message);
    expect([net.inputLookup, net.outputLookup]).toEqual([null, null]);
    expect(() => net.test(data)).toThrow(DataError);
  });

  test('what brain.js takes for numbers is taken', () => {
    const rows = (input: unknown) => [{ input, output: [1] }];
    const format = (input: unknown) => [...new brain.NeuralNetwork().formatData(rows(input))[0].input];
    expect(format(['2', true, null, '', 3n])).toEqual([2, 1, 0, 0, 3]);
    expect(format({ a: '2', b: true, c: null, d: Number.NaN, e: undefined })).toEqual([2, 1, 0, 0, 0]);
  });

  test.each([
    [[], 'not an array of 0'],
    [[null], 'data, row 0: expected { input, output }, not null'],
    [[{ input: [1], output: [1] }, null], 'data, row 1: expected { input, output }, not null'],
    [[{ input: { a: 1 }, output: [1] }, null], 'data, row 1: expected { input, output }, not null'],
    [[{ input: [1] }], 'data, row 0'],
    [[{ input: [1], output: 1 }], 'output, row 0: expected an array, or an object of numbers: [1], not 1'],
    [[{ input: 'abc', output: [1] }], 'input, row 0: expected an array, or an object of numbers, not "abc"'],
  ])('%j are no rows', (data, message) => {
    expect(() => new brain.NeuralNetwork().train(data)).toThrow(message);
  });

  test('rows that are too short are refused', () => {
    const data = [
      { input: [1, 2], output: [1] },
      { input: [1], output: [1] },
    ];
    expect(() => new brain.NeuralNetwork().train(data)).toThrow('input at index 1 length 1 must be 2');
    expect(() =>
      new brain.NeuralNetwork().train([
        { input: [1], output: [1, 0] },
        { input: [1], output: [1] },
      ]),
    ).toThrow('output at index 1 length 1 must be 2');
  });

  test('data are not changed', () => {
    const data = JSON.parse(JSON.stringify(XOR));
    new brain.NeuralNetwork().train(data, { iterations: 2 });
    expect(data).toEqual(XOR);
  });

  describe('fields', () => {
    const fresh = () => {
      const net = new brain.NeuralNetwork();
      seeded(1, () => net.train(XOR, { iterations: 1 }));
      return net;
    };

    test('are properties of the network, as in brain.js', () => {
      const net = fresh();
      const names = ['sizes', 'outputLayer', 'weights', 'biases', 'outputs', 'deltas', 'errors', 'changes', 'trainOpts'];
      expect(Object.keys(net)).toEqual(expect.arrayContaining(names));
      const { weights } = { ...net };
      expect(weights).toBe(net.weights);
      expect(inspect(net)).toContain('weights: [');
    });

    test.each([{}, { praxis: 'adam', learningRate: 0.02 }])('copied to another network make it one, with %j', (given) => {
      const options = { ...given, iterations: 7, errorThresh: 0 };
      const [net, twin] = [new brain.NeuralNetwork(options), new brain.NeuralNetwork(options)];
      for (const one of [net, twin]) seeded(3, () => one.train(XOR, options));
      const copy = Object.assign(new brain.NeuralNetwork(), structuredClone({ ...net, trainOpts: undefined }), {
        trainOpts: net.trainOpts,
      });
      expect(copy.run([1, 0])).toEqual(net.run([1, 0]));
      expect(copy.toJSON().layers).toEqual(net.toJSON().layers);
      copy.train(XOR, options);
      twin.train(XOR, options);
      expect(numbersOf(copy)).toEqual(numbersOf(twin));
      expect(numbersOf(net)).not.toEqual(numbersOf(twin));
    });

    test('show rows [unit][input] of each layer, and are the network', () => {
      const net = fresh();
      expect(net.weights[1].map((row: Float32Array) => row.length)).toEqual([2, 2, 2]);
      expect(net.weights[2].map((row: Float32Array) => row.length)).toEqual([3]);
      expect(net.weights[1][0]).toBeInstanceOf(Float32Array);
      expect(net.outputs.map((row: Float32Array) => row.length)).toEqual([2, 3, 1]);
      for (const name of ['deltas', 'errors']) expect(net[name]).toHaveLength(3);
      expect(net.changes[2][0]).toHaveLength(3);
      net.weights[2][0].fill(0);
      net.biases[2][0] = 1;
      expect(net.run([0, 1])[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    });

    test('take elements, rows, layers and all of them', () => {
      const net = fresh();
      net.weights[1][0][1] = 9;
      net.weights[1][1] = [1, 2];
      net.weights[2] = [Float32Array.of(3, 4, 5)];
      net.biases = [undefined, [6, 7, 8], [10]];
      expect(numbersOf(net).slice(1, 4)).toEqual([9, 1, 2]);
      expect(Array.from(net.weights[2][0])).toEqual([3, 4, 5]);
      expect(Array.from(net.biases[1])).toEqual([6, 7, 8]);
      expect(net.toFunction()([1, 1])[0]).toBeCloseTo(net.run([1, 1])[0], 6);
    });

    test('of another shape are refused by name when they are used', () => {
      const net = fresh();
      const { weights, biases } = net;
      net.weights = [[], [[1, 2], [1, 2], [1]], [[1, 2, 3]]];
      expect(() => net.run([0, 1])).toThrow('weights[1][2]');
      net.weights = weights;
      net.biases = [undefined, [1, 2, 3]];
      expect(() => net.run([0, 1])).toThrow(EfficientBackpropError);
      net.biases = biases;
      expect(net.run([0, 1])).toHaveLength(1);
    });

    test('are the user’s own arrays: kept beside a network that is begun anew, swapped, reversed and put back', () => {
      const net = fresh();
      const [weights, biases, output] = [net.weights, net.biases, net.run([0, 1])[0]];
      const copy = structuredClone(weights);
      net.initialize();
      net.train(XOR, { iterations: 20 });
      expect(weights).toEqual(copy);
      net.weights = weights;
      net.biases = biases;
      expect(net.run([0, 1])[0]).toBe(output);
      const [first, second] = net.weights[1];
      [net.weights[1][0], net.weights[1][1]] = [second, first];
      expect([net.weights[1][0], net.weights[1][1]]).toEqual([copy[1]![1], copy[1]![0]]);
      [net.biases[1][0], net.biases[1][1]] = [net.biases[1][1], net.biases[1][0]];
      [net.weights[2][0][0], net.weights[2][0][1]] = [net.weights[2][0][1], net.weights[2][0][0]];
      expect(net.run([0, 1])[0]).toBeCloseTo(output, 6);
    });

    test('are right after memory has grown', () => {
      const net = fresh();
      const before = numbersOf(net);
      const outputs = Array.from(net.run([0, 1]));
      const { size } = heap;
      const big = new brain.NeuralNetwork({ hiddenLayers: [1000] });
      while (heap.size === size) {
        big.sizes = [Math.ceil(size / 2000), 1000, 1];
        big.initialize();
        big.run(new Float32Array(big.sizes[0]));
      }
      expect(numbersOf(net)).toEqual(before);
      net.biases[2][0] += 1;
      expect(net.run([0, 1])[0]).not.toBe(outputs[0]);
    });

    test('are brain.js’s before there is a network', () => {
      const net = new brain.NeuralNetwork();
      for (const name of ['weights', 'biases', 'outputs', 'deltas', 'changes', 'errors', 'sizes']) {
        expect(net[name]).toEqual(brain.TrainStream ? null : []);
      }
    });

    test('sizes can be set before initialize', () => {
      const net = new brain.NeuralNetwork();
      net.sizes = [1, 2, 3];
      expect(net.toJSON().sizes).toEqual([1, 2, 3]);
      net.initialize();
      expect(net.run([1])).toHaveLength(3);
    });
  });
});

describe('a network that cannot run', () => {
  const [[, v1], [, v2]] = LINES as [(typeof LINES)[number], (typeof LINES)[number]];

  test('of 1.x says so on the console, and gives null', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(new v1.NeuralNetwork().run([1])).toBeNull();
    expect(said).toHaveBeenCalledWith('Activation function has not been initialized, did you run train()?');
    said.mockRestore();
  });

  test('of 2.x throws', () => {
    expect(() => new v2.NeuralNetwork().run([1])).toThrow('network not runnable');
    expect(() => new v2.NeuralNetwork({ inputSize: 1, outputSize: 1 }).run([1])).toThrow('output was empty');
    const net = new v2.NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    expect(() => net.run([1])).toThrow('input length 1 must match options.inputSize of 2');
  });
});

test('getTypedArrayFn formats rows like the first', () => {
  expect(getTypedArrayFn(new Float32Array(1), null)).toBeNull();
  expect(getTypedArrayFn([1], null)!([2, 3] as never)).toEqual(Float32Array.of(2, 3));
  expect(getTypedArrayFn({ a: 1 }, { a: 0, constructor: 1 })!({ a: 5 } as never)).toEqual(Float32Array.of(5, 0));
  expect(() => getTypedArrayFn({ a: 1 }, null)).toThrow('table is not Object');
});

test('2.x: a formatter that is set takes the place of the usual', () => {
  const net = new NeuralNetwork<number[], number[]>();
  net._formatInput = ([a]: number[]) => Float32Array.of(a! / 100, 1);
  const [row] = net.formatData([{ input: [50], output: [1] }]);
  expect(row).toEqual({ input: Float32Array.of(0.5, 1), output: Float32Array.of(1) });
});
