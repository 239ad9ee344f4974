// What products with a symmetric operator tell of it: its projection onto the space that they span.

import type { Engine } from '../../bindings/core.js';
import { type Arena, Reals } from '../../bindings/memory.js';
import type { Work } from '../runtime/work.js';

/** out = A·v, in linear memory. */
export type Product = (v: Reals, out: Reals) => Work<void>;

/** Eigenvalues, descending, and eigenvectors, one a row. */
export interface Pairs {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** What is left of a product, relative to the operator, that is nothing but rounding. */
const EXHAUSTED = 1e-14;

/**
 * A Krylov space with an orthonormal basis (two passes are enough: Parlett) and the operator's projection onto it. Where the basis is full it goes on from some of its Ritz vectors (thick restarts:
 * Wu and Simon 2000); the next product finds how they are coupled with what comes.
 */
export class Krylov {
  private readonly basis: Reals[];
  private readonly w: Reals;
  /** room×room, of which the first `size` rows and columns count. */
  private readonly projected: Float64Array;
  size = 0;
  /** How long what is left of the last product is: 0 where the space is exhausted. */
  rest = 0;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly engine: Engine,
    arena: Arena,
    private readonly n: number,
    readonly room: number,
  ) {
    this.basis = Array.from({ length: room }, () => new Reals(arena, engine.precision, n));
    this.w = new Reals(arena, engine.precision, n);
    this.projected = new Float64Array(room * room);
  }

  /** Where to put the vector to start with, of any length. */
  get start(): Reals {
    return this.w;
  }

  /** One product more. There must be room. */
  *extend(apply: Product): Work<void> {
    const { engine, n, basis, w, projected, room, size } = this;
    const { core } = engine;
    const v = basis[size]!;
    core.copy(n, w.address, v.address);
    core.scale(n, 1 / core.norm(n, v.address), v.address);
    yield* apply(v, w);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i <= size; i++) {
        const along = core.dot(n, basis[i]!.address, w.address);
        core.axpy(n, -along, basis[i]!.address, w.address);
        projected[i * room + size]! += along;
      }
    }
    for (let i = 0; i < size; i++) projected[size * room + i] = projected[i * room + size]!;
    this.size++;
    this.rest = core.norm(n, w.address);
    let scale = 0;
    for (let i = 0; i < this.size; i++)
      scale = Math.max(scale, Math.abs(projected[i * room + size]!), Math.abs(projected[i * room + i]!));
    if (this.size === n || this.rest <= EXHAUSTED * scale * Math.sqrt(n)) this.rest = 0;
  }

  /** The projection, without gaps. */
  matrix(): Float64Array {
    const { size, room, projected } = this;
    return Float64Array.from({ length: size * size }, (_, k) => projected[Math.floor(k / size) * room + (k % size)]!);
  }

  /** Σ y_i·v_i */
  combined(y: Float64Array): Float64Array {
    const sum = new Float64Array(this.n);
    for (let i = 0; i < this.size; i++) {
      const v = this.basis[i]!.view();
      for (let k = 0; k < sum.length; k++) sum[k]! += y[i]! * v[k]!;
    }
    return sum;
  }

  /** Keeps some Ritz vectors, those of the given rows, in the place of the basis. */
  restart({ values, vectors }: Pairs, rows: readonly number[]): void {
    const { n, basis, projected, room, size } = this;
    const views = basis.map((v) => v.view());
    const own = new Float64Array(size);
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < size; i++) own[i] = views[i]![k]!;
      rows.forEach((row, to) => {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += vectors[row * size + i]! * own[i]!;
        views[to]![k] = sum;
      });
    }
    projected.fill(0);
    rows.forEach((row, to) => {
      projected[to * room + to] = values[row]!;
    });
    this.size = rows.length;
  }
}

/** By Jacobi's rotations: for matrices of a few dozen rows, without the float64 binary. `a` is used up. */
export function jacobi(a: Float64Array, n: number): Pairs {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let [off, all] = [0, 0];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const square = a[i * n + j]! * a[i * n + j]!;
        all += square;
        if (i !== j) off += square;
      }
    if (!(off > 1e-32 * all)) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k * n + p]!, a[k * n + q]!];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p * n + k]!, a[q * n + k]!];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const [f, g] = [v[p * n + k]!, v[q * n + k]!];
          v[p * n + k] = c * f - s * g;
          v[q * n + k] = s * f + c * g;
        }
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}
