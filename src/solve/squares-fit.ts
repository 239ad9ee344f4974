// A fit of least squares at work: the residuals, the solver on them, and what is said of where it ends.

import type { SquareCore } from '../../bindings/core.js';
import { DataError } from '../runtime/errors.js';
import { type Bounds, Box } from './box.js';
import type { Driven, SolveObserver } from './drive.js';
import { type Minimum, type SolveProgress, type SolveReason, endingAdvice } from './options.js';
import { type ResidualFunctions, Residuals } from './residuals.js';
import type { Iterate, Pause } from './smooth.js';
import { trustRegion } from './trust-region.js';
import { largest } from './vectors.js';

/** A minimum of a sum of squares. */
export interface LeastSquaresMinimum extends Minimum {
  /** The residuals at x, without weights. */
  readonly residuals: Float64Array;
  /**
   * s²·(JᵀJ)⁻¹ with s² = value/(m − n), or 1 with `absoluteSigma`: n×n row-major; m is the number of residuals whose weight is
   * not 0, n that of variables that stand at no bound. Rows and columns of those that do are NaN, and the others are conditional:
   * what they would be if those were known. Undefined where JᵀJ is singular, or m ≤ n without `absoluteSigma`.
   */
  readonly covariance: Float64Array | undefined;
  /** Roots of its diagonal. */
  readonly standardErrors: Float64Array | undefined;
  /** m − n as above: degrees of freedom of s². */
  readonly degreesOfFreedom: number;
}

const FLAT_RESIDUALS = 'the residuals do not change with some of the variables there';

const UNDETERMINED =
  'the residuals do not determine all variables there, so that there are no standard errors: begin closer to what you expect, leave one out, or freeze it by bounds';

/** What is left of a column of J, relative to its length, after all that others have of it: less is rounding. */
const EXACT = 1e-14;
const NUMERIC = 1e-10;

/** What a fit is told beside its residuals. */
interface FitSettings {
  readonly bounds?: Bounds | undefined;
  readonly minGradient: number;
  readonly tolerance: number;
  readonly absoluteSigma: boolean;
}

/** A fit that has begun at the nearest point of the box; it lives until it is disposed of. */
export class SquaresFit implements SolveObserver {
  readonly solver: Generator<Iterate | Pause, SolveReason>;
  private readonly box: Box;
  private readonly f: Residuals;

  /** @throws OptionError; DataError where residuals or their slopes are not finite at the start; OutOfMemoryError */
  constructor(
    call: string,
    core: SquareCore,
    private readonly functions: ResidualFunctions,
    start: Float64Array,
    private readonly settings: FitSettings,
  ) {
    const box = new Box(call, start.length, settings.bounds);
    box.project(start);
    const f = new Residuals(call, core, functions, box, start);
    [this.box, this.f] = [box, f];
    try {
      if (!Number.isFinite(f.sum)) throw new DataError('x0', 'the residuals are so large there that their squares overflow');
      if (!f.linearise(start)) throw new DataError('x0', 'the slopes of the residuals are not all finite there');
    } catch (error) {
      f.dispose();
      throw error;
    }
    this.solver = trustRegion(f, box, settings, functions.jacobian === undefined);
  }

  readonly calls = (): number => {
    const { counts } = this.f;
    return counts.value + (this.functions.jacobian ? counts.jacobian : 0);
  };

  readonly told = ({ x, value, gradient }: Iterate, iteration: number): SolveProgress => ({
    iteration,
    x,
    value,
    gradientNorm: largest(gradient),
  });

  /** The sum at the point at hand. */
  get sum(): number {
    return this.f.sum;
  }

  /** The point at hand. */
  get x(): Float64Array {
    return this.f.x;
  }

  /** What has been found. */
  minimum({ iterations, reason }: Driven): LeastSquaresMinimum {
    const { f, box, functions } = this;
    const { absoluteSigma } = this.settings;
    const { n } = f;
    const x = f.x.slice();
    const active = box.active(x);
    const free = Array.from(active.keys()).filter((i) => active[i] === 0);
    const degreesOfFreedom = f.observations - free.length;
    const least = functions.jacobian ? EXACT : NUMERIC;
    const inverse = absoluteSigma || degreesOfFreedom > 0 ? f.model.inverse(free, least) : undefined;
    const variance = absoluteSigma ? 1 : f.sum / degreesOfFreedom;
    const covariance = inverse?.map((e, k) => (active[k % n] || active[Math.floor(k / n)] ? Number.NaN : variance * e));
    const undetermined = !inverse && (absoluteSigma || degreesOfFreedom > 0) ? UNDETERMINED : undefined;
    const advice = endingAdvice(reason, FLAT_RESIDUALS) ?? undetermined;
    return {
      x,
      value: f.sum,
      gradientNorm: f.model.slope.reduce((most, e, i) => (box.holds(i, x[i]!, e) ? most : Math.max(most, 2 * Math.abs(e))), 0),
      iterations,
      evaluations: f.counts,
      reason,
      active,
      residuals: f.plain(),
      covariance,
      standardErrors: covariance && Float64Array.from({ length: n }, (_, k) => Math.sqrt(covariance[k * n + k]!)),
      degreesOfFreedom,
      ...(advice && { advice }),
    };
  }

  dispose(): void {
    this.f.dispose();
  }
}
