// Shapes of tensors.

/** How many numbers a shape has: an axis whose size is not known, as that of a batch, counts 1. */
export function sizeOf(shape: readonly (number | null | undefined)[]): number {
  let size = 1;
  for (const n of shape) size *= n ?? 1;
  return size;
}

/** Of each element of a shape, which one of another shape is its own: axes of length 1 there are shared. */
export function sharing(shape: readonly number[], shared: readonly number[]): Uint32Array {
  return Uint32Array.from({ length: sizeOf(shape) }, (_, i) => {
    let rest = i;
    let at = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const k = rest % shape[axis]!;
      rest = (rest - k) / shape[axis]!;
      if (shared[axis]! > 1) at += k * stride;
      stride *= shared[axis]!;
    }
    return at;
  });
}
