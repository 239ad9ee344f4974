// Tensors that users give, and tensors that are made of them on the way.

import type { Tensor } from '@tensorflow/tfjs-core';
import { numbersIn, placeOf } from './inside.js';

/** A tensor, several of them, or several by name. */
export type Given = unknown;

/** The tensors that somebody gave. */
function all(given: Given): readonly unknown[] {
  if (given === null || typeof given !== 'object') return [];
  if ('dataId' in given) return [given];
  return Object.values(given);
}

/** Disposes of those of `made` that are not among what was given. */
export function disposeOthers(made: readonly Tensor[], given: Given): void {
  const kept = all(given);
  for (const tensor of made) if (!kept.includes(tensor) && !tensor.isDisposed) tensor.dispose();
}

/** What has a tensor's numbers, to be copied at once. @throws Error in tfjs's words where it has none */
export async function numbersOf(name: string, tensor: Tensor): Promise<() => ArrayLike<number>> {
  if (tensor.dtype === 'string' || tensor.dtype === 'complex64') {
    throw new Error(`Argument '${name}' passed to 'gather' must be numeric tensor, but got ${tensor.dtype} tensor`);
  }
  if (placeOf(tensor.dataId)) return () => numbersIn(tensor);
  const numbers = (await tensor.data()) as ArrayLike<number>;
  return () => numbers;
}

/** A batch size. @throws Error in tfjs's words */
export function checkedBatchSize(given: number | null | undefined): number {
  const size = given ?? 32;
  if (!(size > 0 && Number.isInteger(size))) throw new Error(`batchSize is required to be a positive integer, but got ${size}`);
  return size;
}
