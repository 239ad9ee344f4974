// The best constant as a network: what is left where no other does better.

import type { Network } from '../network/network.js';
import { logarithms, means } from './constant.js';
import { shaped } from './encoded.js';
import type { Problem } from './problem.js';

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
