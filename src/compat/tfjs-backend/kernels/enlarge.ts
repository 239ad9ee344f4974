// Tensors made larger: by a constant around them, or by being repeated.

import type { DataType } from '@tensorflow/tfjs-core';
import type { LinearMemoryBackend } from '../backend.js';
import { isCount, sizeBetween, sizeOf } from '../shapes.js';
import { bytesPerElement } from '../storage.js';
import type { Kernel } from './kernel.js';
import { elements, words } from './move.js';

/** A constant around x; zeros only around integers, whose bits `fill` does not write. */
const pad: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  const { constantValue } = attrs;
  const paddings = attrs.paddings as [number, number][];
  const from = words(x, call);
  if (from === undefined || (x.dtype === 'int32' && constantValue !== 0)) return undefined;
  const rank = x.shape.length;
  if (paddings.length !== rank || !paddings.flat().every(isCount)) return undefined;
  // Axes behind `last` come whole: with it, they are one run.
  let last = rank - 1;
  while (last >= 0 && paddings[last]![0] === 0 && paddings[last]![1] === 0) last--;
  if (last < 0) return backend.share(x, x.shape, x.dtype);
  const shape = paddings.map(([before, after], i) => before + (x.shape[i] as number) + after);
  const pitches = shape.map((_, i) => sizeBetween(shape, i + 1, rank) * 4);
  const run = sizeBetween(x.shape, last, rank) * 4;
  const n = sizeOf(shape);
  let source = backend.data.addressOf(from);
  const out = backend.make(shape, x.dtype, n);
  backend.core.fill(n, constantValue, out.dataId.address);
  if (from.length === 0) return out;
  const start = paddings.reduce((at, [before], i) => at + before * pitches[i]!, out.dataId.address);
  const rows = last > 0 ? (x.shape[last - 1] as number) : 1;
  const pitch = last > 0 ? pitches[last - 1]! : 0;
  const blocks = sizeBetween(x.shape, 0, Math.max(last - 1, 0));
  for (let block = 0; block < blocks; block++, source += rows * run) {
    let at = start;
    let left = block;
    for (let axis = last - 2; axis >= 0; axis--) {
      const size = x.shape[axis] as number;
      at += (left % size) * pitches[axis]!;
      left = Math.floor(left / size);
    }
    backend.core.copyRows(rows, run, source, run, at, pitch);
  }
  return out;
};

/** x repeated along its axes, one after another from the last on. */
const tile: Kernel = (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  const reps = attrs.reps as number[];
  const from = elements(x, call);
  if (from === undefined || reps.length !== x.shape.length || !reps.every(isCount)) return undefined;
  const shape: number[] = x.shape.slice();
  let source = backend.data.addressOf(from);
  let made: ReturnType<LinearMemoryBackend['make']> | undefined;
  for (let axis = reps.length - 1; axis >= 0; axis--) {
    const count = reps[axis]!;
    if (count === 1) continue;
    const rows = sizeBetween(shape, 0, axis);
    const run = sizeBetween(shape, axis, shape.length) * bytesPerElement(x.dtype);
    shape[axis] = shape[axis]! * count;
    const out = backend.make(shape.slice(), x.dtype, sizeOf(shape));
    const { address } = out.dataId;
    if (run > 0 && rows === 1) backend.core.copyRows(count, run, source, 0, address, run);
    else if (run > 0)
      for (let k = 0; k < count; k++) backend.core.copyRows(rows, run, source, run, address + k * run, count * run);
    if (made) backend.disposeIntermediateTensorInfo(made);
    made = out;
    source = address;
  }
  return made ?? backend.share(x, shape, x.dtype);
};

/** One number as many, of which one is another; its place is an index, which may be none of them. */
const oneHot: Kernel = ({ inputs, attrs, backend }) => {
  const { indices } = inputs;
  const { depth, onValue, offValue } = attrs;
  const dtype = attrs.dtype as DataType;
  const places = backend.data.get(indices.dataId);
  const whole = dtype === 'int32' && Number.isInteger(onValue) && offValue === 0;
  if (places.dtype !== 'int32' || !isCount(depth) || !(dtype === 'float32' || whole)) return undefined;
  const n = places.length * depth;
  const out = backend.make([...indices.shape, depth], dtype, n);
  backend.core.fill(n, offValue, out.dataId.address);
  const list = places.values as Int32Array;
  const made = out.dataId.values as Int32Array | Float32Array;
  for (let i = 0, start = 0; i < list.length; i++, start += depth) {
    const place = list[i]!;
    if (place >= 0 && place < depth) made[start + place] = onValue;
  }
  return out;
};

export const enlargements: Record<string, Kernel> = { PadV2: pad, Tile: tile, OneHot: oneHot };
