// A program in TypeScript for brain.js 2.x that asks for all members of its classes: it has to compile, and is not run.

import * as brain from '../../../../src/compat/brain/index.js';
import {
  NeuralNetwork,
  NeuralNetworkGPU,
  CrossValidate,
  likely,
  lookup,
  utilities,
  FeedForward,
  Recurrent,
  AE,
  recurrent,
  layer,
  activation,
  praxis,
  layerTypes,
} from '../../../../src/compat/brain/index.js';

const net = new NeuralNetwork<number[], number[]>({
  hiddenLayers: [3],
  activation: 'sigmoid',
  iterations: 5,
  learningRate: 0.1,
  praxis: 'adam',
  log: (s) => {
    s.error.toFixed();
  },
});
const anyNet = new NeuralNetwork();
anyNet.train([{ input: [1], output: [1] }]);
const p: 'adam' | undefined = net.trainOpts.praxis;
const lg: boolean | ((s: { iterations: number; error: number }) => void) = net.trainOpts.log;
const cbk: ((status: { iterations: number; error: number }) => void) | undefined = net.trainOpts.callback;
const nums: number[] = [
  net.trainOpts.iterations,
  net.trainOpts.errorThresh,
  net.trainOpts.leakyReluAlpha,
  net.trainOpts.beta1,
  net.trainOpts.timeout,
  net.options.inputSize,
  net.options.outputSize,
  net.options.binaryThresh,
  net.outputLayer,
  net.errorCheckInterval,
  net.iterations,
  net.inputLookupLength,
  net.outputLookupLength,
  ...net.sizes,
  ...(net.options.hiddenLayers ?? []),
];
const a: string = net.trainOpts.activation;
type TrainOpts = typeof net.trainOpts;
type Opts = typeof net.options;
const full: TrainOpts = {
  activation: 'relu',
  iterations: 1,
  errorThresh: 1,
  log: false,
  logPeriod: 1,
  leakyReluAlpha: 1,
  learningRate: 1,
  momentum: 1,
  callbackPeriod: 1,
  timeout: 1,
  beta1: 1,
  beta2: 1,
  epsilon: 1,
};
const reqT: Required<TrainOpts> = {
  ...full,
  callback: (s) => {
    s.error;
  },
  praxis: 'adam',
};
net.trainOpts = full;
const fullO: Opts = { inputSize: 1, outputSize: 1, binaryThresh: 1 };
net.options = fullO;
const reqO: Required<Opts> = { ...fullO, hiddenLayers: [1] };
const b: Float32Array[] = net.biases;
const w: Float32Array[][] = net.weights;
const o: Float32Array[] = net.outputs;
const d: Float32Array[] = net.deltas;
const c: Float32Array[][] = net.changes;
const e: Float32Array[] = net.errors;
net.biasChangesLow[0]![0];
net.biasChangesHigh[0];
net.changesLow[0]![0];
net.changesHigh[0];
const il: { [k: string]: number } | null = net.inputLookup;
const ol = net.outputLookup;
if (ol) ol.a!.toFixed();
net.weights = [[new Float32Array(1)]];
net.biases = [new Float32Array(2)];
net.sizes = [1, 2];
net.outputLayer = 1;
net.iterations = 1;
const fi = net._formatInput;
if (fi) {
  (fi as (v: number[]) => Float32Array)([1]);
}
net._formatOutput = null;
net.initialize();
net.setActivation('relu');
net.setActivation();
const r: boolean = net.isRunnable;
const out: number[] = net.run([1, 2]);
const f32: Float32Array = net.runInput(new Float32Array(2));
net._runInputSigmoid(f32)[0];
net._runInputRelu(f32);
net._runInputLeakyRelu(f32);
net._runInputTanh(f32);
net.verifyIsInitialized([{ input: f32, output: f32 }]);
net.updateTrainingOptions({ iterations: 5 });
net.updateTrainingOptions({});
net.validateTrainingOptions(full);
const tj = net.getTrainOptsJSON();
const tjp: 'adam' | undefined = tj.praxis;
const tjt: number | 'Infinity' = tj.timeout;
const tjl: boolean = tj.log;
net.setLogMethod(true);
net.setLogMethod((s) => {
  s.error.toFixed();
});
net.logTrainingStatus({ error: 1, iterations: 1 });
const err: number = net.calculateTrainingError([{ input: f32, output: f32 }]);
net.trainPatterns([{ input: f32, output: f32 }]);
const go: boolean = net.trainingTick([{ input: f32, output: f32 }], { error: 1, iterations: 1 }, 5);
const prep = net.prepTraining([{ input: [1], output: [1] }], { iterations: 1 });
prep.status.error;
prep.preparedData[0]!.input.length;
prep.endTime.toFixed();
const st = net.train([{ input: [1], output: [1] }], {
  log: (s) => {
    s.iterations.toFixed();
  },
  callback: (s) => {
    s.error.toFixed();
  },
});
st.error + st.iterations;
net.trainAsync([{ input: [1], output: [1] }], { iterations: 5 }).then((s) => s.error.toFixed());
const tp: number | null = net.trainPattern({ input: f32, output: f32 }, true);
net.calculateDeltas(f32);
net._calculateDeltasSigmoid(f32);
net._calculateDeltasRelu(f32);
net._calculateDeltasLeakyRelu(f32);
net._calculateDeltasTanh(f32);
net.adjustWeights();
net._setupAdam();
net._adjustWeightsAdam();
net.validateData([{ input: f32, output: f32 }]);
net.validateInput(f32);
const fd: { input: Float32Array; output: Float32Array }[] = net.formatData([{ input: [1], output: [1] }]);
net.addFormat({ input: [1], output: [1] });
const test = net.test([{ input: [1], output: [1] }]);
const mis: unknown[] = test.misclasses;
if ('accuracy' in test) test.accuracy.toFixed();
const j = net.toJSON();
const layers: { biases: number[]; weights: number[][] }[] = j.layers;
j.trainOpts.iterations;
j.type.length;
j.options.binaryThresh;
const jm: typeof j = {
  type: 'NeuralNetwork',
  sizes: [1],
  layers,
  inputLookup: null,
  inputLookupLength: 0,
  outputLookup: { a: 1 },
  outputLookupLength: 0,
  options: fullO,
  trainOpts: j.trainOpts,
};
const me: NeuralNetwork<number[], number[]> = net.fromJSON(j);
const fn: (i: Partial<number[]>) => number[] = net.toFunction();
net.toFunction((s) => s + '');
net.runInput = (i: Float32Array) => i;
net.calculateDeltas = (t: Float32Array) => {};

