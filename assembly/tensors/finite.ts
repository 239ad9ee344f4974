// What of products and convolutions is not finite, once more with the arithmetic of TensorFlow.js's cpu backend: sums of float32
// overflow, and infinities of both signs meet, where its sums do not.

import { LANES, SIZE, sub } from "../vec";

/** Whether all of x[0], …, x[n − 1] are finite. */
export function areFinite(n: i32, x: usize): i32 {
  let rest = v128.splat<i32>(0); // v − v is 0, or NaN where v is not finite
  for (; n >= LANES; n -= LANES, x += 16) {
    const v = v128.load(x);
    rest = v128.or(rest, sub(v, v));
  }
  for (; n > 0; n--, x += SIZE) if (!isFinite(load<f32>(x))) return 0;
  return v128.any_true(rest) ? 0 : 1;
}

/** Terms that are added up in float64 before their sum goes to one of float32. */
const BLOCK: i32 = 48;

/** Σ_k a[k]·b[k]   k < depth; numbers stepA, stepB bytes apart */
function dot(depth: i32, a: usize, stepA: usize, b: usize, stepB: usize): f32 {
  let all: f32 = 0;
  while (depth > 0 && !isNaN(all)) {
    let sum: f64 = 0;
    for (let k = min(depth, BLOCK); k > 0; k--, a += stepA, b += stepB) sum += <f64>load<f32>(a) * <f64>load<f32>(b);
    all = <f32>(<f64>all + sum);
    depth -= BLOCK;
  }
  return all;
}

/**
 * c[i,j] = bias[j] + Σ_k A[i,k]·B[k,j] where c[i,j] is not finite   operands as of gemm, one after the other in memory; bias = 0:
 * zeros
 */
export function mendProduct(
  transposedA: i32, transposedB: i32, m: i32, n: i32, depth: i32, a: usize, b: usize, c: usize, bias: usize,
): void {
  const alongA: usize = transposedA ? <usize>m * SIZE : SIZE, rowA: usize = transposedA ? SIZE : <usize>depth * SIZE;
  const alongB: usize = transposedB ? SIZE : <usize>n * SIZE, columnB: usize = transposedB ? <usize>depth * SIZE : SIZE;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++, c += SIZE) {
      if (isFinite(load<f32>(c))) continue;
      const sum = dot(depth, a + <usize>i * rowA, alongA, b + <usize>j * columnB, alongB);
      store<f32>(c, bias ? sum + load<f32>(bias + <usize>j * SIZE) : sum);
    }
  }
}

/**
 * out[r,c,d] = bias[d] + Σ_ijk x[r·strideY + i·dilationY − top, c·strideX + j·dilationX − left, k]·filter[i,j,k,d] where
 * out[r,c,d] is not finite, terms beyond the image left out, sums rounded term by term   r < outHeight, c < outWidth,
 * d < outChannels; x: height×width×channels; if `each`, channels by themselves: k = d, and filter[i,j,k]; bias = 0: zeros
 */
export function mendConvolution(
  height: i32, width: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32,
  dilationX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32, outChannels: i32, each: i32, x: usize, filter: usize,
  bias: usize, out: usize,
): void {
  const step: usize = each ? SIZE : <usize>outChannels * SIZE;
  for (let r = 0; r < outHeight; r++) {
    for (let c = 0; c < outWidth; c++) {
      for (let d = 0; d < outChannels; d++, out += SIZE) {
        if (isFinite(load<f32>(out))) continue;
        let sum: f32 = 0;
        for (let i = 0, y = r * strideY - top; i < filterHeight; i++, y += dilationY) {
          if (y < 0 || y >= height) continue;
          for (let j = 0, z = c * strideX - left; j < filterWidth; j++, z += dilationX) {
            if (z < 0 || z >= width || isNaN(sum)) continue;
            let p = x + <usize>((y * width + z) * channels) * SIZE;
            let w = filter + <usize>(i * filterWidth + j) * <usize>channels * step;
            w += <usize>d * SIZE;
            if (each) p += <usize>d * SIZE;
            for (let k = each ? 1 : channels; k > 0; k--, p += SIZE, w += step) {
              sum = <f32>(<f64>sum + <f64>load<f32>(p) * <f64>load<f32>(w));
            }
          }
        }
        store<f32>(out, bias ? sum + load<f32>(bias + <usize>d * SIZE) : sum);
      }
    }
  }
}
