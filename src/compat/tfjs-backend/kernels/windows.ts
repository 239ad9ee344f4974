// Windows that move over images whose channels come last: of convolutions and of pools.

import type { backend_util } from '@tensorflow/tfjs-core';
import { isCount, sizeBetween, sizeOf } from '../shapes.js';

/** What tfjs makes of shapes and attributes. Its filter is the window. */
export type Info = backend_util.Conv2DInfo;

/** Whether there is nothing to do, or sizes, strides or paddings are no whole numbers. */
export function isNone({ outShape, inShape, strideHeight, strideWidth, padInfo }: Info): boolean {
  const whole = isCount(strideHeight) && isCount(strideWidth) && isCount(padInfo.top) && isCount(padInfo.left);
  return !whole || !outShape.every(isCount) || sizeOf(outShape) === 0 || sizeOf(inShape) === 0;
}

const sizesOf = (info: Info) =>
  [
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
  ] as const;

/** What kernels of windows without dilation are told first: sizes of the images and windows, and how these move. */
export const windowsOf = (info: Info) =>
  [...sizesOf(info), info.outHeight, info.outWidth, info.padInfo.top, info.padInfo.left] as const;

/** The same for kernels whose windows may be dilated. */
export const dilatedOf = (info: Info) =>
  [...sizesOf(info), info.dilationHeight, info.dilationWidth, info.padInfo.top, info.padInfo.left] as const;

/** Calls `each` for every image of a batch, with the bytes before it, and before what becomes of it. */
export function eachImage(info: Info, each: (input: number, output: number) => void): void {
  const input = sizeBetween(info.inShape, 1, 4) * 4;
  const output = sizeBetween(info.outShape, 1, 4) * 4;
  for (let i = 0; i < info.batchSize; i++) each(i * input, i * output);
}