type In = { r: number; g: number };
type Out = { black: number };
const keyed = new NeuralNetwork<In, Out>();
keyed.train([{ input: { r: 1 }, output: { black: 1 } }]);
keyed.run({ r: 1 }).black.toFixed();
const l = likely({ r: 1, g: 1 }, keyed);
if (l !== null) {
  l.black.toFixed();
}
const lo: Out | null = l;
const l2 = likely([1], net);
const ln: number[] | null = l2;
const l3 = likely({ r: 1, g: 1 }, keyed) as unknown as string;
const s1: string = String(l);
l?.toString();
const l4 = likely<typeof keyed>({ r: 1, g: 2 }, keyed);
const l5 = likely<NeuralNetwork<number[], number[]>>([1], net);
const runner = { run: (x: number[]) => ({ a: x[0]! }) };
likely([1], runner)?.a.toFixed();

class Mine<I extends number[], O extends number[]> extends NeuralNetwork<I, O> {
  constructor(options?: ConstructorParameters<typeof NeuralNetwork>[0]) {
    super(options);
  }
  override trainPattern(value: { input: Float32Array; output: Float32Array }, logErrorRate?: boolean): number | null {
    return super.trainPattern(value, logErrorRate);
  }
  override run(input: Partial<I>): O {
    return super.run(input);
  }
  override train(data: Parameters<NeuralNetwork<I, O>['train']>[0], options?: Partial<TrainOpts>) {
    return super.train(data, options);
  }
  override updateTrainingOptions(t: Partial<TrainOpts>): void {
    super.updateTrainingOptions(t);
  }
  override _runInputSigmoid(input: Float32Array): Float32Array {
    return super._runInputSigmoid(input);
  }
  override _adjustWeightsAdam() {
    super._adjustWeightsAdam();
  }
  override _calculateDeltasSigmoid(t: Float32Array) {
    super._calculateDeltasSigmoid(t);
  }
  override prepTraining(data: { input: I; output: O }[], options?: Partial<TrainOpts>) {
    return super.prepTraining(data, options);
  }
  override addFormat(x: { input: I; output: O }) {
    super.addFormat(x);
  }
  override formatData(x: { input: I; output: O }[]) {
    return super.formatData(x);
  }
  override calculateTrainingError(x: { input: Float32Array; output: Float32Array }[]): number {
    return super.calculateTrainingError(x);
  }
  override adjustWeights(): void {
    super.adjustWeights();
  }
  override initialize() {
    super.initialize();
  }
  override toJSON() {
    return super.toJSON();
  }
  override setActivation(x?: 'relu') {
    super.setActivation(x);
  }
}
const mm = new Mine<number[], number[]>({ hiddenLayers: [1] });

