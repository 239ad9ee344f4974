// The best constant: what every model must beat.

import type { Engine } from '../../bindings/core.js';
import { Arena, Reals } from '../../bindings/memory.js';
import type { Problem } from './problem.js';

/** Weighted means of the targets, one an output. */
export function means({ t, w, rows, outputs }: Problem): Float64Array {
  const mean = new Float64Array(outputs);
  let all = 0;
  for (let r = 0; r < rows; r++) {
    const weight = w ? w[r]! : 1;
    all += weight;
    for (let o = 0; o < outputs; o++) mean[o]! += weight * t[r * outputs + o]!;
  }
  return mean.map((sum) => sum / all);
}

/** The loss of the outputs that are best for all rows alike: means, shares of classes, or the sign that most rows have. */
export function constantLoss(engine: Engine, problem: Problem): number {
  const { head, t, w, rows, outputs } = problem;
  const mean = means(problem);
  if (head.loss === 'crossEntropy') {
    const logs = logarithms(engine, mean);
    return -mean.reduce((sum, p, o) => sum + (p > 0 ? p * logs[o]! : 0), 0);
  }
  // Of ±1, a share p of which is +1: max(0, 1 − a·t) is least at a = ±1, where it is 2·min(p, 1 − p).
  if (head.loss === 'hinge') return mean.reduce((sum, m) => sum + (1 - Math.abs(m)), 0) / outputs;
  let squares = 0;
  let all = 0;
  for (let r = 0; r < rows; r++) {
    const weight = w ? w[r]! : 1;
    all += weight;
    for (let o = 0; o < outputs; o++) squares += weight * (t[r * outputs + o]! - mean[o]!) ** 2;
  }
  return squares / all / outputs;
}

/** Logarithms that are the same on every machine. */
export function logarithms(engine: Engine, values: Float64Array): Float64Array {
  const arena = new Arena();
  try {
    const a = new Reals(arena, engine.precision, values.length);
    a.view().set(values);
    engine.core.logarithms(values.length, a.address, a.address);
    return Float64Array.from(a.view());
  } finally {
    arena.dispose();
  }
}
