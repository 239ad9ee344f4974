// Weights of samples: of their classes, as tfjs has them, and of each, which tfjs refuses.

import type { Tensor } from '@tensorflow/tfjs-core';
import { DataError, OptionError, shown } from '../../../runtime/errors.js';

/** A number for each sample. */
export type SampleWeight = Tensor | ArrayLike<number>;

/** The weight of each of so many samples, class weight times sample weight; undefined where there are none. */
export async function weightsOf(
  ofClasses: readonly (Tensor | null)[] | null,
  ofSamples: SampleWeight | null | undefined,
  count: number,
): Promise<Float32Array | undefined> {
  const byClass = ofClasses?.[0];
  const given = ofSamples !== null && ofSamples !== undefined;
  if (!byClass && !given) return undefined;
  const weights = new Float32Array(count).fill(1);
  if (byClass) {
    weights.set((await byClass.data()) as Float32Array);
    byClass.dispose();
  }
  if (given) {
    const own = typeof ofSamples === 'object' && 'dataId' in ofSamples ? ((await ofSamples.data()) as Float32Array) : ofSamples;
    if (typeof own !== 'object' || !Number.isInteger(own.length))
      throw new OptionError('fit.sampleWeight', ofSamples, 'a tensor or an array, with a number for each sample');
    if (own.length !== count) throw new Error(`sampleWeight has ${own.length} numbers, but there are ${count} samples`);
    for (let i = 0; i < count; i++) {
      const weight: unknown = own[i];
      if (!(typeof weight === 'number' && weight >= 0 && weight < Infinity))
        throw new DataError('sampleWeight', `is ${shown(weight)}; expected a number ≥ 0`, { row: i });
      weights[i]! *= weight;
    }
  }
  return weights;
}
