// Convolutions of images: patches of an image as rows of a matrix, for a product, and back; and channels each by themselves.

import { LANES, SIZE, add, madd, splat, storePart, storeUpTo } from "../vec";
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

/** x[i] = x[i] + p[i] */
// @ts-ignore: decorator
@inline
function addRun(n: i32, p: usize, x: usize): void {
  for (; n >= LANES; n -= LANES, p += 16, x += 16) v128.store(x, add(v128.load(x), v128.load(p)));
  if (n > 0) storePart(x, add(v128.load(x), v128.load(p)), n);
}

/**
 * x[y, z, k] = x[y, z, k] + p[(r − first)·outWidth + c, (i·filterWidth + j)·channels + k] for all of p that `patches` takes from
 * an image, with y, z as there
 */
export function addPatches(
  height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32,
  dilationX: i32, top: i32, left: i32, outWidth: i32, first: i32, rows: i32, p: usize, x: usize,
): void {
  const pixel = <usize>channels * SIZE, line = <usize>width * pixel, run = <usize>filterWidth * pixel;
  for (let r = first; r < first + rows; r++) {
    for (let c = 0; c < outWidth; c++) {
      for (let i = 0, y = r * strideY - top; i < filterHeight; i++, y += dilationY, p += run) {
        if (y < 0 || y >= height) continue;
        const at = c * strideX - left;
        if (dilationX == 1 && at >= 0 && at + filterWidth <= width) {
          addRun(filterWidth * channels, p, x + <usize>y * line + <usize>at * pixel);
          continue;
        }
        for (let j = 0, z = at, q = p; j < filterWidth; j++, z += dilationX, q += pixel) {
          if (z >= 0 && z < width) addRun(channels, q, x + <usize>y * line + <usize>z * pixel);
        }
      }
    }
  }
}

/**
 * dx[r·strideY + i − top, c·strideX + j − left, k] = the same + dy[r,c,k]·filter[i,j,k], terms beyond the image left out; sizes
 * as of convolveChannels, without dilation
 */
export function addChannelErrors(
  height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, outHeight: i32,
  outWidth: i32, top: i32, left: i32, dy: usize, filter: usize, dx: usize,
): void {
  const pixel = <usize>channels * SIZE, line = <usize>width * pixel;
  for (let r = 0; r < outHeight; r++) {
    for (let c = 0; c < outWidth; c++, dy += pixel) {
      let w = filter;
      for (let i = 0, y = r * strideY - top; i < filterHeight; i++, y++) {
        for (let j = 0, z = c * strideX - left; j < filterWidth; j++, z++, w += pixel) {
          if (y < 0 || y >= height || z < 0 || z >= width) continue;
          const to = dx + <usize>y * line + <usize>z * pixel;
          for (let k = 0; k < channels; k += LANES) {
            const at = <usize>k * SIZE;
            storeUpTo(to + at, madd(v128.load(to + at), v128.load(dy + at), v128.load(w + at)), channels - k);
          }
        }
      }
    }
  }
}

/**
 * dw[i,j,k] = dw[i,j,k] + Σ_rc dy[r,c,k]·x[r·strideY + i − top, c·strideX + j − left, k], terms beyond the image left out; sizes
 * as of convolveChannels, without dilation
 */
export function addChannelGradients(
  height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, outHeight: i32,
  outWidth: i32, top: i32, left: i32, x: usize, dy: usize, dw: usize,
): void {
  const pixel = <usize>channels * SIZE, line = <usize>width * pixel, row = <usize>outWidth * pixel;
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < filterWidth; j++, dw += pixel) {
      for (let k = 0; k < channels; k += LANES) {
        const at = <usize>k * SIZE;
        let sum = splat(0);
        for (let r = 0, y = i - top; r < outHeight; r++, y += strideY) {
          if (y < 0 || y >= height) continue;
          for (let c = 0, z = j - left; c < outWidth; c++, z += strideX) {
            if (z < 0 || z >= width) continue;
            const error = dy + <usize>r * row + <usize>c * pixel + at;
            sum = madd(sum, v128.load(error), v128.load(x + <usize>y * line + <usize>z * pixel + at));
          }
        }
        storeUpTo(dw + at, add(v128.load(dw + at), sum), channels - k);
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
