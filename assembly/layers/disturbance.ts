// What training adds on purpose: units left out, and noise. Every draw is a function of the stream and the element's index alone.
// In use, a = x.

import { SIZE } from "../vec";
import { copy } from "../kernels/blas1";
import { Layer, Spare } from "./layer";

/** A layer that learns nothing, and does nothing in use. */
export abstract class Disturbance extends Layer {
  purpose: u32; // of the stream that it draws from

  scratchBytes(rows: i32, training: i32): usize {
    return 0;
  }

  activationBackward(rows: i32, parameters: usize, d: usize): void {}

  gradient(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, accumulate: i32, scratch: usize): void {}

  tangentForward(rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize): void {
    const n = rows * this.units;
    if (rx) copy(n, rx, ra);
    else memory.fill(ra, 0, <usize>n * SIZE);
  }

  tangentActivationBackward(
    rows: i32, parameters: usize, v: usize, ry: usize, ra: usize, d: usize, rd: usize, spare: usize,
  ): void {}

  tangentGradient(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, out: usize, scratch: usize,
  ): void {}

  tangentBackward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, dx: usize, rdx: usize,
    scratch: usize,
  ): void {
    const n = rows * this.units;
    copy(n, d, dx);
    copy(n, rd, rdx);
  }

  diagonalActivationBackward(spare: Spare, rows: i32, parameters: usize, d: usize, h: usize, out: usize): void {}

  diagonalGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, h: usize, out: usize, scratch: usize): void {}

  squaredGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, out: usize, scratch: usize): void {}

  sampleGradients(rows: i32, x: usize, parameters: usize, d: usize, out: usize, stride: usize): void {}
}
