// 'efficient-backprop/brain/v1': what brain.js 1.6 exports. docs/brain.md says what is the same, and what is not.

import { likely } from '../likely.js';
import { lookup } from '../lookup.js';
import { missingCollection } from '../missing.js';
import { common, gaussRandom, randomFloat, randomInteger, randomN } from '../utilities.js';
import { CrossValidate } from './cross-validate.js';
import { DataFormatter } from './data-formatter.js';
import { NeuralNetwork } from './neural-network.js';
import { toSVG } from './svg.js';
import { TrainStream } from './train-stream.js';

export const utilities = {
  ...common,
  random: { randomF: randomFloat, randomI: randomInteger, randomN, gaussRandom },
  DataFormatter,
  toSVG,
};

/** The same class: WebAssembly takes the place of the graphics card. */
export const NeuralNetworkGPU: typeof NeuralNetwork = NeuralNetwork;
export type NeuralNetworkGPU = NeuralNetwork;

export const recurrent = missingCollection('brain/v1', 'recurrent');

export { CrossValidate, NeuralNetwork, TrainStream, likely, lookup };

export default { CrossValidate, likely, lookup, NeuralNetwork, NeuralNetworkGPU, TrainStream, recurrent, utilities };

export type {
  ICrossValidateJSON,
  ICrossValidateStats,
  ICrossValidationTestPartitionResults,
} from '../cross-validate.js';
export type { INeuralNetworkBinaryTestResult, INeuralNetworkTestResult, OwnTrainOptions, Praxis } from '../types.js';
export type { ITrainStreamOptions } from './train-stream.js';
export type {
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkState,
  INeuralNetworkTrainingCallback,
  INeuralNetworkTrainingData,
  INeuralNetworkTrainingOptions,
  INumberHash,
  NeuralNetworkActivation,
  NeuralNetworkInput,
} from './types.js';
