// What brain.js has not: methods of this library, and inputs that are scaled, behind the same classes.

import { describe, expect, test, vi } from 'vitest';
import { LINES, XOR, filed, numbersOf, seeded } from './support.js';

/** Learned from any start. */
const OR = XOR.map(({ input }) => ({ input, output: [Math.max(...input)] }));

/** y = mean of the inputs, which are of very different size. */
const UNSCALED = Array.from({ length: 40 }, (_, i) => {
  const [a, b] = [Math.sin(i * 1.7), Math.cos(i * 2.9)];
  return { input: [1000 + 200 * a, 0.01 * b], output: [0.5 + 0.2 * a + 0.2 * b] };
});

describe.each(LINES)('%s', (line, brain) => {
  test.each(['lm', 'lbfgs', 'bfgs', 'scg', 'cg', 'sdlm', 'rprop'])('%s trains the same weights', async (praxis) => {
    const net = new brain.NeuralNetwork({ hiddenLayers: [5] });
    const before = seeded(31, () => {
      net.train(OR, { iterations: 1, errorThresh: 0 });
      return net.test(OR).error;
    });
    const status = await net.trainAsync(OR, { praxis, iterations: 300, errorThresh: 1e-4, threads: 1 });
    expect(status.error).toBeLessThan(before);
    expect(net.test(OR).error).toBeCloseTo(status.error, 5);
    if (praxis !== 'sdlm') expect(status.error).toBeLessThan(0.02);
    const copy = new brain.NeuralNetwork().fromJSON(filed(net.toJSON()));
    expect(copy.run([0, 1])).toEqual(net.run([0, 1]));
  });

  test('callbacks see the network, the log hears', async () => {
    const seen: number[] = [];
    const log = vi.fn();
    const net = new brain.NeuralNetwork();
    const status = await net.trainAsync(XOR, {
      praxis: 'lm',
      iterations: 9,
      errorThresh: 0,
      callbackPeriod: 3,
      callback: ({ iterations }: { iterations: number }) => {
        seen.push(iterations);
        expect(net.run([1, 1])).toHaveLength(1);
      },
      log,
      logPeriod: 2,
    });
    expect(seen[0]).toBe(3);
    expect(log).toHaveBeenCalled();
    expect(status.iterations).toBeLessThanOrEqual(9);
  });

  test('seeded by Math.random, the same weights come again', async () => {
    const runs = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const net = new brain.NeuralNetwork();
        await seeded(seed, () => net.trainAsync(XOR, { praxis: 'rprop', iterations: 20, errorThresh: 0 }));
        return numbersOf(net);
      }),
    );
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  test('a praxis of this library is for one training: train goes on by itself, and files have none', async () => {
    const net = new brain.NeuralNetwork();
    await net.trainAsync(XOR, { praxis: 'lm', iterations: 2 });
    expect(net.train(XOR, { iterations: 2, errorThresh: 0 }).iterations).toBe(2);
    await net.trainAsync(XOR, { praxis: 'rprop', iterations: 2 });
    const json = filed(net.toJSON());
    expect(json.trainOpts.praxis ?? null).toBeNull();
    expect(new brain.NeuralNetwork().fromJSON(json).train(XOR, { iterations: 3, errorThresh: 0 }).iterations).toBe(3);
    const told = new brain.NeuralNetwork({ praxis: 'lbfgs' });
    seeded(1, () => told.train(XOR, { praxis: undefined, iterations: 1 }));
    expect(filed(told.toJSON()).trainOpts.praxis ?? null).toBeNull();
  });

  test('adam stays, as it does in brain.js', async () => {
    const net = new brain.NeuralNetwork();
    await net.trainAsync(XOR, { praxis: 'adam', iterations: 2 });
    expect(filed(net.toJSON()).trainOpts.praxis).toBe('adam');
  });

  test('CrossValidate says what takes its place', () => {
    const { NeuralNetwork } = brain;
    const validation = new brain.CrossValidate(line === '1.x' ? NeuralNetwork : () => new NeuralNetwork());
    expect(() => validation.train([...XOR], { praxis: 'lm' })).toThrow(
      /'lm' is loaded asynchronously.*CrossValidate does not wait/,
    );
  });

  test('train says what takes its place', () => {
    expect(() => new brain.NeuralNetwork().train(XOR, { praxis: 'lm' })).toThrow(/await trainAsync/);
  });

  describe('normalize', () => {
    test.each([{}, { praxis: 'adam', learningRate: 0.02 }, { praxis: 'lbfgs' }])(
      'with %j: the network takes inputs as they are',
      async (given) => {
        const options = { ...given, iterations: 400, errorThresh: 1e-4, normalize: true };
        const net = new brain.NeuralNetwork({ hiddenLayers: [6] });
        const status = await seeded(17, () => net.trainAsync(UNSCALED, options));
        expect(status.error).toBeLessThan(0.003);
        expect(net.test(UNSCALED).error).toBeCloseTo(status.error, 3);
        const row = UNSCALED[3]!.input;
        expect(net.toFunction()(row)[0]).toBeCloseTo(net.run(row)[0], 3);
        expect(net.toJSON()).not.toHaveProperty('normalize');
        const copy = new brain.NeuralNetwork().fromJSON(filed(net.toJSON()));
        expect(copy.run(row)).toEqual(net.run(row));
      },
    );

    test('without it nothing is learned of such inputs', () => {
      const net = new brain.NeuralNetwork({ hiddenLayers: [6] });
      const { error } = seeded(17, () => net.train(UNSCALED, { iterations: 400, errorThresh: 1e-4 }));
      expect(error).toBeGreaterThan(0.01);
    });

    test('train does what trainAsync does', async () => {
      const options = { iterations: 60, errorThresh: 0, normalize: true, callbackPeriod: 13, callback: () => undefined };
      const nets = [new brain.NeuralNetwork(), new brain.NeuralNetwork()];
      seeded(6, () => nets[0].train(UNSCALED, options));
      await seeded(6, () => nets[1].trainAsync(UNSCALED, options));
      expect(numbersOf(nets[1])).toEqual(numbersOf(nets[0]));
    });

    test('training goes on where it was', () => {
      const net = new brain.NeuralNetwork({ hiddenLayers: [6] });
      const options = { iterations: 200, errorThresh: 0, normalize: true };
      const first = seeded(17, () => net.train(UNSCALED, options));
      const second = net.train(UNSCALED, { ...options, iterations: 1 });
      expect(second.error).toBeLessThan(first.error * 1.1);
    });

    test('callbacks see the network that takes inputs as they are', () => {
      const net = new brain.NeuralNetwork();
      const errors: [number, number][] = [];
      const callback = ({ error }: { error: number }) => errors.push([error, net.measured(net.formatData(UNSCALED)).error]);
      seeded(17, () => net.train(UNSCALED, { iterations: 100, errorThresh: 0, normalize: true, callbackPeriod: 50, callback }));
      for (const [told, found] of errors) expect(found).toBeCloseTo(told, 2);
    });

    test('methods that were replaced would not see scaled inputs: refused', () => {
      const net = new brain.NeuralNetwork();
      net.trainPattern = () => 0;
      expect(() => net.train(XOR, { normalize: true })).toThrow(/normalize: true/);
    });
  });
});

test('threads beside brain.js’s own training are noted once', async () => {
  vi.resetModules();
  const { NeuralNetwork } = await import('../../../src/compat/brain/index.js');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  new NeuralNetwork().train(XOR, { threads: 1, iterations: 1 });
  expect(warn).not.toHaveBeenCalled();
  for (const threads of [2, 3]) new NeuralNetwork().train(XOR, { threads, iterations: 1 });
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('threads are for a praxis'));
  warn.mockRestore();
});
