// CrossValidate as brain.js 1.x has it: told which class to make networks of, and with which options.

import { type Classifier, best, folds, partitionTested, requireFolds, shuffled } from '../cross-validate.js';
import type {
  ICrossValidateStatsAverages,
  ICrossValidateStatsResultBinaryStats,
  ICrossValidationTestPartitionBinaryResults,
} from '../cross-validate.js';
import type { NeuralNetwork } from './neural-network.js';
import type {
  ICrossValidateStats,
  INeuralNetworkJSON,
  INeuralNetworkOptions,
  INeuralNetworkTrainingData,
  INeuralNetworkTrainingOptions,
} from './types.js';

/** The result of one fold, with its network. */
export interface ICrossValidationTestPartitionResults {
  trainTime: number;
  testTime: number;
  iterations: number;
  trainError: number;
  learningRate: number;
  hidden: number[];
  network: NeuralNetwork;
}

/** What `CrossValidate` returns and writes. */
export interface ICrossValidateJSON {
  avgs: ICrossValidationTestPartitionResults;
  stats: ICrossValidateStats;
  sets: ICrossValidationTestPartitionResults[];
}

/** A network as it is cross-validated. */
interface Validated extends Classifier<unknown> {
  // biome-ignore lint/suspicious/noExplicitAny: the classifier's own
  fromJSON(json: any): unknown;
}

/** Its class; it may have a way of its own to read JSON. */
// biome-ignore lint/suspicious/noExplicitAny: networks take options of many kinds
type ValidatedClass = (new (options?: any) => any) & { fromJSON?: (json: any) => any };

/** A fold, with what brain.js's types do not tell of it. Its network is JSON, whatever they say. */
interface Fold
  extends ICrossValidationTestPartitionResults,
    Partial<Omit<ICrossValidationTestPartitionBinaryResults<unknown>, keyof ICrossValidationTestPartitionResults>> {
  error: number;
  total: number;
  misclasses: unknown[];
  hiddenLayers?: number[] | null;
  network: NeuralNetwork & INeuralNetworkJSON;
}

/** What train comes to. brain.js's types look for the counts of `stats` one level too high. */
export interface CrossValidation extends ICrossValidateJSON, ICrossValidateStats {
  avgs: ICrossValidationTestPartitionResults & ICrossValidateStatsAverages;
  stats: ICrossValidateStats & Partial<ICrossValidateStatsResultBinaryStats>;
  sets: Fold[];
}

/** brain.js's cross-validation: trains a network on each fold and keeps the best one. */
export class CrossValidate {
  json: CrossValidation | null = null;

  constructor(
    public Classifier: ValidatedClass,
    public options?: INeuralNetworkOptions | object,
  ) {}

  /** Trains a fresh network on one part of the data, and tests it on the other. */
  testPartition(trainOpts?: object, trainSet: unknown[] = [], testSet: unknown[] = []): Fold {
    const classifier = new this.Classifier(this.options) as Validated & Partial<NeuralNetwork>;
    const { network, ...tested } = partitionTested(classifier, trainOpts, trainSet, testSet);
    const { learningRate } = classifier.trainOpts ?? {};
    return {
      ...tested,
      ...(learningRate !== undefined && { learningRate }),
      ...(classifier.hiddenLayers !== undefined && { hiddenLayers: classifier.hiddenLayers }),
      network,
    } as Fold;
  }

  shuffleArray<K>(array: K[]): K[] {
    return shuffled(array);
  }

  /** Shuffles the data in place, and holds out each of k folds in turn. */
  train(data: INeuralNetworkTrainingData[], trainOpts?: INeuralNetworkTrainingOptions, k?: number): CrossValidation;
  train<T>(data: T, trainOpts?: INeuralNetworkTrainingOptions, k?: number): CrossValidation;
  train(data: unknown, trainOpts: INeuralNetworkTrainingOptions = {}, k = 4): CrossValidation {
    const rows = data as unknown[];
    requireFolds(rows, k, trainOpts);
    this.shuffleArray(rows);
    const json: unknown = folds(rows, k, (trainSet, testSet) => this.testPartition(trainOpts, trainSet, testSet));
    this.json = json as CrossValidation;
    return this.json;
  }

  toNeuralNetwork(): NeuralNetwork;
  /** A network of the class that was given. */
  toNeuralNetwork<T>(): T;
  toNeuralNetwork(): unknown {
    return this.fromJSON(this.json!);
  }

  /** What train has come to; null before. */
  toJSON(): CrossValidation {
    return this.json as CrossValidation;
  }

  /** The network of the fold that did best where it was tested. */
  fromJSON(crossValidateJson: ICrossValidateJSON): NeuralNetwork {
    const { Classifier } = this;
    const json = best(crossValidateJson as CrossValidation);
    if (Classifier.fromJSON) return Classifier.fromJSON(json);
    const network = new Classifier() as Validated;
    network.fromJSON(json);
    return network as unknown as NeuralNetwork;
  }
}
