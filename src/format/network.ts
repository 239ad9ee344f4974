// A network's configuration in a model file.

import type { Numerics } from '../../bindings/core.js';
import type { Precision, RealArray } from '../../bindings/memory.js';
import { ModelFileError, shown } from '../runtime/errors.js';
import { type Layer, checkedLayer, isLayer } from '../layers/layers.js';
import { LOSS_NAMES } from '../layers/losses.js';
import { NUMERICS } from '../runtime/numerics.js';
import { number, oneOf, value } from '../runtime/options.js';
import { type Architecture, type ParameterShape, parameterShapes } from '../plan/plan.js';
import { SEED } from '../runtime/random.js';
import type { ModelDocument } from './document.js';
import { fields, list, readable, record } from './fields.js';
import type { Tensor } from './safetensors.js';
import { type NetworkState, StateWriter, stateDocument } from './state.js';

const NETWORK = {
  inputs: number({ min: 1, max: 2 ** 24, integer: true }, undefined),
  layers: value<readonly unknown[] | undefined>('a non-empty array', (v) => Array.isArray(v) && v.length > 0, undefined),
  loss: oneOf(LOSS_NAMES, undefined),
  precision: oneOf(['float32', 'float64'], undefined),
  numerics: NUMERICS,
  seed: number(SEED, undefined),
};

interface NetworkConfig extends Architecture {
  readonly precision: Precision;
  readonly numerics: Numerics;
  readonly seed: number;
}

/** @throws ModelFileError */
export function networkConfig(config: unknown): NetworkConfig {
  const { layers, ...rest } = fields('network', NETWORK, config);
  return { ...rest, layers: list(layers, 'layers').map((layer, i) => layerFrom(layer, `layers[${i}]`)) };
}

function layerFrom(config: unknown, what: string): Layer {
  const layer = record(config, what);
  if (!isLayer(layer)) throw new ModelFileError(`damaged: ${what}.type is ${shown(layer['type'])}, which is no layer`);
  const custom = 'init' in layer && layer.init === 'custom';
  const made = readable(what, () => checkedLayer(custom ? ({ ...layer, init: 'zeros' } as Layer) : layer));
  for (const name of Object.keys(made)) {
    if (layer[name as keyof Layer] === undefined) throw new ModelFileError(`damaged: ${what}.${name} is missing`);
  }
  return custom ? Object.freeze({ ...made, init: 'custom' } as Layer) : made;
}

/** A network as a model file has it, without notes. @param state what training goes on from, where that is to be kept */
export function networkDocument(
  { inputs, layers, loss, precision, numerics, seed }: NetworkConfig,
  shapes: readonly ParameterShape[],
  weights: readonly RealArray[],
  state: NetworkState | undefined,
): Omit<ModelDocument, 'metadata'> {
  const tensors = shapes.map(({ name, shape }, i) => ({ name, shape, data: weights[i]! }));
  const plain = layers.map((layer) =>
    'init' in layer && typeof layer.init === 'function' ? { ...layer, init: 'custom' } : layer,
  );
  const writing = new StateWriter();
  const own = state && stateDocument(state, writing);
  return {
    kind: 'network',
    config: {
      inputs,
      layers: plain,
      loss,
      precision,
      ...(numerics === 'strict' && { numerics }),
      seed,
      ...(own !== undefined && { state: own }),
    },
    tensors: [...tensors, ...writing.tensors],
  };
}

/**
 * The parameters of a network among a file's tensors, in their order.
 * @throws ModelFileError if one is missing, or has another shape or precision, or there are others
 */
export function parametersFrom(tensors: readonly Tensor[], { inputs, layers, precision }: NetworkConfig): Tensor['data'][] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const shapes = parameterShapes({ inputs, layers });
  if (byName.size !== shapes.length)
    throw new ModelFileError(`damaged: there are ${byName.size} tensors; expected ${shapes.length}`);
  return shapes.map(({ name, shape }) => {
    const tensor = byName.get(name);
    if (!tensor) throw new ModelFileError(`damaged: tensor ${name} is missing`);
    if (tensor.shape.join() !== shape.join()) {
      throw new ModelFileError(`damaged: tensor ${name} has shape [${tensor.shape.join(', ')}]; expected [${shape.join(', ')}]`);
    }
    if (tensor.data instanceof Float32Array !== (precision === 'float32'))
      throw new ModelFileError(`damaged: tensor ${name} is not ${precision}`);
    return tensor.data;
  });
}
