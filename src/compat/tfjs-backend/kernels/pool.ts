// The largest number or the mean of windows of images whose channels come last, and how errors go back.

import { type TensorInfo, backend_util } from '@tensorflow/tfjs-core';
import { sameShape, sizeOf } from '../shapes.js';
import { type Info, bytesOf, isNone } from './convolve.js';
import type { Call, Kernel } from './kernel.js';

/** What kernels are told first: sizes of the images and windows, and how these move. */
export const windowsOf = (info: Info) =>
  [
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.outHeight,
    info.outWidth,
    info.padInfo.top,
    info.padInfo.left,
  ] as const;

/** What tfjs makes of a call's shapes and attributes; undefined where there is nothing to do, or something is wrong. */
function infoOf({ attrs }: Call, { shape }: TensorInfo): Info | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = backend_util.computePool2DInfo(shape as Info['inShape'], filterSize, strides, 1, pad, dimRoundingMode);
  return isNone(info) ? undefined : info;
}

const pool =
  (name: 'maxPool' | 'meanPool'): Kernel =>
  (call) => {
    const { inputs, backend } = call;
    const x = backend.floats(inputs.x);
    const info = x === 0 ? undefined : infoOf(call, inputs.x);
    if (info === undefined) return undefined;
    // Windows of one pixel change nothing, says the cpu kernel, where sizes are the same.
    if (info.filterHeight * info.filterWidth === 1 && sameShape(info.inShape, info.outShape)) return undefined;
    const windows = windowsOf(info);
    const [input, output] = bytesOf(info);
    const out = backend.make(info.outShape, 'float32', sizeOf(info.outShape));
    for (let i = 0; i < info.batchSize; i++) {
      backend.core[name](...windows, x + i * input, out.dataId.address + i * output);
    }
    return out;
  };

const poolBack =
  (largest: boolean): Kernel =>
  (call) => {
    const { inputs, backend } = call;
    const { core } = backend;
    const x = largest ? backend.floats(inputs.input) : 0;
    const dy = backend.floats(inputs.dy);
    const info = dy === 0 || (largest && x === 0) ? undefined : infoOf(call, inputs.input);
    if (info === undefined || !sameShape(info.outShape, inputs.dy.shape)) return undefined;
    const windows = windowsOf(info);
    const [input, output] = bytesOf(info);
    const size = sizeOf(info.inShape);
    const out = backend.make(info.inShape, 'float32', size);
    core.fill(size, 0, out.dataId.address);
    for (let i = 0; i < info.batchSize; i++) {
      const to = out.dataId.address + i * input;
      if (largest) core.maxPoolBackward(...windows, x + i * input, dy + i * output, to);
      else core.meanPoolBackward(...windows, dy + i * output, to);
    }
    return out;
  };

export const pools: Record<string, Kernel> = {
  MaxPool: pool('maxPool'),
  AvgPool: pool('meanPool'),
  MaxPoolGrad: poolBack(true),
  AvgPoolGrad: poolBack(false),
};
