// Bias and activation, as tfjs fuses them with products and convolutions.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { TensorActivation, type TensorActivationCode, TensorBinary } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import type { TensorData } from '../storage.js';
import { sizeOf } from '../shapes.js';
import type { Call } from './kernel.js';

const ACTIVATIONS: Record<string, TensorActivationCode | 'prelu'> = {
  linear: TensorActivation.linear,
  relu: TensorActivation.relu,
  relu6: TensorActivation.relu6,
  elu: TensorActivation.elu,
  sigmoid: TensorActivation.sigmoid,
  leakyrelu: TensorActivation.leakyRelu,
  prelu: 'prelu',
};

/** Whether a tensor is one row of n float32 numbers, of no more axes than `rank`. */
const isRow = (tensor: TensorInfo, n: number, rank: number, backend: LinearMemoryBackend) =>
  tensor.shape.length <= rank &&
  tensor.shape[tensor.shape.length - 1] === n &&
  sizeOf(tensor.shape) === n &&
  backend.floats(tensor) !== 0;

/** Whether bias and activation of a call are ours: rows of n numbers, for an output of so many axes. */
export function areOurs({ inputs, attrs, backend }: Call, n: number, rank: number): boolean {
  const { bias, preluActivationWeights: alpha } = inputs;
  if (bias && !isRow(bias, n, rank, backend)) return false;
  const kind = ACTIVATIONS[attrs.activation || 'linear'];
  return kind === 'prelu' ? alpha !== undefined && isRow(alpha, n, rank, backend) : kind !== undefined;
}

/** Applies a call's activation in place to rows of n numbers. */
export function activate({ inputs, attrs, backend }: Call, { address, length }: TensorData, n: number): void {
  const { core } = backend;
  const kind = ACTIVATIONS[attrs.activation || 'linear'];
  if (kind === 'prelu') {
    const alpha = backend.floats(inputs.preluActivationWeights);
    core.binary(TensorBinary.Prelu, length / n, n, address, n * 4, 1, alpha, 0, 1, address);
  } else if (kind !== TensorActivation.linear) {
    core.activate(kind!, length, address, address, kind === TensorActivation.leakyRelu ? attrs.leakyreluAlpha : 1);
  }
}
