// Programs as brain.js's users write them, types included: this file has to compile, too.

import { expect, test } from 'vitest';
import brain, {
  CrossValidate,
  type INeuralNetworkData,
  type INeuralNetworkJSON,
  type INeuralNetworkOptions,
  type INeuralNetworkState,
  type INeuralNetworkTrainOptions,
  type INumberHash,
  NeuralNetwork,
  NeuralNetworkGPU,
  likely,
  utilities,
} from '../../../src/compat/brain/index.js';
import brain1, * as v1 from '../../../src/compat/brain/v1/index.js';

test('2.x: arrays', () => {
  const options: Partial<INeuralNetworkOptions & INeuralNetworkTrainOptions> = {
    binaryThresh: 0.5,
    hiddenLayers: [3],
    activation: 'sigmoid',
  };
  const net = new NeuralNetwork<number[], number[]>(options);
  const status: INeuralNetworkState = net.train(
    [
      { input: [0, 0], output: [0] },
      { input: [1, 0], output: [1] },
    ],
    {
      iterations: 50,
      log: ({ error }) => error.toFixed(),
      callback: ({ iterations }) => void iterations.toFixed(),
      timeout: 1000,
    },
  );
  expect(status.iterations).toBe(50);
  const output = net.run([1, 0]);
  expect(output[0]!.toFixed(2)).toMatch(/^0\.\d\d$/);
  const row: Float32Array = net.weights[1]![0]!;
  expect(row).toHaveLength(2);
  const json: INeuralNetworkJSON = net.toJSON();
  const copy = new NeuralNetwork<number[], number[]>().fromJSON(json);
  expect(copy.run([1, 0])).toEqual(output);
  const run: (input: Partial<number[]>) => number[] = net.toFunction((source) => source);
  expect(run([1, 0])[0]).toBeCloseTo(output[0]!, 5);
});

test('2.x: keyed data, an heir, the GPU’s name', async () => {
  interface Colour extends INumberHash {
    r: number;
    g: number;
    b: number;
  }
  interface Contrast extends INumberHash {
    black: number;
    white: number;
  }
  class Contrasts extends NeuralNetworkGPU<Colour, Contrast> {
    ticks = 0;
    override trainingTick(...args: Parameters<NeuralNetwork<Colour, Contrast>['trainingTick']>): boolean {
      this.ticks++;
      return super.trainingTick(...args);
    }
  }
  const net = new Contrasts();
  await net.trainAsync(
    [
      { input: { r: 0.03, g: 0.7, b: 0.5 }, output: { black: 1, white: 0 } },
      { input: { r: 0.5, g: 0.5, b: 1 }, output: { black: 0, white: 1 } },
    ],
    { iterations: 10 },
  );
  expect(net.ticks).toBe(10); // brain.js asks no eleventh time here
  const { black, white } = net.run({ r: 1, g: 0.4, b: 0 });
  expect(black + white).toBeGreaterThan(0);
  expect(['black', 'white']).toContain(likely({ r: 1, g: 0.4, b: 0 }, net));
});

test('2.x: cross-validation, and networks of any data', () => {
  const cv = new CrossValidate(() => new NeuralNetwork<number[], number[]>({ hiddenLayers: [2] }));
  const stats = cv.train(
    [0, 1, 0, 1].map((x) => ({ input: [x], output: [x] })),
    { iterations: 5 },
  );
  if (CrossValidate.isBinaryResults(stats)) expect(stats.stats.accuracy).toBeGreaterThanOrEqual(0);
  const nets: NeuralNetwork<INeuralNetworkData, INeuralNetworkData>[] = [new brain.NeuralNetwork()];
  expect(nets[0]!.isRunnable).toBe(false);
  const test1 = cv.toNeuralNetwork().test([{ input: [1], output: [1] }]);
  expect(test1.total).toBe(1);
  expect(utilities.toSVG(cv.toNeuralNetwork())).toContain('<svg');
});

test('1.x', async () => {
  const net = new brain1.NeuralNetwork({ hiddenLayers: [4], activation: 'tanh', leakyReluAlpha: 0.02 });
  const data: v1.INeuralNetworkTrainingData[] = [{ input: [0, 1], output: [1] }];
  const status: v1.INeuralNetworkState = net.train(data, { iterations: 5, log: false, callbackPeriod: 2 });
  expect(status.iterations).toBeGreaterThan(0);
  const outputs: number[] = net.run([0, 1]);
  expect(outputs).toHaveLength(1);
  const keyed = new v1.NeuralNetwork();
  await keyed.trainAsync([{ input: { a: 1 }, output: { b: 1 } }], { iterations: 5 });
  const { b } = keyed.run<{ a: number }, { b: number }>({ a: 1 });
  expect(b).toBeGreaterThan(0);
  const json: v1.INeuralNetworkJSON = net.toJSON();
  const copy: v1.NeuralNetwork = new v1.NeuralNetwork().fromJSON(json);
  expect(copy.run([0, 1])).toEqual(outputs);
  const cv = new v1.CrossValidate(v1.NeuralNetwork, { hiddenLayers: [2] });
  expect(
    cv.train(
      [0, 1, 0, 1].map((x) => ({ input: [x], output: [x] })),
      { iterations: 2 },
    ).sets,
  ).toHaveLength(4);
  expect(cv.toNeuralNetwork<v1.NeuralNetwork>().run([1])).toHaveLength(1);
});
