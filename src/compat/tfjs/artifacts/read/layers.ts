// Standard layers as layers of this library, and their weights.

import type { Activation } from '../../../../layers/activations.js';
import { type DenseLayer, type Layer, batchNorm, dense, dropout, gaussianNoise, layerNorm } from '../../../../layers/layers.js';
import { ModelFileError, OptionError, UnsupportedError, shown } from '../../../../runtime/errors.js';
import { list } from '../../../../format/fields.js';
import { sizeOf } from '../../shapes.js';
import { ACTIVATION_OF, plainName } from '../standard.js';
import { type Stage, called } from './topology.js';
import type { Weight } from './weights.js';

type Numbers = Float32Array<ArrayBuffer>;

/** A layer with its arrays, as `setWeights` takes them. */
interface Built {
  readonly layer: Layer;
  readonly weights: readonly Numbers[];
}

const refusal = (stage: Stage, why: string) => new UnsupportedError(`${called(stage)} ${why}`);

/** An activation, its slope, and what its inputs are multiplied by first. */
interface Bend {
  readonly activation: Activation;
  readonly slope?: number;
  readonly inner?: number;
}

/** Arrays of a dense layer times a factor. */
const scaled = (weights: readonly Numbers[], factor: number) =>
  factor === 1 ? weights : weights.map((values) => values.map((v) => v * factor));

/** Layers of TensorFlow.js's or Keras's, one after the other, as those of a Network. */
export class Layers {
  private readonly built: Built[] = [];
  private readonly used = new Set<string>();
  /** Numbers that reach the next layer. */
  private width: number | undefined;
  inputs = 0;

  /**
   * @param caller whose errors begin with this
   * @param weights by their names
   * @param keras which Keras, by its first number, says what activations are
   */
  constructor(
    private readonly caller: string,
    private readonly weights: ReadonlyMap<string, Weight>,
    private readonly keras: number,
  ) {}

  /** Adds what a layer is here. @throws UnsupportedError, ModelFileError */
  add(stage: Stage): void {
    const { className } = stage;
    try {
      if (this.width === undefined) this.enter(stage);
      if (!Object.hasOwn(KINDS, className)) throw refusal(stage, 'is of a class that this library has no layer for');
      KINDS[className]!(this, stage);
    } catch (cause) {
      if (cause instanceof UnsupportedError) throw new UnsupportedError(`${this.caller}: ${cause.message}`, { cause });
      if (!(cause instanceof OptionError)) throw cause;
      throw new ModelFileError(`damaged: in ${called(stage)}, ${cause.message}`, { cause });
    }
  }

  /** The first layer says how many numbers a row has. */
  private enter(stage: Stage): void {
    const { config } = stage;
    const shape = config['batch_input_shape'] ?? config['batch_shape'];
    if (!Array.isArray(shape) || shape.length < 2 || !shape.slice(1).every((n) => Number.isInteger(n) && n > 0)) {
      throw refusal(stage, `begins the model with the input shape ${shown(shape)}; expected [null, inputs]`);
    }
    if (shape.length > 2 && !['InputLayer', 'Flatten', 'Reshape'].includes(stage.className))
      throw refusal(stage, `takes inputs of shape [${shape.slice(1)}]; only Flatten and Reshape may`);
    this.inputs = sizeOf(shape.slice(1));
    this.width = this.inputs;
    this.rank = shape.length;
  }

  /** Axes of what reaches the next layer. */
  private rank = 2;

  /** Numbers stay in their order, on so many axes. */
  reshape(axes: number): void {
    this.rank = 1 + axes;
  }

  /** @throws UnsupportedError where more than a row of numbers comes in */
  private requireRow(stage: Stage): void {
    if (this.rank !== 2) throw refusal(stage, 'takes inputs of several axes; put a Flatten layer below it');
  }

  private weight(stage: Stage, name: string, shape: readonly number[]): Numbers {
    const full = this.nameOf(`${stage.name}/${name}`);
    const weight = full === undefined ? undefined : this.weights.get(full);
    if (!weight) throw new ModelFileError(`damaged: the weight ${JSON.stringify(`${stage.name}/${name}`)} is missing`);
    if (weight.shape.join() !== shape.join())
      throw new ModelFileError(
        `damaged: the weight ${shown(full)} has shape [${weight.shape.join(', ')}]; expected [${shape.join(', ')}]`,
      );
    this.used.add(full!);
    return weight.values;
  }

