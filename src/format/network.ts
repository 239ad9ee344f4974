// A network in a model file.

import type { Numerics } from '../../bindings/core.js';
import type { Precision, RealArray } from '../../bindings/memory.js';
import type { Architecture, ParameterShape } from '../plan/plan.js';
import type { ModelDocument } from './document.js';
import type { Tensor } from './safetensors.js';

/** What is said of a network, beside its parameters. */
export interface NetworkConfig extends Architecture {
  readonly precision: Precision;
  readonly numerics: Numerics;
  readonly seed: number;
}

/** A network that goes into a file. */
interface Described extends Omit<NetworkConfig, 'custom'> {
  readonly architecture: Pick<Architecture, 'custom'>;
}

/** What training goes on from: in the configuration, and in tensors. */
export interface StateParts {
  readonly config: unknown;
  readonly tensors: readonly Tensor[];
}

/** A network as a model file has it, without notes. @param state what training goes on from, where there is such a thing */
export function networkDocument(
  { inputs, layers, loss, precision, numerics, seed, architecture: { custom } }: Described,
  shapes: readonly ParameterShape[],
  weights: readonly RealArray[],
  state: StateParts | undefined,
): Omit<ModelDocument, 'metadata'> {
  const tensors = shapes.map(({ name, shape }, i) => ({ name, shape, data: weights[i]! }));
  const plain = layers.map((layer) =>
    'init' in layer && typeof layer.init === 'function' ? { ...layer, init: 'custom' } : layer,
  );
  return {
    kind: 'network',
    config: {
      inputs,
      layers: plain,
      loss,
      ...(custom && { lossName: custom.name }),
      precision,
      ...(numerics === 'strict' && { numerics }),
      seed,
      ...(state && { state: state.config }),
    },
    tensors: [...tensors, ...(state?.tensors ?? [])],
  };
}
