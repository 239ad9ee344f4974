// Reading a network's configuration and parameters from a model file.

import { ModelFileError, shown } from '../runtime/errors.js';
import { type Layer, checkedLayer, isLayer } from '../layers/layers.js';
import { withoutFunction } from '../layers/custom-loss.js';
import { LOSS_NAMES, checkLayers } from '../layers/losses.js';
import { NUMERICS } from '../runtime/numerics.js';
import { number, oneOf, value } from '../runtime/options.js';
import { parameterShapes } from '../plan/plan.js';
import { SEED } from '../runtime/random.js';
import { fields, list, readable, record } from './fields.js';
import type { NetworkConfig } from './network.js';
import type { Tensor } from './safetensors.js';

const NETWORK = {
  inputs: number({ min: 1, max: 2 ** 24, integer: true }, undefined),
  layers: value<readonly unknown[] | undefined>('a non-empty array', (v) => Array.isArray(v) && v.length > 0, undefined),
  loss: oneOf([...LOSS_NAMES, 'custom'], undefined),
  lossName: value<string | undefined>('a name', (v) => typeof v === 'string', ''),
  precision: oneOf(['float32', 'float64'], undefined),
  numerics: NUMERICS,
  seed: number(SEED, undefined),
};

/**
 * A network as a file describes it: what it is made of, and its parameters.
 * @throws ModelFileError
 */
export function networkFrom(config: unknown, tensors: readonly Tensor[]): { own: NetworkConfig; parameters: Tensor['data'][] } {
  const own = networkConfig(config);
  const parameters = parametersFrom(tensors, own); // before anything is allocated for sizes that are only claimed
  readable('network', () => checkLayers(own.loss, own.layers));
  return { own, parameters };
}

/** @throws ModelFileError */
function networkConfig(config: unknown): NetworkConfig {
  const { layers, lossName, ...rest } = fields('network', NETWORK, config);
  const custom = rest.loss === 'custom' && { custom: withoutFunction(lossName || 'custom') };
  return { ...rest, ...custom, layers: list(layers, 'layers').map((layer, i) => layerFrom(layer, `layers[${i}]`)) };
}

function layerFrom(config: unknown, what: string): Layer {
  const layer = record(config, what);
  if (!isLayer(layer)) throw new ModelFileError(`damaged: ${what}.type is ${shown(layer['type'])}, which is not a layer`);
  const custom = 'init' in layer && layer.init === 'custom';
  const made = readable(what, () => checkedLayer(custom ? ({ ...layer, init: 'zeros' } as Layer) : layer));
  for (const name of Object.keys(made)) {
    if (layer[name as keyof Layer] === undefined) throw new ModelFileError(`damaged: ${what}.${name} is missing`);
  }
  return custom ? Object.freeze({ ...made, init: 'custom' } as Layer) : made;
}

/**
 * The parameters of a network among a file's tensors, in their order.
 * @throws ModelFileError if one is missing, or has another shape or precision, or there are others
 */
function parametersFrom(tensors: readonly Tensor[], { inputs, layers, precision }: NetworkConfig): Tensor['data'][] {
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
