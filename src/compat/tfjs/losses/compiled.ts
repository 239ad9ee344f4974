// The loss of a model, as far as it is one of tfjs's.

import { UnsupportedError } from '../../../../bindings/errors.js';
import { Arena } from '../../../../bindings/memory.js';
import { tensors } from '../../../../bindings/tensors.js';
import type { Model } from '../inside.js';
import { copied } from '../memory.js';
import { type LossName, givenLoss, isOfAllRows, lossNamed, lossOf } from './losses.js';

/** A passing use of memory. */
function borrowed<T>(f: (arena: Arena) => T): T {
  const arena = new Arena(tensors().heap);
  try {
    return f(arena);
  } finally {
    arena.dispose();
  }
}

/** A loss that is a function of somebody's own. */
export class CustomLossError extends UnsupportedError {}

/** The loss that a model was compiled with. @throws CustomLossError */
export function compiledLoss(model: Model): LossName {
  const given = givenLoss(model);
  const name =
    typeof given === 'string'
      ? lossNamed(given)
      : borrowed((arena) => lossOf(given, tensors().core, (numbers) => copied({ heap: tensors().heap, arena }, numbers)));
  if (name) return name;
  throw new CustomLossError(
    `its loss${typeof given === 'function' && given.name ? `, ${given.name},` : ''} is a function of your own`,
  );
}

/** @throws CustomLossError where class weights mean something else for a model's loss than they do for those of layers */
export function checkClassWeights(model: Model, classWeight: unknown): void {
  if (classWeight !== null && classWeight !== undefined && isOfAllRows(model))
    throw new CustomLossError('its loss is one number for all rows, and class weights scale all of it');
}
