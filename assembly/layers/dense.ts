// A dense layer: y = b + x·K, a = f(y). Kernel K: inputs×units row-major, bias b: units.

import { Activation, Operand } from "../codes";
import { SIZE } from "../vec";
import { activate } from "../activations/activation";
import { columnSums } from "../kernels/blas1";
import { gemm, gemmScratch } from "../kernels/gemm";
import { softmax } from "../kernels/softmax";

/** y[r,o] = b[o] + Σ_i x[r,i]·K[i,o], a = f(y)   x: rows×inputs, y and a: rows×units; a may be y; b = 0: no bias; panels: K packed, or 0 */
export function denseForward(
  rows: i32, inputs: i32, units: i32, x: usize, kernel: usize, panels: usize, bias: usize, y: usize, a: usize,
  activation: Activation, slope: f64, scratch: usize,
): void {
  gemm(
    Operand.plain, panels ? Operand.packed : Operand.plain, rows, units, inputs, x, <usize>inputs * SIZE, panels ? panels : kernel, <usize>units * SIZE,
    y, <usize>units * SIZE, bias, 0, scratch,
  );
  denseActivate(rows, units, y, a, activation, slope);
}

/** a = f(y) */
// @ts-ignore: decorator
@inline
export function denseActivate(rows: i32, units: i32, y: usize, a: usize, activation: Activation, slope: f64): void {
  if (activation == Activation.softmax) softmax(rows, units, y, a);
  else activate(activation, rows * units, y, a, slope);
}

/**
 * gK[i,o] (+)= Σ_r x[r,i]·d[r,o], gb[o] (+)= Σ_r d[r,o]   d = ∂E/∂y: rows×units; adds if `accumulate`, else replaces
 * gb = 0: no bias. SPEC 1.3 (5)
 */
export function denseGradient(
  rows: i32, inputs: i32, units: i32, x: usize, d: usize, gradientKernel: usize, gradientBias: usize,
  accumulate: i32, scratch: usize,
): void {
  const ldx = <usize>inputs * SIZE, ldd = <usize>units * SIZE;
  gemm(
    Operand.transposed, Operand.plain, inputs, units, rows, x, ldx, d, ldd,
    gradientKernel, ldd, accumulate ? gradientKernel : 0, ldd, scratch,
  );
  if (gradientBias) columnSums(rows, units, d, gradientBias, accumulate ? gradientBias : 0);
}

/** dx[r,i] = Σ_o d[r,o]·K[i,o]   panels: the transpose of K packed, or 0. SPEC 1.3 (6) */
export function denseBackward(rows: i32, inputs: i32, units: i32, d: usize, kernel: usize, panels: usize, dx: usize, scratch: usize): void {
  const ldx = <usize>inputs * SIZE, ldd = <usize>units * SIZE;
  gemm(Operand.plain, panels ? Operand.packed : Operand.transposed, rows, inputs, units, d, ldd, panels ? panels : kernel, ldd, dx, ldx, 0, 0, scratch);
}

/** Bytes of scratch that the layer needs for `rows` samples; forward alone needs less. */
export function denseScratch(rows: i32, inputs: i32, units: i32, training: i32): usize {
  let bytes = gemmScratch(Operand.plain, Operand.plain, rows, units, inputs);
  if (training) {
    bytes = max(bytes, gemmScratch(Operand.transposed, Operand.plain, inputs, units, rows));
    bytes = max(bytes, gemmScratch(Operand.plain, Operand.transposed, rows, inputs, units));
  }
  return bytes;
}
