// Vectors of float64, where they are short or belong to callers; long ones have kernels.

/** aᵀb */
export function dot(a: Float64Array, b: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i]! * b[i]!;
  return s;
}

/** |a| */
export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** max |a_i| */
export function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const v = Math.abs(a[i]!);
    if (v > most || v - v !== 0) most = v;
  }
  return most;
}

/** Σ |a_i| */
export function sumOfMagnitudes(a: Float64Array): number {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += Math.abs(a[i]!);
  return s;
}

/** to = x + α·p */
export function stepped(x: Float64Array, alpha: number, p: Float64Array, to: Float64Array): void {
  for (let i = 0; i < x.length; i++) to[i] = x[i]! + alpha * p[i]!;
}

/** Whether two vectors of one length are equal; none is where an entry is no number. */
export function equalVectors(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
