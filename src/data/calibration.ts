// From outputs to probabilities: softmax of scaled outputs.

import type { Engine } from '../../bindings/core.js';
import { Arena, Reals } from '../../bindings/memory.js';

/** How outputs become probabilities. */
export interface Calibration {
  readonly scale: number;
  /** softmax(scale·outputs), row by row. */
  probabilities(outputs: ArrayLike<number>): Float64Array;
  /** Their logarithms. */
  logProbabilities(outputs: ArrayLike<number>): Float64Array;
}

/** A calibration with a known scale; computes in the precision of `engine`. */
export function calibration(engine: Engine, classes: number, scale: number): Calibration {
  const through = (kernel: 'softmax' | 'logSoftmax') => (outputs: ArrayLike<number>) => {
    const arena = new Arena();
    try {
      const a = new Reals(arena, engine.precision, outputs.length);
      a.view().set(outputs);
      engine.core.scale(outputs.length, scale, a.address);
      engine.core[kernel](outputs.length / classes, classes, a.address, a.address);
      return Float64Array.from(a.view());
    } finally {
      arena.dispose();
    }
  };
  return { scale, probabilities: through('softmax'), logProbabilities: through('logSoftmax') };
}
