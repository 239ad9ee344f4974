// How both lines train: brain.js's numbers, its hooks, its options.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { DataError, EfficientBackpropError, OptionError } from '../../../src/runtime/errors.js';
import { LINES, XOR, numbersOf, seeded, uniform } from './support.js';
import { Twin } from './twin.js';

afterEach(() => void vi.restoreAllMocks());

/** brain.js's own order of draws: layer by layer, biases first, each uniform on ±0.2. */
function twinOf(sizes: number[], activation: 'sigmoid' | 'tanh', seed: number): Twin {
  const draw = uniform(seed);
  const twin = new Twin(sizes, { activation, alpha: 0.01 });
  for (let l = 1; l < sizes.length; l++) {
    const fill = (row: Float32Array) => row.forEach((_, k) => void (row[k] = draw() * 0.4 - 0.2));
    fill(twin.biases[l]!);
    twin.weights[l]!.forEach(fill);
  }
  return twin;
}

function twinEpoch(twin: Twin, data: typeof XOR, rule: 'momentum' | 'adam'): number {
  let sum = 0;
  for (const { input, output } of data) {
    twin.run(input);
    twin.calculateDeltas(output);
    if (rule === 'momentum') twin.adjustMomentum(0.3, 0.1);
    else twin.adjustAdam(0.01, 0.9, 0.999, 1e-8);
    sum += twin.errors.at(-1)!.reduce((total, error) => total + error ** 2, 0) / output.length;
  }
  return sum / data.length;
}

const OPTIONS = { momentum: {}, adam: { praxis: 'adam', learningRate: 0.01 } };

