// The names that brain.js 1.x gives its types.

import type {
  INeuralNetworkState,
  INeuralNetworkTrainingCallback,
  INumberHash,
  NeuralNetworkActivation,
  OwnTrainOptions,
  Praxis,
} from '../types.js';
import type { IJSONNamedLayer } from './json.js';

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

export interface INeuralNetworkTrainingOptions extends OwnTrainOptions {
  /** Epochs at most. Default 20000. */
  iterations?: number;
  /** Training ends once the mean squared error of an epoch is at most this. Default 0.005. */
  errorThresh?: number;
  /** true for console.log, or what takes its place. Default false. */
  log?: boolean | ((text: string) => void) | INeuralNetworkTrainingCallback;
  /** Epochs between two lines of the log. Default 10. */
  logPeriod?: number;
  /** From 0 to below 1. Default 0.3. */
  learningRate?: number;
  /** From 0 to below 1. Default 0.1. */
  momentum?: number;
  callback?: INeuralNetworkTrainingCallback | null | number;
  /** Epochs between two calls. Default 10. */
  callbackPeriod?: number;
  /** Milliseconds. Default Infinity. */
  timeout?: number;
  praxis?: null | Praxis;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  activation?: NeuralNetworkActivation;
}

export interface INeuralNetworkJSON {
  sizes: number[];
  layers: IJSONNamedLayer[];
  // biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it
  outputLookup: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  inputLookup: any;
  activation: NeuralNetworkActivation;
  trainOpts: INeuralNetworkTrainingOptions;
  leakyReluAlpha?: number;
  binaryThresh?: number;
}

export type NeuralNetworkInput = number[];

export interface INeuralNetworkTrainingData {
  input: NeuralNetworkInput;
  output: NeuralNetworkInput;
}

export type { INeuralNetworkState, INeuralNetworkTrainingCallback, INumberHash, NeuralNetworkActivation };
