// The ladder: networks from small to large, and the data that they learn. float32, momentum 0.9.

import type { Loss } from '../layers/losses.js';

/** A step of training that is measured. */
export interface Rung {
  readonly name: string;
  readonly sizes: readonly number[];
  /** Samples a step. */
  readonly batch: number;
  /** Of the hidden layers; the last is softmax under crossEntropy, else linear. */
  readonly activation: 'tanh' | 'relu';
  readonly loss: Loss;
  /** What a step cannot be faster than: multiply-adds, reading and writing the weights, or the chain of small operations. */
  readonly bound: 'multiply-adds' | 'bandwidth' | 'latency';
  /** Whether all samples are one batch. */
  readonly full: boolean;
}

const rung = (
  sizes: readonly number[],
  batch: number,
  activation: Rung['activation'],
  loss: Loss,
  bound: Rung['bound'],
  full = false,
): Rung => ({ name: `${sizes.join('-')} ${full ? 'full' : `b${batch}`}`, sizes, batch, activation, loss, bound, full });

export const LADDER: readonly Rung[] = [
  rung([784, 128, 10], 1, 'tanh', 'crossEntropy', 'bandwidth'),
  rung([784, 128, 10], 32, 'tanh', 'crossEntropy', 'multiply-adds'),
  rung([784, 128, 10], 128, 'tanh', 'crossEntropy', 'multiply-adds'),
  rung([784, 512, 512, 10], 128, 'relu', 'crossEntropy', 'multiply-adds'),
  rung([8, 64, 64, 1], 64, 'tanh', 'meanSquaredError', 'multiply-adds'),
  rung([4, 16, 3], 1, 'tanh', 'crossEntropy', 'latency'),
  rung([4, 16, 3], 16, 'tanh', 'crossEntropy', 'latency'),
  rung([1, 10, 1], 1, 'tanh', 'meanSquaredError', 'latency'),
  rung([1, 10, 1], 100, 'tanh', 'meanSquaredError', 'latency'),
  rung([20, 5, 20, 1], 100_000, 'tanh', 'meanSquaredError', 'latency', true),
];

/** The learning rate of a rung: small enough for every contender to learn by. */
export const RATE = 0.005;
export const MOMENTUM = 0.9;

/** A small, fast, seeded generator (xorshift is more than enough here): uniform on [0, 1). */
export function uniforms(seed: number): () => number {
  let a = (seed * 0x9e3779b9) >>> 0 || 1;
  return () => {
    a ^= a << 13;
    a ^= a >>> 17;
    a ^= a << 5;
    a >>>= 0;
    return a / 2 ** 32;
  };
}

/** Samples: inputs and targets, row-major. */
export interface Samples {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Samples of a rung: whole batches, a few of them. */
export function samples({ sizes, batch, loss, full }: Rung): Samples {
  const inputs = sizes[0]!;
  const outputs = sizes.at(-1)!;
  const rows = full ? batch : batch === 1 ? 256 : batch * (batch >= 100 ? 4 : 16);
  const next = uniforms(7);
  const x = Float32Array.from({ length: rows * inputs }, () => (next() - 0.5) * Math.sqrt(12)); // mean 0, variance 1
  const y = new Float32Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * inputs, (r + 1) * inputs);
    if (loss === 'crossEntropy') {
      // The class is the largest of a few sums of inputs: learnable, and known.
      let best = 0;
      const sum = (c: number) => row.reduce((s, v, i) => (i % outputs === c ? s + v : s), 0);
      for (let c = 1; c < outputs; c++) if (sum(c) > sum(best)) best = c;
      y[r * outputs + best] = 1;
    } else y[r] = Math.sin(row[0]!) + 0.5 * (row[1] ?? 0);
  }
  return { x, y, rows, inputs, outputs };
}

/** Multiply-adds of a step's matrix products: forward, weight gradients, and input gradients of all layers but the first. */
export function products({ sizes, batch }: Pick<Rung, 'sizes' | 'batch'>): number {
  let sum = 0;
  for (let i = 1; i < sizes.length; i++) sum += (i === 1 ? 2 : 3) * sizes[i - 1]! * sizes[i]!;
  return sum * batch;
}

/** Parameters of a rung's network. */
export function parameters({ sizes }: Pick<Rung, 'sizes'>): number {
  return sizes.slice(1).reduce((sum, units, i) => sum + (sizes[i]! + 1) * units, 0);
}

/** Bytes that a step on one sample moves. */
export interface Traffic {
  /** Read only. */
  readonly read: number;
  /** Read and written back, both counted. */
  readonly updated: number;
  /** What they are spread over: the level of the cache that holds this decides how fast they come. */
  readonly workingSet: number;
}

/**
 * Bytes of an online step with momentum in float32, of weights W and velocities V, n of each in all layers, m of them behind the
 * first: forward reads W (4n), backward reads W of all layers but the first (4m), the update, fused with the outer product, reads
 * and writes W and V (16n). They are spread over W and V (8n). Samples and activations are small beside them.
 */
export function traffic({ sizes }: Pick<Rung, 'sizes'>): Traffic {
  const n = parameters({ sizes });
  const m = n - (sizes[0]! + 1) * sizes[1]!;
  return { read: 4 * (n + m), updated: 16 * n, workingSet: 8 * n };
}
