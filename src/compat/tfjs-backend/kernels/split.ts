// One tensor as several, and rows that are added up by their numbers.

import { type TensorInfo, backend_util, util } from '@tensorflow/tfjs-core';
import { TensorBinary } from '../../../../build/codes.js';
import { isCount, sizeBetween, sizeOf } from '../shapes.js';
import { bytesPerElement } from '../storage.js';
import type { Call, Kernel } from './kernel.js';
import { elements } from './move.js';

/** Stretches of an axis, of these lengths, one after the other, each in a shape of its own. */
function pieces(call: Call, x: TensorInfo, axis: number, lengths: number[], shapeOf: (length: number) => number[]) {
  const { backend } = call;
  const from = elements(x, call);

  if (from === undefined) return undefined;
  const size = bytesPerElement(x.dtype);
  const rows = sizeBetween(x.shape, 0, axis);
  const run = sizeBetween(x.shape, axis + 1, x.shape.length) * size;
  const pitch = x.shape[axis]! * run;
  let at = backend.data.addressOf(from);
  const made: TensorInfo[] = [];
  try {
    for (const length of lengths) {
      const bytes = length * run;
      const out = backend.make(shapeOf(length), x.dtype, (rows * bytes) / size);
      made.push(out);
      if (bytes > 0) backend.core.copyRows(rows, bytes, at, pitch, out.dataId.address, bytes);
      at += bytes;
    }
  } catch (error) {
    for (const each of made) backend.disposeIntermediateTensorInfo(each); // no room for all of them
    throw error;
  }
  return made;
}

const splitV: Kernel = (call) => {
  const { x } = call.inputs;
  const [axis] = util.parseAxisParam(call.attrs.axis, x.shape) as [number];
  const lengths = backend_util.prepareSplitSize(x, call.attrs.numOrSizeSplits, axis);
  // The cpu kernel says what is wrong.
  if (!isCount(axis) || !lengths.every(isCount) || lengths.reduce((a, b) => a + b, 0) > x.shape[axis]) return undefined;
  return pieces(call, x, axis, lengths, (length) => x.shape.map((size: number, i: number) => (i === axis ? length : size)));
};

const unpack: Kernel = (call) => {
  const { value } = call.inputs;
  const axis = call.attrs.axis < 0 ? call.attrs.axis + value.shape.length : call.attrs.axis;
  if (!(isCount(axis) && axis < value.shape.length)) return undefined;
  const shape = value.shape.filter((_: number, i: number) => i !== axis);
  return pieces(call, value, axis, new Array(value.shape[axis]).fill(1), () => shape.slice());
};

/** Of numbers that are finite: others the cpu kernel multiplies by 0 for all places but theirs. */
const unsortedSegmentSum: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x, segmentIds } = inputs;
  const { core, data } = backend;
  const places = data.get(segmentIds.dataId);
  const at = backend.floats(x);
  if (at === 0 || places.dtype !== 'int32' || segmentIds.shape.length !== 1 || segmentIds.shape[0] !== x.shape[0])
    return undefined;
  const { numSegments } = attrs;
  const shape = [numSegments, ...x.shape.slice(1)];
  const size = sizeOf(shape);
  const run = size / numSegments;
  if (!isCount(numSegments) || !(size > 0) || !core.areFinite(sizeOf(x.shape), at)) return undefined;
  const out = backend.filled(shape, 0);
  const { address } = out.dataId;
  const indices = places.values as Int32Array;
  for (let r = 0; r < indices.length; r++) {
    const place = indices[r]!;
    if (place < 0 || place >= numSegments) continue;
    const to = address + place * run * 4;
    core.binary(TensorBinary.Add, 1, run, to, 0, 1, at + r * run * 4, 0, 1, to);
  }
  return out;
};

export const splits: Record<string, Kernel> = { SplitV: splitV, Unpack: unpack, UnsortedSegmentSum: unsortedSegmentSum };
