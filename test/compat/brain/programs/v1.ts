// A program in TypeScript for brain.js 1.6 that names all of its types: it has to compile, and is not run.

import * as brain from '../../../../src/compat/brain/v1/index.js';
import {
  NeuralNetwork,
  NeuralNetworkGPU,
  CrossValidate,
  TrainStream,
  recurrent,
  likely,
  type INeuralNetworkOptions,
  type NeuralNetworkActivation,
  type INeuralNetworkTrainingOptions,
  type INeuralNetworkTrainingCallback,
  type INeuralNetworkState,
  type INeuralNetworkJSON,
  type INeuralNetworkTrainingData,
  type NeuralNetworkInput,
  type INeuralNetworkTestResult,
  type INeuralNetworkBinaryTestResult,
  type ICrossValidateJSON,
  type ICrossValidateStats,
  type ICrossValidationTestPartitionResults,
  type ITrainStreamOptions,
  type RNNTrainingValue,
  type IRNNTrainingData,
  type IRNNDefaultOptions,
  type RNNTimeStepInput,
  type IRNNTimeStepTrainingDatum,
  type IRNNTimeStepTrainingNumbers,
  type IRNNTimeStepTrainingNumbers2D,
  type IRNNTimeStepTrainingObject,
  type IRNNTimeStepTrainingObjects,
  type IRNNTimeStepTrainingObject2D,
} from '../../../../src/compat/brain/v1/index.js';

const options: INeuralNetworkOptions = { binaryThresh: 0.5, hiddenLayers: [3], activation: 'sigmoid', leakyReluAlpha: 0.01 };
const act: NeuralNetworkActivation | undefined = options.activation;
const log: INeuralNetworkTrainingCallback = (s) => {
  s.iterations.toFixed();
};
const training: INeuralNetworkTrainingOptions = {
  iterations: 1,
  errorThresh: 1,
  log,
  logPeriod: 1,
  learningRate: 1,
  momentum: 1,
  callback: log,
  callbackPeriod: 1,
  timeout: 1,
  praxis: 'adam',
};
const t2: INeuralNetworkTrainingOptions = {
  log: (state) => console.log(state.error),
  callback: (s) => console.log(s.iterations),
  praxis: null,
};
// reading
const rLog: boolean | INeuralNetworkTrainingCallback | undefined = training.log;
const rCb: INeuralNetworkTrainingCallback | number | undefined = training.callback;
const rPraxis: null | 'adam' | undefined = training.praxis;
const req: Required<INeuralNetworkTrainingOptions> = {
  iterations: 1,
  errorThresh: 1,
  log: true,
  logPeriod: 1,
  learningRate: 1,
  momentum: 1,
  callback: 5,
  callbackPeriod: 1,
  timeout: 1,
  praxis: null,
};
const reqO: Required<INeuralNetworkOptions> = {
  binaryThresh: 0.5,
  hiddenLayers: [3],
  activation: 'sigmoid',
  leakyReluAlpha: 0.01,
};
const net = new NeuralNetwork(options);
const noOptions = new NeuralNetwork();
const data: INeuralNetworkTrainingData[] = [{ input: [0, 0], output: [0] }];
const one: INeuralNetworkTrainingData = data[0]!;
const state: INeuralNetworkState = net.train(data);
net.train(data, training);
net.train<{ input: { r: number }; output: string }[]>([{ input: { r: 1 }, output: 'a' }], { log: (s) => s.error });
const p: Promise<INeuralNetworkState> = net.trainAsync(one);
const p2: Promise<INeuralNetworkState> = net.trainAsync(data);
const p3: Promise<INeuralNetworkState> = net.trainAsync<{ a: 1 }[]>([{ a: 1 }], training);
const tested: INeuralNetworkTestResult | INeuralNetworkBinaryTestResult = net.test(one);
tested.misclasses.foo.bar;
tested.misclasses.length;
const tt: INeuralNetworkTestResult = { misclasses: 5, error: 1, total: 2 };
const tb: INeuralNetworkBinaryTestResult = {
  ...tt,
  trueNeg: 1,
  truePos: 1,
  falseNeg: 1,
  falsePos: 1,
  precision: 1,
  recall: 1,
  accuracy: 1,
};
const out: NeuralNetworkInput = net.run([1]);
const out2 = net.run<{ black: number }>([1]);
out2.black;
const out3 = net.run<number[], number[]>([1]);
out3[0];
const out4: { x: number } = net.run<{ a: number }, { x: number }>({ a: 1 });
const json: INeuralNetworkJSON = net.toJSON();
const layers: object[] = json.layers;
const made: INeuralNetworkJSON = {
  sizes: [1, 2],
  layers,
  outputLookup: 1,
  inputLookup: 'x',
  activation: 'relu',
  trainOpts: training,
  leakyReluAlpha: 1,
};
const trainOptsRead: INeuralNetworkTrainingOptions = json.trainOpts;
const back: NeuralNetwork = net.fromJSON(json);
const reqJ: Required<INeuralNetworkJSON> = {
  sizes: [1, 2],
  layers,
  outputLookup: 1,
  inputLookup: 'x',
  activation: 'relu',
  trainOpts: training,
  leakyReluAlpha: 1,
};
const gpu = new NeuralNetworkGPU({ hiddenLayers: [1] });
const gpuT: NeuralNetworkGPU = gpu;
const asNet: NeuralNetwork = gpuT;
class MineGPU extends NeuralNetworkGPU {
  extra = 1;
}
class Mine extends NeuralNetwork {
  constructor(o?: INeuralNetworkOptions) {
    super(o);
  }
  override run(d: any): any {
    return super.run(d);
  }
  override train(d: any, o?: INeuralNetworkTrainingOptions): INeuralNetworkState {
    return super.train(d, o);
  }
}
const mine: NeuralNetwork = new Mine();

