// Networks that learn pattern by pattern, against their equations.

import { describe, expect, test } from 'vitest';
import { heap } from '../../../bindings/memory.js';
import { meanSquare } from '../../../src/compat/brain/measure.js';
import type { Numbers } from '../../../src/compat/brain/numbers.js';
import { type PatternActivation, PatternNetwork, type Rule } from '../../../src/compat/brain/pattern-network.js';
import { Twin } from './twin.js';

/** Park and Miller's generator: numbers between −1 and 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  };
}

const ACTIVATIONS: PatternActivation[] = ['sigmoid', 'tanh', 'relu', 'leaky-relu', 'v1-leaky-relu'];
/** Around vectors of four and groups of four rows; deep; wide. */
const SIZES = [
  [1, 1],
  [2, 3, 1],
  [3, 4, 5],
  [4, 4, 4],
  [5, 7, 3],
  [8, 8, 8],
  [9, 1, 2],
  [17, 9, 6, 2],
  [67, 13, 10],
];
const MOMENTUM: Rule = { kind: 'momentum', rate: 0.05, momentum: 0.3 };
const ADAM: Rule = { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 };

function pair(sizes: readonly number[], activation: PatternActivation, alpha = 0.02) {
  const draw = numbers(sizes.length * 31 + sizes[0]!);
  const network = new PatternNetwork(sizes, {} as Numbers).begin();
  const twin = new Twin(sizes, { activation, alpha });
  network.activation = activation;
  network.alpha = alpha;
  for (let l = 1; l < sizes.length; l++) {
    for (let j = 0; j < sizes[l]!; j++) {
      const row = Float32Array.from({ length: sizes[l - 1]! }, () => draw() / 2);
      network.numbers.weights[l]![j] = row;
      twin.weights[l]![j]!.set(row);
    }
    const bias = Float32Array.from({ length: sizes[l]! }, () => draw() / 2);
    network.numbers.biases[l] = bias;
    twin.biases[l]!.set(bias);
  }
  const data = Array.from({ length: 7 }, () => ({
    input: Array.from({ length: sizes[0]! }, draw),
    output: Array.from({ length: sizes.at(-1)! }, () => (draw() + 1) / 2),
  }));
  return { network, twin, data };
}

/** One pattern, step by step; its mean squared error before. */
function learned(network: PatternNetwork, input: number[], output: number[], rule: Rule): number {
  network.run(input);
  network.calculateDeltas(output);
  network.adjustWeights(rule);
  return meanSquare(network.numbers.errors.at(-1)!);
}

/** The largest difference between arrays of arrays of numbers. */
function distance(a: readonly ArrayLike<number>[] | undefined, b: readonly ArrayLike<number>[] | undefined): number {
  let most = 0;
  for (const [i, row] of (a ?? []).entries())
    for (let k = 0; k < row.length; k++) most = Math.max(most, Math.abs(row[k]! - b![i]![k]!));
  return most;
}

/** Sums of float32 of this many terms of about 1, a few steps in a row. */
const tolerance = (sizes: readonly number[], steps: number) => 2 ** -24 * (4 + Math.max(...sizes)) * (2 + steps);

