// A network of this library as a chain of standard layers, which compute the same.

import type { RealArray } from '../../../../bindings/memory.js';
import type { Activation } from '../../../layers/activations.js';
import { type BatchNormLayer, type DenseLayer, type Layer, isFrozen } from '../../../layers/layers.js';
import { UnsupportedError } from '../../../runtime/errors.js';
import { type InputMap, type Kernel, type OutputMap, afterInputs, beforeOutputs, identity, scaledBy } from './fold.js';
import { STANDARD } from './standard.js';
import type { TopologyLayer } from './types.js';

/** A weight of a layer: its name within the layer, its shape, its numbers. */
type StandardWeight = readonly [name: string, shape: number[], values: Float32Array<ArrayBuffer>];

/** A standard layer with its weights. */
export interface StandardLayer extends TopologyLayer {
  readonly weights: readonly StandardWeight[];
}

/** A network as it is exported. */
export interface Exported {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  /** As `getWeights` gives them. */
  readonly weights: readonly RealArray[];
}

/** What is done to it on the way. */
export interface Around {
  /** What happens to rows before they enter. */
  readonly before?: InputMap | undefined;
  /** What happens to outputs. */
  readonly after?: OutputMap | undefined;
  /** What layers' names begin with. */
  readonly prefix?: string;
}

/** In float32, as the files have it. @throws UnsupportedError where a number is too large for that */
function rounded(values: Float64Array | RealArray, where: string): Float32Array<ArrayBuffer> {
  const result = Float32Array.from(values);
  const odd = result.findIndex((v) => !Number.isFinite(v));
  if (odd >= 0)
    throw new UnsupportedError(`toTfjsArtifacts: a weight of ${where} is ${values[odd]}, which is not a number in float32`);
  return result;
}

/** Why there is nothing for an activation, and what would do. */
function withoutStandard(activation: Activation, slope: number): string {
  if (activation === 'geluTanh') {
    return 'TensorFlow.js does not find its activation gelu_new, which is geluTanh, when it reads a file; gelu is nearly the same';
  }
  const instead = activation === 'elu' ? 'slope 1 it has' : 'slope 0 it is tanh, which it has';
  return `TensorFlow.js has no activation ${activation} with slope ${slope}; with ${instead}`;
}

/** What layers are named after where their class has several words. */
const KERAS_NAME: Readonly<Record<string, string>> = {
  BatchNormalization: 'batch_normalization',
  LayerNormalization: 'layer_normalization',
  GaussianNoise: 'gaussian_noise',
  LeakyReLU: 'leaky_re_lu',
};

/** Builds the chain from the bottom up. */
class Chain {
  readonly layers: StandardLayer[] = [];
  /** Outputs of the network so far are so many times those of the chain: what comes next makes up for it. */
  private gain = 1;
  private readonly counts = new Map<string, number>();
  private before: InputMap | undefined;
  /** Units of the last layer. */
  private units: number;
  /** Whether what is added is part of a layer that is not frozen. */
  private trainable = true;

  constructor(
    inputs: number,
    private readonly around: Around,
  ) {
    this.before = around.before;
    this.units = inputs;
  }

  private push({ class_name, config }: TopologyLayer, weights: readonly StandardWeight[] = []): void {
    const name = KERAS_NAME[class_name] ?? class_name.toLowerCase();
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    const full = `${this.around.prefix ?? ''}${name}_${count}`;
    this.layers.push({ class_name, config: { name: full, trainable: this.trainable, dtype: 'float32', ...config }, weights });
  }

  /** What is added from here on is part of this layer, or comes with it. */
  begin(layer: Layer): void {
    this.trainable = !isFrozen(layer);
  }

  private pushDense({ inputs, units, kernel, bias }: Kernel, activation: string, use_bias = true): void {
    const where = `dense layer ${(this.counts.get('dense') ?? 0) + 1}`;
    const weights: StandardWeight[] = [['kernel', [inputs, units], rounded(kernel, where)]];
    if (use_bias) weights.push(['bias', [units], rounded(bias, where)]);
    this.push({ class_name: 'Dense', config: { units, activation, use_bias } }, weights);
  }

