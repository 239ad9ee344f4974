// Seeds and streams. All randomness comes from one seed; each purpose draws from a stream of its own, so that what one part
// draws does not depend on what others do.

/** What a stream is for: part of its key. Numbers are part of the results; never reuse one. */
export const Purpose = {
  weights: 1,
  order: 2,
  split: 3,
  folds: 4,
  ties: 5,
  emphasis: 6,
  dropout: 7,
  bootstrap: 8,
  noise: 9,
  clusters: 10,
  batches: 11,
  probes: 12,
  importance: 13,
  search: 14,
} as const;

export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** The stream of a purpose that layer `layer` draws from: each has its own. */
export function streamOf(purpose: Purpose, layer: number): number {
  return purpose + 256 * layer;
}

/** A seed: any integer from 0 to 2^53 − 1. */
export const SEED = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true } as const;

/** The two 32-bit halves of a seed, as kernels take it. */
export function halves(seed: number): [low: number, high: number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/** A seed for those who give none: drawn once, then kept, so that the run can be repeated. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
