// Images, channels last, made larger by whole factors: every pixel is repeated. The way back is left to the cpu kernel, which
// takes the errors of all images but the first from the wrong places: losses are to be those of its backend.

import type { Kernel } from './kernel.js';

/** How often pixels are repeated along an axis; 0 where that is no whole number, or the cpu kernel's rounding finds others. */
function factor(size: number, larger: number, halfPixels: boolean): number {
  const times = larger / size;
  if (!(times >= 1 && Number.isInteger(times))) return 0;
  const ratio = size / larger;
  for (let i = 0; i < larger; i++) if (Math.floor(ratio * (halfPixels ? i + 0.5 : i)) !== Math.floor(i / times)) return 0;
  return times;
}

const nearest: Kernel = ({ inputs, attrs, backend }) => {
  const x = backend.floats(inputs.images);
  if (x === 0 || attrs.alignCorners) return undefined;
  const [batch, height, width, channels] = inputs.images.shape as [number, number, number, number];
  const down = factor(height, attrs.size[0], attrs.halfPixelCenters);
  const across = factor(width, attrs.size[1], attrs.halfPixelCenters);
  if (down * across === 0) return undefined;
  const out = backend.make(
    [batch, height * down, width * across, channels],
    'float32',
    batch * height * down * width * across * channels,
  );
  const pixel = channels * 4;
  const row = width * pixel;
  const wide = row * across;
  for (let r = 0; r < batch * height; r++) {
    const to = out.dataId.address + r * down * wide;
    for (let k = 0; k < across; k++) backend.core.copyRows(width, pixel, x + r * row, pixel, to + k * pixel, across * pixel);
    backend.core.copyRows(down - 1, wide, to, 0, to + wide, wide);
  }
  return out;
};

export const resizes: Record<string, Kernel> = { ResizeNearestNeighbor: nearest };
