// The networks of a model, all of one shape: their outputs are averaged, those of a softmax before it.

import type { RealArray } from '../../bindings/memory.js';
import { calibration } from '../data/calibration.js';
import type { ShapedArray } from '../data/matrix.js';
import { ModelFileError } from '../errors.js';
import { type ModelDocument, fields } from '../format/document.js';
import { Network } from '../network.js';
import { number } from '../options.js';

/** One network or several that answer together. */
export class Members {
  constructor(readonly networks: readonly Network[]) {}

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

  /** The outputs for x, rows×outputs. Of one network they have the bits of `predict`. */
  predict(x: ShapedArray): RealArray {
    const { networks, first } = this;
    if (networks.length === 1) return first.predict(x);
    if (!this.probable) return mean(networks.map((network) => network.predict(x)));
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
  const { config, tensors } = first.document();
  if (networks.length === 1) return { config: { network: config }, tensors };
  const each = networks.map((network, k) => network.document().tensors.map((t) => ({ ...t, name: `members.${k}.${t.name}` })));
  return { config: { network: config, members: networks.length }, tensors: each.flat() };
}

const MEMBERS = { members: number({ min: 1, max: 100, integer: true }, 1) };

/** How many networks a file has. @throws ModelFileError */
export function membersIn(config: ModelDocument['config']): number {
  return fields('members', MEMBERS, { members: config['members'] }).members;
}

/** The networks of a file. @throws ModelFileError */
export async function membersFrom({ config, tensors }: Pick<ModelDocument, 'config' | 'tensors'>): Promise<Members> {
  const count = membersIn(config);
  if (count === 1) return new Members([await Network.fromConfig(config['network'], tensors)]);
  const networks: Network[] = [];
  let left = tensors.length;
  try {
    for (let k = 0; k < count; k++) {
      const own = `members.${k}.`;
      const mine = tensors.filter(({ name }) => name.startsWith(own)).map((t) => ({ ...t, name: t.name.slice(own.length) }));
      left -= mine.length;
      networks.push(await Network.fromConfig(config['network'], mine));
    }
    if (left > 0) throw new ModelFileError(`damaged: there are tensors of more networks than ${count}`);
  } catch (error) {
    for (const network of networks) network.dispose();
    throw error;
  }
  return new Members(networks);
}

/** Element by element. */
function mean(arrays: readonly RealArray[]): RealArray {
  const n = arrays.length;
  return arrays[0]!.map((_: number, i: number) => arrays.reduce((sum, a) => sum + a[i]!, 0) / n);
}
