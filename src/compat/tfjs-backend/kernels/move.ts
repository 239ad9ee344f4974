// Numbers that change their place, shape or type.

import { type DataType, type TensorInfo, slice_util, util } from '@tensorflow/tfjs-core';
import type { LinearMemoryBackend } from '../backend.js';
import { isCount, sizeBetween, sizeOf } from '../shapes.js';
import { bytesPerElement } from '../storage.js';
import type { Call, Kernel } from './kernel.js';

const isWord = (dtype: DataType) => dtype === 'float32' || dtype === 'int32';

/** The data of a tensor of numbers of four bytes; undefined of others, and where they are of another type than the tensor. */
export function words({ dataId, dtype }: TensorInfo, { backend: { data } }: Pick<Call, 'backend'>) {
  const found = data.get(dataId);
  return found.dtype === dtype && isWord(dtype) ? found : undefined;
}

/** The data of a tensor of numbers or booleans; undefined of others, and where they are of another type than the tensor. */
export function elements({ dataId, dtype }: TensorInfo, { backend: { data } }: Pick<Call, 'backend'>) {
  const found = data.get(dataId);
  return found.dtype === dtype && (dtype === 'bool' || isWord(dtype)) ? found : undefined;
}

const identity: Kernel = ({ inputs, backend }) => backend.share(inputs.x, inputs.x.shape, inputs.x.dtype);

const reshape: Kernel = ({ inputs, attrs, backend }) => {
  const { x } = inputs;
  const { shape } = attrs;
  if (x.dtype === 'complex64' || sizeOf(shape) !== sizeOf(x.shape)) return undefined;
  for (const size of shape) if (!isCount(size)) return undefined;
  return backend.share(x, shape, x.dtype);
};

/** Data keep their type: a cast to float32 leaves integers beyond 2^24 as they are, and only the tensor says float32. */
const slice: Kernel = ({ inputs, attrs, backend }) => {
  const { x } = inputs;
  const from = backend.data.get(x.dataId);
  if (from.dtype !== 'bool' && !isWord(from.dtype)) return undefined;
  const bytes = bytesPerElement(from.dtype);
  const [begin, size] = slice_util.parseSliceParams(x, attrs.begin, attrs.size) as [number[], number[]];
  slice_util.assertParamsValid(x, begin, size);
  if (!begin.every(isCount) || !size.every(isCount)) return undefined;
  const rank = x.shape.length;
  // Axes behind `last` are taken whole; before it, one may have more than one place.
  let last = rank - 1;
  while (last > 0 && size[last] === x.shape[last]) last--;
  let outer = -1;
  let offset = 0;
  for (let i = 0; i < rank; i++) {
    offset += begin[i]! * sizeBetween(x.shape, i + 1, rank);
    if (i >= last || size[i] === 1) continue;
    if (outer >= 0) return undefined;
    outer = i;
  }
  const at = backend.data.addressOf(from) + offset * bytes;
  const run = sizeBetween(size, Math.max(last, 0), rank) * bytes;
  const rows = outer < 0 ? 1 : size[outer]!;
  const out = backend.make(size, from.dtype, sizeOf(size));
  const step = outer < 0 ? 0 : sizeBetween(x.shape, outer + 1, rank) * bytes;
  out.dtype = x.dtype;
  if (run > 0) backend.core.copyRows(rows, run, at, step, out.dataId.address, run);
  return out;
};