describe.each(SIZES.map((sizes) => [sizes.join('-'), sizes] as const))('%s', (_, sizes) => {
  test.each(ACTIVATIONS)('%s: outputs, errors and deltas of all layers', (activation) => {
    const { network, twin, data } = pair(sizes, activation);
    for (const { input, output } of data) {
      expect(distance([network.run(input)], [twin.run(input)])).toBeLessThan(tolerance(sizes, 0));
      network.calculateDeltas(output);
      twin.calculateDeltas(output);
      for (const name of ['outputs', 'errors', 'deltas'] as const) {
        expect(distance(network.numbers[name], twin[name]), name).toBeLessThan(tolerance(sizes, 0));
      }
    }
  });

  test.each(ACTIVATIONS)('%s: three epochs with momentum, in one call and pattern by pattern', (activation) => {
    const { network, twin, data } = pair(sizes, activation);
    const { network: single } = pair(sizes, activation);
    let error = 0;
    let singles = 0;
    for (let epoch = 0; epoch < 3; epoch++) {
      error = singles = 0;
      for (const { input, output } of data) {
        twin.run(input);
        twin.calculateDeltas(output);
        error += twin.errors.at(-1)!.reduce((sum, e) => sum + e * e, 0) / sizes.at(-1)! / data.length;
        twin.adjustMomentum(0.05, 0.3);
        singles += learned(single, input, output, MOMENTUM) / data.length;
      }
    }
    const close = tolerance(sizes, 21);
    const patterns = network.patterns(data);
    const trained = network.train(patterns, MOMENTUM, 3 * data.length, 0);
    patterns.dispose();
    expect(trained.iterations).toBe(3);
    expect(Math.abs(trained.error - error)).toBeLessThan(close);
    expect(Math.abs(singles - error)).toBeLessThan(close);
    for (const one of [network, single]) {
      for (let l = 1; l < sizes.length; l++) {
        expect(distance(one.numbers.weights[l], twin.weights[l])).toBeLessThan(close);
        expect(distance(one.numbers.changes[l], twin.changes[l])).toBeLessThan(close);
      }
      for (const name of ['outputs', 'errors', 'deltas'] as const)
        expect(distance(one.numbers[name], twin[name]), name).toBeLessThan(close);
      expect(distance(one.numbers.biases.slice(1), twin.biases.slice(1))).toBeLessThan(close);
    }
  });

  test('adam, in one call, in two and pattern by pattern', () => {
    const { network, twin, data } = pair(sizes, 'sigmoid');
    const [{ network: halves }, { network: single }] = [pair(sizes, 'sigmoid'), pair(sizes, 'sigmoid')];
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const { input, output } of data) {
        twin.run(input);
        twin.calculateDeltas(output);
        twin.adjustAdam(0.01, 0.9, 0.99, 1e-3);
        learned(single, input, output, ADAM);
      }
    }
    network.train(network.patterns(data), ADAM, 2 * data.length, 0);
    const patterns = halves.patterns(data);
    halves.train(patterns, ADAM, data.length, 0);
    halves.train(patterns, ADAM, data.length, 0);
    const close = 4 * tolerance(sizes, 14);
    for (const one of [network, halves, single]) {
      expect(one.numbers.iterations).toBe(14);
      for (const name of ['outputs', 'errors', 'deltas'] as const)
        expect(distance(one.numbers[name], twin[name]), name).toBeLessThan(close);
      for (let l = 1; l < sizes.length; l++) {
        expect(distance(one.numbers.weights[l], twin.weights[l])).toBeLessThan(close);
        expect(distance(one.numbers.changesLow[l], twin.low[l])).toBeLessThan(close);
        expect(distance(one.numbers.changesHigh[l], twin.high[l])).toBeLessThan(close);
      }
      expect(distance(one.numbers.biases.slice(1), twin.biases.slice(1))).toBeLessThan(close);
    }
  });
});

/** All numbers of a network, in bits. */
const bitsOf = ({ numbers: { weights, changes, biases, outputs, errors, deltas } }: PatternNetwork) =>
  [...weights.flat(), ...changes.flat(), ...biases, ...outputs, ...errors, ...deltas].flatMap((row) =>
    row ? Array.from(new Uint32Array(row.slice().buffer)) : [],
  );

describe.each([MOMENTUM, ADAM])('with $kind', (rule) => {
  test.each([
    [2, 3, 1],
    [17, 9, 6, 2],
  ])('%d-%d-…: calls of any number of steps do what one call does', (...sizes) => {
    const { network: whole, data } = pair(sizes, 'tanh');
    const all = whole.patterns(data);
    const { error } = whole.train(all, rule, 5 * data.length, 0);
    for (const steps of [1, 3, 5, data.length, data.length + 4]) {
      const { network } = pair(sizes, 'tanh');
      const patterns = network.patterns(data);
      let last = { iterations: 0, error: Number.NaN };
      let epochs = 0;
      for (let left = 5 * data.length; left > 0; left -= steps) {
        const done = network.train(patterns, rule, Math.min(steps, left), 0);
        epochs += done.iterations;
        if (done.iterations > 0) last = done;
      }
      expect([epochs, last.error, patterns.next, patterns.total]).toEqual([5, error, 0, 0]);
      expect(bitsOf(network), `${steps} steps a call`).toEqual(bitsOf(whole));
      patterns.dispose();
    }
  });

  test('a pattern in one call, and by the three passes that make it up: the same bits', () => {
    const [{ network, data }, { network: passes }] = [pair([5, 7, 3], 'sigmoid'), pair([5, 7, 3], 'sigmoid')];
    for (const { input, output } of data) {
      network.trainPattern(input, output, rule);
      learned(passes, input, output, rule);
      expect(bitsOf(network)).toEqual(bitsOf(passes));
    }
  });
});

