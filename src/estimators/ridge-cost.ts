// What ridge regression tries, and what that costs: known before it is loaded.

/** Strengths to try, as multiples of the mean eigenvalue of the inputs' covariance: half decades. */
export const STRENGTHS = [1e-6, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 30];

/** The work of trying them all, in multiply-adds: above 10^9 it is not worth it. */
export function ridgeCost(rows: number, inputs: number): number {
  const size = Math.min(rows, inputs);
  return STRENGTHS.length * size * size * (rows + size);
}