describe.each(LINES)('%s', (line, brain) => {
  describe.each(['momentum', 'adam'] as const)('%s, seeded by Math.random', (rule) => {
    test.each([
      [1, 1e-6],
      [100, 2e-3],
    ])('has the twin’s numbers after %i epochs', (iterations, tolerance) => {
      const options = { ...OPTIONS[rule], activation: 'tanh', iterations, errorThresh: 0 };
      const net = new brain.NeuralNetwork({ hiddenLayers: [5, 4], activation: 'tanh' });
      const { error } = seeded(7, () => net.train(XOR, options));
      const twin = twinOf([2, 5, 4, 1], 'tanh', 7);
      let expected = 0;
      for (let i = 0; i < iterations; i++) expected = twinEpoch(twin, XOR, rule);
      expect(error).toBeCloseTo(expected, 4);
      const numbers = numbersOf(net);
      const others = [...twin.weights.flat(), ...twin.biases].flatMap((row) => (row ? Array.from(row) : []));
      expect(numbers.length).toBe(others.length);
      for (const [i, value] of numbers.entries()) expect(Math.abs(value - others[i]!)).toBeLessThan(tolerance);
    });
  });

  test('training that somebody watches has the bits of one that nobody watches', () => {
    const plain = new brain.NeuralNetwork();
    const spied = new brain.NeuralNetwork();
    const ticks = vi.spyOn(spied, 'trainingTick');
    const overridden = new (class extends brain.NeuralNetwork {
      patterns = 0;
      trainPattern(value: unknown, logErrorRate?: boolean) {
        this.patterns++;
        return super.trainPattern(value, logErrorRate);
      }
    })() as unknown as { patterns: number; train: typeof plain.train };
    const stepwise = new brain.NeuralNetwork();
    const deltas = vi.spyOn(stepwise, 'calculateDeltas');
    const nets = [plain, spied, overridden, stepwise];
    const ends = nets.map((net) => seeded(3, () => net.train(XOR, { iterations: 25, errorThresh: 0 })));
    for (const [i, net] of nets.entries()) {
      expect(numbersOf(net)).toEqual(numbersOf(plain));
      expect(ends[i].iterations).toBe(25);
      expect(ends[i].error).toBeCloseTo(ends[0].error, 12);
    }
    expect(ticks).toHaveBeenCalledTimes(26); // the last says that it is over
    expect(overridden.patterns).toBe(100);
    expect(deltas).toHaveBeenCalledTimes(100);
  });

  test('a spy on the prototype is called once an epoch', () => {
    const tick = vi.spyOn(brain.NeuralNetwork.prototype, 'trainingTick');
    new brain.NeuralNetwork().train(XOR, { iterations: 3 });
    expect(tick).toHaveBeenCalledTimes(4);
  });

  test('methods of a step that are overridden are what trains', () => {
    const net = new brain.NeuralNetwork();
    net.adjustWeights = () => undefined;
    const before = seeded(5, () => {
      net.train(XOR, { iterations: 1 });
      return numbersOf(net);
    });
    net.train(XOR, { iterations: 10 });
    expect(numbersOf(net)).toEqual(before);
  });

  test.each([
    ['sigmoid', '_runInputSigmoid', '_calculateDeltasSigmoid'],
    ['relu', '_runInputRelu', '_calculateDeltasRelu'],
    ['leaky-relu', '_runInputLeakyRelu', '_calculateDeltasLeakyRelu'],
    ['tanh', '_runInputTanh', '_calculateDeltasTanh'],
  ] as const)('passes of one activation are heard where they are the network’s: %s', (activation, run, deltas) => {
    const options = { iterations: 25, errorThresh: 0, learningRate: 0.01, praxis: 'adam' };
    const [plain, spied] = [0, 1].map(() => new brain.NeuralNetwork({ activation }));
    const methods = [run, deltas, '_adjustWeightsAdam'] as const;
    const spies = methods.map((name) => vi.spyOn(spied, name));
    const other = vi.spyOn(spied, activation === 'tanh' ? '_runInputRelu' : '_runInputTanh');
    for (const net of [plain, spied]) seeded(3, () => net.train(XOR, options));
    expect(numbersOf(spied)).toEqual(numbersOf(plain));
    for (const spy of spies) expect(spy).toHaveBeenCalledTimes(100);
    expect(other).not.toHaveBeenCalled();
    spied[run] = () => Float32Array.of(7);
    expect(Array.from(spied.run([0, 1]))).toEqual([7]);
  });

  test('a pass of another activation runs the same weights by it', () => {
    const net = new brain.NeuralNetwork();
    net.sizes = [1, 1];
    net.initialize();
    net.weights[1][0][0] = 2;
    net.biases[1][0] = -0.5;
    expect(net._runInputTanh([1])[0]).toBeCloseTo(Math.tanh(1.5), 6);
    expect(net._runInputRelu([1])[0]).toBe(1.5);
    expect(net.run([1])[0]).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 6);
    net._runInputTanh([1]);
    net._calculateDeltasTanh([0]);
    const y = Math.tanh(1.5);
    expect(net.deltas[1][0]).toBeCloseTo(-y * (1 - y * y), 6);
  });

  test('trainAsync does what train does, and lets others have their turns', async () => {
    const [here, there] = [new brain.NeuralNetwork(), new brain.NeuralNetwork()];
    const options = { iterations: 60_000, errorThresh: 0, callbackPeriod: 7, callback: () => undefined };
    const expected = seeded(11, () => here.train(XOR, options));
    let turns = 0;
    let over = false;
    const count = () => {
      turns++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    const status = await seeded(11, () => there.trainAsync(XOR, options));
    over = true;
    expect(status).toEqual(expected);
    expect(numbersOf(there)).toEqual(numbersOf(here));
    expect(turns).toBeGreaterThan(0);
  });

  test('the error is that of the last epoch, whatever a call of the binary does at once', () => {
    const errors: number[] = [];
    const net = new brain.NeuralNetwork();
    const status = seeded(2, () =>
      net.train(XOR, {
        iterations: 40,
        errorThresh: 0,
        callbackPeriod: 1,
        callback: ({ error }: { error: number }) => errors.push(error),
      }),
    );
    expect(errors).toHaveLength(40);
    expect(status).toEqual({ iterations: 40, error: errors[39] });
    const other = seeded(2, () => new brain.NeuralNetwork().train(XOR, { iterations: 40, errorThresh: errors[24]! }));
    expect(other).toEqual({ iterations: 25, error: errors[24] });
  });

  test('callbacks come at multiples of their period, with copies of the status', () => {
    const calls: { iterations: number; error: number }[] = [];
    new brain.NeuralNetwork().train(XOR, {
      iterations: 23,
      errorThresh: 0,
      callbackPeriod: 5,
      callback: (status: { iterations: number; error: number }) => calls.push(status),
    });
    expect(calls.map(({ iterations }) => iterations)).toEqual([5, 10, 15, 20]);
    expect(new Set(calls).size).toBe(4);
  });

  test('a callback sees and changes the network', () => {
    const net = new brain.NeuralNetwork();
    net.train(XOR, {
      iterations: 20,
      callbackPeriod: 10,
      callback: ({ iterations }: { iterations: number }) => {
        expect(net.run([0, 1])).toHaveLength(1);
        expect(net.toJSON().sizes).toEqual([2, 3, 1]);
        if (iterations === 20) net.biases[2][0] = 3;
      },
    });
    expect(net.biases[2][0]).toBe(3);
  });

  describe('a timeout', () => {
    /** A clock that goes on by 5 ms whenever somebody looks. */
    const clock = () => {
      let now = 0;
      vi.spyOn(Date, 'now').mockImplementation(() => (now += 5));
    };
    const options = { iterations: 1e9, errorThresh: 0, timeout: 23 };

    test('ends training', () => {
      clock();
      const { iterations } = new brain.NeuralNetwork().train(XOR, options);
      expect(iterations).toBeGreaterThan(3);
      expect(iterations).toBeLessThan(1e9);
    });

    test('ends trainAsync', async () => {
      clock();
      const { iterations } = await new brain.NeuralNetwork().trainAsync(XOR, options);
      expect(iterations).toBeGreaterThan(3);
      expect(iterations).toBeLessThan(1e9);
    });

    test('is seen at every epoch that somebody watches', () => {
      clock();
      const net = new brain.NeuralNetwork();
      vi.spyOn(net, 'trainPattern');
      expect(net.train(XOR, options).iterations).toBe(4);
    });
  });

  test('what a callback throws ends the training, with what was learned', () => {
    const net = new brain.NeuralNetwork();
    const callback = () => {
      throw new RangeError('enough');
    };
    expect(() => net.train(XOR, { callback })).toThrow('enough');
    expect(net.run([0, 0])[0]).toBeGreaterThan(0);
  });

  test('training goes on from the weights there are', () => {
    const net = new brain.NeuralNetwork();
    const first = net.train(XOR, { iterations: 500, errorThresh: 0, learningRate: 0.5 });
    const second = net.train(XOR, { iterations: 1, errorThresh: 0, learningRate: 0.5 });
    expect(second.error).toBeLessThan(first.error * 1.05);
  });

  test('0 is allowed where it turns something off', () => {
    const net = new brain.NeuralNetwork();
    const weights = seeded(4, () => {
      net.train(XOR, { iterations: 1, momentum: 0, errorThresh: 0 });
      return numbersOf(net);
    });
    net.train(XOR, { iterations: 5, learningRate: 0, momentum: 0 });
    expect(numbersOf(net)).toEqual(weights);
  });

  test.each([
    ['iterations', -1],
    ['iterations', 'many'],
    ['errorThresh', 1],
    ['learningRate', 1],
    ['momentum', -0.1],
    ['callbackPeriod', 0],
    ['timeout', -5],
    ['callback', 4],
    ['log', 'yes'],
    ['threads', 0],
    ['normalize', 'yes'],
  ])('%s: %s is refused, with brain.js’s message', (name, value) => {
    const net = new brain.NeuralNetwork();
    const before = { ...net.trainOpts };
    expect(() => net.train(XOR, { [name]: value })).toThrow(OptionError);
    expect(() => net.train(XOR, { [name]: value })).toThrow(
      `[${name}, ${value}] is out of normal training range, your network will probably not train.`,
    );
    expect(net.trainOpts).toEqual(before);
  });

  test('hidden layers may be text, as in brain.js; what are none is refused by name', () => {
    const net = new brain.NeuralNetwork({ hiddenLayers: ['3', 2] });
    net.train(XOR, { iterations: 1 });
    expect(net.sizes).toEqual([2, 3, 2, 1]);
    for (const [hiddenLayers, message] of [
      [3, /hiddenLayers is 3; expected .*: \[3\]/],
      [[3, 'x'], /hiddenLayers is \[3, "x"\]/],
      [[0], /hiddenLayers/],
    ]) {
      expect(() => new brain.NeuralNetwork({ hiddenLayers }).train(XOR)).toThrow(message);
    }
  });

  test('options that nobody knows are noted once', async () => {
    vi.resetModules();
    const entry = line === '1.x' ? '../../../src/compat/brain/v1/index.js' : '../../../src/compat/brain/index.js';
    const { NeuralNetwork } = await import(entry);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const options = { iterations: 1, hiddenLayers: [3], normalise: true };
    for (let i = 0; i < 2; i++) new NeuralNetwork(options).train(XOR, options);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/no option normalise; it has .*normalize/));
  });

  test('that a training has diverged is noted', async () => {
    vi.resetModules();
    const entry = line === '1.x' ? '../../../src/compat/brain/v1/index.js' : '../../../src/compat/brain/index.js';
    const { NeuralNetwork } = await import(entry);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const net = new NeuralNetwork();
    net.train(XOR, { iterations: 1 });
    net.weights[1][0][0] = Number.NaN;
    for (let i = 0; i < 2; i++) expect(net.train(XOR, { iterations: 2 }).error).toBeNaN();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('diverged'));
  });

  test('the message is brain.js’s to the letter', () => {
    const message = '[iterations, -1] is out of normal training range, your network will probably not train.';
    expect(() => new brain.NeuralNetwork().train(XOR, { iterations: -1 })).toThrow(
      expect.objectContaining({ message, expected: 'a number above 0' }),
    );
  });

  test.each([[[]], [undefined], [[{ input: [1] }]]])('data that are none are refused: %j', (data) => {
    expect(() => new brain.NeuralNetwork().train(data)).toThrow(EfficientBackpropError);
  });

  test('what relu makes of sums below 0 is 0, not -0', () => {
    const net = new brain.NeuralNetwork({ activation: 'relu' });
    net.sizes = [1, 1];
    net.initialize();
    net.weights[1] = [[-1]];
    net.biases[1] = [0];
    expect(net.run([2])).toEqual(Float32Array.of(0));
  });

  test('errorCheckInterval looks at the error now and then', () => {
    const net = new brain.NeuralNetwork();
    net.errorCheckInterval = 4;
    const errors = vi.spyOn(net, 'calculateTrainingError');
    const status = net.train(XOR, { iterations: 10, errorThresh: 0 });
    expect(errors).toHaveBeenCalledTimes(2);
    expect(status.iterations).toBe(10);
  });
});

