// Convolutions of images whose channels come last, forward: products of patches and filters, or channel by channel.

import { backend_util } from '@tensorflow/tfjs-core';
import { Operand } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { sizeOf } from '../shapes.js';
import { activate, areOurs } from './fused.js';
import type { Call, Kernel } from './kernel.js';
import { type Info, dilatedOf, eachImage, isNone } from './windows.js';

type Shape = [number, number, number, number];

/** Numbers of patches that are made at a time: 1 MB stays in the second cache until it is used. */
const PATCHES = 1 << 18;

/**
 * What tfjs makes of a call's shapes and attributes; undefined where channels come first, or something is wrong: also where
 * sizes are negative, of which the cpu kernel says what is wrong.
 */
export function infoOf(attrs: Call['attrs'], image: Shape, filter: Shape, depthwise: boolean): Info | undefined {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
  if (dataFormat === 'NCHW') return undefined;
  const spread = dilations ?? [1, 1];
  if (depthwise && !backend_util.eitherStridesOrDilationsAreOne(strides, spread)) return undefined;
  const info = backend_util.computeConv2DInfo(image, filter, strides, spread, pad, dimRoundingMode, depthwise);
  if (filter[2] !== info.inChannels || (depthwise && info.outChannels !== info.inChannels)) return undefined;
  return isNone(info) ? undefined : info;
}

/** Whether every pixel is its patch. */
const isPointwise = (info: Info) =>
  info.filterHeight * info.filterWidth * info.strideHeight * info.strideWidth === 1 &&
  info.inHeight === info.outHeight &&
  info.inWidth === info.outWidth;

/** Numbers of a patch. */
export const depthOf = (info: Info) => info.filterHeight * info.filterWidth * info.inChannels;

/**
 * Calls `product` for all patches of the images at x. It reads them, or `back`, writes them, and they are added to the images.
 * Patches of 1 MB are there at a time, whole rows; where every pixel is its patch, the images are their patches.
 * @param scratchFor bytes of scratch for a product of so many patches
 * @param product told how many patches there are, their address, the bytes before their rows of the output, and its scratch
 */
export function byPatches(
  info: Info,
  back: boolean,
  x: number,
  { core, data }: LinearMemoryBackend,
  scratchFor: (count: number) => number,
  product: (count: number, patches: number, output: number, scratch: number) => void,
): void {
  const { outHeight, outWidth } = info;
  if (isPointwise(info)) {
    const pixels = info.batchSize * outHeight * outWidth;
    product(pixels, x, 0, data.scratch(scratchFor(pixels)));
    return;
  }
  const depth = depthOf(info);
  const rows = Math.min(Math.max(1, Math.floor(PATCHES / (outWidth * depth))), outHeight);
  const room = Math.ceil((rows * outWidth * depth * 4) / 64) * 64;
  const list = data.scratch(room + scratchFor(rows * outWidth));
  const windows = dilatedOf(info);
  eachImage(info, (input, output) => {
    for (let first = 0; first < outHeight; first += rows) {
      const some = Math.min(rows, outHeight - first);
      const told = [...windows, outWidth, first, some] as const;
      if (!back) core.patches(...told, x + input, list);
      product(some * outWidth, list, output + first * outWidth * info.outChannels * 4, list + room);
      if (back) core.addPatches(...told, list, x + input);
    }
  });
}

/** out = patches of x · w + bias, addresses all */
function byProducts(info: Info, x: number, w: number, bias: number, out: number, backend: LinearMemoryBackend): void {
  const { core } = backend;
  const { outChannels: n } = info;
  const depth = depthOf(info);
  const { plain } = Operand;
  byPatches(
    info,
    false,
    x,
    backend,
    (m) => core.gemmScratch(plain, plain, m, n, depth),
    (m, patches, output, scratch) =>
      core.gemm(plain, plain, m, n, depth, patches, depth * 4, w, n * 4, out + output, n * 4, bias, 0, scratch),
  );
}

/** out = each channel of x, convolved with its own filter, plus bias, addresses all */
function byChannels(info: Info, x: number, w: number, bias: number, out: number, { core }: LinearMemoryBackend): void {
  const windows = dilatedOf(info);
  eachImage(info, (input, output) =>
    core.convolveChannels(...windows, info.outHeight, info.outWidth, x + input, w, bias, out + output),
  );
}

/** What is not finite in out, once more as the cpu backend has it, which leaves out what is beyond an image; addresses all */
function mend(info: Info, each: 0 | 1, x: number, w: number, bias: number, out: number, { core }: LinearMemoryBackend): void {
  if (core.areFinite(sizeOf(info.outShape), out)) return;
  const windows = dilatedOf(info);
  const { outHeight, outWidth, outChannels } = info;
  eachImage(info, (input, output) =>
    core.mendConvolution(...windows, outHeight, outWidth, outChannels, each, x + input, w, bias, out + output),
  );
}

const convolution =
  (depthwise: boolean, fused: boolean): Kernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const x = backend.floats(inputs.x);
    const w = backend.floats(inputs.filter);
    if (x === 0 || w === 0) return undefined;
    const info = infoOf(attrs, inputs.x.shape, inputs.filter.shape, depthwise);
    if (info === undefined) return undefined;
    const { outShape, outChannels } = info;
    if (fused && !areOurs(call, outChannels, outShape.length)) return undefined;
    const bias = fused && inputs.bias ? backend.floats(inputs.bias) : 0;
    const out = backend.make(outShape, 'float32', sizeOf(outShape));
    try {
      (depthwise ? byChannels : byProducts)(info, x, w, bias, out.dataId.address, backend);
    } catch (error) {
      backend.disposeIntermediateTensorInfo(out); // no room for patches
      throw error;
    }
    mend(info, depthwise ? 1 : 0, x, w, bias, out.dataId.address, backend);
    if (fused) activate(call, out.dataId, outChannels);
    return out;
  };

export const convolutions: Record<string, Kernel> = {
  Conv2D: convolution(false, false),
  FusedConv2D: convolution(false, true),
  DepthwiseConv2dNative: convolution(true, false),
  FusedDepthwiseConv2D: convolution(true, true),
};
