// The names that brain.js 2.x gives its types.

import type { INumberHash, NeuralNetworkActivation, OwnTrainOptions, Praxis } from '../types.js';
import type { IJSONLayer, INeuralNetworkState } from '../types.js';

/** Arrays, typed arrays, and objects of numbers. */
export type INeuralNetworkData = number[] | Float32Array | Partial<INumberHash>;

export interface INeuralNetworkDatum<InputType, OutputType> {
  input: InputType;
  output: OutputType;
}

export interface INeuralNetworkDatumFormatted<T> {
  input: T;
  output: T;
}

export interface INeuralNetworkPreppedTrainingData<T> {
  status: INeuralNetworkState;
  preparedData: Array<INeuralNetworkDatumFormatted<T>>;
  endTime: number;
  /** Whether the weights were drawn for this training. */
  fresh?: boolean;
}

export interface INeuralNetworkOptions {
  inputSize: number;
  outputSize: number;
  binaryThresh: number;
  hiddenLayers?: number[];
}

export interface INeuralNetworkTrainOptions extends OwnTrainOptions {
  activation: NeuralNetworkActivation | string;
  iterations: number;
  errorThresh: number;
  log: boolean | ((status: INeuralNetworkState) => void);
  logPeriod: number;
  leakyReluAlpha: number;
  learningRate: number;
  momentum: number;
  callback?: ((status: { iterations: number; error: number }) => void) | undefined;
  callbackPeriod: number;
  timeout: number;
  praxis?: Praxis | undefined;
  beta1: number;
  beta2: number;
  epsilon: number;
}

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
  praxis?: Praxis | undefined;
  beta1: number;
  beta2: number;
  epsilon: number;
}

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

export type { IJSONLayer, INeuralNetworkState, INumberHash, NeuralNetworkActivation, OwnTrainOptions, Praxis };
