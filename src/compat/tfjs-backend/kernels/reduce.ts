// Sums, means and extremes over axes that are next to each other; softmax and normalisation.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { LinearMemoryBackend } from '../backend.js';
import { reduction, sizeOf } from '../shapes.js';
import type { Kernel } from './kernel.js';

/** The address of a tensor's numbers in float32: of booleans as 0 and 1 in scratch, of others that are not float32 0. */
function numbersOf(x: TensorInfo, backend: LinearMemoryBackend): number {
  const from = backend.data.get(x.dataId);
  if (from.dtype !== 'bool') return backend.floats(x);
  const at = backend.data.addressOf(from);
  const numbers = backend.data.scratch(from.length * 4);
  backend.core.numbersOfBytes(from.length, at, numbers);
  return numbers;
}

const summing =
  (mean: boolean): Kernel =>
  ({ inputs, attrs, backend }) => {
    const { x } = inputs;
    const at = mean ? numbersOf(x, backend) : backend.floats(x);
    if (at === 0 || !reduction.of(x.shape, attrs.axis, attrs.keepDims) || reduction.n === 0) return undefined;
    const { outer, n, inner, shape } = reduction;
    const out = backend.make(shape, 'float32', outer * inner);
    backend.core.sums(outer, n, inner, at, mean ? n : 1, out.dataId.address);
    return out;
  };

const extreme =
  (least: 0 | 1): Kernel =>
  ({ inputs, attrs, backend }) => {
    const { x } = inputs;
    const at = backend.floats(x);
    const axis = least ? attrs.axis : attrs.reductionIndices;
    if (at === 0 || !reduction.of(x.shape, axis, attrs.keepDims) || reduction.n === 0) return undefined;
    const { outer, n, inner, shape } = reduction;
    const out = backend.make(shape, 'float32', outer * inner);
    backend.core.extremes(least, outer, n, inner, at, out.dataId.address);
    return out;
  };

const extremePlace =
  (least: 0 | 1): Kernel =>
  ({ inputs, attrs, backend }) => {
    const { x } = inputs;
    const at = backend.floats(x);
    const axis = typeof attrs.axis === 'number' || attrs.axis?.length === 1 ? attrs.axis : undefined;
    if (at === 0 || axis === undefined || !reduction.of(x.shape, axis, false) || reduction.n === 0) return undefined;
    const { outer, n, inner, shape } = reduction;
    const out = backend.make(shape, 'int32', outer * inner);
    backend.core.extremePlaces(least, outer, n, inner, at, out.dataId.address);
    return out;
  };

const softmax: Kernel = ({ inputs, attrs, backend }) => {
  const x = inputs.logits;
  const { shape } = x;
  const at = backend.floats(x);
  const columns = shape[shape.length - 1];
  if (at === 0 || !columns || (attrs.dim !== -1 && attrs.dim !== shape.length - 1)) return undefined;
  const n = sizeOf(shape);
  const out = backend.make(shape, 'float32', n);
  backend.core.softmax(n / columns, columns, at, out.dataId.address);
  return out;
};

/** By statistics of the last axis; the cpu kernel also repeats others. */
const batchNorm: Kernel = ({ inputs, attrs, backend }) => {
  const { x, mean, variance, scale, offset } = inputs;
  const n = x.shape[x.shape.length - 1];
  for (const each of [mean, variance, scale, offset]) {
    if (each && (each.shape.length !== 1 || each.shape[0] !== n || backend.floats(each) === 0)) return undefined;
  }
  const at = backend.floats(x);
  if (at === 0 || !n) return undefined;
  const size = sizeOf(x.shape);
  const factor = backend.data.scratch(n * 4);
  const out = backend.make(x.shape, 'float32', size);
  const m = backend.floats(mean);
  const v = backend.floats(variance);
  const s = scale ? backend.floats(scale) : 0;
  const o = offset ? backend.floats(offset) : 0;
  backend.core.batchNorm(size / n, n, at, m, v, s, o, attrs.varianceEpsilon ?? 0.001, factor, out.dataId.address);
  return out;
};

export const reductions: Record<string, Kernel> = {
  Sum: summing(false),
  Mean: summing(true),
  Max: extreme(0),
  Min: extreme(1),
  ArgMax: extremePlace(0),
  ArgMin: extremePlace(1),
  Softmax: softmax,
  FusedBatchNorm: batchNorm,
};
