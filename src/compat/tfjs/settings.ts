// What a training reads of a model when it begins, and tfjs at every step: callbacks may change it, as one that freezes a layer,
// or lets a regularizer's weight fall.

import type { Chain } from './chain.js';
import type { Model, Regularizer } from './inside.js';

/** Fields of layers, weights of regularizers, which variables are trained, and what the model was compiled with. */
function read(model: Model, { layers, slots }: Chain): unknown[] {
  const { optimizer_, loss, lossFunctions, collectedTrainableWeights } = model;
  const found: unknown[] = [optimizer_, loss, lossFunctions, collectedTrainableWeights];
  for (const { layer } of layers) {
    for (const field of Object.values(layer)) {
      found.push(field);
      const { l1, l2 } = (field ?? {}) as Partial<Regularizer>;
      if (l1 !== undefined) found.push(l1, l2);
    }
  }
  for (const { variable } of slots) found.push(variable.val.trainable);
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
