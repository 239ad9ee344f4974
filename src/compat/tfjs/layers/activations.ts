// tfjs's activations, by their class names, and layers that are nothing else.

import type { TensorCore } from '../../../../bindings/tensors.js';
import { TensorActivation, type TensorActivationName } from '../../../../build/codes.js';
import { zeros } from '../memory.js';
import { Operation, type Place } from './operation.js';

/** Whose slopes are found from the inputs: these must be kept. */
const FROM_INPUT: ReadonlySet<TensorActivationName> = new Set(['clippedRelu', 'hardSigmoid', 'swish', 'mish', 'gelu', 'geluNew']);

/** Class names of tfjs's that are not ours. */
const OURS: Record<string, TensorActivationName> = { gelu_new: 'geluNew' };

/** What is done with a row of numbers. */
export interface Curve {
  /** Whether backward needs the inputs. */
  readonly keepsInput: boolean;
  /** Whether y may only be x because there is nothing to do. */
  readonly idle: boolean;
  forward(core: TensorCore, rows: number, n: number, x: number, y: number): void;
  /** dx may be dy. */
  backward(core: TensorCore, rows: number, n: number, x: number, y: number, dy: number, dx: number): void;
}

/** A function of each number. */
export function curve(name: TensorActivationName, parameter: number): Curve {
  const code = TensorActivation[name];
  return {
    keepsInput: FROM_INPUT.has(name),
    idle: name === 'linear',
    forward: (core, rows, n, x, y) => core.activate(code, rows * n, x, y, parameter),
    backward: (core, rows, n, x, y, dy, dx) => core.activationBackward(code, rows * n, x, y, dy, dx, parameter),
  };
}

/** Softmax of each row. */
const softmax: Curve = {
  keepsInput: false,
  idle: false,
  forward: (core, rows, n, x, y) => core.softmax(rows, n, x, y),
  backward: (core, rows, n, _x, y, dy, dx) => core.softmaxBackward(rows, n, y, dy, dx),
};

const logSoftmax: Curve = {
  keepsInput: false,
  idle: false,
  forward: (core, rows, n, x, y) => core.logSoftmax(rows, n, x, y),
  backward: (core, rows, n, _x, y, dy, dx) => core.logSoftmaxBackward(rows, n, y, dy, dx),
};

/** The activation of a class name, or undefined where there is none of ours. */
export function activationOf(className: string): Curve | undefined {
  if (className === 'softmax') return softmax;
  if (className === 'logSoftmax') return logSoftmax;
  const name = OURS[className] ?? (className as TensorActivationName);
  const known =
    Object.hasOwn(TensorActivation, name) && !['clippedRelu', 'leakyRelu', 'thresholdedRelu', 'geluNew'].includes(className);
  return known ? curve(name, name === 'elu' ? 1 : 0) : undefined;
}

/** A layer that applies one, to rows of `width` numbers, so many in each sample. */
export class ActivationOperation extends Operation {
  constructor(
    inputs: number,
    private readonly width: number,
    private readonly activation: Curve,
  ) {
    super(inputs, inputs);
  }

  forward(rows: number): void {
    this.activation.forward(this.core, (rows * this.inputs) / this.width, this.width, this.x, this.y);
  }

  backward(rows: number): void {
    const { core, x, y, dy, dx, width } = this;
    if (dx) this.activation.backward(core, (rows * this.inputs) / width, width, x, y, dy, dx);
  }
}

/** Where an activation's inputs go: to a place of their own, if they are needed later. */
export function placeOfInputs(activation: Curve, place: Place, y: number, size: number): number {
  return activation.keepsInput ? zeros(place, size) : y;
}