/** Puts tensors beside each other along an axis; `added` is 1 where that axis is new. */
function beside(call: Call, tensors: TensorInfo[], axis: number, added: 0 | 1): TensorInfo | undefined {
  const { backend } = call;
  const [first] = tensors;
  const rank = first!.shape.length;
  if (!(isCount(axis) && axis < rank + added)) return undefined;
  const { dtype } = first!;
  let along = 0;
  for (const each of tensors) {
    if (each.dtype !== dtype || elements(each, call) === undefined || each.shape.length !== rank) return undefined;
    for (let i = 0; i < rank; i++) if ((added || i !== axis) && each.shape[i] !== first!.shape[i]) return undefined;
    along += added ? 1 : each.shape[axis]!;
  }
  const shape = first!.shape.slice();
  shape.splice(axis, 1 - added, along);
  const rows = sizeBetween(shape, 0, axis);
  const bytes = bytesPerElement(dtype);
  const pitch = sizeBetween(shape, axis, shape.length) * bytes;
  const addresses = tensors.map((each) => backend.data.addressOf(backend.data.get(each.dataId)));
  const out = backend.make(shape, dtype, sizeOf(shape));
  let at = out.dataId.address;
  for (let i = 0; i < tensors.length; i++) {
    const run = sizeBetween(tensors[i]!.shape, axis, rank) * bytes;
    if (run > 0) backend.core.copyRows(rows, run, addresses[i]!, run, at, pitch);
    at += run;
  }
  return out;
}

const concat: Kernel = (call) => {
  const tensors = call.inputs as TensorInfo[];
  const { axis } = call.attrs;
  return tensors.length > 1 ? beside(call, tensors, axis < 0 ? axis + tensors[0]!.shape.length : axis, 0) : undefined;
};

const pack: Kernel = (call) => {
  const tensors = call.inputs as TensorInfo[];
  return tensors.length > 1 ? beside(call, tensors, call.attrs.axis, 1) : undefined;
};

/** x in the opposite order along one axis. */
const reverse: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  const from = elements(x, call);
  if (from === undefined || x.shape.length === 0) return undefined;
  const axes = util.parseAxisParam(attrs.dims, x.shape).filter((axis) => x.shape[axis] !== 1);
  if (axes.length !== 1) return undefined;
  const [axis] = axes as [number];
  const n = x.shape[axis] as number;
  const run = sizeBetween(x.shape, axis + 1, x.shape.length) * bytesPerElement(x.dtype);
  const at = backend.data.addressOf(from);
  const out = backend.make(x.shape, x.dtype, from.length);
  const blocks = n * run === 0 ? 0 : sizeBetween(x.shape, 0, axis);
  for (let i = 0; i < blocks; i++) {
    const before = i * n * run;
    backend.core.copyRows(n, run, at + before + (n - 1) * run, -run, out.dataId.address + before, run);
  }
  return out;
};

const gather: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x, indices } = inputs;
  const from = words(x, call);
  const places = words(indices, call);
  const rank = x.shape.length;
  const axis = attrs.axis < 0 ? attrs.axis + rank : attrs.axis;
  if (from === undefined || places?.dtype !== 'int32' || attrs.batchDims || !(isCount(axis) && axis < rank)) return undefined;
  const limit = x.shape[axis];
  const run = sizeBetween(x.shape, axis + 1, rank) * 4;
  const count = places.length;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const outer = sizeBetween(x.shape, 0, axis);
  if (outer * run === 0) return undefined; // nothing is gathered, and indices are looked at all the same
  const source = backend.data.addressOf(from);
  const list = backend.data.addressOf(places);
  const out = backend.make(shape, x.dtype, sizeOf(shape));
  for (let i = 0; i < outer; i++) {
    const at = out.dataId.address + i * count * run;
    if (backend.core.gatherRows(count, run, source + i * limit * run, limit, list, at) === count) continue;
    backend.disposeIntermediateTensorInfo(out);
    return undefined; // an index is out of range, as the cpu kernel will say
  }
  return out;
};

/**
 * A transposition that makes two neighbouring stretches of axes change places; where only axes of size 1 move, nothing does.
 */
