// How a network does on a set: its loss, and metrics of classes or of numbers.

import { Arena, Reals } from '../bindings/memory.js';
import type { Dataset } from './data/dataset.js';
import { DataError } from './errors.js';
import { Forward, type ForwardSubject } from './forward.js';
import type { Loss } from './losses.js';
import { type ClassMetrics, type NumberMetrics, Tally } from './metrics.js';

/** What `evaluate` finds: the library's loss, and metrics of classes or of numbers. */
export type Evaluation = { loss: number } & (
  | (ClassMetrics & { /** Of cross-entropies: the loss by its other name. */ logLoss?: number })
  | NumberMetrics
);

/** What is evaluated. */
interface Evaluated extends ForwardSubject {
  readonly inputs: number;
  readonly outputs: number;
  readonly loss: Loss;
}

/** @throws DataError, OutOfMemoryError */
export function evaluation(network: Evaluated, data: Dataset): Evaluation {
  const { inputs, outputs: width, loss: kind, engine } = network;
  if (data.inputs !== inputs) throw new DataError('X', `has ${data.inputs} columns; expected ${inputs}`);
  const arena = new Arena();
  try {
    const patterns = data.patterns(engine.precision, kind, width, arena);
    const forward = new Forward(network, arena, patterns, undefined, Infinity, 1);
    const { stride } = forward;
    const outputs = new Reals(arena, engine.precision, stride * width);
    const tally = new Tally(kind, width);
    let sum = 0;
    for (let first = 0; first < data.rows; first += stride) {
      const rows = Math.min(stride, data.rows - first);
      sum += forward.run(first, rows, outputs);
      tally.add(rows, outputs.view(), patterns.t.view().subarray(first * width), patterns.w?.view().subarray(first));
    }
    const metrics = tally.result();
    const loss = Number.isFinite(sum) ? sum / forward.weight : beyond(kind, metrics);
    return { loss, ...(kind.endsWith('Entropy') && { logLoss: loss }), ...metrics };
  } finally {
    arena.dispose();
  }
}

/** A loss whose summands overflow float32, from metrics, whose sums are in float64. */
function beyond(kind: Loss, metrics: ClassMetrics | NumberMetrics): number {
  if (!('mse' in metrics)) return Infinity;
  return kind === 'meanSquaredError' ? metrics.mse : metrics.mae;
}
