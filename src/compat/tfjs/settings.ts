// What a training reads of a model when it begins, and tfjs at every step: callbacks may change it, as one that freezes a layer,
// or lets a regularizer's weight fall.

import type { Chain } from './chain.js';
import type { Model } from './inside.js';

/** What the model was compiled with, fields of layers, and of their weights which are trained, and what regularizers ask for. */
function read(model: Model, { layers, slots }: Chain): unknown[] {
  const { optimizer_, loss, lossFunctions, collectedTrainableWeights } = model;
  const found: unknown[] = [optimizer_, loss, lossFunctions, collectedTrainableWeights];
  for (const { layer } of layers) found.push(...Object.values(layer));
  for (const { variable, penalty } of slots) found.push(variable.val.trainable, penalty?.of.l1, penalty?.of.l2);
  return found;
}

/** A model's settings at a moment. */
export class Settings {
  private readonly known: readonly unknown[];

  constructor(
    private readonly model: Model,
    private readonly chain: Chain,
  ) {
    this.known = read(model, chain);
  }

  /** Whether they still are what they were. */
  get areCurrent(): boolean {
    const now = read(this.model, this.chain);
    return now.length === this.known.length && now.every((value, i) => Object.is(value, this.known[i]));
  }
}
