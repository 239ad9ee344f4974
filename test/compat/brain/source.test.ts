// Networks as functions, and as text that is safe wherever it is put.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { UnsupportedError } from '../../../src/runtime/errors.js';
import { LINES, XOR, seeded } from './support.js';

afterEach(() => void vi.unstubAllGlobals());

const SIZES = [
  [1, 1],
  [2, 3, 1],
  [3, 8, 8, 8, 8, 8, 2],
  [5, 1, 7],
  [40, 30, 3],
  [17, 129, 5],
];

describe.each(LINES)('%s', (_, brain) => {
  describe.each(['sigmoid', 'tanh', 'relu', 'leaky-relu'])('%s', (activation) => {
    test.each(SIZES.map((sizes) => [sizes]))('toFunction does what run does: %j', (sizes) => {
      const net = new brain.NeuralNetwork({ activation, leakyReluAlpha: 0.3 });
      net.sizes = sizes;
      seeded(sizes.length, () => net.initialize());
      const run = net.toFunction();
      for (let row = 0; row < 5; row++) {
        const input = Array.from({ length: sizes[0]! }, (_, i) => Math.sin(row * 7 + i));
        const outputs = run(input);
        for (const [i, output] of net.run(input).entries()) expect(outputs[i]).toBeCloseTo(output, 5);
      }
    });
  });

  test('toFunction says what takes its place where text may not be compiled', () => {
    const net = new brain.NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    vi.stubGlobal('Function', function refused() {
      throw new EvalError('Refused to evaluate a string as JavaScript');
    });
    expect(() => net.toFunction()).toThrow(UnsupportedError);
    expect(() => net.toFunction()).toThrow(/'unsafe-eval'\. toSource\(\) returns the text/);
    expect(net.toSource()).toContain('return x');
  });

  test('a bias of 0 is a number like others', () => {
    const net = new brain.NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    net.biases[1].fill(0);
    net.biases[2].fill(-0);
    expect(net.toFunction()([1, 0])[0]).toBeCloseTo(net.run([1, 0])[0], 6);
  });

  test('weights that are no numbers stay what they are', () => {
    const net = new brain.NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    net.biases[2][0] = NaN;
    expect(net.toFunction()([1, 0])[0]).toBeNaN();
    net.biases[2][0] = -Infinity;
    expect(net.toFunction()([1, 0])[0]).toBe(0);
  });

  test('the text grows with the weights, not with the paths', () => {
    const net = new brain.NeuralNetwork();
    net.sizes = [4, ...Array(12).fill(6), 2];
    net.initialize();
    expect(net.toSource().length).toBeLessThan(40 * (4 * 6 + 11 * 36 + 12 + 74));
    expect(net.toFunction()([1, 2, 3, 4])).toHaveLength(2);
  });

  test('gaps of keyed rows are 0, as in run', () => {
    const net = new brain.NeuralNetwork();
    net.train(
      [
        { input: { a: 1, b: 1 }, output: { y: 1 } },
        { input: { b: 1 }, output: { y: 0 } },
      ],
      { iterations: 20 },
    );
    expect(net.toFunction()({ b: 1 }).y).toBeCloseTo(net.run({ b: 1 }).y, 6);
  });

  test('the callback sees the text, and may change it', () => {
    const net = new brain.NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    const seen = vi.fn((source: string) => `input=[1,1];${source}`);
    expect(net.toFunction(seen)([0, 0])).toEqual(net.toFunction()([1, 1]));
    expect(seen).toHaveBeenCalledWith(net.toSource());
  });

  test('Function is needed where the function is made, and only there', () => {
    const net = new brain.NeuralNetwork();
    const needed = vi.fn();
    vi.stubGlobal('Function', needed);
    net.train(XOR, { iterations: 1 });
    net.run([0, 1]);
    const source = net.toSource();
    net.fromJSON(net.toJSON());
    expect(needed).not.toHaveBeenCalled();
    net.toFunction();
    expect(needed).toHaveBeenCalledExactlyOnceWith('input', source);
  });

  describe('hostile names', () => {
    const names = [
      `"]: (globalThis.owned = 1), ["`,
      `'+(globalThis.owned=1)+'`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it should stay text
      '`${globalThis.owned=1}`',
      '\\"];globalThis.owned=1;//',
      '</script><script>globalThis.owned=1</script>',
      '<!--',
      '\u2028globalThis.owned=1\u2029',
      'line\nbreak\r',
      '__proto__',
      'constructor',
      '',
    ];
    const rows = names.map((name) => ({
      input: Object.fromEntries([[name, 1]]),
      output: Object.fromEntries([[name, 1]]),
    }));
    const net = new brain.NeuralNetwork();
    net.train(rows, { iterations: 5 });
    const source: string = net.toSource();

    test('run no code', () => {
      const run = net.toFunction();
      for (const { input } of rows) {
        const outputs = run(input);
        const expected = net.run(input);
        expect(Object.keys(outputs)).toEqual(Object.keys(expected));
        for (const name of names)
          expect(Object.entries(outputs).find(([key]) => key === name)![1]).toBeCloseTo(
            Object.entries<number>(expected).find(([key]) => key === name)![1],
            5,
          );
      }
      expect((globalThis as { owned?: number }).owned).toBeUndefined();
    });

    test('do not end the script that the text stands in', () => {
      expect(source).not.toMatch(/<|\u2028|\u2029/);
    });
  });

  test('a network without weights has no text', () => {
    expect(() => new brain.NeuralNetwork().toFunction()).toThrow('No layers');
  });
});
