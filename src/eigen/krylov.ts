// What products with a symmetric operator tell of it: its projection onto the space that they span.

import type { Engine } from '../../bindings/core.js';
import { type Arena, Reals } from '../../bindings/memory.js';
import type { Work } from '../runtime/work.js';
import type { Eigenpairs } from './symmetric.js';

/** out = A·v, in linear memory. */
export type Product = (v: Reals, out: Reals) => Work<void>;

/** What is left of a product, relative to the operator, that is nothing but rounding. */
const EXHAUSTED = 1e-14;

/**
 * A Krylov space with an orthonormal basis (two passes are enough: Parlett) and the operator's projection onto it. Where the
 * basis is full it goes on from some of its Ritz vectors (thick restarts: Wu and Simon 2000); the next product finds how they are
 * coupled with what comes.
 */
export class Krylov {
  private readonly basis: Reals[];
  private readonly w: Reals;
  /** capacity×capacity, of which the first `size` rows and columns count. */
  private readonly projected: Float64Array;
  size = 0;
  /** How long what is left of the last product is: 0 where the space is exhausted. */
  rest = 0;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly engine: Engine,
    arena: Arena,
    private readonly n: number,
    readonly capacity: number,
  ) {
    this.basis = Array.from({ length: capacity }, () => new Reals(arena, engine.precision, n));
    this.w = new Reals(arena, engine.precision, n);
    this.projected = new Float64Array(capacity * capacity);
  }

  /** Where to put the vector to start with, of any length. */
  get start(): Reals {
    return this.w;
  }

  /** One product more. The basis must not be full. */
  *extend(apply: Product): Work<void> {
    const { engine, n, basis, w, projected, capacity, size } = this;
    const { core } = engine;
    const v = basis[size]!;
    core.copy(n, w.address, v.address);
    core.scale(n, 1 / core.norm(n, v.address), v.address);
    yield* apply(v, w);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i <= size; i++) {
        const along = core.dot(n, basis[i]!.address, w.address);
        core.axpy(n, -along, basis[i]!.address, w.address);
        projected[i * capacity + size]! += along;
      }
    }
    for (let i = 0; i < size; i++) projected[size * capacity + i] = projected[i * capacity + size]!;
    this.size++;
    this.rest = core.norm(n, w.address);
    let scale = 0;
    for (let i = 0; i < this.size; i++)
      scale = Math.max(scale, Math.abs(projected[i * capacity + size]!), Math.abs(projected[i * capacity + i]!));
    if (this.size === n || this.rest <= EXHAUSTED * scale * Math.sqrt(n)) this.rest = 0;
  }

  /** The projection, without gaps. */
  matrix(): Float64Array {
    const { size, capacity, projected } = this;
    return Float64Array.from({ length: size * size }, (_, k) => projected[Math.floor(k / size) * capacity + (k % size)]!);
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
  restart({ values, vectors }: Eigenpairs, rows: readonly number[]): void {
    const { n, basis, projected, capacity, size } = this;
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
      projected[to * capacity + to] = values[row]!;
    });
    this.size = rows.length;
  }
}
