// The names that brain.js 2.x gives its types. They are exactly brain.js's, so that programs compile in both directions; what
// this library has beside them is in types of its own.

import type {
  IJSONLayer,
  INeuralNetworkState,
  INeuralNetworkTrainingCallback,
  INumberHash,
  NeuralNetworkActivation,
  OwnTrainOptions,
  Praxis,
} from '../types.js';

/** Arrays, typed arrays, and objects of numbers. */
export type INeuralNetworkData = number[] | Float32Array | Partial<INumberHash>;

/** A training sample. */
export interface INeuralNetworkDatum<InputType, OutputType> {
  input: InputType;
  output: OutputType;
}

/** A training sample as numbers. */
export interface INeuralNetworkDatumFormatted<T> {
  input: T;
  output: T;
}

/** What `prepTraining` returns. */
export interface INeuralNetworkPreppedTrainingData<T> {
  status: INeuralNetworkState;
  preparedData: Array<INeuralNetworkDatumFormatted<T>>;
  endTime: number;
}

/** A training that is about to begin. */
export interface PreparedTraining extends INeuralNetworkPreppedTrainingData<Float32Array> {
  /** Whether the weights were drawn for this training. */
  fresh?: boolean;
}

/** Options of `NeuralNetwork`. */
export interface INeuralNetworkOptions {
  inputSize: number;
  outputSize: number;
  binaryThresh: number;
  hiddenLayers?: number[];
}

/** Options of `NeuralNetworkGPU`. */
export interface INeuralNetworkGPUOptions extends INeuralNetworkOptions {
  /** Without effect: the network computes by WebAssembly. */
  mode?: 'cpu' | 'gpu';
}

/** Options of `train`. */
export interface INeuralNetworkTrainOptions {
  activation: NeuralNetworkActivation | string;
  iterations: number;
  errorThresh: number;
  log: boolean | ((status: INeuralNetworkState) => void);
  logPeriod: number;
  leakyReluAlpha: number;
  learningRate: number;
  momentum: number;
  callback?: (status: { iterations: number; error: number }) => void;
  callbackPeriod: number;
  timeout: number;
  praxis?: 'adam';
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** What train takes: brain.js's options, and this library's. */
export type TrainOptions = Partial<Omit<INeuralNetworkTrainOptions, 'praxis'>> & OwnTrainOptions;

/** Options of `train` as JSON. */
export interface INeuralNetworkTrainOptionsJSON {
  activation: NeuralNetworkActivation | string;
  iterations: number;
  errorThresh: number;
  log: boolean;
  logPeriod: number;
  leakyReluAlpha: number;
  learningRate: number;
  momentum: number;
  callbackPeriod: number;
  timeout: number | 'Infinity';
  praxis?: 'adam';
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** A network as JSON. */
export interface INeuralNetworkJSON {
  type: string;
  sizes: number[];
  layers: IJSONLayer[];
  inputLookup: INumberHash | null;
  inputLookupLength: number;
  outputLookup: INumberHash | null;
  outputLookupLength: number;
  options: INeuralNetworkOptions;
  trainOpts: INeuralNetworkTrainOptionsJSON;
}

/** What makes an array of a row's numbers. */
export type NeuralNetworkFormatter = ((v: INumberHash) => Float32Array) | ((v: number[]) => Float32Array);

/** The options of training of networks with layers of one's own, and of recurrent ones. */
export interface INeuralNetworkTrainingOptions {
  iterations?: number;
  errorThresh?: number;
  log?: boolean | INeuralNetworkTrainingCallback;
  logPeriod?: number;
  learningRate?: number;
  momentum?: number;
  callback?: INeuralNetworkTrainingCallback | number;
  callbackPeriod?: number;
  timeout?: number;
  praxis?: null | 'adam';
}

/** An array of numbers, plain or typed. */
export interface INumberArray {
  length: number;
  buffer?: ArrayBuffer;
  [index: number]: number;
}

/** The input or output of a sample: numbers in an array, or by keys. */
export type InputOutputValue = INumberArray | Partial<INumberHash>;

/** A training sample with one or several inputs and outputs. */
export interface ITrainingDatum {
  input: InputOutputValue | InputOutputValue[];
  output: InputOutputValue | InputOutputValue[];
}

/** Data that brain.js can read: numbers, arrays, records or samples. */
export type FormattableData = number | ITrainingDatum | InputOutputValue | InputOutputValue[];

export type { IJSONLayer, INeuralNetworkState, INumberHash, NeuralNetworkActivation, OwnTrainOptions, Praxis };
