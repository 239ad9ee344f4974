// Networks as JSON: each line writes its own form, both read both, and neither believes what a file says.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EfficientBackpropError, ModelFileError } from '../../../src/runtime/errors.js';
import { LINES, XOR, filed, numbersOf } from './support.js';

const [[, v1], [, v2]] = LINES as [(typeof LINES)[number], (typeof LINES)[number]];

/** Names that objects sort, and names that need care in text. */
const NAMES = fc.uniqueArray(fc.oneof(fc.string({ minLength: 1, maxLength: 5 }), fc.nat(30).map(String)), {
  minLength: 1,
  maxLength: 4,
});
const safe = (names: string[]) => names.every((name) => !['__proto__', 'constructor', 'prototype'].includes(name));

const NETWORKS = fc.record({
  inputs: fc.option(NAMES.filter(safe)),
  outputs: fc.option(NAMES.filter(safe)),
  hidden: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  activation: fc.constantFrom('sigmoid', 'tanh', 'relu'),
});

const rowOf = (names: string[] | null, values: number[]) =>
  names ? Object.fromEntries(names.map((name, i) => [name, values[i]!])) : values;

/** A network of a line, a little trained, and a row for it. */
function network(
  line: typeof v1,
  {
    inputs,
    outputs,
    hidden,
    activation,
  }: { inputs: string[] | null; outputs: string[] | null; hidden: number[]; activation: string },
) {
  const values = (names: string[] | null, from: number) =>
    Array.from({ length: names?.length ?? 2 }, (_, i) => ((i + from) % 3) / 3);
  const data = [0, 1, 2].map((from) => ({
    input: rowOf(inputs, values(inputs, from)),
    output: rowOf(outputs, values(outputs, from)),
  }));
  const net = new line.NeuralNetwork({ hiddenLayers: hidden, activation, leakyReluAlpha: 0.2 });
  net.train(data, { iterations: 3, activation });
  return { net, row: data[1]!.input };
}

const pairs = LINES.flatMap(([from, a]) => LINES.map(([to, b]) => [from, to, a, b] as const));

describe.each(pairs)('from %s to %s', (_, __, from, to) => {
  test('a network stays what it is', () => {
    fc.assert(
      fc.property(NETWORKS, (shape) => {
        const { net, row } = network(from, shape);
        const read = new to.NeuralNetwork().fromJSON(filed(net.toJSON()));
        expect(read.run(row)).toEqual(net.run(row));
        const again = new to.NeuralNetwork().fromJSON(filed(read.toJSON()));
        expect(again.run(row)).toEqual(net.run(row));
        expect(again.toJSON()).toEqual(read.toJSON());
      }),
      { numRuns: 60 },
    );
  });

  test('options come along, and training goes on', () => {
    const net = new from.NeuralNetwork({ hiddenLayers: [4], binaryThresh: 0.3 });
    net.train(XOR, { iterations: 5, learningRate: 0.45, momentum: 0, timeout: 1000, callbackPeriod: 3 });
    const read = new to.NeuralNetwork().fromJSON(filed(net.toJSON()));
    expect(read.trainOpts).toMatchObject({ iterations: 5, learningRate: 0.45, momentum: 0, timeout: 1000, callbackPeriod: 3 });
    expect((read.options ?? read).binaryThresh).toBe(0.3);
    expect(read.train(XOR, { iterations: 7, errorThresh: 0 }).iterations).toBe(7);
    expect(read.sizes).toEqual([2, 4, 1]);
  });

  test('a timeout of Infinity is one', () => {
    const net = new from.NeuralNetwork();
    net.train(XOR, { iterations: 5 });
    expect(new to.NeuralNetwork().fromJSON(filed(net.toJSON())).trainOpts.timeout).toBe(Infinity);
  });
});

