// The networks of a model, all of one shape: their outputs are averaged, those of a softmax before it.

import type { RealArray } from '../../bindings/memory.js';
import { calibration } from '../data/calibration.js';
import type { ShapedArray } from '../data/matrix.js';
import { requireFinite } from '../evaluation/evaluation.js';
import type { Network } from '../network/network.js';
import type { Problem } from './problem.js';
import type { Recipe } from './recipe.js';
import { build } from './recipes.js';

/** Seeds of the networks of one model are so far apart. */
const STRIDE = 1_000_003;

/** The seed of network k. */
export function memberSeed(seed: number, k: number): number {
  return (seed + k * STRIDE) % Number.MAX_SAFE_INTEGER;
}

/** One network or several that answer together. */
export class Members {
  constructor(readonly networks: readonly Network[]) {}

  /** So many fresh networks for a recipe. */
  static async build(problem: Problem, recipe: Recipe, count: number): Promise<Members> {
    const networks: Network[] = [];
    for (let k = 0; k < count; k++) networks.push(await build(problem, recipe, memberSeed(problem.seed, k)));
    return new Members(networks);
  }

  /** The one that stands for all where one is enough: they have the same layers. */
  get first(): Network {
    return this.networks[0]!;
  }

  /** How many parameters all of them have. */
  get parameters(): number {
    return this.networks.reduce((sum, { parameters }) => sum + parameters, 0);
  }

  /** Whether the outputs are probabilities. */
  private get probable(): boolean {
    return this.first.loss === 'crossEntropy';
  }

  /**
   * The outputs for x, rows×outputs. Of one network they have the bits of `predict`. @throws DataError where they are not finite
   */
  predict(x: ShapedArray): RealArray {
    const outputs = this.outputs(x);
    requireFinite(outputs, this.first.outputs);
    return outputs;
  }

  /**
   * Numbers in the order of the outputs for x, of which the largest counts: a softmax leaves that as it is. @throws DataError
   * where they are not finite
   */
  scores(x: ShapedArray): RealArray {
    if (this.networks.length === 1 || !this.probable) return this.predict(x);
    const logits = this.logits(x);
    requireFinite(logits, this.first.outputs);
    return logits;
  }

  private outputs(x: ShapedArray): RealArray {
    const { networks, first } = this;
    if (networks.length === 1) return first.outputsFor(x);
    if (!this.probable) return mean(networks.map((network) => network.outputsFor(x)));
    const probabilities = calibration(first.engine, first.outputs, 1).probabilities(this.logits(x));
    return first.precision === 'float32' ? Float32Array.from(probabilities) : Float64Array.from(probabilities);
  }

  /** Logarithms of the probabilities of several networks with a softmax. */
  logProbabilities(x: ShapedArray): Float64Array {
    return calibration(this.first.engine, this.first.outputs, 1).logProbabilities(this.logits(x));
  }

  private logits(x: ShapedArray): RealArray {
    return mean(this.networks.map((network) => network.logits(x)));
  }

  dispose(): void {
    for (const network of this.networks) network.dispose();
  }
}

/** Element by element, in the first. */
function mean(arrays: readonly RealArray[]): RealArray {
  const n = arrays.length;
  const all = arrays[0]!;
  for (let i = 0; i < all.length; i++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += arrays[k]![i]!;
    all[i] = sum / n;
  }
  return all;
}
