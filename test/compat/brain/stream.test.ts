// TrainStream of 1.x: on Node's Writable, and on the one that pages get.

import { Readable, Writable } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NeuralNetwork, TrainStream } from '../../../src/compat/brain/v1/index.js';
import { XOR, numbersOf, seeded, uniform } from './support.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** TrainStream as it is without node:stream. */
async function inPages(): Promise<typeof TrainStream> {
  vi.resetModules();
  vi.stubGlobal('process', { ...process, getBuiltinModule: undefined });
  return (await import('../../../src/compat/brain/v1/train-stream.js')).TrainStream;
}

const KINDS: [string, () => Promise<typeof TrainStream>][] = [
  ['on Node’s Writable', async () => TrainStream],
  ['on its own', inPages],
];

describe.each(KINDS)('%s', (_, kind) => {
  const train = async (data: { input: object; output: object }[], options: object) => {
    const Stream = await kind();
    const net = new NeuralNetwork();
    const info = await new Promise<{ iterations: number; error: number }>((resolve) => {
      const flood = () => {
        for (const row of data) stream.write(row);
        stream.endInputs();
      };
      const stream = new Stream({ neuralNetwork: net, floodCallback: flood, doneTrainingCallback: resolve, ...options });
      flood();
    });
    return { net, info };
  };

  test('learns what train learns', async () => {
    const random = vi.spyOn(Math, 'random').mockImplementation(uniform(21));
    const { net, info } = await train(XOR, { iterations: 300, errorThresh: 1e-9 });
    random.mockRestore();
    const other = new NeuralNetwork();
    const status = seeded(21, () => other.train(XOR, { iterations: 300, errorThresh: 1e-9 }));
    expect(info.iterations).toBe(300);
    expect(info.error).toBeCloseTo(status.error, 10);
    expect(numbersOf(net)).toEqual(numbersOf(other));
  });

  test('finds keys in the first pass', async () => {
    const rows = [
      { input: { a: 1 }, output: { yes: 1 } },
      { input: { b: 1 }, output: { no: 1 } },
    ];
    const { net, info } = await train(rows, { errorThresh: 0.01 });
    expect(info.error).toBeLessThanOrEqual(0.01);
    expect(net.inputLookup).toEqual({ a: 0, b: 1 });
    expect(net.run<object, { yes: number }>({ a: 1 }).yes).toBeGreaterThan(0.7);
  });

  test('calls back, and logs', async () => {
    const callback = vi.fn();
    const log = vi.fn();
    await train(XOR, { iterations: 6, errorThresh: 1e-9, callback, callbackPeriod: 2, log, logPeriod: 3 });
    expect(callback.mock.calls.map(([{ iterations }]) => iterations)).toEqual([0, 2, 4]);
    expect(log.mock.calls.map(([text]) => text.replace(/:? ?0\.\d+$/, ''))).toEqual([
      'iterations: 0, training error',
      'iterations: 3, training error',
    ]);
  });

  test('can be piped into', async () => {
    const Stream = await kind();
    const net = new NeuralNetwork();
    const stream = new Stream({ neuralNetwork: net, iterations: 2 });
    Readable.from(XOR).pipe(stream as unknown as Writable);
    await new Promise<void>((resolve) => stream.on('finish', () => resolve()));
    expect(net.sizes).toEqual([2, 3, 1]);
  });

  test('wants a network', async () => {
    const Stream = await kind();
    expect(() => new Stream({} as never)).toThrow('no neural network specified');
  });
});

test('is a Writable where there is one', () => {
  expect(new TrainStream({ neuralNetwork: new NeuralNetwork() })).toBeInstanceOf(Writable);
});
