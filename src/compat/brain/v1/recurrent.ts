// Types of brain.js 1.x's recurrent networks, which this library does not have: programs that name them beside NeuralNetwork
// compile, and are told when they make one.

import type { INeuralNetworkState } from '../types.js';
import type { NeuralNetwork } from './neural-network.js';
import type { INeuralNetworkOptions, INeuralNetworkTrainingOptions } from './types.js';

/** The input or output of a recurrent network. */
export type RNNTrainingValue = string;

interface Pair<T> {
  input: T;
  output: T;
}

/** A training sample of a recurrent network. */
export interface IRNNTrainingData extends Pair<RNNTrainingValue> {}

/** Options of a recurrent network. */
export interface IRNNDefaultOptions extends INeuralNetworkOptions {
  inputSize?: number;
  outputSize?: number;
}

/** The input of a recurrent time-step network. */
export type RNNTimeStepInput = number[] | number[][] | object | object[] | object[][];

/** A training sample whose input and output are series of numbers. */
export interface IRNNTimeStepTrainingNumbers extends Pair<number[]> {}

/** A training sample whose input and output are series of several numbers. */
export interface IRNNTimeStepTrainingNumbers2D extends Pair<number[][]> {}

/** A training sample whose input and output are records. */
export interface IRNNTimeStepTrainingObject extends Pair<object> {}

/** A training sample whose input and output are series of records. */
export interface IRNNTimeStepTrainingObjects extends Pair<object[]> {}

/** A training sample whose input and output are several series of records. */
export interface IRNNTimeStepTrainingObject2D extends Pair<object[][]> {}

/** A training sample of a recurrent time-step network. */
export type IRNNTimeStepTrainingDatum =
  | IRNNTimeStepTrainingNumbers
  | IRNNTimeStepTrainingNumbers2D
  | IRNNTimeStepTrainingObject
  | IRNNTimeStepTrainingObjects
  | IRNNTimeStepTrainingObject2D
  | number[]
  | number[][]
  | object[]
  | object[][];

export declare class RNN extends NeuralNetwork {
  constructor(options?: IRNNDefaultOptions);
  override run(data: RNNTrainingValue): RNNTrainingValue;
  override run<T>(data: RNNTrainingValue): T;
  override run<TInput, TOutput>(data: TInput): TOutput;
  override train(data: IRNNTrainingData[], options: INeuralNetworkTrainingOptions): INeuralNetworkState;
  override train<T>(data: T, options: INeuralNetworkTrainingOptions): INeuralNetworkState;
}

export declare class RNNTimeStep extends RNN {
  override run(input: RNNTimeStepInput): RNNTimeStepInput;
  override run<T>(input: RNNTimeStepInput): T;
  override run<TInput, TOutput>(input: TInput): TOutput;
  forecast(input: RNNTimeStepInput, count: number): RNNTimeStepInput;
  forecast<T>(input: RNNTimeStepInput, count: number): T;
  forecast<TInput, TOutput>(input: TInput, count: number): TOutput;
  override train(data: IRNNTimeStepTrainingDatum[], options: INeuralNetworkTrainingOptions): INeuralNetworkState;
  override train<T>(data: T, options: INeuralNetworkTrainingOptions): INeuralNetworkState;
}

export declare class LSTM extends RNN {}
export declare class GRU extends RNN {}
export declare class LSTMTimeStep extends RNNTimeStep {}
export declare class GRUTimeStep extends RNNTimeStep {}
