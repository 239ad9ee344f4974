// How errors go back through convolutions, to images and to filters: by products with patches, or channel by channel.

import { Operand } from '../../../../build/codes.js';
import type { LinearMemoryBackend } from '../backend.js';
import { sameShape } from '../shapes.js';
import { byPatches, depthOf, infoOf } from './convolve.js';
import type { Kernel } from './kernel.js';
import { type Info, eachImage, windowsOf } from './windows.js';

const { plain, transposed } = Operand;

/** What is added to zeros, from the errors dy and the filters or images that there are; addresses all. */
type Add = (info: Info, dy: number, given: number, out: number, backend: LinearMemoryBackend) => void;

/** dx = dx + errors of patches, dy · wᵀ, each where its patch is from */
const toImages: Add = (info, dy, w, dx, backend) => {
  const { core } = backend;
  const { outChannels: n } = info;
  const depth = depthOf(info);
  byPatches(
    info,
    true,
    dx,
    backend,
    (m) => core.gemmScratch(plain, transposed, m, depth, n),
    (m, patches, output, scratch) =>
      core.gemm(plain, transposed, m, depth, n, dy + output, n * 4, w, n * 4, patches, depth * 4, 0, 0, scratch),
  );
};

/** dw = dw + patchesᵀ · dy */
const toFilters: Add = (info, dy, x, dw, backend) => {
  const { core } = backend;
  const { outChannels: n } = info;
  const depth = depthOf(info);
  byPatches(
    info,
    false,
    x,
    backend,
    (m) => core.gemmScratch(transposed, plain, depth, n, m),
    (m, patches, output, scratch) =>
      core.gemm(transposed, plain, depth, n, m, patches, depth * 4, dy + output, n * 4, dw, n * 4, dw, n * 4, scratch),
  );
};

/** The same, each channel by itself. */
const toImagesByChannels: Add = (info, dy, w, dx, { core }) => {
  const windows = windowsOf(info);
  eachImage(info, (input, output) => core.addChannelErrors(...windows, dy + output, w, dx + input));
};

const toFiltersByChannels: Add = (info, dy, x, dw, { core }) => {
  const windows = windowsOf(info);
  eachImage(info, (input, output) => core.addChannelGradients(...windows, x + input, dy + output, dw));
};

/**
 * Back to images or to filters. The cpu kernel knows of no dilation on this way. What is not finite is left to it, since it
 * leaves out what is beyond an image.
 */
const back =
  (to: 'images' | 'filters', depthwise: boolean, add: Add): Kernel =>
  ({ inputs, attrs, backend }) => {
    const dy = backend.floats(inputs.dy);
    const given = backend.floats(to === 'images' ? inputs.filter : inputs.x);
    if (dy === 0 || given === 0) return undefined;
    const image = to === 'images' ? attrs.inputShape : inputs.x.shape;
    const filter = to === 'images' ? inputs.filter.shape : attrs.filterShape;
    const info = infoOf(attrs, image, filter, depthwise);
    if (info === undefined || info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
    if (!sameShape(info.outShape, inputs.dy.shape)) return undefined;
    const out = backend.filled(to === 'images' ? image : filter, 0);
    const { address, length } = out.dataId;
    let finite = 0;
    try {
      add(info, dy, given, address, backend);
      finite = backend.core.areFinite(length, address);
    } finally {
      if (!finite) backend.disposeIntermediateTensorInfo(out); // or no room for patches
    }
    return finite ? out : undefined;
  };

export const convolutionsBack: Record<string, Kernel> = {
  Conv2DBackpropInput: back('images', false, toImages),
  Conv2DBackpropFilter: back('filters', false, toFilters),
  DepthwiseConv2dNativeBackpropInput: back('images', true, toImagesByChannels),
  DepthwiseConv2dNativeBackpropFilter: back('filters', true, toFiltersByChannels),
};
