// The networks of a model, all of one shape: their outputs are averaged, those of a softmax before it.

import type { RealArray } from '../../bindings/memory.js';
import { calibration } from '../data/calibration.js';
import type { ShapedArray } from '../data/matrix.js';
import { ModelFileError } from '../runtime/errors.js';
import { requireFinite } from '../evaluation/evaluation.js';
import type { ModelDocument } from '../format/document.js';
import { fields, record } from '../format/fields.js';
import { Network } from '../network/network.js';
import { number } from '../runtime/options.js';
import type { Problem } from './problem.js';
import { type Recipe, build } from './recipe.js';

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

  /** The outputs for x, rows×outputs. Of one network they have the bits of `predict`. @throws DataError where they are not finite */
  predict(x: ShapedArray): RealArray {
    const outputs = this.outputs(x);
    requireFinite(outputs, this.first.outputs);
    return outputs;
  }

  /** Numbers in the order of the outputs for x, of which the largest counts: a softmax leaves that as it is. @throws DataError where they are not finite */
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

/** The networks of a model: the configuration that they share, and the tensors of each. */
export function membersDocument({ networks, first }: Members): Pick<ModelDocument, 'config' | 'tensors'> {
  const { config, tensors } = first.document(false);
  if (networks.length === 1) return { config: { network: config }, tensors };
  const each = networks.map((network, k) =>
    network.document(false).tensors.map((t) => ({ ...t, name: `members.${k}.${t.name}` })),
  );
  return { config: { network: config, members: networks.length }, tensors: each.flat() };
}

const MEMBERS = { members: number({ min: 1, max: 100, integer: true }, 1) };

/** How many networks a file has. @throws ModelFileError */
export function membersIn(config: ModelDocument['config']): number {
  return fields('members', MEMBERS, { members: config['members'] }).members;
}

/**
 * The networks of a file.
 * @param seeds of each, where the file has them; all have that of the first otherwise
 * @throws ModelFileError
 */
export async function membersFrom(
  { config, tensors }: Pick<ModelDocument, 'config' | 'tensors'>,
  seeds: readonly number[],
): Promise<Members> {
  const count = membersIn(config);
  if (count === 1) return new Members([await Network.fromConfig(config['network'], tensors)]);
  const networks: Network[] = [];
  let left = tensors.length;
  try {
    for (let k = 0; k < count; k++) {
      const prefix = `members.${k}.`;
      const mine = tensors
        .filter(({ name }) => name.startsWith(prefix))
        .map((t) => ({ ...t, name: t.name.slice(prefix.length) }));
      left -= mine.length;
      const own = seeds.length > 0 && { seed: seeds[k] };
      networks.push(await Network.fromConfig({ ...record(config['network'], 'network'), ...own }, mine));
    }
    if (left > 0) throw new ModelFileError(`damaged: there are tensors of more networks than ${count}`);
  } catch (error) {
    for (const network of networks) network.dispose();
    throw error;
  }
  return new Members(networks);
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