  /** The whole name of a weight, which Keras begins with that of the model in some versions. */
  private nameOf(name: string): string | undefined {
    if (this.weights.has(name)) return name;
    return [...this.weights.keys()].find((full) => full.endsWith(`/${name}`));
  }

  private push(stage: Stage, layer: Layer, weights: readonly Numbers[] = []): void {
    this.requireRow(stage);
    this.built.push({ layer, weights });
  }

  dense(stage: Stage, units: number, bias: boolean): void {
    this.requireRow(stage);
    const { activation, slope, inner = 1 } = this.bendOf(stage);
    const layer = dense(units, { activation, bias, ...(slope !== undefined && { slope }) });
    const kernel = this.weight(stage, 'kernel', [this.width!, units]);
    this.push(stage, layer, scaled(bias ? [kernel, this.weight(stage, 'bias', [units])] : [kernel], inner));
    this.width = units;
  }

  /** γ and β, which may be left out. */
  private scaleAndShift(stage: Stage): [Numbers, Numbers] {
    const shape = [this.width!];
    const { center = true, scale = true } = stage.config;
    return [
      scale ? this.weight(stage, 'gamma', shape) : new Float32Array(this.width!).fill(1),
      center ? this.weight(stage, 'beta', shape) : new Float32Array(this.width!),
    ];
  }

  batchNorm(stage: Stage, epsilon: number, momentum: number): void {
    const shape = [this.width!];
    const own = [
      ...this.scaleAndShift(stage),
      this.weight(stage, 'moving_mean', shape),
      this.weight(stage, 'moving_variance', shape),
    ];
    this.push(stage, batchNorm({ epsilon, momentum }), own);
  }

  layerNorm(stage: Stage, epsilon: number): void {
    this.push(stage, layerNorm({ epsilon }), this.scaleAndShift(stage));
  }

  plain(stage: Stage, layer: Layer): void {
    this.push(stage, layer);
  }

  /** An activation by its name, which Keras 3 wraps. */
  bendOf(stage: Stage): Bend {
    const given = stage.config['activation'] ?? 'linear';
    const name = typeof given === 'object' && 'config' in given ? given.config : given;
    const activation = typeof name === 'string' ? ACTIVATION_OF.get(plainName(name)) : undefined;
    if (!activation) throw refusal(stage, `has the activation ${shown(name)}, which this library has not`);
    // x/6 + ½ between 0 and 1, where Keras 2 and TensorFlow.js have 0.2·x + ½
    return activation === 'hardSigmoid' && this.keras >= 3 ? { activation, inner: 5 / 6 } : { activation };
  }

  /** Makes an activation of its own that of the dense layer below. */
  activate(stage: Stage, { activation, slope, inner = 1 }: Bend): void {
    this.requireRow(stage);
    if (activation === 'linear') return;
    this.absorbNorm();
    const last = this.built.at(-1);
    if (last?.layer.type !== 'dense' || last.layer.activation !== 'linear') {
      throw refusal(stage, 'stands above what is no linear Dense layer, which it could be the activation of');
    }
    const { units, bias } = last.layer;
    this.built[this.built.length - 1] = {
      weights: scaled(last.weights, inner),
      layer: dense(units, { activation, bias, ...(slope !== undefined && { slope }) }),
    };
  }

  /** Makes a batchNorm at the top part of the linear dense layer below it, if there is one: what it does in use is linear. */
  private absorbNorm(): void {
    const [below, norm] = this.built.slice(-2);
    if (norm?.layer.type !== 'batchNorm' || below?.layer.type !== 'dense' || below.layer.activation !== 'linear') return;
    const { epsilon } = norm.layer;
    const { units } = below.layer;
    const [scale, shift, mean, variance] = norm.weights as [Numbers, Numbers, Numbers, Numbers];
    const factors = Float64Array.from(scale, (s, u) => s / Math.sqrt(variance[u]! + epsilon));
    const [kernel, bias] = below.weights as [Numbers, Numbers | undefined];
    const layer: DenseLayer = { ...below.layer, bias: true };
    const moved = Float32Array.from(shift, (s, u) => s + ((bias?.[u] ?? 0) - mean[u]!) * factors[u]!);
    this.built.splice(-2, 2, { layer, weights: [kernel.map((k, i) => k * factors[i % units]!), moved] });
  }

