// Cross-validation as brain.js does it: the data are shuffled in place, each fold is held out once.

import { EfficientBackpropError, ModelFileError } from '../../runtime/errors.js';
import { requireLater } from './praxis/loader.js';
import type { INeuralNetworkBinaryTestResult, INeuralNetworkState, INeuralNetworkTestResult } from './types.js';

/** Means over all folds. */
export interface ICrossValidateStatsAverages {
  trainTime: number;
  testTime: number;
  iterations: number;
  error: number;
  /** Of the rows that were held out; brain.js has none. */
  testError?: number;
}

/** Sizes of the folds. */
export interface ICrossValidateStatsResultStats {
  total: number;
  testSize: number;
  trainSize: number;
}

/** Sizes of the folds, and counts of right and wrong answers with the ratios made of them. */
export interface ICrossValidateStatsResultBinaryStats extends ICrossValidateStatsResultStats {
  truePos: number;
  trueNeg: number;
  falsePos: number;
  falseNeg: number;
  precision: number;
  recall: number;
  accuracy: number;
}

/** The result of one fold, with its network. */
export interface ICrossValidationTestPartitionResults<JsonType> extends INeuralNetworkTestResult {
  trainTime: number;
  testTime: number;
  iterations: number;
  network: JsonType;
  total: number;
  /** Of the rows that were held out. `error` is that of the training, as brain.js has it. */
  testError?: number;
}

/** The result of one fold, for networks with one output. */
export type ICrossValidationTestPartitionBinaryResults<JsonType> = INeuralNetworkBinaryTestResult &
  ICrossValidationTestPartitionResults<JsonType>;

/** What `CrossValidate` returns for networks with several outputs. */
// biome-ignore lint/suspicious/noExplicitAny: 1.x's types name no type of JSON
export interface ICrossValidateStats<JsonType = any> {
  avgs: ICrossValidateStatsAverages;
  stats: ICrossValidateStatsResultStats;
  sets: Array<ICrossValidationTestPartitionResults<JsonType>>;
}

/** What `CrossValidate` returns for networks with one output. */
// biome-ignore lint/suspicious/noExplicitAny: 1.x's types name no type of JSON
export interface ICrossValidateBinaryStats<JsonType = any> {
  avgs: ICrossValidateStatsAverages;
  stats: ICrossValidateStatsResultBinaryStats;
  sets: Array<ICrossValidationTestPartitionBinaryResults<JsonType>>;
}

/** What `CrossValidate` returns and writes. */
// biome-ignore lint/suspicious/noExplicitAny: 1.x's types name no type of JSON
export type ICrossValidateJSON<JsonType = any> = ICrossValidateStats<JsonType> | ICrossValidateBinaryStats<JsonType>;

/** What is trained and tested. */
export interface Classifier<JsonType> {
  // biome-ignore lint/suspicious/noExplicitAny: data and options are the classifier's
  train(data: any, options?: any): INeuralNetworkState;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  test(data: any): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult;
  toJSON(): JsonType;
}

const COUNTS = ['truePos', 'trueNeg', 'falsePos', 'falseNeg'] as const;

type Result<JsonType> = ICrossValidationTestPartitionResults<JsonType> & Partial<INeuralNetworkBinaryTestResult>;

/** Trains a fresh classifier on one part, and tests it on the other. */
export function partitionTested<JsonType>(
  classifier: Classifier<JsonType>,
  trainOpts: object | undefined,
  trainSet: readonly unknown[],
  testSet: readonly unknown[],
): Result<JsonType> {
  const began = Date.now();
  const { iterations, error } = classifier.train(trainSet, trainOpts);
  const trained = Date.now();
  const tested = classifier.test(testSet);
  const ended = Date.now();
  return {
    ...tested,
    trainTime: trained - began,
    testTime: ended - trained,
    iterations,
    error,
    testError: tested.error,
    network: classifier.toJSON(),
  };
}

/** Durstenfeld's shuffle, in place, by Math.random. */
export function shuffled<K>(array: K[]): K[] {
  for (let i = array.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [array[i], array[j]] = [array[j]!, array[i]!];
  }
  return array;
}

/** Each fold by `test`, and what they come to. */
export function folds<JsonType>(
  data: readonly unknown[],
  k: number,
  test: (trainSet: unknown[], testSet: unknown[]) => Result<JsonType>,
): ICrossValidateJSON<JsonType> {
  const size = data.length / k;
  const sets: Result<JsonType>[] = [];
  for (let fold = 0; fold < k; fold++) {
    const trainSet = data.slice(0);
    const testSet = trainSet.splice(fold * size, size);
    sets.push(test(trainSet, testSet));
  }
  const sum = (of: (set: Result<JsonType>) => number) => sets.reduce((total, set) => total + of(set), 0);
  const avgs: ICrossValidateStatsAverages = {
    trainTime: sum((set) => set.trainTime) / k,
    testTime: sum((set) => set.testTime) / k,
    iterations: sum((set) => set.iterations) / k,
    error: sum((set) => set.error) / k,
    testError: sum((set) => set.testError!) / k,
  };
  const stats = { total: sum((set) => set.total), testSize: size, trainSize: data.length - size };
  if (!COUNTS.every((name) => Object.hasOwn(sets[0]!, name))) return { avgs, stats, sets };
  const [truePos, trueNeg, falsePos, falseNeg] = COUNTS.map((name) => sum((set) => set[name]!)) as [
    number,
    number,
    number,
    number,
  ];
  const binary = {
    ...stats,
    truePos,
    trueNeg,
    falsePos,
    falseNeg,
    precision: truePos / (truePos + falsePos),
    recall: truePos / (truePos + falseNeg),
    accuracy: (trueNeg + truePos) / stats.total,
  };
  return { avgs, stats: binary, sets: sets as ICrossValidationTestPartitionBinaryResults<JsonType>[] };
}

/** @throws EfficientBackpropError where there are fewer rows than folds, or options that train() refuses */
export function requireFolds({ length }: { length: number }, k: number, options: object): void {
  requireLater(
    options,
    'CrossValidate does not wait for it. Leave praxis out, or hold rows out yourself and await trainAsync(…) of a network for each fold',
  );
  if (length < k) throw new EfficientBackpropError(`Training set size is too small for ${length} k folds of ${k}`);
}

/**
 * The network of the fold that did best on the rows that it was not trained on; of a file by brain.js, which does not keep that,
 * in its training.
 */
export function best<JsonType>(
  json: { sets: readonly { error: number; testError?: number; network: JsonType }[] } | null,
): JsonType {
  const sets: unknown = json?.sets;
  if (!Array.isArray(sets) || sets.length === 0)
    throw new ModelFileError('cross-validation JSON: sets is not an array of folds; train first');
  const error = ({ error, testError }: { error: number; testError?: number }) => testError ?? error;
  return sets.reduce((before, set) => (error(before) < error(set) ? before : set)).network;
}