test('1.x writes units by name, 2.x arrays', () => {
  const data = [{ input: { a: 1, b: 0 }, output: { z: 1 } }];
  const [one, two] = [v1, v2].map((line) => {
    const net = new line.NeuralNetwork({ hiddenLayers: [2] });
    net.train(data, { iterations: 1 });
    return net;
  });
  const json = one.toJSON();
  expect(Object.keys(json)).toEqual(['sizes', 'layers', 'outputLookup', 'inputLookup', 'activation', 'trainOpts']);
  expect(json).toMatchObject({ sizes: [2, 2, 1], inputLookup: true, outputLookup: true, activation: 'sigmoid' });
  expect(json.layers[0]).toEqual({ a: {}, b: {} });
  expect(json.layers[1][1]).toEqual({ bias: one.biases[1][1], weights: { a: one.weights[1][1][0], b: one.weights[1][1][1] } });
  expect(json.layers[2].z.weights).toEqual({ 0: one.weights[2][0][0], 1: one.weights[2][0][1] });
  expect(json.trainOpts).not.toHaveProperty('timeout');
  const other = two.toJSON();
  expect(other).toMatchObject({
    type: 'NeuralNetwork',
    sizes: [2, 2, 1],
    inputLookup: { a: 0, b: 1 },
    inputLookupLength: 2,
    outputLookup: { z: 0 },
    outputLookupLength: 1,
    options: { inputSize: 0, outputSize: 0, binaryThresh: 0.5, hiddenLayers: [2] },
    trainOpts: { activation: 'sigmoid', timeout: 'Infinity', log: false, leakyReluAlpha: 0.01 },
  });
  expect(other.layers[0]).toEqual({ weights: [], biases: [] });
  expect(other.layers[1].weights).toEqual(two.weights[1].map((row: Float32Array) => Array.from(row)));
});

test('leaky-relu of 1.x is relu in 2.x, with the same outputs; that of 2.x is refused by 1.x', () => {
  const { net, row } = network(v1, { inputs: null, outputs: null, hidden: [5, 3], activation: 'leaky-relu' });
  for (const layer of [1, 2]) net.biases[layer].fill(0.7);
  const read = new v2.NeuralNetwork().fromJSON(filed(net.toJSON()));
  expect(read.trainOpts.activation).toBe('relu');
  for (const [i, output] of net.run(row).entries()) expect(read.run(row)[i]).toBeCloseTo(output, 6);
  const other = network(v2, { inputs: null, outputs: null, hidden: [2], activation: 'leaky-relu' });
  expect(() => new v1.NeuralNetwork().fromJSON(filed(other.net.toJSON()))).toThrow(/efficient-backprop\/brain/);
});

// biome-ignore lint/suspicious/noExplicitAny: a file may hold anything
type Damage = (json: any) => unknown;

const EITHER: [string, Damage][] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a number', () => 5],
  ['an array', () => []],
  ['text', (json) => JSON.stringify(json)],
  ['no layers', ({ layers, ...rest }) => rest],
  ['layers of text', (json) => ({ ...json, layers: 'many' })],
  ['a layer too few', (json) => ({ ...json, layers: json.layers.slice(1) })],
  ['sizes of text', (json) => ({ ...json, sizes: ['2', '3', '1'] })],
  ['negative sizes', (json) => ({ ...json, sizes: [2, -3, 1] })],
  ['other sizes', (json) => ({ ...json, sizes: [2, 4, 1] })],
  ['huge sizes', (json) => ({ ...json, sizes: [1e9, 1e9, 1] })],
  ['a layer that was deleted', (json) => edited(json, (copy) => delete copy.layers[1])],
  ['a layer that is null', (json) => ({ ...json, layers: [json.layers[0], null, json.layers[2]] })],
  ['options of training that are none', (json) => ({ ...json, trainOpts: 'fast' })],
  ['a rate out of range', (json) => ({ ...json, trainOpts: { ...json.trainOpts, learningRate: 7 } })],
  ['a rate of text', (json) => ({ ...json, trainOpts: { ...json.trainOpts, learningRate: '0.3' } })],
  ['a recurrent network', (json) => ({ ...json, type: 'LSTM' })],
  ['a polluting key', (json) => JSON.parse(JSON.stringify(json).replace('{', '{"__proto__":{"polluted":1},'))],
  ['a polluting constructor', (json) => ({ ...json, constructor: { prototype: { polluted: 1 } } })],
  ['polluting options', (json) => ({ ...json, trainOpts: JSON.parse('{"__proto__":{"polluted":1}}') })],
  ...['__proto__', 'constructor', 'prototype'].flatMap((key): [string, Damage][] => [
    [`an input named ${key}`, (json) => JSON.parse(JSON.stringify(json).replaceAll('"left"', `"${key}"`))],
    [`an output named ${key}`, (json) => JSON.parse(JSON.stringify(json).replaceAll('"sum"', `"${key}"`))],
  ]),
];

