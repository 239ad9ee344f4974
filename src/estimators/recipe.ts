// A recipe: what a model is trained with.

import type { Activation } from '../layers/activations.js';

/** What a model is trained with. */
export interface Recipe {
  /** Units of hidden layers, from the bottom up; none makes a linear model. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly weightDecay: number;
  /** The rate that training starts with. */
  readonly rate: number;
  readonly momentum: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** How steps are taken: descent with momentum, where missing, or Adam. */
  readonly method?: 'adam';
}

/** What the user fixed. */
export type Fixed = { [K in Exclude<keyof Recipe, 'method'>]: Recipe[K] | undefined };

/** Shape of a model: what recipes of one problem differ in, beside the decay. */
export interface Family {
  readonly hidden: readonly number[];
  readonly activation: Activation;
}
