// Shapes of tensors.

/** How many numbers a shape has: an axis whose size is not known, as that of a batch, counts 1. */
export function sizeOf(shape: readonly (number | null | undefined)[]): number {
  return shape.reduce<number>((size, n) => size * (n ?? 1), 1);
}
