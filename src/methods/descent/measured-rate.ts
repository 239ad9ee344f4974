// The rate that curvature suggests, measured: 1/λmax (Efficient BackProp 7.5, 9.2; docs/mathematics.md 7.7).

import { Arena, type RealArray, Reals } from '../../../bindings/memory.js';
import { extremeEigenvalue } from '../../eigen/lanczos.js';
import { Purpose, halves } from '../../runtime/random.js';
import type { Work } from '../../runtime/work.js';
import type { MethodState, Task } from '../method.js';
import { type AutoRate, MEASURED } from './auto-rate.js';
import { Subsample } from './subsample.js';

/** Products at most, each of two gradients. */
const PRODUCTS = 30;
/** The relative residual to stop at: the eigenvalue is then right to about its square. */
const TOLERANCE = 0.01;
/** Vectors to search with, of the size of the network. */
const BASIS = 4;
/** Steps of differences: the largest customary one for float32, whose gradients have seven digits. */
const STEP = { float32: 1e-2, float64: 1e-4 };

/**
 * The curvature that a rate follows, measured in the first epoch, and every so many after it; a fit that goes on goes by what was
 * measured.
 */
export class MeasuredRate {
  private readonly principal: PrincipalCurvature;
  private lambda = Number.NaN;
  private since = 0;

  /** @throws OutOfMemoryError */
  constructor(
    task: Task,
    private readonly settings: AutoRate,
    state: MethodState | undefined,
  ) {
    this.principal = new PrincipalCurvature(task, settings.samples);
    const known = state?.vectors[MEASURED];
    if (known?.length === 3 && known[2] === settings.samples) [this.lambda, this.since] = known as unknown as [number, number];
  }

  /** Whether the curvature is to be measured before an epoch. */
  due(epoch: number): boolean {
    const { lambda, since, settings } = this;
    return Number.isNaN(lambda) || (settings.every !== undefined && (epoch - since) % settings.every === 0);
  }

  /** λmax for an epoch, measured where that is due. */
  *before(epoch: number): Work<number> {
    if (this.due(epoch)) {
      if (Number.isNaN(this.lambda)) this.since = epoch;
      this.lambda = yield* this.principal.measure(epoch);
    }
    return this.lambda;
  }

  /** What a fit that goes on needs. */
  get vectors(): Record<string, RealArray> {
    return Number.isNaN(this.lambda) ? {} : { [MEASURED]: Float64Array.of(this.lambda, this.since, this.settings.samples) };
  }
}

/** λmax of a sample, over and over at other weights. */
export class PrincipalCurvature {
  private readonly subsample: Subsample;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly task: Task,
    samples: number,
  ) {
    this.subsample = new Subsample(task, task.arena, samples);
  }

  /**
   * The largest eigenvalue at the weights of now, which stay as they are; 0 where none is positive, and where the loss is not
   * finite.
   */
  *measure(round: number): Work<number> {
    const { plan } = this.subsample;
    const { core, precision } = plan.engine;
    const { set, scale } = this.subsample.draw(round);
    const [low, high] = halves(this.task.seed);
    const n = plan.parameters;
    const kept = plan.theta.view().slice();
    const alpha = STEP[precision];
    const arena = new Arena();
    try {
      const behind = new Reals(arena, precision, n);
      const gradientAt = function* (v: Reals, shift: number, into: Reals): Work<void> {
        core.axpy(n, shift, v.address, plan.theta.address);
        yield* plan.gradient(set, scale, into);
        plan.theta.view().set(kept);
      };
      const differences = function* (v: Reals, out: Reals): Work<void> {
        yield* gradientAt(v, alpha, out);
        yield* gradientAt(v, -alpha, behind);
        core.axpy(n, -1, behind.address, out.address);
        core.scale(n, 1 / (2 * alpha), out.address);
      };
      const start = (v: Reals) => core.normals(n, low, high, Purpose.probes, 0, round, 0, 1, v.address);
      const search = { which: 'algebraic', tolerance: TOLERANCE, most: PRODUCTS, capacity: BASIS, start } as const;
      const { value } = yield* extremeEigenvalue(plan.engine, arena, n, differences, search);
      return value > 0 && value < Infinity ? value : 0;
    } finally {
      arena.dispose();
    }
  }
}
