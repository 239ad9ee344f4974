// Layers that wait for data.

import type { Layer } from '../layers/layers.js';

/** Whether any layer waits for data. */
export function startsFromData(layers: readonly Layer[]): boolean {
  return layers.some(waits);
}

/** Whether a layer does. */
export function waits(layer: Layer): boolean {
  return (layer.type === 'rbf' && layer.init === 'kMeans') || (layer.type === 'dense' && layer.init === 'leastSquares');
}
