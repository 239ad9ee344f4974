// The Jacobian of a network's outputs by its parameters, a slab of samples at a time, and the equations that follow from it.

import { Reals } from '../../bindings/memory.js';
import { requireSecondDerivatives } from '../plan/plan.js';
import { type Piece, type Work, calling } from '../runtime/work.js';
import type { SlabbedObjective } from './slab-sums.js';
import type { Sum } from '../runtime/sums.js';

/** Reals of a slab of the Jacobian: 2 MB, about what a second cache keeps. */
const SLAB_REALS = 1 << 18;

/** Samples of which a Jacobian of so many columns is formed at a time. */
export function jacobianSlab(samples: number, outputs: number, parameters: number): number {
  return Math.max(1, Math.min(samples, Math.floor(SLAB_REALS / (parameters * outputs))));
}

/** The objective whose outputs are differentiated. */
interface DifferentiatedObjective extends SlabbedObjective {
  /** Whether the plan still holds a forward pass over all samples at the parameters of now. */
  readonly passed: boolean;
  /** Notes that the plan has been run for a Jacobian. */
  linearised(): void;
  /** A sum over the samples, slab by slab. */
  sum(asked: Sum): Work<number>;
}

/** Where a slab is put: rows of J, outputs or errors beside them, and what kernels need besides. */
interface Slab {
  readonly rows: Reals;
  readonly outputs: Reals;
  readonly scratch: number;
}

/**
 * J, one row for each sample and output, at the objective's parameters as they stand. Its buffers are allocated when first
 * needed.
 */
export class Jacobian {
  private own: Slab | undefined;
  private all: Reals | undefined;

  constructor(private readonly objective: DifferentiatedObjective) {}

  /** Room for a slab. */
  get slab(): Slab {
    requireSecondDerivatives(this.objective.plan.architecture, 'the Gauss-Newton matrix');
    const { arena, engine, jacobianSlab: samples, outputs, parameters } = this.objective;
    const rows = samples * outputs;
    this.own ??= {
      rows: new Reals(arena, 'float64', rows * parameters),
      outputs: new Reals(arena, 'float64', rows),
      scratch: arena.allocate(engine.core.factorScratch(rows, parameters)),
    };
    return this.own;
  }

  /** Whether J of all samples is small enough to be kept as a whole. */
  get isKept(): boolean {
    const { rows, outputs, parameters } = this.objective;
    return rows * outputs * parameters <= SLAB_REALS;
  }

  /** Addresses of J of all samples and, behind it, their errors. Where one slab is all of it, just the slab. */
  whole(): { rows: number; errors: number } {
    const { rows, outputs, parameters, jacobianSlab: samples, arena } = this.objective;
    if (rows <= samples) return { rows: this.slab.rows.address, errors: this.slab.outputs.address };
    const size = rows * outputs;
    this.all ??= new Reals(arena, 'float64', size * (parameters + 1));
    return { rows: this.all.address, errors: this.all.at(size * parameters) };
  }

  /** Slab by slab: `work` gets rows first·O … of J and the outputs beside them, which are valid until it returns. */
  each(work: (jacobian: Reals, first: number, samples: number) => void): void {
    const { objective } = this;
    const { engine, plan, set, rows, jacobianSlab: samples, parameters } = objective;
    objective.linearised();
    const { rows: j, outputs: a } = this.slab;
    for (let first = 0; first < rows; first += samples) {
      const count = Math.min(samples, rows - first);
      engine.core.jacobianRows(plan.address, set.address, first, count, 0, j.address, parameters * 8, a.address);
      work(j, first, count);
    }
  }

  /**
   * Σ w·JᵀJ and Σ w·Jᵀ(a − t), upper triangle and vector; comes to Σ w·(a − t)².
   * @param keeps whether J and the errors of all samples stay as `whole` has them
   */
  *normalEquations(matrix: Reals, slope: Reals, keeps: boolean): Work<number> {
    const { objective } = this;
    const { rows, jacobianSlab: samples } = objective;
    let sum: number;
    if (rows > samples) {
      const v = keeps ? this.whole().rows : 0;
      sum = yield* objective.sum({ kind: 'normalEquations', rows, out: matrix.address, outB: slope.address, v });
    } else sum = yield this.inOneGo(matrix, slope, this.slab.outputs.address);
    objective.linearised();
    return sum;
  }

  /** Σ w·Jᵀ(∂²l/∂a²)J, the Gauss-Newton matrix of a loss, its upper triangle; `slope` is used up. */
  *curvedEquations(matrix: Reals, slope: Reals): Work<void> {
    const { objective } = this;
    const { rows, jacobianSlab: samples } = objective;
    if (rows > samples)
      yield* objective.sum({ kind: 'normalEquations', rows, option: 1, out: matrix.address, outB: slope.address });
    else yield this.inOneGo(matrix, slope, 0);
    objective.linearised();
  }

  /** Either of them where a slab holds all samples; without errors it is the second. */
  private inOneGo(matrix: Reals, slope: Reals, errors: number): Piece {
    const { plan, set, rows, jacobianSlab: samples, passed } = this.objective;
    const { rows: j, scratch } = this.slab;
    const [of, over] = [plan.address, set.address];
    const known = passed ? 1 : 0;
    return calling(
      'normalEquations',
      of,
      over,
      0,
      rows,
      samples,
      known,
      j.address,
      errors,
      matrix.address,
      slope.address,
      scratch,
    );
  }

  /** R and z of J and the errors, by QR, which does not square the condition number; `spare` has (P + 2)·P numbers. */
  *triangle(r: Reals, z: Reals, spare: Reals): Work<void> {
    const { objective } = this;
    const { engine, parameters: n, plan, set, rows, jacobianSlab: samples } = objective;
    const { rows: j, outputs: e } = this.slab;
    yield calling('fill', n * n, 0, r.address);
    engine.core.fill(n, 0, z.address);
    objective.linearised();
    const [of, over] = [plan.address, set.address];
    yield calling('triangularEquations', of, over, rows, samples, j.address, e.address, r.address, z.address, spare.address);
  }

  /** The step (A + μ·D)⁻¹·(−g) by Cholesky's factor into `to`; comes to 0 where there is one. */
  dampedStep(a: Reals, mu: number, d: Reals, g: Reals, factor: Reals, to: Reals): Piece {
    const { parameters: n } = this.objective;
    const { scratch } = this.slab;
    return calling('dampedStep', n, a.address, mu, d.address, g.address, factor.address, to.address, scratch);
  }
}
