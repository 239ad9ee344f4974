// A layer: its record in a plan's table, and the operations that every kind of layer has.
//
// A kind is a class below `Layer`, in a file of its own; the compiler refuses one that lacks an operation. Records lie in a
// plan's table (table.ts), never on AssemblyScript's heap: `enlist` writes the number of the class in front of a record, where
// the compiler's dispatch looks for it.
//
// Shapes, for all operations: x, dx, rx, rdx, hx: rows×inputs; y, a, d, rd, ry, ra, h: rows×units; all row-major and contiguous.
// parameters: the address of the layer's own, its kernel (or centres, or γ) first; gradients, directions v and diagonals are laid
// out like them. E is what is differentiated. Results do not overlap with what they are found from, unless it says so. What an
// operation finds beside y and a on the way forward it keeps in the layer's buffers.

import { Activation } from "../codes";
import { SIZE } from "../vec";
import { realAt } from "../addresses";

/** What a pass through a layer is part of: the keys of its draws, and whether it is a step of training. */
@unmanaged
export class Pass {
  learning: i32; // 1 in a step: units drop out, batches are normalised by themselves
  row: i32; // of the step's first sample, where it is taken slab by slab
  low: u32;
  high: u32;
  epoch: u32;
  step: u32;
}

/** What operations on second derivatives may overwrite. */
@unmanaged
export class Spare {
  units: usize; // rows×(widest layer)
  inputs: usize; // rows×(widest input)
  kernel: usize; // the largest kernel
}

export abstract class Layer {
  inputs: i32;
  units: i32;
  activation: Activation; // f of a = f(y), linear for most kinds, and its parameter
  slope: f64;
  bias: i32; // 1 with a bias, else 0
  first: i32; // index of its first parameter
  parameters: i32; // how many it has
  kernelSize: i32; // how many of them are its kernel, centres or γ; the others follow
  decaying: i32; // how many of them decay: the first ones
  statistics: i32; // index of its first running statistic, behind all parameters
  keepsInput: i32; // 1 where y has a buffer of its own beside a
  product: i32; // 1 where y = b + x·K, K: inputs×units: threads may share the gradient by rows of K, and K may be packed
  batchReals: i32; // reals of its buffer for a batch, and, a sample, of the buffer of its samples
  rowReals: i32;
  y: usize; // rows×units: what the derivative is found from; or the same as a
  a: usize; // rows×units: what the layer puts out
  batchBuffer: usize;
  rowBuffer: usize;
  panels: usize; // of a product, in a thread's copy of the plan: K packed for all threads, and its transpose, or 0
  panelsBack: usize;

  /** The layer's buffers are those from sample `row` on. */
  skip(row: i32): void {
    const offset = <usize>(row * this.units) * SIZE;
    this.y += offset;
    this.a += offset;
    this.rowBuffer += <usize>(row * this.rowReals) * SIZE;
  }

  /** The second of its arrays of parameters, or of what is laid out like them: bias, logarithms of widths, β. */
  @inline second(parameters: usize): usize {
    return realAt(parameters, this.kernelSize);
  }

  /** Bytes of scratch that operations need for `rows` samples; forward alone needs less. */
  abstract scratchBytes(rows: i32, training: i32): usize;

  /** y, a = those of x   statistics: the layer's first; a step of training may change them */
  abstract forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void;

  /** d = ∂E/∂y from d = ∂E/∂a, in place, after forward. What stands for y is each kind's own: rbf takes D for it. */
  abstract activationBackward(rows: i32, parameters: usize, d: usize): void;

  /** gradient (+)= ∂E/∂parameters   d = ∂E/∂y; adds if `accumulate`, else replaces. Efficient BackProp (5) */
  abstract gradient(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, accumulate: i32, scratch: usize): void;

  /**
   * The same, replacing, of a product's rows from … to − 1 of K, with the last of them also of the bias; other kinds are never
   * divided.
   */
  gradientPart(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, from: i32, to: i32, scratch: usize): void {
    this.gradient(rows, x, d, parameters, gradient, 0, scratch);
  }

  /** dx = ∂E/∂x   d = ∂E/∂y. Efficient BackProp (6) */
  abstract backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void;

  // The R operator (Pearlmutter 1994; Efficient BackProp 7.5): R{q} is the derivative of q along a direction v in the space of
  // parameters. In use: batches are normalised by running statistics, nothing drops out. rx = R{x}, or 0 where x does not depend
  // on parameters; ry = R{y}, ra = R{a}, rd = R{d}.

  /** ry = R{y}, ra = R{a}, after forward on x */
  abstract tangentForward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize,
  ): void;

  /** d, rd = ∂E/∂y, R{∂E/∂y} from ∂E/∂a, R{∂E/∂a}, in place   spare: rows×units */
  abstract tangentActivationBackward(
    rows: i32, parameters: usize, v: usize, ry: usize, ra: usize, d: usize, rd: usize, spare: usize,
  ): void;

  /** out += R{∂E/∂parameters}, the layer's part of H·v */
  abstract tangentGradient(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, out: usize, scratch: usize,
  ): void;

  /** dx, rdx = ∂E/∂x, R{∂E/∂x} from d, rd, those at y */
  abstract tangentBackward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, dx: usize, rdx: usize,
    scratch: usize,
  ): void;

  // Diagonals of second derivatives (Efficient BackProp 7.4). h = ∂²E/∂(a or y)² of each element by itself. Where d is given, f″
  // and the other terms with first derivatives count (float64 has them only); with d = 0 they don't, and nothing is ever
  // negative.

  /** h = ∂²E/∂y² from h = ∂²E/∂a², in place; out += ∂²E/∂parameters² of parameters of the activation   d = ∂E/∂a or 0 */
  abstract diagonalActivationBackward(spare: Spare, rows: i32, parameters: usize, d: usize, h: usize, out: usize): void;

  /** out += ∂²E/∂parameters²   h = ∂²E/∂y², d = ∂E/∂y or 0 */
  abstract diagonalGradient(
    spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, h: usize, out: usize, scratch: usize,
  ): void;

  /** hx = ∂²E/∂x²   h = ∂²E/∂y², d = ∂E/∂y or 0 */
  abstract diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void;

  // Sample by sample.

  /** out += Σ_r (∂E_r/∂parameters)², E_r the part of sample r in E = Σ_r E_r   d = ∂E/∂y */
  abstract squaredGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, out: usize, scratch: usize): void;

  /** out[r,:] = ∂E_r/∂parameters   d = ∂E/∂y; rows of out are `stride` bytes apart */
  abstract sampleGradients(rows: i32, x: usize, parameters: usize, d: usize, out: usize, stride: usize): void;
}
