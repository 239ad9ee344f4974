// How errors go back through convolutions, to images and to filters: by products with patches, or channel by channel.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Operand } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { sameShape, sizeOf } from '../shapes.js';
import { type Info, bytesOf, depthOf, inBlocks, infoOf, isPointwise } from './convolve.js';
import type { Call, Kernel } from './kernel.js';
import { windowsOf } from './pool.js';

const { plain, transposed } = Operand;

/** dx = dx + errors of patches, dy · wᵀ, each where its patch is from; addresses all */
function toImages(info: Info, dy: number, w: number, dx: number, backend: LinearMemoryBackend): void {
  const { core, data } = backend;
  const { outChannels } = info;
  const depth = depthOf(info);
  const scratchFor = (m: number) => core.gemmScratch(plain, transposed, m, depth, outChannels);
  const multiply = (m: number, from: number, to: number, scratch: number) =>
    core.gemm(plain, transposed, m, depth, outChannels, from, outChannels * 4, w, outChannels * 4, to, depth * 4, 0, 0, scratch);
  if (isPointwise(info)) {
    const pixels = info.batchSize * info.inHeight * info.inWidth;
    multiply(pixels, dy, dx, data.scratch(scratchFor(pixels)));
    return;
  }
  inBlocks(info, backend, scratchFor, ({ image, output, count, patches }, list, scratch) => {
    multiply(count, dy + output, list, scratch);
    core.addPatches(...patches, list, dx + image);
  });
}

/** dw = dw + patchesᵀ · dy, addresses all */
function toFilters(info: Info, x: number, dy: number, dw: number, backend: LinearMemoryBackend): void {
  const { core, data } = backend;
  const n = info.outChannels;
  const depth = depthOf(info);
  const scratchFor = (m: number) => core.gemmScratch(transposed, plain, depth, n, m);
  const add = (m: number, from: number, errors: number, scratch: number) =>
    core.gemm(transposed, plain, depth, n, m, from, depth * 4, errors, n * 4, dw, n * 4, dw, n * 4, scratch);
  if (isPointwise(info)) {
    const pixels = info.batchSize * info.inHeight * info.inWidth;
    add(pixels, x, dy, data.scratch(scratchFor(pixels)));
    return;
  }
  inBlocks(info, backend, scratchFor, ({ image, output, count, patches }, list, scratch) => {
    core.patches(...patches, x + image, list);
    add(count, list, dy + output, scratch);
  });
}

/** The same, each channel by itself. */
function toImagesByChannels(info: Info, dy: number, w: number, dx: number, { core }: LinearMemoryBackend): void {
  const windows = windowsOf(info);
  const [input, output] = bytesOf(info);
  for (let i = 0; i < info.batchSize; i++) core.addChannelErrors(...windows, dy + i * output, w, dx + i * input);
}

function toFiltersByChannels(info: Info, x: number, dy: number, dw: number, { core }: LinearMemoryBackend): void {
  const windows = windowsOf(info);
  const [input, output] = bytesOf(info);
  for (let i = 0; i < info.batchSize; i++) core.addChannelGradients(...windows, x + i * input, dy + i * output, dw);
}

/** out = 0 + what `add` adds. What is not finite is left to the cpu kernel, which leaves out what is beyond an image. */
function summed(call: Call, shape: number[], add: (out: number) => void): TensorInfo | undefined {
  const { backend } = call;
  const size = sizeOf(shape);
  const out = backend.make(shape, 'float32', size);
  const { address } = out.dataId;
  let finite = 0;
  try {
    backend.core.fill(size, 0, address);
    add(address);
    finite = backend.core.areFinite(size, address);
  } finally {
    if (!finite) backend.disposeIntermediateTensorInfo(out); // or no room for patches
  }
  return finite ? out : undefined;
}

/** As the cpu kernel has it, which knows of no dilation on the way back. */
function infoBack(call: Call, image: Info['inShape'], filter: Info['filterShape'], depthwise: boolean): Info | undefined {
  const info = infoOf(call.attrs, image, filter, depthwise);
  const dilated = info !== undefined && (info.dilationHeight !== 1 || info.dilationWidth !== 1);
  return dilated || !sameShape(info?.outShape ?? [], call.inputs.dy.shape) ? undefined : info;
}

const backToImages =
  (depthwise: boolean): Kernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const dy = backend.floats(inputs.dy);
    const w = backend.floats(inputs.filter);
    const info = dy === 0 || w === 0 ? undefined : infoBack(call, attrs.inputShape, inputs.filter.shape, depthwise);
    if (info === undefined) return undefined;
    return summed(call, attrs.inputShape, (dx) => (depthwise ? toImagesByChannels : toImages)(info, dy, w, dx, backend));
  };

const backToFilters =
  (depthwise: boolean): Kernel =>
  (call) => {
    const { inputs, attrs, backend } = call;
    const x = backend.floats(inputs.x);
    const dy = backend.floats(inputs.dy);
    const info = x === 0 || dy === 0 ? undefined : infoBack(call, inputs.x.shape, attrs.filterShape, depthwise);
    if (info === undefined) return undefined;
    return summed(call, attrs.filterShape, (dw) => (depthwise ? toFiltersByChannels : toFilters)(info, x, dy, dw, backend));
  };

export const convolutionsBack: Record<string, Kernel> = {
  Conv2DBackpropInput: backToImages(false),
  Conv2DBackpropFilter: backToFilters(false),
  DepthwiseConv2dNativeBackpropInput: backToImages(true),
  DepthwiseConv2dNativeBackpropFilter: backToFilters(true),
};
