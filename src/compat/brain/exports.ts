// What brain.js 2.x exports, by name.

import { likely } from './likely.js';
import { lookup } from './lookup.js';
import { RECURRENT, missing, missingCollection } from './missing.js';
import { common, gaussRandom, ones2D, randomFloat, randomInteger, randomN } from './utilities.js';
import { CrossValidate } from './v2/cross-validate.js';
import { DataFormatter } from './v2/data-formatter.js';
import { NeuralNetwork, defaults, getTypedArrayFn, trainDefaults } from './v2/neural-network.js';
import { toSVG } from './v2/svg.js';

/** brain.js's `utilities`. */
export const utilities = {
  ...common,
  ones2D,
  random: { randomFloat, gaussRandom, randomInteger, randomN },
  DataFormatter,
  toSVG,
};

// NeuralNetworkGPU is the same class: WebAssembly takes the place of the graphics card.
export {
  CrossValidate,
  NeuralNetwork,
  NeuralNetwork as NeuralNetworkGPU,
  defaults,
  getTypedArrayFn,
  likely,
  lookup,
  trainDefaults,
};

const without = (name: string) => missing('brain', name);
const withoutAll = (name: string, members: string) => missingCollection('brain', name, members);

/** Is not available here: using it throws an `UnsupportedError`. */
export const AE = without('AE');

/** Is not available here: using it throws an `UnsupportedError`. */
export const FeedForward = without('FeedForward');

/** Is not available here: using it throws an `UnsupportedError`. */
export const Recurrent = without('Recurrent');

/** Is not available here: using its members throws an `UnsupportedError`. */
export const activation = withoutAll('activation', 'relu sigmoid tanh leakyRelu');

/** Is not available here: using its members throws an `UnsupportedError`. */
export const layer = withoutAll(
  'layer',
  'layerTypes Add add arthurFeedForward BaseLayer baseLayerDefaultSettings Convolution convolution Dropout dropout feedForward ' +
    'FullyConnected fullyConnected gru Input input LeakyRelu leakyRelu lstmCell Multiply multiply MultiplyElement ' +
    'multiplyElement Negative negative Ones ones output Pool pool Random random RecurrentInput RecurrentZeros rnnCell ' +
    'Regression regression Relu relu Sigmoid sigmoid SoftMax softMax SVM svm Tanh tanh Target target Transpose transpose ' +
    'Zeros zeros',
);

/** Is not available here: using its members throws an `UnsupportedError`. */
export const layerTypes = withoutAll(
  'layerTypes',
  'Activation Internal InternalModel EntryPoint Filter Model Modifier Operator Target',
);

/** Is not available here: using its members throws an `UnsupportedError`. */
export const praxis = withoutAll(
  'praxis',
  'ArthurDeviationBiases arthurDeviationBiases ArthurDeviationWeights arthurDeviationWeights ' +
    'MomentumRootMeanSquaredPropagation momentumRootMeanSquaredPropagation MRmsProp mRmsProp',
);

/** Is not available here: using its members throws an `UnsupportedError`. */
export const recurrent = withoutAll('recurrent', RECURRENT);

export type { ILikelyNet } from './likely.js';
export type {
  ICrossValidateBinaryStats,
  ICrossValidateJSON,
  ICrossValidateStats,
  ICrossValidateStatsAverages,
  ICrossValidateStatsResultBinaryStats,
  ICrossValidateStatsResultStats,
  ICrossValidationTestPartitionBinaryResults,
  ICrossValidationTestPartitionResults,
} from './cross-validate.js';
export type { IClassifier, InitClassifier } from './v2/cross-validate.js';
export type { IDataFormatter, IDataFormatterJSON, IRNNDatum, Value } from './v2/data-formatter.js';
export type { NeuralNetworkDrawOptions, RecurrentNeuralNetworkDrawOptions } from './v2/svg.js';
export type {
  INeuralNetworkBinaryTestResult,
  INeuralNetworkState,
  INeuralNetworkState as ITrainingStatus,
  INeuralNetworkTestResult,
  INeuralNetworkTrainingCallback,
} from './types.js';
export type {
  FormattableData,
  IJSONLayer,
  INeuralNetworkData,
  INeuralNetworkDatum,
  INeuralNetworkDatumFormatted,
  INeuralNetworkGPUOptions,
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkPreppedTrainingData,
  INeuralNetworkTrainOptions,
  INeuralNetworkTrainOptionsJSON,
  INeuralNetworkTrainingOptions,
  INumberArray,
  INumberHash,
  ITrainingDatum,
  InputOutputValue,
  NeuralNetworkActivation,
  NeuralNetworkFormatter,
  OwnTrainOptions,
  Praxis,
  TrainOptions,
} from './v2/types.js';
