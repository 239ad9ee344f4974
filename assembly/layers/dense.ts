// A dense layer: y = b + x·K, a = f(y). Kernel K: inputs×units row-major, bias b: units.

import { Activation, Operand } from "../codes";
import { SIZE } from "../vec";
import { get, increase, realAt } from "../addresses";
import { activate, needsInput, secondDerivative, timesDerivative } from "../activations/activation";
import { addProducts, columnSums, copy, squares } from "../kernels/blas1";
import { gemm, gemmScratch } from "../kernels/gemm";
import { outerProduct } from "../kernels/matvec";
import { softmax, softmaxTangent } from "../kernels/softmax";
import { throughInput } from "../losses/loss";
import { Layer, Pass, Spare } from "./layer";
import { Plan, enlist, inputsOf } from "./table";

/** Layer i is dense. slope: the activation's parameter */
export function planDense(at: usize, i: i32, units: i32, activation: Activation, slope: f64, bias: i32): void {
  const plan = changetype<Plan>(at), dense = plan.dense;
  const layer = enlist<Dense>(at, i, units, inputsOf(plan, i) * units, bias ? units : 0);
  plan.dense = dense;
  layer.activation = activation;
  layer.slope = slope;
  layer.bias = bias;
  layer.decaying = layer.kernelSize;
  layer.product = 1;
  const top = i == plan.layers - 1;
  layer.keepsInput = needsInput(activation) || activation == Activation.softmax || (top && throughInput(plan.loss)) ? 1 : 0;
}

/** a = f(y) */
// @ts-ignore: decorator
@inline
export function denseActivate(rows: i32, units: i32, y: usize, a: usize, activation: Activation, slope: f64): void {
  if (activation == Activation.softmax) softmax(rows, units, y, a);
  else activate(activation, rows * units, y, a, slope);
}

export class Dense extends Layer {
  scratchBytes(rows: i32, training: i32): usize {
    const inputs = this.inputs, units = this.units;
    let bytes = gemmScratch(Operand.plain, Operand.plain, rows, units, inputs);
    if (training) {
      bytes = max(bytes, gemmScratch(Operand.transposed, Operand.plain, inputs, units, rows));
      bytes = max(bytes, gemmScratch(Operand.plain, Operand.transposed, rows, inputs, units));
    }
    return bytes;
  }

