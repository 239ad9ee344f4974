// The Gauss-Newton model of a function that is known by its products (Efficient BackProp 6.5), as the damped method sees it.

import type { Work } from '../runtime/work.js';
import { truncated } from './newton.js';
import { type Searching, type Smooth, type Squares, gradientAt } from './smooth.js';
import { dot } from './vectors.js';

/** As in `truncated`: a line search makes up for a short step, damping does not, and would follow from what was left out. */
const WORTH_WITH_DAMPING = 0.1;

/** F = 2E, A = G: steps by truncated conjugate gradients on (G + μ·D)·p = −∇E. The function must have products. */
export class ProductModel implements Squares {
  readonly n: number;
  private readonly x: Float64Array;
  private readonly g: Float64Array;

  /** @param own the curvature along the first gradient, where that was found by a fit before */
  constructor(
    private readonly f: Smooth,
    private own?: number,
  ) {
    this.n = f.n;
    this.x = new Float64Array(f.n);
    this.g = new Float64Array(f.n);
  }

  /** The curvature along the first gradient, once there is one. */
  get curvature(): number | undefined {
    return this.own;
  }

  *cost(x: Float64Array): Work<number> {
    const found = this.f.value(x);
    return 2 * (typeof found === 'number' ? found : yield* found);
  }

  /**
   * A's diagonal would take as many products as it has entries: what stands for it is of the size of A, which is all that μ·I
   * asks for.
   */
  *linearise(x: Float64Array, d: Float64Array, g: Float64Array): Work<number> {
    const { f } = this;
    const value = yield* gradientAt(f, x, g);
    this.x.set(x);
    this.g.set(g);
    if (this.own === undefined) {
      const along = new Float64Array(f.n);
      yield* f.product!(x, g, along, true);
      const square = dot(g, g);
      this.own = square > 0 ? dot(g, along) / square : 0;
    }
    d.fill(this.own);
    return 2 * value;
  }

  *step(mu: number, d: Float64Array, p: Float64Array): Searching<boolean> {
    const { f, x, g } = this;
    const product = function* (v: Float64Array, out: Float64Array): Work<void> {
      yield* f.product!(x, v, out, true);
      for (let i = 0; i < out.length; i++) out[i]! += mu * d[i]! * v[i]!;
    };
    yield* truncated(product, g, p, WORTH_WITH_DAMPING);
    return true;
  }
}
