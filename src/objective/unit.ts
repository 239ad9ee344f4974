// The unit of a network's targets, and its loss and parameters in it: what methods of second order see.

import type { RealArray, Words } from '../../bindings/memory.js';
import { ACTIVATIONS } from '../layers/activations.js';
import { isFrozen } from '../layers/layers.js';
import { LOSSES } from '../layers/losses.js';
import type { SampleBuffers } from '../data/dataset.js';
import { frozenRanges } from '../plan/frozen.js';
import { type Architecture, outputsOf, parameterShapes } from '../plan/plan.js';

/** Targets whose squares overflow, or vanish, keep the unit they have. */
const LARGEST_UNIT = 1e140;

/**
 * Targets in a unit of their own, s: the power of ten next to their standard deviation, outputs pooled. A network gives s times
 * its outputs where the parameters of a linear last layer are s times theirs: so θ = c∘u, c = s there and 1 elsewhere, and of
 * squared errors E/s² is what it would be for targets of the order of 1. Steps and tolerances in u do not depend on what targets
 * are measured in. Where the last layer is not linear its range is the unit, and s = 1; also where it is frozen. Parameters of
 * frozen layers have no slopes, so that no step moves them.
 */
export class TargetUnit {
  /** s */
  readonly scale: number;
  /** What the loss is divided by. */
  readonly loss: number;
  /** Of the last layer. */
  private readonly first: number;
  private readonly frozen: readonly { readonly first: number; readonly size: number }[];
  private readonly frozenTop: boolean;

  constructor(
    architecture: Architecture,
    private readonly parameters: number,
    samples: SampleBuffers,
    subset: Words | undefined,
  ) {
    const { layers, loss } = architecture;
    const top = layers.at(-1)!;
    this.frozen = frozenRanges(architecture);
    this.frozenTop = isFrozen(top);
    const power =
      !this.frozenTop && top.type === 'dense' && ACTIVATIONS[top.activation].homogeneous ? LOSSES[loss].degree : undefined;
    this.scale = power ? order(deviation(samples, subset, outputsOf(architecture))) : 1;
    this.loss = this.scale ** (power ?? 0);
    this.first = parameterShapes(architecture).find(({ name }) => name === `layers.${layers.length - 1}.kernel`)?.first ?? 0;
  }

  /** c_i */
  factor(i: number): number {
    return i < this.first ? 1 : this.scale;
  }

  /** θ = c∘u */
  outside(u: Float64Array): Float64Array {
    const theta = u.slice(0, this.parameters);
    if (this.scale !== 1) for (let i = this.first; i < theta.length; i++) theta[i]! *= this.scale;
    return theta;
  }

  /** θ = c∘u, in its place */
  put(u: Float64Array, theta: RealArray): void {
    theta.set(u);
    if (this.scale !== 1) for (let i = this.first; i < u.length; i++) theta[i]! *= this.scale;
  }

  /** u */
  inside(theta: Float64Array): Float64Array {
    const u = theta.slice(0, this.parameters);
    if (this.scale !== 1) for (let i = this.first; i < u.length; i++) u[i]! /= this.scale;
    return u;
  }

  /** From ∂E/∂θ to ∂(E/loss)/∂u, in place; so a product with the Hessian, from H·(c∘v). */
  slopes(g: Float64Array): Float64Array {
    if (this.scale !== 1) for (let i = 0; i < g.length; i++) g[i]! *= this.factor(i) / this.loss;
    for (const { first, size } of this.frozen) g.fill(0, first, first + size);
    return g;
  }

  /** max |∂E/∂θ_i|, from ∂(E/loss)/∂u */
  steepest(slopes: Float64Array): number {
    let most = 0;
    for (let i = 0; i < slopes.length; i++) {
      const v = Math.abs((slopes[i]! * this.loss) / this.factor(i));
      if (v > most || v - v !== 0) most = v;
    }
    return most;
  }

  /** The length of a unit's weights in the last layer, as u has them. */
  weights(u: Float64Array, outputs: number): number {
    if (this.frozenTop) return 0; // of those that may change
    let sum = 0;
    for (let i = this.first; i < u.length; i++) sum += u[i]! * u[i]!;
    return Math.sqrt(sum / outputs);
  }

  /** The same with the last layer's parameters times k. */
  scaled(u: Float64Array, k: number): Float64Array {
    return u.map((e, i) => (i < this.first ? e : k * e));
  }
}

/** The power of ten next to a number > 0. */
function order(size: number): number {
  let power = 1;
  while (size * size >= 10 * power * power) power *= 10;
  while (10 * size * size < power * power) power /= 10;
  return power;
}

/**
 * The root of the mean squared deviation from each output's mean; of targets that do not vary their root mean square; 1 where
 * there is neither.
 */
function deviation({ t, w }: SampleBuffers, subset: Words | undefined, outputs: number): number {
  const [targets, weights, list] = [t.view(), w?.view(), subset?.view()];
  const rows = list?.length ?? targets.length / outputs;
  const sums = (of: (target: number, j: number) => number) => {
    const result = new Float64Array(outputs);
    let total = 0;
    for (let k = 0; k < rows; k++) {
      const r = list ? list[k]! : k;
      const weight = weights ? weights[r]! : 1;
      total += weight;
      for (let j = 0; j < outputs; j++) result[j]! += weight * of(targets[r * outputs + j]!, j);
    }
    return result.map((s) => s / total);
  };
  const pooled = (each: Float64Array) => Math.sqrt(each.reduce((a, b) => a + b) / outputs);
  const means = sums((v) => v);
  const size = pooled(sums((v) => v * v));
  const spread = pooled(sums((v, j) => (v - means[j]!) ** 2));
  const found = spread > size * Number.EPSILON * Math.sqrt(rows) ? spread : size;
  return found > 1 / LARGEST_UNIT && found < LARGEST_UNIT ? found : 1;
}