  /** y[r,o] = b[o] + Σ_i x[r,i]·K[i,o], a = f(y) */
  forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units, panels = this.panels, y = this.y;
    gemm(
      Operand.plain, panels ? Operand.packed : Operand.plain, rows, units, inputs, x,
      <usize>inputs * SIZE, panels ? panels : parameters, <usize>units * SIZE,
      y, <usize>units * SIZE, this.bias ? this.second(parameters) : 0, 0, scratch,
    );
    denseActivate(rows, units, y, this.a, this.activation, this.slope);
  }

  /** d[r,o] *= f′(y[r,o]) */
  activationBackward(rows: i32, parameters: usize, d: usize): void {
    timesDerivative(this.activation, rows * this.units, this.y, this.a, d, this.slope);
  }

  /** gK[i,o] (+)= Σ_r x[r,i]·d[r,o], gb[o] (+)= Σ_r d[r,o] */
  gradient(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, accumulate: i32, scratch: usize): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ldd = <usize>units * SIZE;
    gemm(
      Operand.transposed, Operand.plain, inputs, units, rows, x, ldx, d, ldd, gradient, ldd, accumulate ? gradient : 0, ldd,
      scratch,
    );
    if (!this.bias) return;
    const bias = this.second(gradient);
    columnSums(rows, units, d, bias, accumulate ? bias : 0);
  }

  /** gK[i,o] = Σ_r x[r,i]·d[r,o] for from ≤ i < to, gb too with the last i: every number is the one that `gradient` finds */
  gradientPart(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, from: i32, to: i32, scratch: usize): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ldd = <usize>units * SIZE;
    gemm(
      Operand.transposed, Operand.plain, to - from, units, rows, realAt(x, from), ldx, d, ldd,
      gradient + <usize>from * ldd, ldd, 0, ldd, scratch,
    );
    if (to == inputs && this.bias) columnSums(rows, units, d, this.second(gradient), 0);
  }

  /** dx[r,i] = Σ_o d[r,o]·K[i,o] */
  backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units, panels = this.panelsBack;
    const ldx = <usize>inputs * SIZE, ldd = <usize>units * SIZE;
    gemm(
      Operand.plain, panels ? Operand.packed : Operand.transposed, rows, inputs, units, d, ldd, panels ? panels : parameters, ldd,
      dx, ldx, 0, 0, scratch,
    );
  }

  /** R{y} = R{b} + x·R{K} + R{x}·K, R{a} = f′(y)·R{y}, of the softmax with its whole derivative */
  tangentForward(rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units, n = rows * units, ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
    gemm(Operand.plain, Operand.plain, rows, units, inputs, x, ldx, v, ld, ry, ld, this.bias ? this.second(v) : 0, 0, scratch);
    if (rx) gemm(Operand.plain, Operand.plain, rows, units, inputs, rx, ldx, parameters, ld, ry, ld, ry, ld, scratch);
    if (this.activation == Activation.softmax) {
      softmaxTangent(rows, units, this.a, ry, ra);
    } else {
      copy(n, ry, ra);
      timesDerivative(this.activation, n, this.y, this.a, ra, this.slope);
    }
  }

  /** rd *= f′(y), rd += f″(y)·R{y}·d, d *= f′(y) */
  tangentActivationBackward(
    rows: i32, parameters: usize, v: usize, ry: usize, ra: usize, d: usize, rd: usize, spare: usize,
  ): void {
    const n = rows * this.units;
    timesDerivative(this.activation, n, this.y, this.a, rd, this.slope);
    secondDerivative(this.activation, n, this.y, this.a, spare, this.slope);
    addProducts(n, spare, ry, d, rd);
    timesDerivative(this.activation, n, this.y, this.a, d, this.slope);
  }

  /** out of K += xᵀ·R{d} + R{x}ᵀ·d, of b += Σ_r R{d}[r,:] */
  tangentGradient(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, out: usize, scratch: usize,
  ): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
    gemm(Operand.transposed, Operand.plain, inputs, units, rows, x, ldx, rd, ld, out, ld, out, ld, scratch);
    if (rx) gemm(Operand.transposed, Operand.plain, inputs, units, rows, rx, ldx, d, ld, out, ld, out, ld, scratch);
    if (this.bias) columnSums(rows, units, rd, this.second(out), this.second(out));
  }

  /** dx = d·Kᵀ, R{dx} = R{d}·Kᵀ + d·R{K}ᵀ */
  tangentBackward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, dx: usize, rdx: usize,
    scratch: usize,
  ): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
    gemm(Operand.plain, Operand.transposed, rows, inputs, units, d, ld, parameters, ld, dx, ldx, 0, 0, scratch);
    gemm(Operand.plain, Operand.transposed, rows, inputs, units, rd, ld, parameters, ld, rdx, ldx, 0, 0, scratch);
    gemm(Operand.plain, Operand.transposed, rows, inputs, units, d, ld, v, ld, rdx, ldx, rdx, ldx, scratch);
  }

  /** h[r,o] = f′²·h[r,o] + f″·d[r,o]   Efficient BackProp (54) */
  diagonalActivationBackward(spare: Spare, rows: i32, parameters: usize, d: usize, h: usize, out: usize): void {
    const n = rows * this.units;
    timesDerivative(this.activation, n, this.y, this.a, h, this.slope);
    timesDerivative(this.activation, n, this.y, this.a, h, this.slope);
    if (SIZE == 4 || !d) return; // float32 has the recursion without it only
    secondDerivative(this.activation, n, this.y, this.a, spare.units, this.slope);
    for (let i = 0; i < n; i++) increase(h, i, get(spare.units, i) * get(d, i));
  }

  /** out of K[i,o] += Σ_r x[r,i]²·h[r,o], of b[o] += Σ_r h[r,o] */
  diagonalGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, h: usize, out: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
    squares(rows * inputs, x, spare.inputs);
    gemm(Operand.transposed, Operand.plain, inputs, units, rows, spare.inputs, ldx, h, ld, out, ld, out, ld, scratch);
    if (this.bias) columnSums(rows, units, h, this.second(out), this.second(out));
  }

  /** hx[r,i] = Σ_o h[r,o]·K[i,o]² */
  diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
    squares(inputs * units, parameters, spare.kernel);
    gemm(Operand.plain, Operand.transposed, rows, inputs, units, h, ld, spare.kernel, ld, hx, ldx, 0, 0, scratch);
  }

  /** out of K[i,o] += Σ_r x[r,i]²·d[r,o]², of b[o] += Σ_r d[r,o]² */
  squaredGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, out: usize, scratch: usize): void {
    squares(rows * this.units, d, spare.units);
    this.diagonalGradient(spare, rows, x, parameters, 0, spare.units, out, scratch);
  }

  /** out[r,:] = x[r,:]ᵀ·d[r,:], and d[r,:] for b */
  sampleGradients(rows: i32, x: usize, parameters: usize, d: usize, out: usize, stride: usize): void {
    const inputs = this.inputs, units = this.units, ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
    for (; rows > 0; rows--, x += ldx, d += ld, out += stride) {
      if (units == 1) outerProduct(1, inputs, d, SIZE, x, out, 0, 0); // a column is a row as well
      else outerProduct(inputs, units, x, SIZE, d, out, ld, 0);
      if (this.bias) memory.copy(this.second(out), d, ld);
    }
  }
}
