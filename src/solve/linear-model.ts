// Residuals as they are about a point, J·p + e, kept as a triangle in linear memory: steps, products and inverses.

import type { SquareCore } from '../../bindings/core.js';
import { type Arena, viewOf } from '../../bindings/memory.js';
import { norm } from './vectors.js';

const PLACES = ['R', 'z', 'J', 'used', 'e', 'spare', 'some', 'someZ', 'U', 'd', 'p'] as const;

/** |J·p + e|², J m×n. */
export class LinearModel {
  /** |J_i|, the lengths of J's columns, and Jᵀe, half of the square's gradient. */
  readonly lengths: Float64Array;
  readonly slope: Float64Array;
  /** |e| */
  errors = 0;
  /**
   * Addresses: R, z = Qᵀe, J as it is and as QR uses it up, e, a spare; R of some variables, its z, their steps' triangle,
   * scaling and result.
   */
  private readonly place: Readonly<Record<(typeof PLACES)[number], number>>;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly core: SquareCore,
    arena: Arena,
    readonly n: number,
    readonly m: number,
  ) {
    [this.lengths, this.slope] = [new Float64Array(n), new Float64Array(n)];
    // Rows of R of some variables stand where J is used up, in place of rows of J.
    const used = Math.max(m, n);
    const sizes = [n * n, n, m * n, used * n, used, (n + 2) * n, n * n, n, n * n, n, n];
    let end = arena.allocate(8 * sizes.reduce((a, b) => a + b));
    this.place = Object.fromEntries(
      PLACES.map((name, k) => {
        end += 8 * sizes[k]!;
        return [name, end - 8 * sizes[k]!];
      }),
    ) as typeof this.place;
  }

  /** J, row-major, to be written. Valid until memory grows: as long as no caller's function runs. */
  get jacobian(): Float64Array {
    return viewOf('float64', this.place.J, this.m * this.n) as Float64Array;
  }

  /** R, z and what follows from them, for J as it stands and these errors. Says whether all of it is finite. */
  fold(errors: Float64Array): boolean {
    const { n, m, place, lengths, slope, core } = this;
    this.errors = norm(errors);
    viewOf('float64', place.e, m).set(errors);
    viewOf('float64', place.used, m * n).set(this.jacobian);
    core.fill(n * n + n, 0, place.R); // and z behind it
    core.foldRows(n, place.R, place.z, m, place.used, place.e, place.spare);
    const triangle = viewOf('float64', place.R, n * n + n);
    let total = 0;
    for (let k = 0; k < n; k++) {
      let [square, along] = [0, 0];
      for (let i = 0; i <= k; i++) {
        const e = triangle[i * n + k]!;
        square += e * e;
        along += e * triangle[n * n + i]!;
      }
      lengths[k] = Math.sqrt(square);
      slope[k] = along;
      total += square + along;
    }
    return total - total === 0;
  }

  /**
   * The minimum of |R·p + z|² + μ·|D·p|² over variables that are `free`, the others' steps being what they are in p. Says whether
   * it could be found.
   * @param d D² of each variable
   */
  step(mu: number, d: Float64Array, free: readonly number[], p: Float64Array): boolean {
    const { n, place, core } = this;
    const k = free.length;
    let [R, z] = [place.R, place.z];
    if (k < n) {
      [R, z] = [place.some, place.someZ];
      const [whole, rows] = [viewOf('float64', place.R, n * n + n), viewOf('float64', place.used, n * k)];
      const errors = viewOf('float64', place.e, n);
      for (let i = 0; i < n; i++) {
        let e = whole[n * n + i]!;
        for (let j = i; j < n; j++) if (!free.includes(j)) e += whole[i * n + j]! * p[j]!;
        errors[i] = e;
        free.forEach((j, at) => {
          rows[i * k + at] = j < i ? 0 : whole[i * n + j]!;
        });
      }
      core.fill(k * k + k, 0, R);
      core.foldRows(k, R, z, n, place.used, place.e, place.spare);
    }
    const scaling = viewOf('float64', place.d, k);
    free.forEach((j, at) => {
      scaling[at] = d[j]!;
    });
    core.dampedTriangularStep(k, R, z, mu, place.d, place.U, place.p, place.spare);
    const found = viewOf('float64', place.p, k);
    let total = 0;
    free.forEach((j, at) => {
      p[j] = found[at]!;
      total += found[at]!;
    });
    return total - total === 0;
  }

  /** |U⁻ᵀ·v|² for the triangle of the last `step`, UᵀU = RᵀR + μ·D² of what was free. */
  solvedSquare(free: readonly number[], v: Float64Array): number {
    const k = free.length;
    const u = viewOf('float64', this.place.U, k * k);
    const w = new Float64Array(k);
    let square = 0;
    for (let i = 0; i < k; i++) {
      let e = v[free[i]!]!;
      for (let j = 0; j < i; j++) e -= u[j * k + i]! * w[j]!;
      w[i] = e / u[i * k + i]!;
      square += w[i]! * w[i]!;
    }
    return square;
  }

  /** R·p */
  times(p: Float64Array): Float64Array {
    const { n } = this;
    const triangle = viewOf('float64', this.place.R, n * n);
    const product = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) product[i]! += triangle[i * n + j]! * p[j]!;
    return product;
  }

  /** Jᵀ(J·p + e), half of the model's gradient at p. */
  slopeAt(p: Float64Array): Float64Array {
    const { n } = this;
    const product = this.times(p);
    const triangle = viewOf('float64', this.place.R, n * n);
    const slope = this.slope.slice();
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) slope[j]! += triangle[i * n + j]! * product[i]!;
    return slope;
  }

  /**
   * a = −(UᵀU)⁻¹·Jᵀ·r for the triangle of the last `step`, of variables that are `free`; 0 for others. Says whether it could be
   * found.
   */
  answer(r: Float64Array, free: readonly number[], a: Float64Array): boolean {
    const { n, m, place, jacobian: j } = this;
    const k = free.length;
    const slope = viewOf('float64', place.p, k).fill(0);
    for (let i = 0, row = 0; i < m; i++, row += n) for (let c = 0; c < k; c++) slope[c]! -= j[row + free[c]!]! * r[i]!;
    this.core.choleskySolve(k, place.U, place.p, place.p);
    let total = 0;
    a.fill(0);
    free.forEach((c, at) => {
      a[c] = slope[at]!;
      total += slope[at]!;
    });
    return total - total === 0;
  }

  /** (JᵀJ)⁻¹ of the free variables, 0 elsewhere: n×n; undefined where JᵀJ is singular. */
  inverse(free: readonly number[], least: number): Float64Array | undefined {
    const { n, place, lengths, core } = this;
    const k = free.length;
    if (!this.step(0, lengths, free, new Float64Array(n)) && k > 0) return undefined;
    const triangle = viewOf('float64', place.U, k * k);
    for (let i = 0; i < k; i++) {
      if (!(Math.abs(triangle[i * k + i]!) > least * lengths[free[i]!]!)) return undefined;
    }
    const result = new Float64Array(n * n);
    for (let i = 0; i < k; i++) {
      viewOf('float64', place.p, k).fill(0)[i] = 1;
      core.choleskySolve(k, place.U, place.p, place.p);
      const column = viewOf('float64', place.p, k);
      for (let j = 0; j < k; j++) result[free[j]! * n + free[i]!] = column[j]!;
    }
    return result;
  }
}
