// Weights of samples: of their classes, as tfjs has them, and of each, which tfjs refuses.

import type { Tensor } from '@tensorflow/tfjs-core';

/** A number for each sample. */
export type SampleWeight = Tensor | ArrayLike<number>;

/** The weight of each of so many samples, class weight times sample weight; undefined where there are none. */
export async function weightsOf(
  ofClasses: readonly (Tensor | null)[] | null,
  ofSamples: SampleWeight | null | undefined,
  count: number,
): Promise<Float32Array | undefined> {
  const byClass = ofClasses?.[0];
  if (!byClass && !ofSamples) return undefined;
  const weights = new Float32Array(count).fill(1);
  if (byClass) {
    weights.set((await byClass.data()) as Float32Array);
    byClass.dispose();
  }
  if (ofSamples) {
    const own = 'dataId' in ofSamples ? ((await ofSamples.data()) as Float32Array) : ofSamples;
    if (own.length !== count) throw new Error(`sampleWeight has ${own.length} numbers, but there are ${count} samples`);
    for (let i = 0; i < count; i++) weights[i]! *= own[i]!;
  }
  return weights;
}
