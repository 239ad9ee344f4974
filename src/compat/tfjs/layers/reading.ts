// How each class of tfjs's layers is read: its fields become an operation, or none where nothing is to be done.

import { UnsupportedError } from '../../../../bindings/errors.js';
import type { Layer, LayerVariable, Regularizer } from '../inside.js';
import { changedMethod } from '../own.js';
import { type Penalty, Slot } from '../parameters.js';
import { sharing, sizeOf } from '../shapes.js';
import { Along } from './along.js';
import { ActivationOperation, type Curve, activationOf, curve } from './activations.js';
import { Dense } from './dense.js';
import { BatchNormalization, LayerNormalization } from './norms.js';
import type { Operation } from './operation.js';
import { PRelu } from './prelu.js';
import { AlphaDropout, Dropout, GaussianDropout, GaussianNoise, SharedDropout } from './random.js';

/** A layer, and where it stands in its chain. */
export interface Standing {
  readonly layer: Layer;
  readonly index: number;
  /** Of a sample, without the axis of the batch. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
}

/** Why a layer cannot be trained here. */
export function refused({ layer }: Pick<Standing, 'layer'>, why: string): UnsupportedError {
  return new UnsupportedError(`layer ${layer.name} (${layer.getClassName()}): ${why}`);
}

function penaltyOf(standing: Standing, of: Regularizer | null | undefined): Penalty | undefined {
  if (of === null || of === undefined) return undefined;
  const { l1, l2 } = of;
  if (of.getClassName() !== 'L1L2' || typeof l1 !== 'number' || typeof l2 !== 'number')
    throw refused(standing, `its regularizer ${of.getClassName()} is none of l1, l2 and l1l2`);
  if (changedMethod(of, 'L1L2', ['apply'])) throw refused(standing, 'somebody changed the apply of its regularizer');
  return { of, l1, l2 };
}

/** The slot of a layer's weight, or undefined where it has none. */
function slotOf(standing: Standing, field: string, moves = false): Slot | undefined {
  const variable = standing.layer[field] as LayerVariable | null | undefined;
  const regularizer = standing.layer[`${field}Regularizer`] as Regularizer | null | undefined;
  return variable ? new Slot(variable, penaltyOf(standing, regularizer), moves) : undefined;
}

function activation(standing: Standing): Curve {
  const own = standing.layer.activation;
  const name = own?.getClassName() ?? 'linear';
  const found = activationOf(name);
  if (!found) throw refused(standing, `its activation ${name} is not known here`);
  if (own && changedMethod(own, name, ['apply'])) throw refused(standing, `somebody changed the apply of its activation ${name}`);
  return found;
}

/** A function of each number as a layer. */
function each(standing: Standing, of: Curve): Operation | undefined {
  const { inputShape } = standing;
  return of.idle ? undefined : new ActivationOperation(sizeOf(inputShape), inputShape.at(-1)!, of);
}

/** The axes that a layer names, from 0 and without that of the batch. */
function axesOf({ layer, inputShape }: Standing): number[] {
  const given = layer['axis'] as number | readonly number[];
  return (typeof given === 'number' ? [given] : [...given]).map((axis) => (axis < 0 ? axis + inputShape.length : axis - 1));
}

const number = (layer: Layer, field: string) => layer[field] as number;

function dense(standing: Standing): Operation {
  const { inputShape } = standing;
  const width = inputShape.at(-1)!;
  const units = number(standing.layer, 'units');
  const [kernel, bias] = [slotOf(standing, 'kernel')!, slotOf(standing, 'bias')];
  return new Dense(sizeOf(inputShape) / width, width, units, kernel, bias, activation(standing));
}

/** What works on rows of the last axes, over those that a layer names. */
function along(standing: Standing, make: (times: number, units: number) => Operation): Operation {
  const { inputShape } = standing;
  const axes = axesOf(standing);
  const first = axes[0]!;
  if (axes.some((axis, i) => axis !== first + i)) throw refused(standing, 'its axes are not next to each other, in their order');
  const end = first + axes.length;
  const before = sizeOf(inputShape.slice(0, first));
  const units = sizeOf(inputShape.slice(first, end));
  const behind = sizeOf(inputShape.slice(end));
  const operation = make(before * behind, units);
  return behind === 1 ? operation : new Along(operation, [before, units, behind]);
}

function batchNormalization(standing: Standing): Operation {
  const { layer } = standing;
  const [epsilon, momentum] = [number(layer, 'epsilon'), number(layer, 'momentum')];
  const [gamma, beta] = [slotOf(standing, 'gamma'), slotOf(standing, 'beta')];
  const [mean, variance] = [slotOf(standing, 'movingMean', true)!, slotOf(standing, 'movingVariance', true)!];
  return along(standing, (times, units) => new BatchNormalization(times, units, epsilon, momentum, gamma, beta, mean, variance));
}

function layerNormalization(standing: Standing): Operation {
  const epsilon = number(standing.layer, 'epsilon');
  const [gamma, beta] = [slotOf(standing, 'gamma'), slotOf(standing, 'beta')];
  return along(standing, (times, units) => new LayerNormalization(times, units, epsilon, gamma, beta));
}

function flatten(standing: Standing): undefined {
  const { layer, inputShape } = standing;
  if (layer['dataFormat'] === 'channelsFirst' && inputShape.length > 1) throw refused(standing, "dataFormat is 'channelsFirst'");
}

function dropout(standing: Standing): Operation | undefined {
  const { layer, index, inputShape } = standing;
  const rate = number(layer, 'rate');
  const noise = layer['noiseShape'] as readonly (number | null)[] | null | undefined;
  if (!(rate > 0 && rate < 1)) return undefined;
  const shape = noise?.slice(1).map((n, i) => n ?? inputShape[i]!);
  const [rows = null] = noise ?? [];
  if ((rows ?? 1) !== 1 || shape?.some((n, i) => n !== 1 && n !== inputShape[i]) || (noise && noise.length <= inputShape.length))
    throw refused(standing, `its noiseShape, [${noise}], is neither 1 nor that of its inputs, [,${inputShape}], along each axis`);
  if (!shape || (rows === null && shape.join() === inputShape.join())) return new Dropout(sizeOf(inputShape), index, rate);
  return new SharedDropout(sharing(inputShape, shape), sizeOf(shape), rows === 1, index, rate);
}

function alphaDropout(standing: Standing): Operation | undefined {
  const { layer, index, inputShape } = standing;
  const rate = number(layer, 'rate');
  if (layer['noiseShape']) throw refused(standing, 'it has a noiseShape');
  return rate > 0 && rate < 1 ? new AlphaDropout(sizeOf(inputShape), index, rate) : undefined;
}

function gaussianDropout({ layer, index, inputShape }: Standing): Operation | undefined {
  const rate = number(layer, 'rate');
  return rate > 0 && rate < 1 ? new GaussianDropout(sizeOf(inputShape), index, rate) : undefined;
}

function softmax(standing: Standing): Operation | undefined {
  if (axesOf(standing)[0] !== standing.inputShape.length - 1) throw refused(standing, 'its axis is not the last one');
  return each(standing, activationOf('softmax')!);
}

function relu(standing: Standing): Operation | undefined {
  const most = standing.layer['maxValue'] as number | null | undefined;
  return each(standing, most === null || most === undefined ? curve('relu', 0) : curve('clippedRelu', most));
}

function leakyRelu(standing: Standing): Operation | undefined {
  const alpha = number(standing.layer, 'alpha');
  if (!(alpha >= 0)) throw refused(standing, `alpha is ${alpha}, not 0 or more`);
  return each(standing, curve('leakyRelu', alpha));
}

function thresholdedRelu(standing: Standing): Operation | undefined {
  const theta = number(standing.layer, 'theta');
  if (!(theta >= 0)) throw refused(standing, `theta is ${theta}, not 0 or more`);
  return each(standing, curve('thresholdedRelu', theta));
}

/** How each class is read. */
const READERS: Record<string, (standing: Standing) => Operation | undefined> = {
  InputLayer: () => undefined,
  Dense: dense,
  Activation: (standing) => each(standing, activation(standing)),
  Dropout: dropout,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Flatten: flatten,
  Reshape: () => undefined,
  GaussianNoise: ({ layer, index, inputShape }) => new GaussianNoise(sizeOf(inputShape), index, number(layer, 'stddev')),
  GaussianDropout: gaussianDropout,
  AlphaDropout: alphaDropout,
  LeakyReLU: leakyRelu,
  PReLU: (standing) => new PRelu(standing.inputShape, slotOf(standing, 'alpha')!),
  ELU: (standing) => each(standing, curve('elu', 1)),
  ThresholdedReLU: thresholdedRelu,
  ReLU: relu,
  Softmax: softmax,
};

/** What tfjs does with a layer when a model is trained: none of it is called here. */
const METHODS = ['apply', 'call', 'calculateLosses'];

/** A layer as an operation. @throws UnsupportedError that names it */
export function operationOf(standing: Standing): Operation | undefined {
  const { layer } = standing;
  const name = layer.getClassName();
  if (!Object.hasOwn(READERS, name)) throw refused(standing, 'layers of this class are not known here');
  const changed = changedMethod(layer, name, METHODS);
  if (changed) throw refused(standing, `its ${changed} is not that of TensorFlow.js's ${name}`);
  if (layer['_callHook']) throw refused(standing, 'it has a call hook, which would not be called');
  const operation = READERS[name]!(standing);
  const penalties = operation?.slots.filter(({ penalty }) => penalty).length ?? 0;
  if ((layer['losses'] as readonly unknown[]).length !== penalties)
    throw refused(
      standing,
      'its losses are not those of its regularizers: addLoss adds others, and regularizers are set before it is built',
    );
  return operation;
}