  dense({ units, activation, slope, bias: biased }: DenseLayer, weights: readonly RealArray[], isLast: boolean): void {
    const standard = STANDARD[activation](slope);
    if (!standard) throw new UnsupportedError(`toTfjsArtifacts: ${withoutStandard(activation, slope)}`);
    const { name, inner = 1, outer = 1, layer } = standard;
    const [kernel, bias] = weights;
    const own: Kernel = {
      inputs: this.units,
      units,
      kernel: Float64Array.from(kernel!),
      bias: biased ? Float64Array.from(bias!) : new Float64Array(units),
    };
    let folded = scaledBy(own, this.gain * inner, inner);
    const mapped = this.before !== undefined;
    if (this.before) folded = afterInputs(this.before, folded);
    this.before = undefined;
    this.gain = outer;
    this.units = units;
    // Linear outputs are mapped by their own kernel, others by a layer of their own.
    const ends = this.around.after && isLast && name === 'linear' && !layer ? this.around.after : undefined;
    if (ends) folded = beforeOutputs(folded, ends);
    this.pushDense(folded, name, biased || mapped || ends !== undefined);
    if (layer) this.push(layer(slope));
    if (isLast && !ends) this.end();
  }

  /** What the last activation leaves to be done to the outputs. */
  private end(): void {
    const { gain, units } = this;
    const { after } = this.around;
    if (gain === 1 && !after) return;
    const back = scaledBy(identity(units), gain, 1);
    this.pushDense(after ? beforeOutputs(back, after) : back, 'linear');
  }

  /** Rows enter as they come: where what stands first is not dense, a linear layer brings them into the network's form. */
  private enter(): void {
    if (!this.before) return;
    this.pushDense(afterInputs(this.before, identity(this.units)), 'linear');
    this.before = undefined;
  }

  /** Centred and scaled values do not feel the gain, but ε does. */
  private normalised(epsilon: number): { epsilon: number; center: true; scale: true } {
    const { gain } = this;
    this.gain = 1;
    return { epsilon: epsilon / gain ** 2, center: true, scale: true };
  }

  batchNorm({ epsilon, momentum }: BatchNormLayer, [scale, shift, mean, variance]: readonly RealArray[]): void {
    this.enter();
    const { gain, units } = this;
    const where = 'batchNorm';
    const config = { axis: -1, momentum, ...this.normalised(epsilon) };
    this.push({ class_name: 'BatchNormalization', config }, [
      ['gamma', [units], rounded(scale!, where)],
      ['beta', [units], rounded(shift!, where)],
      [
        'moving_mean',
        [units],
        rounded(
          mean!.map((v) => v / gain),
          where,
        ),
      ],
      [
        'moving_variance',
        [units],
        rounded(
          variance!.map((v) => v / gain ** 2),
          where,
        ),
      ],
    ]);
  }

  layerNorm(epsilon: number, [scale, shift]: readonly RealArray[]): void {
    this.enter();
    this.push({ class_name: 'LayerNormalization', config: { axis: -1, ...this.normalised(epsilon) } }, [
      ['gamma', [this.units], rounded(scale!, 'layerNorm')],
      ['beta', [this.units], rounded(shift!, 'layerNorm')],
    ]);
  }

  dropout(rate: number): void {
    this.enter();
    this.push({ class_name: 'Dropout', config: { rate } });
  }

  noise(deviation: number): void {
    this.enter();
    this.push({ class_name: 'GaussianNoise', config: { stddev: deviation / this.gain } });
  }
}

/** How many arrays of weights a layer has. */
function arraysOf(layer: Layer): number {
  if (layer.type === 'dense') return layer.bias ? 2 : 1;
  if (layer.type === 'batchNorm') return 4;
  return layer.type === 'layerNorm' || layer.type === 'rbf' ? 2 : 0;
}

/** @throws UnsupportedError for layers and activations that have no standard form, by their names */
export function standardChain({ inputs, layers, weights }: Exported, around: Around = {}): StandardLayer[] {
  const chain = new Chain(inputs, around);
  let from = 0;
  layers.forEach((layer, i) => {
    const own = weights.slice(from, (from += arraysOf(layer)));
    chain.begin(layer);
    switch (layer.type) {
      case 'dense':
        chain.dense(layer, own, i === layers.length - 1);
        break;
      case 'batchNorm':
        chain.batchNorm(layer, own);
        break;
      case 'layerNorm':
        chain.layerNorm(layer.epsilon, own);
        break;
      case 'dropout':
        chain.dropout(layer.rate);
        break;
      case 'gaussianNoise':
        chain.noise(layer.deviation);
        break;
      case 'rbf':
        throw new UnsupportedError(`toTfjsArtifacts: layers[${i}] is rbf, which TensorFlow.js has no layer for`);
    }
  });
  return chain.layers;
}
