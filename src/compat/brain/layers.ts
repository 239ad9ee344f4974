// Weights and biases by layer. The input, layer 0, has none.

/** Kernels [units][inputs] and biases. */
export interface Layers<Row extends ArrayLike<number> = ArrayLike<number>> {
  readonly weights: readonly (readonly Row[] | undefined)[];
  readonly biases: readonly (Row | undefined)[];
}

/** All of `from`, whose sizes are those of `to`, into `to`. */
export function copyLayers(from: Layers, to: Layers<Float32Array>): void {
  for (let layer = 1; layer < to.weights.length; layer++) {
    to.biases[layer]!.set(from.biases[layer]!);
    for (const [unit, row] of to.weights[layer]!.entries()) row.set(from.weights[layer]![unit]!);
  }
}
