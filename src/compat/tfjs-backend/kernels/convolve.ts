// Convolutions of images whose channels come last, forward: products of patches and filters, or channel by channel.

import { backend_util } from '@tensorflow/tfjs-core';
import { Operand } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { sizeOf } from '../shapes.js';
import { activate, areOurs } from './fused.js';
import type { Call, Kernel } from './kernel.js';

export type Info = backend_util.Conv2DInfo;
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
  if (depthwise && info.outChannels !== info.inChannels) return undefined;
  return isNone(info) ? undefined : info;
}

/** Whether there is nothing to do. */
export const isNone = (info: Info) =>
  info.outHeight <= 0 || info.outWidth <= 0 || sizeOf(info.outShape) === 0 || sizeOf(info.inShape) === 0;

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

/** Bytes of an image, and of what becomes of it. */
export const bytesOf = (info: Info): [input: number, output: number] => [
  sizeOf(info.inShape.slice(1)) * 4,
  sizeOf(info.outShape.slice(1)) * 4,
];

/** Whether every pixel is its patch. */
export const isPointwise = (info: Info) =>
  info.filterHeight * info.filterWidth * info.strideHeight * info.strideWidth === 1 &&
  info.inHeight === info.outHeight &&
  info.inWidth === info.outWidth;

/** Numbers of a patch. */
export const depthOf = (info: Info) => info.filterHeight * info.filterWidth * info.inChannels;

/** Some rows of an image: where the image is in its batch, and what becomes of the rows, in bytes; and what kernels are told. */
interface Block {
  readonly image: number;
  readonly output: number;
  /** Patches. */
  readonly count: number;
  readonly patches: Parameters<LinearMemoryBackend['core']['patches']> extends [...infer Told, number, number] ? Told : never;
}

/**
 * Calls `each` for as many rows at a time as have patches of 1 MB, with room for those.
 * @param scratchFor bytes of scratch for a product of so many patches, which comes behind that room
 */
export function inBlocks(
  info: Info,
  { data }: LinearMemoryBackend,
  scratchFor: (count: number) => number,
  each: (block: Block, list: number, scratch: number) => void,
): void {
  const { outHeight, outWidth } = info;
  const depth = depthOf(info);
  const rows = Math.min(Math.max(1, Math.floor(PATCHES / (outWidth * depth))), outHeight);
  const room = Math.ceil((rows * outWidth * depth * 4) / 64) * 64;
  const geometry = geometryOf(info);
  const list = data.scratch(room + scratchFor(rows * outWidth));
  const [input, output] = bytesOf(info);
  for (let image = 0; image < info.batchSize; image++) {
    for (let first = 0; first < outHeight; first += rows) {
      const some = Math.min(rows, outHeight - first);
      each(
        {
          image: image * input,
          output: image * output + (first * output) / outHeight,
          count: some * outWidth,
          patches: [...geometry, outWidth, first, some],
        },
        list,
        list + room,
      );
    }
  }
}

/** out = patches of x · w + bias, addresses all */
function byProducts(info: Info, x: number, w: number, bias: number, out: number, backend: LinearMemoryBackend): void {
  const { core, data } = backend;
  const { outChannels } = info;
  const depth = depthOf(info);
  const { plain } = Operand;
  const scratchFor = (m: number) => core.gemmScratch(plain, plain, m, outChannels, depth);
  const multiply = (m: number, from: number, to: number, scratch: number) =>
    core.gemm(plain, plain, m, outChannels, depth, from, depth * 4, w, outChannels * 4, to, outChannels * 4, bias, 0, scratch);
  if (isPointwise(info)) {
    const pixels = info.batchSize * info.inHeight * info.inWidth;
    multiply(pixels, x, out, data.scratch(scratchFor(pixels)));
    return;
  }
  inBlocks(info, backend, scratchFor, ({ image, output, count, patches }, list, scratch) => {
    core.patches(...patches, x + image, list);
    multiply(count, list, out + output, scratch);
  });
}

/** out = each channel of x, convolved with its own filter, plus bias, addresses all */
function byChannels(info: Info, x: number, w: number, bias: number, out: number, { core }: LinearMemoryBackend): void {
  const geometry = geometryOf(info);
  const [input, output] = bytesOf(info);
  for (let i = 0; i < info.batchSize; i++) {
    core.convolveChannels(...geometry, info.outHeight, info.outWidth, x + i * input, w, bias, out + i * output);
  }
}

/** What is not finite in out, once more as the cpu backend has it, which leaves out what is beyond an image; addresses all */
function mend(info: Info, each: 0 | 1, x: number, w: number, bias: number, out: number, { core }: LinearMemoryBackend): void {
  if (core.areFinite(sizeOf(info.outShape), out)) return;
  const geometry = geometryOf(info);
  const [input, output] = bytesOf(info);
  const { outHeight, outWidth, outChannels } = info;
  for (let i = 0; i < info.batchSize; i++) {
    core.mendConvolution(...geometry, outHeight, outWidth, outChannels, each, x + i * input, w, bias, out + i * output);
  }
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
