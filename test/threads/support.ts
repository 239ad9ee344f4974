// What the tests of threads share: workers that can be watched and ended, and fits as bits.

import { createRequire } from 'node:module';
import type { Worker as NodeWorker } from 'node:worker_threads';
import {
  type FitOptions,
  type History,
  type Layer,
  type MatrixLike,
  Network,
  type ShapedArray,
  type NetworkOptions,
  dense,
} from '../../src/index.js';
import { hasThreads, wantThreads } from '../../bindings/pool.js';
import { randoms } from '../kernels/support.js';

/** The workers that the library has started since. */
export function watchWorkers(): NodeWorker[] {
  const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof NodeWorker };
  const workers: NodeWorker[] = [];
  threads.Worker = class extends threads.Worker {
    constructor(...given: ConstructorParameters<typeof NodeWorker>) {
      super(...given);
      workers.push(this);
      this.on('exit', () => workers.splice(workers.indexOf(this), 1));
    }
  };
  return workers;
}

/** Waits until workers for so many threads are there and have read what they were told. */
export async function workersFor(threads: number): Promise<void> {
  wantThreads(threads);
  while (!hasThreads(threads)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Rows of numbers in [−1, 1), and their classes among `classes`. */
export function problem(rows: number, inputs: number, classes: number, seed = 1) {
  const next = randoms(seed);
  const X = { data: Float64Array.from({ length: rows * inputs }, next), shape: [rows, inputs] as [number, number] };
  const labels = Array.from({ length: rows }, (_, r) => {
    const [a, b] = [X.data[r * inputs]!, X.data[r * inputs + 1]!];
    return Math.min(classes - 1, Math.floor(((a * b + 1) / 2) * classes));
  });
  return { X, labels };
}

export const LAYERS: Layer[] = [
  dense(33, { activation: 'lecunTanh' }),
  dense(21, { activation: 'relu' }),
  dense(3, { activation: 'softmax' }),
];

/** A fit of a new network, as what must be the same to the last bit. */
export async function fitted(
  network: Partial<NetworkOptions>,
  X: ShapedArray,
  Y: MatrixLike,
  options: FitOptions,
): Promise<Omit<History, 'time'> & { weights: ArrayLike<number>[] }> {
  const inputs = X.shape[1];
  using net = await Network.create({ inputs, layers: LAYERS, loss: 'crossEntropy', seed: 1, ...network });
  const { time: _, ...history } = await net.fit(X, Y, options);
  return { weights: net.getWeights(), ...history };
}
