// The rate that curvature suggests: 1/λmax (Efficient BackProp 7.5, 9.2; docs/mathematics.md 7.7).

import { Arena, type RealArray, Reals } from '../../../bindings/memory.js';
import { extremeEigenvalue } from '../../eigen/lanczos.js';
import { type Checked, checked, number } from '../../runtime/options.js';
import { Purpose, halves } from '../../runtime/random.js';
import type { Work } from '../../runtime/work.js';
import type { MethodState, Task } from '../method.js';
import { Subsample } from './subsample.js';

const OPTIONS = {
  samples: number({ min: 1, integer: true }, 500),
  every: number({ min: 1, integer: true }, undefined),
  factor: number({ above: 0, below: Infinity }, 1),
};

/** Options of autoRate. */
export interface AutoRateOptions {
  /** Samples to measure curvature on. Default 500: the order of magnitude is right after 100. */
  samples?: number;
  /** Epochs after which it is measured again, counted over calls of `partialFit` as well. Default: once, before training. */
  every?: number;
  /** What 1/λmax is multiplied with, > 0. Default 1. */
  factor?: number;
}

/** A rate to be measured. */
export interface AutoRate extends Readonly<Checked<typeof OPTIONS>> {
  readonly kind: 'autoRate';
}

/**
 * A rate of factor/λmax, with momentum μ (1 − μ)·factor/λmax: λmax is the Hessian's largest eigenvalue at the weights before
 * training, found by Lanczos' method on differences of gradients; where none is positive the rate is 0.01. `rate: 'auto'` stands
 * for `autoRate()`.
 * @throws OptionError
 */
export function autoRate(options?: AutoRateOptions): AutoRate {
  return Object.freeze({ kind: 'autoRate' as const, ...checked('autoRate', OPTIONS, options) });
}

export function isAutoRate(v: unknown): v is AutoRate {
  return typeof v === 'object' && v !== null && 'kind' in v && v.kind === 'autoRate' && Number((v as AutoRate).samples) >= 1;
}

/** Products at most, each of two gradients. */
const PRODUCTS = 30;
/** The relative residual to stop at: the eigenvalue is then right to about its square. */
const TOLERANCE = 0.01;
/** Vectors to search with, of the size of the network. */
const BASIS = 4;
/** Steps of differences: the largest customary one for float32, whose gradients have seven digits. */
const STEP = { float32: 1e-2, float64: 1e-4 };

/** What a method's state has of it: λmax, the epoch of the first measurement, and the number of samples measured on. */
export const MEASURED = 'measured curvature';

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
