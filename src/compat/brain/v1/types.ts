// The names that brain.js 1.x gives its types.

// They are exactly brain.js's, so that programs compile in both directions, also where they say less than is true: what this
// library has beside them is in types of its own.

import type { INeuralNetworkState, NeuralNetworkActivation, OwnTrainOptions } from '../types.js';

/** Options of `NeuralNetwork`. */
export interface INeuralNetworkOptions {
  /** Above it, a single output counts as 1. Default 0.5. */
  binaryThresh?: number;
  /** Units of each hidden layer. Default one layer of half as many units as inputs, at least 3. */
  hiddenLayers?: number[];
  /** Of all layers. Default 'sigmoid'. */
  activation?: NeuralNetworkActivation;
  /** The slope of leaky-relu. Default 0.01. */
  leakyReluAlpha?: number;
}

/** Is called during training, with the epochs and the error so far. */
export type INeuralNetworkTrainingCallback = (state: INeuralNetworkState) => void;

/** Options of `train`. */
export interface INeuralNetworkTrainingOptions {
  /** Epochs at most. Default 20000. */
  iterations?: number;
  /** Training ends once the mean squared error of an epoch is at most this. Default 0.005. */
  errorThresh?: number;
  /** true for console.log, or what takes its place, which is called with a line of text. Default false. */
  log?: boolean | INeuralNetworkTrainingCallback;
  /** Epochs between two lines of the log. Default 10. */
  logPeriod?: number;
  /** From 0 to below 1. Default 0.3. */
  learningRate?: number;
  /** From 0 to below 1. Default 0.1. */
  momentum?: number;
  callback?: INeuralNetworkTrainingCallback | number;
  /** Epochs between two calls. Default 10. */
  callbackPeriod?: number;
  /** Milliseconds. Default Infinity. */
  timeout?: number;
  praxis?: null | 'adam';
}

/** What train takes: brain.js's options, those of them that its types leave out, and this library's. */
export interface TrainOptions extends Omit<INeuralNetworkTrainingOptions, 'callback' | 'praxis'>, OwnTrainOptions {
  callback?: INeuralNetworkTrainingOptions['callback'] | null;
  activation?: NeuralNetworkActivation;
  /** Of adam; each from 0 to below 1. Defaults 0.9, 0.999 and 1e-8. */
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/** A network as JSON. */
export interface INeuralNetworkJSON {
  sizes: number[];
  layers: object[];
  // biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it
  outputLookup: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  inputLookup: any;
  activation: NeuralNetworkActivation;
  trainOpts: INeuralNetworkTrainingOptions;
  leakyReluAlpha?: number;
}

/** The input of a network. */
export type NeuralNetworkInput = number[];

/** A training sample. */
export interface INeuralNetworkTrainingData {
  input: NeuralNetworkInput;
  output: NeuralNetworkInput;
}

/** What `test` returns. */
export interface INeuralNetworkTestResult {
  // biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it
  misclasses: any;
  error: number;
  total: number;
}

/** What `test` returns for networks with one output. */
export interface INeuralNetworkBinaryTestResult extends INeuralNetworkTestResult {
  trueNeg: number;
  truePos: number;
  falseNeg: number;
  falsePos: number;
  precision: number;
  recall: number;
  accuracy: number;
}

/** Sizes of the folds, and counts of right and wrong answers with the ratios made of them. */
export interface ICrossValidateStats {
  truePos: number;
  trueNeg: number;
  falsePos: number;
  falseNeg: number;
  total: number;
}

export type { INeuralNetworkState, NeuralNetworkActivation };
