// CrossValidate as brain.js 1.x has it: told which class to make networks of, and with which options.

import {
  type Classifier,
  type ICrossValidateJSON,
  best,
  folds,
  partitionTested,
  requireFolds,
  shuffled,
} from '../cross-validate.js';
import type { NeuralNetwork } from './neural-network.js';

/** A network as it is cross-validated. */
interface Validated extends Classifier<unknown> {
  // biome-ignore lint/suspicious/noExplicitAny: the classifier's own
  fromJSON(json: any): unknown;
}

/** Its class; it may have a way of its own to read JSON. */
// biome-ignore lint/suspicious/noExplicitAny: networks take options of many kinds
type ValidatedClass = (new (options?: any) => any) & { fromJSON?: (json: any) => any };

type Json = ICrossValidateJSON<unknown>;

export class CrossValidate {
  json: Json | null = null;

  constructor(
    public Classifier: ValidatedClass,
    public options?: unknown,
  ) {}

  /** Trains a fresh network on one part of the data, and tests it on the other. */
  testPartition(
    trainOpts: object,
    trainSet: unknown[],
    testSet: unknown[],
  ): Json['sets'][number] & { learningRate?: number; hiddenLayers?: number[] | null } {
    const classifier = new this.Classifier(this.options) as Validated & Partial<NeuralNetwork>;
    const { network, ...tested } = partitionTested(classifier, trainOpts, trainSet, testSet);
    const { learningRate } = classifier.trainOpts ?? {};
    return {
      ...tested,
      ...(learningRate !== undefined && { learningRate }),
      ...(classifier.hiddenLayers !== undefined && { hiddenLayers: classifier.hiddenLayers }),
      network,
    };
  }

  shuffleArray<K>(array: K[]): K[] {
    return shuffled(array);
  }

  /** Shuffles the data in place, and holds out each of k folds in turn. */
  // biome-ignore lint/suspicious/noExplicitAny: data and options are the classifier's
  train(data: any[], trainOpts: any = {}, k = 4): Json {
    requireFolds(data, k);
    this.shuffleArray(data);
    this.json = folds(data, k, (trainSet, testSet) => this.testPartition(trainOpts, trainSet, testSet));
    return this.json;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as brain.js's types have it, a network of the class that was given
  toNeuralNetwork<T = any>(): T {
    return this.fromJSON(this.json!) as T;
  }

  toJSON(): Json | null {
    return this.json;
  }

  /** The network of the fold that did best where it was tested. */
  // biome-ignore lint/suspicious/noExplicitAny: a network of the class that was given
  fromJSON(crossValidateJson: Json): any {
    const { Classifier } = this;
    const json = best(crossValidateJson);
    if (Classifier.fromJSON) return Classifier.fromJSON(json);
    const network = new Classifier() as Validated;
    network.fromJSON(json);
    return network;
  }
}