const cv = new CrossValidate(() => new NeuralNetwork<number[], number[]>({ hiddenLayers: [2] }));
const stats = cv.train(
  [{ input: [1], output: [1] }],
  {
    iterations: 5,
    log: (s: { error: number; iterations: number }) => {
      s.error;
    },
  },
  3,
);
cv.train([{ input: [1], output: [1] }]);
const n1: number[] = [
  stats.avgs.error,
  stats.avgs.iterations,
  stats.avgs.testTime,
  stats.avgs.trainTime,
  stats.stats.total,
  stats.stats.testSize,
  stats.stats.trainSize,
  stats.sets[0]!.error,
  stats.sets[0]!.total,
];
if (CrossValidate.isBinaryResults(stats)) {
  stats.stats.accuracy.toFixed();
  stats.sets[0]!.truePos.toFixed();
}
if (CrossValidate.isBinaryStats(stats.stats)) stats.stats.precision.toFixed();
if (CrossValidate.isBinaryPartitionResults(stats.sets[0]!)) stats.sets[0]!.total;
const cj = cv.toJSON();
if (cj) {
  cv.fromJSON(cj).run([1])[0]!.toFixed();
}
const nn: NeuralNetwork<number[], number[]> = cv.toNeuralNetwork();
cv.json.avgs.error.toFixed();
cv.json = cj!;
const ii = cv.initClassifier();
ii.run([1]);
cv.shuffleArray([1])[0]!.toFixed();
const tpr = cv.testPartition({ iterations: 1 }, [{ input: [1], output: [1] }], [{ input: [1], output: [1] }]);
tpr.network.sizes[0];
tpr.testTime;
const cvg = new CrossValidate(() => new NeuralNetwork<In, Out>());
cvg.train([{ input: { r: 1, g: 1 }, output: { black: 1 } }], {}, 2);
function makeNet() {
  return new NeuralNetwork<number[], number[]>();
}
const cv3 = new CrossValidate(makeNet);
const cv4: CrossValidate<typeof makeNet> = cv3;

const table = lookup.toTable([{ a: 1 }, { b: 2 }]);
table.a!.toFixed();
lookup.toTable2D([[{ a: 1 }]]);
lookup.toInputTable2D([{ input: [{ a: 1 }] }]);
lookup.toOutputTable2D([{ output: [{ a: 1 }] }]);
lookup.toHash({ a: 1 });
const la: Float32Array = lookup.toArray(table, { a: 1 }, 2);
lookup.toArrayShort(table, { a: 1 });
lookup.toArrays(table, [{ a: 1 }], 2)[0]!.length;
lookup.toObject(table, [1]).a!.toFixed();
lookup.toObject(table, la);
lookup.toObjectPartial(table, [1], 0, 1).a;
const shape: string[] = lookup.dataShape([{ input: [1], output: [1] }]);
lookup.dataShape([1, 2]);
lookup.dataShape({ a: 1 });
lookup.addKeys([1], table);
lookup.addKeys({ a: 1 }, table);
