// Convolutions of images, forward: patches of an image as rows of a matrix, for a product; and channels each by themselves.

import { LANES, SIZE, madd, splat, storeUpTo } from "../vec";
import { copyRow } from "../kernels/blas1";

/** Numbers from which on the engine's own copy is worth its call. */
const LONG: i32 = 64;

// @ts-ignore: decorator
@inline
function copyRun(n: i32, x: usize, out: usize): void {
  if (n > LONG) memory.copy(out, x, <usize>n * SIZE);
  else copyRow(n, x, out);
}

/**
 * out[(r − first)·outWidth + c, (i·filterWidth + j)·channels + k] = x[y, z, k], y = r·strideY + i·dilationY − top,
 * z = c·strideX + j·dilationX − left; 0 beyond the image   first ≤ r < first + rows, c < outWidth; x: height×width×channels
 */
export function patches(
  height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32,
  dilationX: i32, top: i32, left: i32, outWidth: i32, first: i32, rows: i32, x: usize, out: usize,
): void {
  const pixel = <usize>channels * SIZE, line = <usize>width * pixel, run = <usize>filterWidth * pixel;
  for (let r = first; r < first + rows; r++) {
    for (let c = 0; c < outWidth; c++) {
      for (let i = 0, y = r * strideY - top; i < filterHeight; i++, y += dilationY, out += run) {
        const at = c * strideX - left;
        if (y < 0 || y >= height) {
          memory.fill(out, 0, run);
        } else if (dilationX == 1 && at >= 0 && at + filterWidth <= width) {
          copyRun(filterWidth * channels, x + <usize>y * line + <usize>at * pixel, out);
        } else {
          for (let j = 0, p = at, q = out; j < filterWidth; j++, p += dilationX, q += pixel) {
            if (p >= 0 && p < width) copyRun(channels, x + <usize>y * line + <usize>p * pixel, q);
            else memory.fill(q, 0, pixel);
          }
        }
      }
    }
  }
}

/**
 * out[r,c,k] = bias[k] + Σ_ij x[r·strideY + i·dilationY − top, c·strideX + j·dilationX − left, k]·filter[i,j,k], terms beyond the
 * image left out   r < outHeight, c < outWidth, k < channels; x: height×width×channels; bias = 0: zeros
 */
export function convolveChannels(
  height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32,
  dilationX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32, x: usize, filter: usize, bias: usize, out: usize,
): void {
  const pixel = <usize>channels * SIZE, line = <usize>width * pixel, row = <usize>filterWidth * pixel;
  for (let r = 0; r < outHeight; r++) {
    const y = r * strideY - top;
    const firstY = y < 0 ? (-y + dilationY - 1) / dilationY : 0;
    const endY = min(filterHeight, y >= height ? 0 : (height - y + dilationY - 1) / dilationY);
    for (let c = 0; c < outWidth; c++, out += pixel) {
      const p = c * strideX - left;
      const firstX = p < 0 ? (-p + dilationX - 1) / dilationX : 0;
      const endX = min(filterWidth, p >= width ? 0 : (width - p + dilationX - 1) / dilationX);
      for (let k = 0; k < channels; k += LANES) {
        const offset = <usize>k * SIZE;
        let sum = bias ? v128.load(bias + offset) : splat(0);
        for (let i = firstY; i < endY; i++) {
          let a = x + <usize>(y + i * dilationY) * line + <usize>(p + firstX * dilationX) * pixel + offset;
          let w = filter + <usize>i * row + <usize>firstX * pixel + offset;
          for (let j = firstX; j < endX; j++, a += <usize>dilationX * pixel, w += pixel) {
            sum = madd(sum, v128.load(a), v128.load(w));
          }
        }
        storeUpTo(out + offset, sum, channels - k);
      }
    }
  }
}
