// 'efficient-backprop/brain': what brain.js 2.x exports. docs/brain.md says what is the same, and what is not.

import { likely } from './likely.js';
import { lookup } from './lookup.js';
import { missing, missingCollection } from './missing.js';
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

/** The same class: WebAssembly takes the place of the graphics card. */
export const NeuralNetworkGPU: typeof NeuralNetwork = NeuralNetwork;
export type NeuralNetworkGPU<I extends INeuralNetworkData, O extends INeuralNetworkData> = NeuralNetwork<I, O>;

const without = (name: string) => missing('brain', name);
const withoutAll = (name: string) => missingCollection('brain', name);

export const AE = without('AE');
export const FeedForward = without('FeedForward');
export const Recurrent = without('Recurrent');
export const activation = withoutAll('activation');
export const layer = withoutAll('layer');
export const layerTypes = withoutAll('layerTypes');
export const praxis = withoutAll('praxis');
export const recurrent = withoutAll('recurrent');

export { CrossValidate, NeuralNetwork, defaults, getTypedArrayFn, likely, lookup, trainDefaults };

export default {
  activation,
  AE,
  CrossValidate,
  likely,
  layer,
  layerTypes,
  lookup,
  praxis,
  FeedForward,
  NeuralNetwork,
  NeuralNetworkGPU,
  Recurrent,
  recurrent,
  utilities,
  defaults,
  trainDefaults,
  getTypedArrayFn,
};

import type { INeuralNetworkData } from './v2/types.js';

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
export type { IDataFormatter, IDataFormatterJSON } from './v2/data-formatter.js';
export type { NeuralNetworkDrawOptions } from './v2/svg.js';
export type {
  INeuralNetworkBinaryTestResult,
  INeuralNetworkState,
  INeuralNetworkState as ITrainingStatus,
  INeuralNetworkTestResult,
  INeuralNetworkTrainingCallback,
} from './types.js';
export type {
  IJSONLayer,
  INeuralNetworkData,
  INeuralNetworkDatum,
  INeuralNetworkDatumFormatted,
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkPreppedTrainingData,
  INeuralNetworkTrainOptions,
  INeuralNetworkTrainOptionsJSON,
  INumberHash,
  NeuralNetworkActivation,
  OwnTrainOptions,
  Praxis,
} from './v2/types.js';
