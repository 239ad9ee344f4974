// Units left out, at random, in training: disturbance.ts.

import { LANES, SIZE, splat } from "../vec";
import { copy, times } from "../kernels/blas1";
import { block } from "../kernels/random";
import { Disturbance } from "./disturbance";
import { Pass, Spare } from "./layer";
import { enlist } from "./table";

/** Layer i leaves a share `rate` of its inputs out while training. purpose: of its stream. */
export function planDropout(at: usize, i: i32, rate: f64, purpose: u32): void {
  const layer = enlist<Dropout>(at, i, 0, 0, 0);
  layer.rate = rate;
  layer.purpose = purpose;
  layer.keepsInput = 1;
}

/** What the layer keeps as y is the mask: what each input was multiplied with. */
export class Dropout extends Disturbance {
  rate: f64;

  forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void {
    const n = rows * this.units, at = <u32>pass.row * this.units;
    if (!pass.learning) copy(n, x, this.a);
    else dropout(n, x, this.y, this.a, this.rate, at, pass.low, pass.high, this.purpose, pass.epoch, pass.step);
  }

  /** dx = d∘mask */
  backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void {
    if (pass.learning) times(rows * this.units, d, this.y, dx);
    else copy(rows * this.units, d, dx);
  }

  /** hx = h∘mask² */
  diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void {
    if (pass.learning) {
      times(rows * this.units, h, this.y, hx);
      times(rows * this.units, hx, this.y, hx);
    } else {
      copy(rows * this.units, h, hx);
    }
  }
}

/**
 * mask[e] = 1/(1 − rate) with probability 1 − rate, else 0; a[e] = x[e]·mask[e]   for n elements, which are the stream's from
 * `first` on (Srivastava et al. 2014, with the scale at training: what is left out is made up for at once)
 */
export function dropout(
  n: i32, x: usize, mask: usize, a: usize, rate: f64, first: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): void {
  const keep = <real>(1 / (1 - rate)), kept = splat(keep), threshold = <u32>min(rate * 4294967296, 4294967295);
  const bound = v128.splat<u32>(threshold);
  let e = first, end = first + <u32>n, p = mask;
  for (; e & 3 && e < end; e++, p += SIZE) store<real>(p, one(e, threshold, keep, low, high, purpose, epoch, step));
  for (; e + 4 <= end; e += 4) {
    const more = v128.ge<u32>(block(low, high, purpose, epoch, step, e >> 2), bound);
    if (LANES == 4) {
      v128.store(p, v128.and(more, kept));
    } else {
      v128.store(p, v128.and(v128.extend_low<i32>(more), kept));
      v128.store(p + 16, v128.and(v128.extend_high<i32>(more), kept));
    }
    p += 4 * SIZE;
  }
  for (; e < end; e++, p += SIZE) store<real>(p, one(e, threshold, keep, low, high, purpose, epoch, step));
  times(n, x, mask, a);
}

/** Element e of a mask. */
function one(
  e: u32, threshold: u32, keep: real, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): real {
  const v = block(low, high, purpose, epoch, step, e >> 2);
  const pair = e & 2 ? v128.extract_lane<u64>(v, 1) : v128.extract_lane<u64>(v, 0);
  return <u32>(e & 1 ? pair >> 32 : pair) >= threshold ? keep : 0;
}
