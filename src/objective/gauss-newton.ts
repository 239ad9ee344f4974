// The Gauss-Newton model of a network's loss with its matrix, of a network small enough for that.

import { LossTraits } from '../../build/codes.js';
import { Reals } from '../../bindings/memory.js';
import type { Objective } from './objective.js';
import type { Smooth, Squares } from '../solve/smooth.js';
import type { TargetUnit } from './unit.js';
import type { Work } from '../runtime/work.js';

/** F = 2E, A = G = Jᵀ(∂²l/∂a²)J and what decay adds, from a Jacobian pass, in the unit of the targets. */
export class MatrixModel implements Squares {
  readonly n: number;
  private readonly a: Reals;
  private readonly factor: Reals;
  private readonly g: Reals;
  private readonly scaling: Reals;
  private readonly found: Reals;
  /** What Σ w·Jᵀ(∂²l/∂a²)J is multiplied with; 0 for losses of straight pieces. */
  private readonly share: number;

  /**
   * @param f the loss, in the unit
   * @throws OutOfMemoryError
   */
  constructor(
    private readonly objective: Objective,
    private readonly unit: TargetUnit,
    private readonly f: Smooth,
  ) {
    const { arena, parameters: n, weight, outputs, plan } = objective;
    this.n = n;
    this.a = new Reals(arena, 'float64', n * n);
    this.factor = new Reals(arena, 'float64', n * n);
    [this.g, this.scaling, this.found] = objective.vectors(3) as [Reals, Reals, Reals];
    const { averages, curvatureScale } = LossTraits[plan.architecture.loss];
    this.share = (averages ? curvatureScale / outputs : curvatureScale) / weight;
  }

  *cost(x: Float64Array): Work<number> {
    const found = this.f.value(x);
    return 2 * (typeof found === 'number' ? found : yield* found);
  }

  *linearise(x: Float64Array, d: Float64Array, g: Float64Array): Work<number> {
    const { f, n, a, share, unit } = this;
    yield* this.matrix(x);
    const view = a.view();
    for (let i = 0; i < n; i++) {
      const own = (share * unit.factor(i)) / unit.loss;
      for (let j = i; j < n; j++) view[i * n + j]! *= own * unit.factor(j);
    }
    const { decay, decays } = this.objective;
    for (const { first, size } of decays) {
      for (let i = first; i < first + size; i++) view[i * n + i]! += (decay * unit.factor(i) ** 2) / unit.loss;
    }
    for (let i = 0; i < n; i++) d[i] = view[i * n + i]!;
    const found = f.gradient(x, g);
    const value = typeof found === 'number' ? found : yield* found;
    this.g.view().set(g);
    return 2 * value;
  }

  /** Σ w·Jᵀ(∂²l/∂a²)J, its upper triangle, but for the share. */
  private *matrix(x: Float64Array): Work<void> {
    const { objective, a, g } = this;
    if (this.share === 0) {
      a.view().fill(0);
      return;
    }
    objective.theta.view().set(this.unit.outside(x));
    yield* objective.jacobian.curvedEquations(a, g);
  }

  /** By Cholesky's factor; none where rounding has made the matrix singular: more damping will help. */
  *step(mu: number, d: Float64Array, p: Float64Array): Work<boolean> {
    const { a, g, scaling, factor, found, objective } = this;
    scaling.view().set(d);
    if ((yield objective.jacobian.dampedStep(a, mu, scaling, g, factor, found)) !== 0) return false;
    p.set(found.view());
    return true;
  }
}
