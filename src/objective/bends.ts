// How a network's residuals bend along a step: what they are a little way along it, seen through the Jacobian at its beginning.

import { Operand } from '../../build/codes.js';
import { Reals, viewOf } from '../../bindings/memory.js';
import type { Objective } from './objective.js';
import type { SampleSet } from '../plan/plan.js';
import type { Work } from '../runtime/work.js';

/**
 * Jᵀr(there), J that of `here`, r = √w·(outputs − targets): from J itself where all of it is kept, and else from a gradient here
 * for targets that leave these residuals.
 */
export class Bends {
  /** What the network puts out where steps begin, where the last trial was, and a little way along a step. */
  private here: Reals;
  private tried: Reals;
  private readonly there: Reals;
  /** Where the last trial was, and whether steps begin where `here` is of. */
  private readonly trial: Float64Array;
  private known = false;
  /** The residuals, or the targets that leave them, and the samples with these. */
  private readonly made: Reals;
  private readonly set: SampleSet | undefined;
  private readonly roots: Float64Array | undefined;

  /** @throws OutOfMemoryError */
  constructor(private readonly objective: Objective) {
    const { arena, rows, outputs, parameters, samples, plan, subset } = objective;
    const reals = (length: number) => new Reals(arena, 'float64', length);
    [this.here, this.tried, this.there] = [reals(rows * outputs), reals(rows * outputs), reals(rows * outputs)];
    this.trial = new Float64Array(parameters).fill(Number.NaN);
    const weights = samples.w?.view();
    if (objective.jacobian.isKept) {
      this.made = reals(rows * outputs);
      this.roots = weights && Float64Array.from({ length: rows }, (_, k) => Math.sqrt(weights[objective.sample(k)]!));
    } else {
      this.made = reals(samples.t.length);
      this.set = plan.samples(arena, { ...samples, t: this.made }, subset);
    }
  }

  /** E at x, whose outputs are noted. */
  value(x: Float64Array): Work<number> {
    this.trial.set(x);
    return this.objective.value(this.tried);
  }

  /** Steps begin at x now. */
  begin(x: Float64Array): void {
    const { trial } = this;
    this.known = true;
    for (let i = 0; i < x.length; i++) if (x[i] !== trial[i]) this.known = false;
    if (this.known) [this.here, this.tried] = [this.tried, this.here];
    trial.fill(Number.NaN);
  }

  /**
   * The slope into `out`. Comes to false where the Jacobian's slab has been `used` for something else.
   * @param here the parameters where steps begin
   */
  *slope(here: Float64Array, there: Float64Array, out: Reals, used: boolean): Work<boolean> {
    const { objective, set, made } = this;
    if (!set && used && objective.rows <= objective.jacobianSlab) return false;
    const theta = () => objective.theta.view();
    if (!this.known) {
      theta().set(here);
      yield* objective.again(this.here);
      this.known = true;
    }
    theta().set(there);
    yield* objective.value(this.there);
    if (!set) {
      this.fromJacobian(out);
      return true;
    }
    const { rows, outputs, samples } = objective;
    const [now, then, targets, own] = [this.here.view(), this.there.view(), made.view(), samples.t.view()];
    for (let k = 0; k < rows; k++) {
      const at = objective.sample(k) * outputs;
      for (let o = 0; o < outputs; o++) targets[at + o] = own[at + o]! + now[k * outputs + o]! - then[k * outputs + o]!;
    }
    theta().set(here);
    yield* objective.gradientFor(set, outputs / 2, out);
    return true;
  }

  /** r(there) from the residuals here that stand beside J; one row times a matrix. */
  private fromJacobian(out: Reals): void {
    const { objective, made, roots } = this;
    const { engine, rows, outputs, parameters: n } = objective;
    const { rows: j, errors: e } = objective.jacobian.whole();
    const m = rows * outputs;
    const [now, then, r, errors] = [this.here.view(), this.there.view(), made.view(), viewOf('float64', e, m)];
    for (let i = 0; i < m; i++) {
      const change = then[i]! - now[i]!;
      r[i] = errors[i]! + (roots ? roots[Math.floor(i / outputs)]! * change : change);
    }
    const { scratch } = objective.jacobian.slab;
    engine.core.gemm(Operand.plain, Operand.plain, 1, n, m, made.address, m * 8, j, n * 8, out.address, n * 8, 0, 0, scratch);
  }
}
