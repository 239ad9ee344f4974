// Linear maps of rows, and their inverses: what a fitted normalizer is made of.

import { Operand } from '../../../build/codes.js';
import type { DoubleEngine } from '../../../bindings/core.js';
import { Arena, Reals } from '../../../bindings/memory.js';

/** y = x·A and a way back. Where A has no inverse, what it drops comes back as 0. */
export interface Linear {
  readonly inputs: number;
  readonly outputs: number;
  /** y[n] = x[n]·A   x: rows×inputs, row-major; may use x as its own space */
  forward(x: Float64Array, rows: number): Float64Array;
  /** x[n] = y[n]·A⁺   y: rows×outputs */
  backward(y: Float64Array, rows: number): Float64Array;
  /** A: inputs×outputs, row-major. */
  matrix(): Float64Array;
}

/** A diagonal A. */
export class Diagonal implements Linear {
  readonly inputs: number;
  readonly outputs: number;

  constructor(readonly factors: Float64Array) {
    this.inputs = this.outputs = factors.length;
  }

  forward(x: Float64Array): Float64Array {
    const { factors, inputs } = this;
    for (let r = 0; r < x.length; r += inputs) for (let i = 0; i < inputs; i++) x[r + i]! *= factors[i]!;
    return x;
  }

  backward(y: Float64Array): Float64Array {
    const { factors, inputs } = this;
    for (let r = 0; r < y.length; r += inputs) {
      for (let i = 0; i < inputs; i++) y[r + i] = factors[i] === 0 ? 0 : y[r + i]! / factors[i]!;
    }
    return y;
  }

  matrix(): Float64Array {
    const a = new Float64Array(this.inputs * this.inputs);
    this.factors.forEach((f, i) => {
      a[i * this.inputs + i] = f;
    });
    return a;
  }
}

/** The parts of a whitening: plain numbers, from which both directions follow. */
export interface WhiteningSpectrum {
  /** Factors of the inputs before the rotation: 1, or one over the deviation; 0 for an input that is left out. */
  readonly factors: Float64Array;
  /** Variances along the kept directions, descending: K. */
  readonly eigenvalues: Float64Array;
  /** The directions, one a row: K×inputs. */
  readonly vectors: Float64Array;
  /** What is added to variances before dividing. */
  readonly epsilon: number;
  /** Whether rows are turned back after scaling (ZCA), so that outputs stand for inputs. */
  readonly back: boolean;
}

/** A = F·Uᵀ·(Λ + ε)^−½, or with ·U behind it (ZCA). */
export class Whitening implements Linear {
  readonly inputs: number;
  readonly outputs: number;
  private readonly there: Float64Array;
  private inverse: Float64Array | undefined;

  constructor(
    private readonly engine: DoubleEngine,
    readonly spectrum: WhiteningSpectrum,
  ) {
    this.inputs = spectrum.factors.length;
    this.outputs = spectrum.back ? this.inputs : spectrum.eigenvalues.length;
    this.there = this.made(1);
  }

  forward(x: Float64Array, rows: number): Float64Array {
    return product(this.engine, x, this.there, rows, this.inputs, this.outputs);
  }

  backward(y: Float64Array, rows: number): Float64Array {
    this.inverse ??= this.made(-1);
    return product(this.engine, y, this.inverse, rows, this.outputs, this.inputs);
  }

  matrix(): Float64Array {
    return this.there.slice();
  }

  /** The matrix of a direction: 1 there, −1 back. */
  private made(direction: 1 | -1): Float64Array {
    const { factors, eigenvalues, vectors, epsilon, back } = this.spectrum;
    const n = this.inputs;
    const kept = eigenvalues.length;
    const roots = eigenvalues.map((v) => (direction > 0 ? 1 / Math.sqrt(v + epsilon) : Math.sqrt(v + epsilon)));
    const scaled = new Float64Array(kept * n); // (Λ + ε)^∓½·U
    for (let k = 0; k < kept; k++) for (let i = 0; i < n; i++) scaled[k * n + i] = roots[k]! * vectors[k * n + i]!;
    const rotation = back ? product(this.engine, transposed(vectors, kept, n), scaled, n, kept, n) : scaled;
    // The way there begins with the factors of inputs, the way back ends with their reciprocals.
    if (direction > 0) {
      const a = back ? rotation : transposed(rotation, kept, n);
      for (let i = 0; i < n; i++) for (let j = 0; j < this.outputs; j++) a[i * this.outputs + j]! *= factors[i]!;
      return a;
    }
    for (let j = 0; j < this.outputs; j++) {
      for (let i = 0; i < n; i++) rotation[j * n + i] = factors[i] === 0 ? 0 : rotation[j * n + i]! / factors[i]!;
    }
    return rotation;
  }
}

function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = a[r * columns + c]!;
  return result;
}

/** A·B (m×n), A m×k, B k×n. */
function product(engine: DoubleEngine, a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const arena = new Arena();
  try {
    const place = (values: Float64Array) => {
      const kept = new Reals(arena, 'float64', values.length);
      kept.view().set(values);
      return kept.address;
    };
    const [pa, pb] = [place(a), place(b)];
    const c = new Reals(arena, 'float64', m * n);
    const scratch = arena.allocate(engine.core.gemmScratch(Operand.plain, Operand.plain, m, n, k));
    engine.core.gemm(Operand.plain, Operand.plain, m, n, k, pa, k * 8, pb, n * 8, c.address, n * 8, 0, 0, scratch);
    return c.read() as Float64Array;
  } finally {
    arena.dispose();
  }
}
