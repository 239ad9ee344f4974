// CrossValidate as brain.js 2.x has it: told how to make a network.

import {
  type ICrossValidateBinaryStats,
  type ICrossValidateJSON,
  type ICrossValidateStats,
  type ICrossValidateStatsResultBinaryStats,
  type ICrossValidateStatsResultStats,
  type ICrossValidationTestPartitionBinaryResults,
  type ICrossValidationTestPartitionResults,
  best,
  folds,
  partitionTested,
  requireFolds,
  shuffled,
} from '../cross-validate.js';
import type { INeuralNetworkBinaryTestResult, INeuralNetworkState, INeuralNetworkTestResult } from '../types.js';

/** What `CrossValidate` needs of a network. */
export interface IClassifier<TrainOptsType, JsonType, DatumType> {
  trainOpts: TrainOptsType;
  toJSON: () => JsonType;
  fromJSON: (json: JsonType) => this;
  train: (data: DatumType[], options?: Partial<TrainOptsType>) => INeuralNetworkState;
  test: (data: DatumType[]) => INeuralNetworkTestResult | INeuralNetworkBinaryTestResult;
  initialize: () => void;
}

/** Makes a new network for each fold. */
export type InitClassifier<TrainOptsType, JsonType, DatumType> = () => IClassifier<TrainOptsType, JsonType, DatumType>;

type Net<Init extends () => unknown> = ReturnType<Init>;
type Json<Init extends () => { toJSON(): unknown }> = ReturnType<Net<Init>['toJSON']>;

const isBinary = (of: object) => (of as { accuracy?: number }).accuracy !== undefined;

/** brain.js's cross-validation: trains a network on each fold and keeps the best one. */
export class CrossValidate<
  InitClassifierType extends InitClassifier<
    ReturnType<InitClassifierType>['trainOpts'],
    ReturnType<ReturnType<InitClassifierType>['toJSON']>,
    Parameters<ReturnType<InitClassifierType>['train']>[0][0]
  >,
> {
  json: ICrossValidateJSON<Json<InitClassifierType>> = {
    avgs: { error: 0, iterations: 0, testTime: 0, trainTime: 0 },
    stats: { total: 0, testSize: 0, trainSize: 0 },
    sets: [],
  };

  constructor(public initClassifier: InitClassifierType) {}

  static isBinaryStats = (
    stats: ICrossValidateStatsResultStats | ICrossValidateStatsResultBinaryStats,
  ): stats is ICrossValidateStatsResultBinaryStats => isBinary(stats);

  static isBinaryResults = <JsonType>(
    stats: ICrossValidateStats<JsonType> | ICrossValidateBinaryStats<JsonType>,
  ): stats is ICrossValidateBinaryStats<JsonType> => isBinary(stats.stats);

  static isBinaryPartitionResults = <JsonType>(
    stats: ICrossValidationTestPartitionResults<JsonType> | ICrossValidationTestPartitionBinaryResults<JsonType>,
  ): stats is ICrossValidationTestPartitionBinaryResults<JsonType> => isBinary(stats);

  /** Trains a fresh network on one part of the data, and tests it on the other. */
  testPartition(
    trainOpts: Parameters<Net<InitClassifierType>['train']>[1],
    trainSet: Parameters<Net<InitClassifierType>['train']>[0],
    testSet: Parameters<Net<InitClassifierType>['train']>[0],
  ):
    | ICrossValidationTestPartitionResults<Json<InitClassifierType>>
    | ICrossValidationTestPartitionBinaryResults<Json<InitClassifierType>> {
    return partitionTested(this.initClassifier() as never, trainOpts as object, trainSet, testSet);
  }

  shuffleArray<K>(array: K[]): K[] {
    return shuffled(array);
  }

  /** Shuffles the data in place, and holds out each of k folds in turn. */
  train(
    data: Array<Parameters<Net<InitClassifierType>['train']>[0][0]>,
    trainOpts: Partial<Parameters<Net<InitClassifierType>['train']>[1]> = {},
    k = 4,
  ): ICrossValidateStats<Net<InitClassifierType>['toJSON']> {
    requireFolds(data, k, trainOpts);
    this.shuffleArray<unknown>(data);
    type Data = Parameters<Net<InitClassifierType>['train']>[0];
    this.json = folds(data, k, (trainSet, testSet) =>
      this.testPartition(trainOpts as never, trainSet as Data, testSet as Data),
    ) as ICrossValidateJSON<Json<InitClassifierType>>;
    return this.json as ICrossValidateStats<Net<InitClassifierType>['toJSON']>;
  }

  toNeuralNetwork(): Net<InitClassifierType> {
    return this.fromJSON(this.json);
  }

  toJSON(): ICrossValidateJSON<Json<InitClassifierType>> | null {
    return this.json;
  }

  /** The network of the fold that did best where it was tested. */
  fromJSON(crossValidateJson: ICrossValidateJSON<Json<InitClassifierType>>): Net<InitClassifierType> {
    return (this.initClassifier() as Net<InitClassifierType>).fromJSON(best(crossValidateJson));
  }
}
