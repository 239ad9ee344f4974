// What the last layer can put out, and targets beyond it.

import type { SampleBuffers } from '../../data/dataset.js';
import { DataError } from '../../runtime/errors.js';
import { ACTIVATIONS, type OutputRange } from '../../layers/activations.js';
import type { Layer } from '../../layers/layers.js';
import { LOSSES } from '../../layers/losses.js';
import { type Architecture, outputsOf } from '../../plan/plan.js';

/** What a layer's outputs lie between. */
function rangeOf(layer: Layer): OutputRange {
  if (layer.type === 'rbf') return [0, 1];
  return layer.type === 'dense' ? ACTIVATIONS[layer.activation].range(layer.slope) : [-Infinity, Infinity];
}

/** Targets that the last layer cannot give. */
export interface OutOfRange {
  /** Of the layer, as the reader knows it: 'sigmoid'. */
  readonly by: string;
  readonly range: OutputRange;
  readonly targets: OutputRange;
  /** Whether some targets are within the range. */
  readonly some: boolean;
}

/** Targets beyond the range of the last layer; undefined where all are within, or the loss is not about numbers. */
export function outOfRange(
  { layers, loss }: Pick<Architecture, 'layers' | 'loss'>,
  t: ArrayLike<number>,
): OutOfRange | undefined {
  if (LOSSES[loss].targets !== 'numbers') return undefined;
  const top = layers.at(-1)!;
  const [low, high] = rangeOf(top);
  if (low === -Infinity && high === Infinity) return undefined;
  let [least, most] = [Infinity, -Infinity];
  let some = false;
  for (let i = 0; i < t.length; i++) {
    const target = t[i]!;
    if (target < least) least = target;
    if (target > most) most = target;
    some ||= target >= low && target <= high;
  }
  if (least >= low && most <= high) return undefined;
  return { by: top.type === 'dense' ? top.activation : top.type, range: [low, high], targets: [least, most], some };
}

/** A range in words. */
export function rangeText([low, high]: OutputRange): string {
  return high === Infinity ? `${low} and more` : `${low} to ${high}`;
}

/** @throws DataError where the last layer can give not one of the targets */
export function requireReachable(architecture: Architecture, { t }: Pick<SampleBuffers, 't'>): void {
  if (architecture.layers.at(-1)!.type === 'rbf') return; // no activation bounds it
  const out = outOfRange(architecture, t.view());
  if (!out || out.some) return;
  const [least, most] = out.targets;
  throw new DataError(
    'Y',
    `no target (they go from ${least} to ${most}) is in the range that the ${out.by} of the last layer returns, ${rangeText(out.range)}: ` +
      `make that layer linear, dense(${outputsOf(architecture)}), or scale the targets`,
  );
}