  /** All of them. @throws UnsupportedError, ModelFileError */
  finish(): { inputs: number; layers: Layer[]; weights: Numbers[] } {
    this.absorbNorm();
    const stranger = [...this.weights.keys()].find((name) => !this.used.has(name));
    if (stranger !== undefined) throw new ModelFileError(`damaged: no layer has the weight ${shown(stranger)}`);
    const { inputs, built } = this;
    return { inputs, layers: built.map(({ layer }) => layer), weights: built.flatMap(({ weights }) => weights) };
  }
}

/** A number of a configuration. */
function numberOf(stage: Stage, name: string, fallback?: number): number {
  const found = stage.config[name] ?? fallback;
  if (typeof found !== 'number')
    throw new ModelFileError(`damaged: ${name} of ${called(stage)} is ${shown(found)}; expected a number`);
  return found;
}

/** @throws UnsupportedError unless normalisation goes over the numbers of a row */
function requireLastAxis(stage: Stage): void {
  const { axis = -1 } = stage.config;
  const [only, ...others] = Array.isArray(axis) ? (axis as unknown[]) : [axis];
  if (others.length > 0 || (only !== -1 && only !== 1)) throw refusal(stage, `has the axis ${shown(axis)}; expected -1`);
}

function reluOf(stage: Stage): Bend {
  const negative = numberOf(stage, 'negative_slope', 0);
  if (numberOf(stage, 'threshold', 0) !== 0) throw refusal(stage, 'has a threshold, which this library has not');
  const { max_value: most = null } = stage.config;
  if (most === 6 && negative === 0) return { activation: 'relu6' };
  if (most !== null) throw refusal(stage, `has the max_value ${shown(most)}, which this library has not`);
  return negative === 0 ? { activation: 'relu' } : { activation: 'leakyRelu', slope: negative };
}

/** What becomes of each class of layers. */
const KINDS: Readonly<Record<string, (layers: Layers, stage: Stage) => void>> = {
  InputLayer: () => undefined,
  Flatten: (layers) => layers.reshape(1),
  Reshape: (layers, stage) => layers.reshape(list(stage.config['target_shape'], 'target_shape').length),
  Dense: (layers, stage) => layers.dense(stage, numberOf(stage, 'units'), stage.config['use_bias'] !== false),
  Activation: (layers, stage) => layers.activate(stage, layers.bendOf(stage)),
  ReLU: (layers, stage) => layers.activate(stage, reluOf(stage)),
  LeakyReLU: (layers, stage) => {
    const slope = numberOf(stage, 'alpha' in stage.config ? 'alpha' : 'negative_slope', 0.3);
    layers.activate(stage, { activation: 'leakyRelu', slope });
  },
  ELU: (layers, stage) => layers.activate(stage, { activation: 'elu', slope: numberOf(stage, 'alpha', 1) }),
  ThresholdedReLU: (layers, stage) =>
    layers.activate(stage, { activation: 'thresholdedRelu', slope: numberOf(stage, 'theta', 1) }),
  Softmax: (layers, stage) => {
    requireLastAxis(stage);
    layers.activate(stage, { activation: 'softmax' });
  },
  BatchNormalization: (layers, stage) => {
    requireLastAxis(stage);
    layers.batchNorm(stage, numberOf(stage, 'epsilon', 1e-3), numberOf(stage, 'momentum', 0.99));
  },
  LayerNormalization: (layers, stage) => {
    requireLastAxis(stage);
    layers.layerNorm(stage, numberOf(stage, 'epsilon', 1e-3));
  },
  Dropout: (layers, stage) => layers.plain(stage, dropout(numberOf(stage, 'rate'))),
  GaussianNoise: (layers, stage) => layers.plain(stage, gaussianNoise(numberOf(stage, 'stddev'))),
};