const cv = new CrossValidate(NeuralNetwork, options);
const cv0 = new CrossValidate(NeuralNetwork);
const cvMine = new CrossValidate(Mine);
const cvGpu = new CrossValidate(NeuralNetworkGPU, { hiddenLayers: [2] });
const stats: ICrossValidateStats = cv.train(data, training);
const n: number = stats.truePos + stats.trueNeg + stats.falsePos + stats.falseNeg + stats.total;
cv.train(data, training, 5).truePos.toFixed();
const stats2: ICrossValidateStats = cv.train<{ a: 1 }[]>([{ a: 1 }], {}, 3);
const cj: ICrossValidateJSON = cv.toJSON();
const first: ICrossValidationTestPartitionResults = cj.sets[0]!;
const fields: number[] = [
  first.trainTime,
  first.testTime,
  first.iterations,
  first.trainError,
  first.learningRate,
  ...first.hidden,
];
const firstNet: NeuralNetwork = first.network;
const cjs: ICrossValidateStats = cj.stats;
const avgs: ICrossValidationTestPartitionResults = cj.avgs;
avgs.learningRate.toFixed();
avgs.hidden.map((h) => h + 1);
const cnet: NeuralNetwork = cv.fromJSON(cj);
cv.fromJSON(cj).run([1]);
const cn2: NeuralNetwork = cv.toNeuralNetwork();
const cn3: Mine = cvMine.toNeuralNetwork<Mine>();
const cp: ICrossValidationTestPartitionResults = cv.testPartition();
const own: ICrossValidateJSON = { avgs: first, stats, sets: [first] };
const ownStats: ICrossValidateStats = { truePos: 1, trueNeg: 1, falsePos: 1, falseNeg: 1, total: 4 };
const ownP: ICrossValidationTestPartitionResults = {
  trainTime: 1,
  testTime: 1,
  iterations: 1,
  trainError: 1,
  learningRate: 1,
  hidden: [1],
  network: net,
};
const ctor: new (o?: INeuralNetworkOptions) => NeuralNetwork = NeuralNetwork;
const kind: typeof NeuralNetwork = NeuralNetwork;
const kind2: typeof NeuralNetwork = NeuralNetworkGPU;
const kind3: typeof NeuralNetwork = Mine;
function makeCV(C: typeof NeuralNetwork, o: INeuralNetworkOptions) {
  return new CrossValidate(C, o);
}

