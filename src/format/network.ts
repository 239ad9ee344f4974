// A network's configuration in a model file.

import type { Precision } from '../../bindings/memory.js';
import { ACTIVATIONS, ACTIVATION_NAMES } from '../activations.js';
import { ModelFileError } from '../errors.js';
import { INITIALIZER_NAMES } from '../initializers.js';
import { type Layer, dense } from '../layers.js';
import { LOSS_NAMES } from '../losses.js';
import { flag, number, oneOf, value } from '../options.js';
import { type Architecture, parameterShapes } from '../plan.js';
import { SEED } from '../random.js';
import { fields, list, readable } from './document.js';
import type { Tensor } from './safetensors.js';

const NETWORK = {
  inputs: number({ min: 1, max: 2 ** 24, integer: true }, undefined),
  layers: value<readonly unknown[] | undefined>('a non-empty array', (v) => Array.isArray(v) && v.length > 0, undefined),
  loss: oneOf(LOSS_NAMES, undefined),
  precision: oneOf(['float32', 'float64'], undefined),
  seed: number(SEED, undefined),
};

const LAYER = {
  type: oneOf(['dense'], undefined),
  units: number({ min: 1, max: 2 ** 24, integer: true }, undefined),
  activation: oneOf(ACTIVATION_NAMES, undefined),
  slope: number({ min: 0, below: Infinity }, undefined),
  bias: value<boolean | undefined>('true or false', flag(true).accepts, undefined),
  init: oneOf(INITIALIZER_NAMES, undefined),
};

export interface NetworkConfig extends Architecture {
  readonly precision: Precision;
  readonly seed: number;
}

/** @throws ModelFileError */
export function networkConfig(config: unknown): NetworkConfig {
  const { layers, ...rest } = fields('network', NETWORK, config);
  return { ...rest, layers: list(layers, 'layers').map((layer, i) => layerFrom(layer, `layers[${i}]`)) };
}

function layerFrom(config: unknown, what: string): Layer {
  const { units, activation, slope, bias, init } = fields(what, LAYER, config);
  const sloped = 'slope' in ACTIVATIONS[activation];
  return readable(what, () => dense(units, { activation, bias, init, ...(sloped && { slope }) }));
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