describe('the log', () => {
  const [[, v1], [, v2]] = LINES as [(typeof LINES)[number], (typeof LINES)[number]];

  test('of 1.x gets text', () => {
    const log = vi.fn();
    new v1.NeuralNetwork().train(XOR, { iterations: 4, errorThresh: 0, logPeriod: 2, log });
    expect(log.mock.calls).toEqual([
      [expect.stringMatching(/^iterations: 2, training error: 0\.\d+$/)],
      [expect.stringContaining('iterations: 4')],
    ]);
  });

  test('of 2.x gets the status', () => {
    const seen: unknown[] = [];
    const log = (status: object) => seen.push({ ...status });
    new v2.NeuralNetwork().train(XOR, { iterations: 4, errorThresh: 0, logPeriod: 2, log });
    expect(seen).toEqual([
      { iterations: 2, error: expect.any(Number) },
      { iterations: 4, error: expect.any(Number) },
    ]);
  });

  test.each(LINES)('true is the console’s, %s', (_, brain) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    new brain.NeuralNetwork().train(XOR, { iterations: 3, logPeriod: 3, log: true });
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^iterations: 3, training error: 0\.\d+$/));
  });
});

describe('errors of trainAsync', () => {
  const [[, v1], [, v2]] = LINES as [(typeof LINES)[number], (typeof LINES)[number]];
  const callback = () => {
    throw new RangeError('enough');
  };
  const odd = () => {
    throw 'odd'; // as programs may
  };

  test('of 1.x are errors that have brain.js’s fields, whatever went wrong', async () => {
    const failed = (given: object, data: unknown = XOR) =>
      new v1.NeuralNetwork().trainAsync(data, given).catch((error: unknown) => error);
    const [thrown, refused, unusual] = [
      await failed({ callback }),
      await failed({ iterations: -1 }),
      await failed({ callback: odd }),
    ];
    expect(thrown).toBeInstanceOf(RangeError);
    expect(thrown).toMatchObject({ trainError: thrown, status: { iterations: 10, error: expect.any(Number) } });
    expect(refused).toBeInstanceOf(OptionError);
    expect(refused).toMatchObject({ trainError: refused, status: { iterations: 0, error: 1 } });
    expect(unusual).toBeInstanceOf(EfficientBackpropError);
    expect(unusual).toMatchObject({ message: 'odd', trainError: 'odd', status: { iterations: 10 } });
    expect(await failed({}, [{ input: ['x'], output: [1] }])).toMatchObject({
      trainError: expect.any(DataError),
      status: { iterations: 0 },
    });
  });

  test('reject the promise of 2.x', async () => {
    await expect(new v2.NeuralNetwork().trainAsync(XOR, { iterations: -1 })).rejects.toThrow(OptionError);
    await expect(new v2.NeuralNetwork().trainAsync(XOR, { callback })).rejects.toThrow('enough');
  });
});