const so: ITrainStreamOptions = {
  neuralNetwork: net,
  neuralNetworkGPU: gpu,
  floodCallback: () => {},
  doneTrainingCallback: (s) => {
    s.error.toFixed();
  },
};
const stream = new TrainStream(so);
const stream2: TrainStream = new TrainStream({
  neuralNetwork: net,
  neuralNetworkGPU: gpu,
  floodCallback() {
    stream.endInputs();
  },
  doneTrainingCallback(state) {
    state.iterations;
  },
});
stream.write(one);
stream.write<{ x: 1 }>({ x: 1 });
stream.endInputs();
const rNet: NeuralNetwork = so.neuralNetwork;
const rGpu: NeuralNetworkGPU = so.neuralNetworkGPU;
so.floodCallback();
so.doneTrainingCallback(state);
const reqS: Required<ITrainStreamOptions> = {
  neuralNetwork: net,
  neuralNetworkGPU: gpu,
  floodCallback: () => {},
  doneTrainingCallback: (s) => {},
};

const l = likely([1], net);
l.foo.bar;
const key: string = likely<number[]>([1], net);
likely({ a: 1 }, net).toUpperCase();

const lstm: recurrent.LSTM = new recurrent.LSTM({ inputSize: 1, hiddenLayers: [1] });
const rnn: recurrent.RNN = lstm;
const gru: recurrent.GRU = new recurrent.GRU();
const ts: recurrent.LSTMTimeStep = new recurrent.LSTMTimeStep({ inputSize: 2, outputSize: 2 });
const rts: recurrent.RNNTimeStep = ts;
const gts: recurrent.GRUTimeStep = new brain.recurrent.GRUTimeStep();
lstm.train([{ input: 'a', output: 'b' }], { iterations: 1, log: (d) => console.log(d.error) });
lstm.train(['a', 'b'], { log: true });
const said: string = lstm.run('a');
lstm.run<number>('x').toFixed();
lstm.run<string[], string>(['a']);
ts.train(
  [
    [1, 2],
    [3, 4],
  ],
  { log: false },
);
ts.forecast([1], 3);
const f = ts.forecast<number[]>([1, 2], 3);
f[0];
const f2 = ts.forecast<number[], number[]>([1], 2);
ts.run<number>([1]).toFixed();
const ri: RNNTimeStepInput = ts.run([1]);
const j2: INeuralNetworkJSON = lstm.toJSON();
lstm.fromJSON(j2);
const asNN: NeuralNetwork = lstm;
class MyLSTM extends recurrent.LSTM {
  constructor() {
    super({ hiddenLayers: [2] });
  }
}
const d1: IRNNTrainingData = { input: 'a', output: 'b' };
const v1: RNNTrainingValue = d1.input;
const d0: IRNNDefaultOptions = { inputSize: 1, outputSize: 2, binaryThresh: 1, hiddenLayers: [1] };
const a1: IRNNTimeStepTrainingNumbers = { input: [1], output: [1] };
const a2: IRNNTimeStepTrainingNumbers2D = { input: [[1]], output: [[1]] };
const a3: IRNNTimeStepTrainingObject = { input: {}, output: {} };
const a4: IRNNTimeStepTrainingObjects = { input: [{}], output: [{}] };
const a5: IRNNTimeStepTrainingObject2D = { input: [[{}]], output: [[{}]] };
const datums: IRNNTimeStepTrainingDatum[] = [a1, a2, a3, a4, a5, [1], [[1]], [{}], [[{}]]];
ts.train(datums, {});
new CrossValidate(recurrent.LSTM as typeof NeuralNetwork);
const q1: brain.NeuralNetwork = new brain.NeuralNetwork();
const q2: brain.INeuralNetworkJSON = q1.toJSON();
const q3: brain.recurrent.LSTM = new brain.recurrent.LSTM();
