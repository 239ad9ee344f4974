// Normal noise, added in training: disturbance.ts.

import { SIZE } from "../vec";
import { copy } from "../kernels/blas1";
import { normalQuantile, uniformAt } from "../kernels/random";
import { Disturbance } from "./disturbance";
import { Pass, Spare } from "./layer";
import { enlist } from "./table";

/** Layer i adds normal noise while training. purpose: of its stream. */
export function planNoise(at: usize, i: i32, deviation: f64, purpose: u32): void {
  const layer = enlist<Noise>(at, i, 0, 0, 0);
  layer.deviation = deviation;
  layer.purpose = purpose;
}

export class Noise extends Disturbance {
  deviation: f64;

  forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void {
    const n = rows * this.units, at = <u32>pass.row * this.units;
    if (!pass.learning) copy(n, x, this.a);
    else addNoise(n, x, this.a, this.deviation, at, pass.low, pass.high, this.purpose, pass.epoch, pass.step);
  }

  backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void {
    copy(rows * this.units, d, dx);
  }

  diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void {
    copy(rows * this.units, h, hx);
  }
}

/** a[e] = x[e] + deviation·z_e, z standard normal   for n elements, which are the stream's from `first` on */
export function addNoise(
  n: i32, x: usize, a: usize, deviation: f64, first: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): void {
  for (let e = first, end = first + <u32>n; e < end; e++, x += SIZE, a += SIZE) {
    store<real>(a, <real>(<f64>load<real>(x) + deviation * normalQuantile(uniformAt(e, low, high, purpose, epoch, step))));
  }
}
