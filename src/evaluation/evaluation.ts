// How a network does on a set: its loss, and metrics of classes or of numbers.

import { Arena, type RealArray, Reals } from '../../bindings/memory.js';
import type { Dataset } from '../data/dataset.js';
import { DataError, counted } from '../runtime/errors.js';
import { Forward, type ForwardSubject } from '../plan/forward.js';
import type { AnyLoss } from '../layers/losses.js';
import { type ClassMetrics, type NumberMetrics, Tally } from './metrics.js';

/** What `evaluate` finds: the library's loss, and metrics of classes or of numbers. */
export type Evaluation = { loss: number } & (
  | (ClassMetrics & Lacking<NumberMetrics> & { /** Of cross-entropies: the loss by its other name. */ logLoss?: number })
  | (NumberMetrics & Lacking<ClassMetrics> & { logLoss?: never })
);

/** What the other kind of metrics has: undefined, so that one may ask for it without knowing the kind. */
type Lacking<Metrics> = { [K in keyof Metrics]?: never };

/** What is evaluated. */
interface Evaluated extends ForwardSubject {
  readonly inputs: number;
  readonly outputs: number;
  readonly loss: AnyLoss;
}

/**
 * @throws DataError at the first row of outputs that are not finite: the largest of NaN is no class, and no mean of infinities is
 * an error
 */
export function requireFinite(outputs: RealArray, width: number, first = 0): void {
  const at = outputs.findIndex((a) => !Number.isFinite(a));
  if (at < 0) return;
  const remedy = "scale the inputs, or give the network precision: 'float64'; if training diverged, its history has advice";
  throw new DataError('X', `gives an output of ${outputs[at]}: inputs or weights are too large; ${remedy}`, {
    row: first + Math.floor(at / width),
  });
}

/**
 * @param demands whether outputs must be finite
 * @throws DataError, OutOfMemoryError
 */
export function evaluation(network: Evaluated, data: Dataset, demands: boolean): Evaluation {
  const { inputs, outputs: width, loss: kind, engine } = network;
  if (data.inputs !== inputs) throw new DataError('X', `has ${counted(data.inputs, 'column')}; expected ${inputs}`);
  const arena = new Arena();
  try {
    const samples = data.samples(engine.precision, kind, width, arena);
    const forward = new Forward(network, arena, samples, undefined, Infinity, 1);
    const { stride } = forward;
    const outputs = new Reals(arena, engine.precision, stride * width);
    const tally = new Tally(kind, width);
    let sum = 0;
    for (let first = 0; first < data.rows; first += stride) {
      const rows = Math.min(stride, data.rows - first);
      sum += forward.run(first, rows, outputs);
      if (demands) requireFinite(outputs.view().subarray(0, rows * width), width, first);
      tally.add(rows, outputs.view(), samples.t.view().subarray(first * width), samples.w?.view().subarray(first));
    }
    const metrics = tally.result();
    const loss = Number.isFinite(sum) ? sum / forward.weight : beyond(kind, metrics);
    return { loss, ...(kind.endsWith('Entropy') && { logLoss: loss }), ...metrics } as Evaluation;
  } finally {
    arena.dispose();
  }
}

/** A loss whose summands overflow float32, from metrics, whose sums are in float64. */
function beyond(kind: AnyLoss, metrics: ClassMetrics | NumberMetrics): number {
  const metric = BEYOND[kind];
  return metric && 'mse' in metrics ? metrics[metric] : Infinity;
}

/** What a loss is, or is to rounding, where its summands are too large for float32. */
const BEYOND: Partial<Record<AnyLoss, keyof NumberMetrics>> = {
  meanSquaredError: 'mse',
  meanAbsoluteError: 'mae',
  logCosh: 'mae',
};
