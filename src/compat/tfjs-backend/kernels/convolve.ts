// Convolutions of images whose channels come last, forward: products of patches and filters, or channel by channel.

import { backend_util } from '@tensorflow/tfjs-core';
import { Operand } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { activate, areOurs } from './fused.js';
import type { Call, Kernel } from './kernel.js';

type Info = backend_util.Conv2DInfo;

/** Numbers of patches that are made at a time: 1 MB stays in the second cache until it is used. */
const PATCHES = 1 << 18;

/** What tfjs makes of a call's shapes and attributes; undefined where channels come first, or something is wrong. */
function infoOf({ inputs, attrs }: Call, depthwise: boolean): Info | undefined {
  const { x, filter } = inputs;
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
  if (dataFormat === 'NCHW') return undefined;
  const spread = dilations ?? [1, 1];
  if (depthwise && !backend_util.eitherStridesOrDilationsAreOne(strides, spread)) return undefined;
  return backend_util.computeConv2DInfo(x.shape, filter.shape, strides, spread, pad, dimRoundingMode, depthwise);
}

/** What kernels are told first: sizes of the images and filters, and how these move. */
const geometryOf = (info: Info) =>
  [
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  ] as const;

/** out = patches of x · w + bias, addresses all */
function byProducts(info: Info, x: number, w: number, bias: number, out: number, backend: LinearMemoryBackend): void {
  const { core, data } = backend;
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const depth = info.filterHeight * info.filterWidth * inChannels;
  const scratchFor = (m: number) => core.gemmScratch(Operand.plain, Operand.plain, m, outChannels, depth);
  const multiply = (m: number, from: number, to: number, scratch: number) => {
    const { plain } = Operand;
    core.gemm(plain, plain, m, outChannels, depth, from, depth * 4, w, outChannels * 4, to, outChannels * 4, bias, 0, scratch);
  };
  const sameSize = inHeight === outHeight && inWidth === outWidth;
  if (depth === inChannels && sameSize && info.strideHeight === 1 && info.strideWidth === 1) {
    const pixels = info.batchSize * inHeight * inWidth; // each is its patch
    multiply(pixels, x, out, data.scratch(scratchFor(pixels)));
    return;
  }
  const rows = Math.min(Math.max(1, Math.floor(PATCHES / (outWidth * depth))), outHeight);
  const room = Math.ceil((rows * outWidth * depth * 4) / 64) * 64;
  const geometry = geometryOf(info);
  const list = data.scratch(room + scratchFor(rows * outWidth));
  for (let image = 0; image < info.batchSize; image++) {
    const from = x + image * inHeight * inWidth * inChannels * 4;
    for (let first = 0; first < outHeight; first += rows) {
      const count = Math.min(rows, outHeight - first);
      core.patches(...geometry, outWidth, first, count, from, list);
      multiply(count * outWidth, list, out + (image * outHeight + first) * outWidth * outChannels * 4, list + room);
    }
  }
}

/** out = each channel of x, convolved with its own filter, plus bias, addresses all */
function byChannels(info: Info, x: number, w: number, bias: number, out: number, { core }: LinearMemoryBackend): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const geometry = geometryOf(info);
  for (let image = 0; image < info.batchSize; image++) {
    const from = x + image * inHeight * inWidth * inChannels * 4;
    const to = out + image * outHeight * outWidth * inChannels * 4;
    core.convolveChannels(...geometry, outHeight, outWidth, from, w, bias, to);
  }
}

/** What is not finite in out, once more as the cpu backend has it, which leaves out what is beyond an image; addresses all */
function mend(info: Info, each: 0 | 1, x: number, w: number, bias: number, out: number, { core }: LinearMemoryBackend): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const size = outHeight * outWidth * outChannels;
  if (core.areFinite(batchSize * size, out)) return;
  const geometry = geometryOf(info);
  for (let image = 0; image < batchSize; image++) {
    const from = x + image * inHeight * inWidth * inChannels * 4;
    core.mendConvolution(...geometry, outHeight, outWidth, outChannels, each, from, w, bias, out + image * size * 4);
  }
}

const convolution =
  (depthwise: boolean, fused: boolean): Kernel =>
  (call) => {
    const { inputs, backend } = call;
    const x = backend.floats(inputs.x);
    const w = backend.floats(inputs.filter);
    if (x === 0 || w === 0) return undefined;
    const info = infoOf(call, depthwise);
    if (info === undefined || (depthwise && info.outChannels !== info.inChannels)) return undefined;
    const { outShape, outChannels } = info;
    if (fused && !areOurs(call, outChannels, outShape.length)) return undefined;
    const bias = fused && inputs.bias ? backend.floats(inputs.bias) : 0;
    const size = info.batchSize * info.outHeight * info.outWidth * outChannels;
    // Of negative sizes the cpu kernel says what is wrong.
    if (info.outHeight <= 0 || info.outWidth <= 0 || size === 0 || info.inChannels === 0) return undefined;
    const out = backend.make(outShape, 'float32', size);
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
