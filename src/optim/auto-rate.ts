// The rate that curvature suggests: 1/λmax (Efficient BackProp 7.5, 9.2; SPEC 1.9.2).

import { Reals } from '../../bindings/memory.js';
import { type Checked, checked, number } from '../options.js';
import { Purpose, halves } from '../random.js';
import type { Work } from '../work.js';
import type { Task } from './method.js';
import { Sample } from './sample.js';

const OPTIONS = {
  samples: number({ min: 1, integer: true }, 500),
  every: number({ min: 1, integer: true }, undefined),
  factor: number({ above: 0, below: Infinity }, 1),
};

/** Options of autoRate. */
export interface AutoRateOptions {
  /** Patterns to measure curvature on. Default 500: the order of magnitude is right after 100. */
  samples?: number;
  /** Epochs after which it is measured again. Default: once, before training. */
  every?: number;
  /** What 1/λmax is multiplied with, > 0. Default 1. */
  factor?: number;
}

/** A rate to be measured. */
export interface AutoRate extends Readonly<Checked<typeof OPTIONS>> {
  readonly kind: 'autoRate';
}

/**
 * A rate of factor/λmax, with momentum μ (1 − μ)·factor/λmax: λmax is the Hessian's largest eigenvalue at the weights before training, found by power iteration on differences of
 * gradients. `rate: 'auto'` stands for `autoRate()`.
 * @throws OptionError
 */
export function autoRate(options?: AutoRateOptions): AutoRate {
  return Object.freeze({ kind: 'autoRate' as const, ...checked('autoRate', OPTIONS, options) });
}

export function isAutoRate(v: unknown): v is AutoRate {
  return typeof v === 'object' && v !== null && 'kind' in v && v.kind === 'autoRate' && Number((v as AutoRate).samples) >= 1;
}

/** Sweeps at most: 10 to 20 give four digits where the second eigenvalue is half of the first. */
const SWEEPS = 30;
/** The estimate may change by this share in the last sweep. */
const TOLERANCE = 0.01;
/** Steps of differences: the largest customary one for float32, whose gradients have seven digits. */
const STEP = { float32: 1e-2, float64: 1e-4 };

/** λmax of a sample, over and over at other weights. */
export class PrincipalCurvature {
  private readonly sample: Sample;
  private readonly gradients: readonly [Reals, Reals];
  private readonly direction: Reals;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly task: Task,
    samples: number,
  ) {
    const { arena, plan } = task;
    const vector = () => new Reals(arena, plan.engine.precision, plan.parameters);
    this.sample = new Sample(task, arena, samples);
    this.gradients = [vector(), vector()];
    this.direction = vector();
  }

  /** |λ| of the eigenvalue of largest magnitude, at the weights of now, which stay as they are; 0 where the loss is flat or not finite. */
  *measure(round: number): Work<number> {
    const { plan } = this.sample;
    const { core, precision } = plan.engine;
    const { set, scale } = this.sample.draw(round);
    const [high, low] = halves(this.task.seed);
    const v = this.direction;
    core.normals(v.length, high, low, Purpose.probes, 0, round, 0, 1, v.address);
    const theta = plan.theta.view();
    const kept = theta.slice();
    const alpha = STEP[precision];
    const [ahead, behind] = this.gradients;
    function* gradientAt(shift: number, into: Reals): Work<void> {
      core.axpy(v.length, shift, v.address, plan.theta.address);
      yield* plan.gradient(set, scale, into);
      plan.theta.view().set(kept);
    }
    let found = 0;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const size = core.norm(v.length, v.address);
      if (!(size > 0 && size < Infinity)) return 0;
      core.scale(v.length, 1 / size, v.address);
      yield* gradientAt(alpha, ahead);
      yield* gradientAt(-alpha, behind);
      core.axpy(v.length, -1, behind.address, ahead.address);
      core.scale(v.length, 1 / (2 * alpha), ahead.address);
      core.copy(v.length, ahead.address, v.address);
      const before = found;
      found = core.norm(v.length, v.address);
      if (!(found < Infinity)) return 0;
      if (Math.abs(found - before) <= TOLERANCE * found) break;
    }
    return found;
  }
}