const OF_V1: [string, Damage][] = [
  ['an unknown activation', (json) => ({ ...json, activation: 'step' })],
  ['a bias of text', (json) => edited(json, (copy) => (copy.layers[1][0].bias = '1;alert(1)'))],
  ['a bias beyond float32', (json) => edited(json, (copy) => (copy.layers[1][0].bias = -1e39))],
  ['a weight of Infinity', (json) => edited(json, (copy) => (copy.layers[1][0].weights.left = Infinity))],
  ['no layers', ({ sizes, ...json }) => ({ ...json, layers: [] })],
  ['a weight that is null', (json) => edited(json, (copy) => (copy.layers[1][0].weights.left = null))],
  ['a weight that is missing', (json) => edited(json, (copy) => delete copy.layers[1][0].weights.left)],
  ['a weight too many', (json) => edited(json, (copy) => (copy.layers[2].sum.weights[7] = 1))],
  ['no weights', (json) => edited(json, (copy) => delete copy.layers[2].sum.weights)],
];

const OF_V2: [string, Damage][] = [
  ['an unknown activation', (json) => ({ ...json, trainOpts: { ...json.trainOpts, activation: 'step' } })],
  ['a bias of text', (json) => edited(json, (copy) => (copy.layers[1].biases[0] = '1;alert(1)'))],
  ['a weight that is null', (json) => edited(json, (copy) => (copy.layers[1].weights[0][0] = null))],
  ['a short row', (json) => edited(json, (copy) => copy.layers[1].weights[1].pop())],
  ['a row too few', (json) => edited(json, (copy) => copy.layers[1].weights.pop())],
  ['a row that was deleted', (json) => edited(json, (copy) => delete copy.layers[1].weights[0])],
  ['a bias that was deleted', (json) => edited(json, (copy) => delete copy.layers[2].biases[0])],
  ['a weight beyond float32', (json) => edited(json, (copy) => (copy.layers[1].weights[0][0] = 1e39))],
  ['a bias of Infinity', (json) => edited(json, (copy) => (copy.layers[2].biases[0] = Infinity))],
  ['keys of inputs that are gone', (json) => edited(json, (copy) => delete copy.inputLookup)],
  ['keys of outputs that are gone', (json) => edited(json, (copy) => (copy.outputLookup = null))],
  ['a bias too many', (json) => edited(json, (copy) => copy.layers[2].biases.push(1))],
  ['weights of the input', (json) => edited(json, (copy) => copy.layers[0].biases.push(1))],
  ['an index twice', (json) => ({ ...json, inputLookup: { left: 0, right: 0 } })],
  ['an index too large', (json) => ({ ...json, inputLookup: { left: 0, right: 2 } })],
  ['an index of text', (json) => ({ ...json, inputLookup: { left: '0', right: 1 } })],
  ['a key too few', (json) => ({ ...json, inputLookup: { left: 0 } })],
  ['a table that is a number', (json) => ({ ...json, outputLookup: 3 })],
  ['hidden layers of text', (json) => ({ ...json, options: { ...json.options, hiddenLayers: ['3'] } })],
  ['a threshold of text', (json) => ({ ...json, options: { ...json.options, binaryThresh: '0.5' } })],
];

function edited(json: unknown, edit: Damage): unknown {
  const copy = filed(json);
  edit(copy);
  return copy;
}

const DATA = [
  { input: { left: 0, right: 1 }, output: { sum: 1 } },
  { input: { left: 1, right: 1 }, output: { sum: 0 } },
];

describe.each(pairs)('of %s, read by %s', (from, __, writer, reader) => {
  const source = new writer.NeuralNetwork();
  source.train(DATA, { iterations: 2 });

  test.each([...EITHER, ...(from === '1.x' ? OF_V1 : OF_V2)])('%s: refused, and nothing has changed', (_, damage) => {
    const net = new reader.NeuralNetwork({ hiddenLayers: [2] });
    net.train(DATA, { iterations: 2, learningRate: 0.2 });
    const before = { json: filed(net.toJSON()), numbers: numbersOf(net), trainOpts: { ...net.trainOpts } };
    expect(() => net.fromJSON(damage(source.toJSON()))).toThrow(EfficientBackpropError);
    expect({ json: filed(net.toJSON()), numbers: numbersOf(net), trainOpts: { ...net.trainOpts } }).toEqual(before);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

test('messages say where', () => {
  const net = new v2.NeuralNetwork();
  net.train(XOR, { iterations: 1 });
  const json = filed(net.toJSON());
  json.layers[1].weights[2][1] = '3';
  expect(() => net.fromJSON(json)).toThrow(
    new ModelFileError('brain.js JSON, layers[1].weights[2][1] is "3"; expected a number'),
  );
});
