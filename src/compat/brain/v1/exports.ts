// What brain.js 1.6 exports, by name.

import { likely as likelyOf } from '../likely.js';
import { lookup } from '../lookup.js';
import { RECURRENT, missingCollection } from '../missing.js';
import { common, gaussRandom, randomFloat, randomInteger, randomN } from '../utilities.js';
import { CrossValidate } from './cross-validate.js';
import { DataFormatter } from './data-formatter.js';
import { NeuralNetwork } from './neural-network.js';
import { toSVG } from './svg.js';
import { TrainStream } from './train-stream.js';

/** brain.js's `utilities`. */
export const utilities = {
  ...common,
  random: { randomF: randomFloat, randomI: randomInteger, randomN, gaussRandom },
  DataFormatter,
  toSVG,
};

/** The key, or the index as a string, of the largest output. */
// biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it
export const likely = likelyOf as <T>(input: T, net: NeuralNetwork | { run(input: any): unknown }) => any;

/** Is not available here: using its members throws an `UnsupportedError`. */
export const recurrent: typeof recurrentClasses = missingCollection('brain/v1', 'recurrent', RECURRENT);
export declare namespace recurrent {
  type RNN = InstanceType<typeof recurrentClasses.RNN>;
  type LSTM = InstanceType<typeof recurrentClasses.LSTM>;
  type GRU = InstanceType<typeof recurrentClasses.GRU>;
  type RNNTimeStep = InstanceType<typeof recurrentClasses.RNNTimeStep>;
  type LSTMTimeStep = InstanceType<typeof recurrentClasses.LSTMTimeStep>;
  type GRUTimeStep = InstanceType<typeof recurrentClasses.GRUTimeStep>;
}

// NeuralNetworkGPU is the same class: WebAssembly takes the place of the graphics card.
export { CrossValidate, NeuralNetwork, NeuralNetwork as NeuralNetworkGPU, TrainStream, lookup };

import type * as recurrentClasses from './recurrent.js';

export type { INumberHash, OwnTrainOptions, Praxis } from '../types.js';
export type { CrossValidation, ICrossValidateJSON, ICrossValidationTestPartitionResults } from './cross-validate.js';
export type {
  IRNNDefaultOptions,
  IRNNTimeStepTrainingDatum,
  IRNNTimeStepTrainingNumbers,
  IRNNTimeStepTrainingNumbers2D,
  IRNNTimeStepTrainingObject,
  IRNNTimeStepTrainingObject2D,
  IRNNTimeStepTrainingObjects,
  IRNNTrainingData,
  RNNTimeStepInput,
  RNNTrainingValue,
} from './recurrent.js';
export type { ITrainStreamOptions } from './train-stream.js';
export type {
  ICrossValidateStats,
  INeuralNetworkBinaryTestResult,
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkState,
  INeuralNetworkTestResult,
  INeuralNetworkTrainingCallback,
  INeuralNetworkTrainingData,
  INeuralNetworkTrainingOptions,
  NeuralNetworkActivation,
  NeuralNetworkInput,
  TrainOptions,
} from './types.js';
