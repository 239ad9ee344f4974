// What brain.js 2.x exports, by name.

import { likely } from './likely.js';
import { lookup } from './lookup.js';
import { RECURRENT, missing, missingCollection } from './missing.js';
import { common, gaussRandom, ones2D, randomFloat, randomInteger, randomN } from './utilities.js';
import { CrossValidate } from './v2/cross-validate.js';
import { DataFormatter } from './v2/data-formatter.js';
import { NeuralNetwork, defaults, getTypedArrayFn, trainDefaults } from './v2/neural-network.js';
import { toSVG } from './v2/svg.js';

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

export const AE = without('AE');
export const FeedForward = without('FeedForward');
export const Recurrent = without('Recurrent');
export const activation = withoutAll('activation', 'relu sigmoid tanh leakyRelu');
export const layer = withoutAll(
  'layer',
  'layerTypes Add add arthurFeedForward BaseLayer baseLayerDefaultSettings Convolution convolution Dropout dropout feedForward ' +
    'FullyConnected fullyConnected gru Input input LeakyRelu leakyRelu lstmCell Multiply multiply MultiplyElement ' +
    'multiplyElement Negative negative Ones ones output Pool pool Random random RecurrentInput RecurrentZeros rnnCell ' +
    'Regression regression Relu relu Sigmoid sigmoid SoftMax softMax SVM svm Tanh tanh Target target Transpose transpose ' +
    'Zeros zeros',
);
export const layerTypes = withoutAll(
  'layerTypes',
  'Activation Internal InternalModel EntryPoint Filter Model Modifier Operator Target',
);
export const praxis = withoutAll(
  'praxis',
  'ArthurDeviationBiases arthurDeviationBiases ArthurDeviationWeights arthurDeviationWeights ' +
    'MomentumRootMeanSquaredPropagation momentumRootMeanSquaredPropagation MRmsProp mRmsProp',
);
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