test('a call ends within an epoch, and with the epoch whose error is small enough', () => {
  const { network, data } = pair([2, 3, 1], 'sigmoid');
  const patterns = network.patterns(data);
  expect(network.train(patterns, MOMENTUM, 3, 9).iterations).toBe(0);
  expect([patterns.next, patterns.total > 0]).toEqual([3, true]);
  expect(network.train(patterns, MOMENTUM, 1000, 9).iterations).toBe(1);
  expect([patterns.next, patterns.total]).toEqual([0, 0]);
});

test('training ends with the first epoch whose error is small enough', () => {
  const { network, data } = pair([2, 3, 1], 'sigmoid');
  const patterns = network.patterns(data);
  const errors = Array.from({ length: 30 }, () => network.train(patterns, MOMENTUM, data.length, 0).error);
  const { network: again } = pair([2, 3, 1], 'sigmoid');
  expect(again.train(patterns, MOMENTUM, 1000 * data.length, errors[17]!)).toEqual({ iterations: 18, error: errors[17] });
});

test('arrays are the user’s: kept, swapped and put back, whatever else computes', () => {
  const { network, twin, data } = pair([3, 4, 2], 'sigmoid');
  const patterns = network.patterns(data);
  const before = network.numbers.weights;
  const copy = before[1]!.map((row) => row.slice());
  network.numbers.weights = structuredClone(before);
  network.train(patterns, MOMENTUM, 5 * data.length, 0);
  const { network: other } = pair([3, 4, 2], 'tanh');
  other.train(patterns, MOMENTUM, 5 * data.length, 0);
  expect(before[1]).toEqual(copy);
  network.numbers.weights = before;
  network.numbers.biases = twin.biases.map((bias) => bias?.slice()) as Float32Array[];
  expect(distance([network.run(data[0]!.input)], [twin.run(data[0]!.input)])).toBeLessThan(tolerance([4], 0));
  const [first, second] = network.numbers.weights[1]!;
  network.numbers.weights[1]![0] = second!;
  network.numbers.weights[1]![1] = first!;
  const rows = twin.weights[1]!;
  [rows[0], rows[1]] = [rows[1]!, rows[0]!];
  expect(distance([network.run(data[0]!.input)], [twin.run(data[0]!.input)])).toBeLessThan(tolerance([4], 0));
  network.train(patterns, MOMENTUM, data.length, 0);
  expect(network.numbers.weights[1]![0]).toBe(second);
  expect(second).not.toEqual(copy[1]);
});

test('what has another length is refused by name', () => {
  const { network, data } = pair([3, 4, 2], 'sigmoid');
  network.numbers.weights[1]![2] = new Float32Array(5);
  expect(() => network.run(data[0]!.input)).toThrow('weights[1][2]: 5 in the place of 3 elements');
});

test('networks that are forgotten leave no linear memory behind', () => {
  const { network, data } = pair([17, 9, 6, 2], 'tanh');
  const train = (one: PatternNetwork) => {
    const patterns = one.patterns(data);
    one.train(patterns, MOMENTUM, data.length, 0);
    patterns.dispose();
  };
  train(network);
  const used = heap.used;
  for (let i = 0; i < 200; i++) train(pair([17, 9, 6, 2], 'tanh').network);
  expect(heap.used).toBe(used);
  for (let i = 3; i < 60; i++) train(pair([i, 9, 2], 'tanh').network);
  for (let i = 0; i < 4; i++) train(pair([2 + i, 3, 2], 'tanh').network);
  expect(heap.used).toBeLessThan(used + 8192);
});

test('changes of inputs that stay 0 become 0, not ever smaller numbers', () => {
  const network = new PatternNetwork([2, 2], {} as Numbers).begin();
  network.numbers.changes[1]![0]!.set([1e-10, 1]);
  const patterns = network.patterns([{ input: [0, 0], output: [0, 0] }]);
  network.train(patterns, MOMENTUM, 40, 0);
  expect(network.numbers.changes[1]![0]![0]).toBe(0);
});
