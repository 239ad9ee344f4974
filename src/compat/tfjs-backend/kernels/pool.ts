// The largest number or the mean of windows of images whose channels come last, and how errors go back.

import { type TensorInfo, backend_util } from '@tensorflow/tfjs-core';
import { sameShape, sizeOf } from '../shapes.js';
import type { Call, Kernel } from './kernel.js';
import { type Info, eachImage, isNone, windowsOf } from './windows.js';

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
    const out = backend.make(info.outShape, 'float32', sizeOf(info.outShape));
    const { address } = out.dataId;
    eachImage(info, (input, output) => backend.core[name](...windows, x + input, address + output));
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
    const out = backend.filled(info.inShape, 0);
    const { address } = out.dataId;
    eachImage(info, (input, output) => {
      if (largest) core.maxPoolBackward(...windows, x + input, dy + output, address + input);
      else core.meanPoolBackward(...windows, dy + output, address + input);
    });
    return out;
  };

export const pools: Record<string, Kernel> = {
  MaxPool: pool('maxPool'),
  AvgPool: pool('meanPool'),
  MaxPoolGrad: poolBack(true),
  AvgPoolGrad: poolBack(false),
};
