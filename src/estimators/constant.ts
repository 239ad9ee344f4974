// The best constant: what every model must beat, and what is left where none does.

import type { Engine } from '../../bindings/core.js';
import { Arena, Reals } from '../../bindings/memory.js';
import type { Network } from '../network/network.js';
import { shaped } from './encoded.js';
import type { Problem } from './problem.js';

/** Weighted means of the targets, one an output. */
function means({ t, w, rows, outputs }: Problem): Float64Array {
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

/** Halvings of the interval that a bias is sought in: float32 has no more digits. */
const HALVINGS = 40;

/**
 * Makes a network put out the best constant, whatever its last activation: a kernel of 0 in the last layer, and the bias that
 * leads there.
 */
export function setConstant(network: Network, problem: Problem): void {
  const { head, inputs, outputs } = problem;
  const mean = means(problem);
  const below = network.getWeights().slice(0, -2);
  const top = network.getWeights().at(-2)!.fill(0);
  const setBias = (bias: ArrayLike<number>) => network.setWeights([...below, top, bias]);
  if (head.loss === 'crossEntropy' || head.loss === 'hinge') {
    const least = 1 / (2 * problem.rows);
    const shares = mean.map((p) => Math.max(p, least));
    setBias(head.loss === 'hinge' ? mean.map(Math.sign) : logarithms(network.engine, shares));
    return;
  }
  if (head.activation === 'linear') {
    setBias(mean);
    return;
  }
  const x = shaped(new Float32Array(inputs), inputs);
  let low = new Float64Array(outputs).fill(-100);
  let high = new Float64Array(outputs).fill(100);
  for (let k = 0; k < HALVINGS; k++) {
    const middle = low.map((l, o) => (l + high[o]!) / 2);
    setBias(middle);
    const found = network.outputsFor(x);
    low = low.map((l, o) => (found[o]! < mean[o]! ? middle[o]! : l));
    high = high.map((h, o) => (found[o]! < mean[o]! ? h : middle[o]!));
  }
}

/** Logarithms that are the same on every machine. */
function logarithms(engine: Engine, values: Float64Array): Float64Array {
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