const transpose: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  const perm = attrs.perm as number[];
  const from = words(x, call);
  if (from === undefined || perm.length !== x.shape.length) return undefined;
  for (let axis = 0; axis < perm.length; axis++) if (!perm.includes(axis)) return undefined;
  const size = (axis: number) => x.shape[axis] as number;
  const shape = perm.map(size);
  const moved = perm.filter((axis) => size(axis) !== 1);
  const axes = moved.slice().sort((a, b) => a - b);
  let start = 0;
  while (start < axes.length && moved[start] === axes[start]) start++;
  if (start === axes.length) return backend.share(x, shape, x.dtype);
  let end = axes.length;
  while (moved[end - 1] === axes[end - 1]) end--;
  const first = axes.indexOf(moved[start]!);
  for (let i = start; i < end; i++) {
    const later = first + i - start;
    if (moved[i] !== axes[later < end ? later : later - end + start]) return undefined;
  }
  const sizeOfAxes = (k: number, to: number) => sizeOf(axes.slice(k, to).map(size));
  const rows = sizeOfAxes(start, first);
  const columns = sizeOfAxes(first, end);
  const at = backend.data.addressOf(from);
  const out = backend.make(shape, x.dtype, from.length);
  exchange(sizeOfAxes(0, start), rows, columns, sizeOfAxes(end, axes.length), at, out.dataId.address, backend);
  return out;
};

/** out[b,c,r,·] = x[b,r,c,·], runs of so many numbers; addresses both */
function exchange(
  batch: number,
  rows: number,
  columns: number,
  run: number,
  x: number,
  out: number,
  { core }: LinearMemoryBackend,
): void {
  if (run === 1) {
    core.transpose(batch, rows, columns, x, out);
    return;
  }
  const bytes = run * 4;
  for (let b = 0; b < batch; b++) {
    const from = x + b * rows * columns * bytes;
    const to = out + b * rows * columns * bytes;
    if (rows < columns) {
      for (let r = 0; r < rows; r++)
        core.copyRows(columns, bytes, from + r * columns * bytes, bytes, to + r * bytes, rows * bytes);
    } else {
      for (let c = 0; c < columns; c++)
        core.copyRows(rows, bytes, from + c * bytes, columns * bytes, to + c * rows * bytes, bytes);
    }
  }
}

const cast: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  const { dtype } = attrs;
  const from = backend.data.get(x.dataId);
  if (from.dtype === dtype) return dtype === 'complex64' ? undefined : backend.share(x, x.shape, dtype);
  const n = from.length;
  if (dtype === 'float32' && (from.dtype === 'int32' || from.dtype === 'bool')) {
    const at = backend.data.addressOf(from);
    const out = backend.make(x.shape, dtype, n);
    const { address } = out.dataId;
    if (from.dtype === 'bool') backend.core.numbersOfBytes(n, at, address);
    else if (backend.core.numbersOfIntegers(n, at, address) !== 0) {
      backend.disposeIntermediateTensorInfo(out);
      return undefined; // the cpu kernel leaves integers as they are, also those that float32 hasn't
    }
    return out;
  }
  if (dtype !== 'int32' || from.dtype !== 'float32') return undefined;
  const at = backend.data.addressOf(from);
  const out = backend.make(x.shape, dtype, n);
  if (backend.core.integersOf(n, at, out.dataId.address) === 0) return out;
  backend.disposeIntermediateTensorInfo(out);
  return undefined; // beyond int32, where numbers begin anew
};

const fill: Kernel = ({ attrs: { shape, value, dtype }, backend }) =>
  typeof value === 'number' && (dtype || 'float32') === 'float32' && shape.every(isCount)
    ? backend.filled(shape, value)
    : undefined;

const like =
  (value: 0 | 1): Kernel =>
  ({ inputs: { x }, backend }) =>
    x.dtype === 'float32' ? backend.filled(x.shape, value) : undefined;

export const moves: Record<string, Kernel> = {
  Identity: identity,
  Reshape: reshape,
  Slice: slice,
  Concat: concat,
  Pack: pack,
  Reverse: reverse,
  GatherV2: gather,
  Transpose: transpose,
  Cast: cast,
  Fill: fill,
  ZerosLike: like(0),
  OnesLike: like(1),
};
