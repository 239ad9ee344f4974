// First and second derivatives of a network's loss at weights of their own: what all that curvature tells is made of.

import type { DoubleEngine } from '../../bindings/core.js';
import { type Arena, type RealArray, Reals } from '../../bindings/memory.js';
import type { Dataset, SampleBuffers } from '../data/dataset.js';
import { Objective } from '../objective/objective.js';
import { norm } from '../solve/vectors.js';
import { type Architecture, type ParameterShape, type SampleSet, outputsOf } from '../plan/plan.js';
import { requireArray } from '../data/matrix.js';
import { DataError, DisposedError, counted, shown } from '../runtime/errors.js';
import { Purpose, halves } from '../runtime/random.js';
import type { Threads } from '../runtime/threads.js';
import { type Work, workHere } from '../runtime/work.js';

/** What curvature is measured on. */
export interface CurvatureSubject {
  readonly engine: DoubleEngine;
  readonly architecture: Architecture;
  readonly shapes: readonly ParameterShape[];
  /** Parameters and statistics. */
  readonly theta: RealArray;
  readonly threads: Threads;
}

/** ε^⅓, the best step of central differences. */
const CUBE_ROOT = 6.055454452393343e-6;

/** A network's objective, without decay, over a copy of the samples and of the weights. */
export class LossDerivatives {
  readonly objective: Objective;
  private readonly samples: SampleBuffers;
  /** Parameters and statistics, where derivatives are taken. */
  private readonly weights: RealArray;
  private readonly v: Reals;
  private readonly out: Reals;
  private disposed = false;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly arena: Arena,
    { engine, architecture, theta, threads }: CurvatureSubject,
    data: Dataset,
  ) {
    const at = new Reals(arena, 'float64', theta.length);
    at.view().set(theta);
    this.weights = at.read();
    this.samples = data.copied('float64', architecture.loss, outputsOf(architecture), arena);
    this.objective = new Objective(engine, arena, architecture, at, this.samples, undefined, 0, threads);
    [this.v, this.out] = this.objective.vectors(2) as [Reals, Reals];
  }

  /** P. */
  get parameters(): number {
    return this.objective.parameters;
  }

  get engine(): DoubleEngine {
    return this.objective.engine;
  }

  /** @throws DisposedError */
  check(): void {
    if (this.disposed) throw new DisposedError('curvature');
  }

  dispose(): void {
    this.disposed = true;
    this.arena.dispose();
  }

  /** Does work here and now. */
  here<T>(work: Work<T>): T {
    return workHere(this.engine, work);
  }

  loss(): number {
    return this.here(this.objective.value());
  }

  gradient(): Float64Array {
    this.here(this.objective.gradient(this.out));
    return this.out.read() as Float64Array;
  }

  /** The loss, its gradient, and LeCun's diagonal. */
  gradientAndDiagonal(full: boolean): { loss: number; gradient: Float64Array; diagonal: Float64Array } {
    const loss = this.here(this.objective.gradientAndDiagonal(this.out, this.v, full));
    return { loss, gradient: this.out.read() as Float64Array, diagonal: this.v.read() as Float64Array };
  }

  /**
   * Does something with the gradients of samples' own losses, without their weights; what `gradientOf` gives is right until its
   * next call.
   */
  bySample<T>(work: (gradientOf: (sample: number) => Float64Array) => T): T {
    const { objective, samples, arena, out, engine } = this;
    const { plan } = objective;
    const plain: SampleSet = plan.samples(arena, { x: samples.x, t: samples.t });
    try {
      return work((sample) => {
        engine.core.objectiveGradient(plan.address, plain.address, sample, 1, 1, out.address, 0);
        return out.view() as Float64Array;
      });
    } finally {
      arena.release(plain.address);
    }
  }

  /** H·v, or with `gaussNewton` G·v. @throws DataError for a vector of another length, or of what is no finite number */
  product(v: ArrayLike<number>, gaussNewton: boolean): Float64Array {
    this.check();
    requireArray(v, 'v', `an array of ${counted(this.parameters, 'number')}`);
    if (v.length !== this.parameters)
      throw new DataError('v', `has ${counted(v.length, 'element')}; expected ${this.parameters}`);
    for (let i = 0; i < v.length; i++) {
      if (!Number.isFinite(v[i])) throw new DataError('v', `element ${i} is ${shown(v[i])}; expected finite numbers`);
    }
    this.v.view().set(v);
    this.here(this.objective.product(this.v, this.out, gaussNewton));
    return this.out.read() as Float64Array;
  }

  /** A diagonal of the Hessian, of some samples. */
  diagonal(kind: 'lecun' | 'full' | 'gaussNewton', first?: number, rows?: number): Float64Array {
    this.here(this.objective.diagonal(kind, this.out, first, rows));
    return this.out.read() as Float64Array;
  }

  /** ∂∇E/∂θ_k by central differences. */
  difference(k: number): Float64Array {
    const { theta } = this.objective;
    const at = theta.view()[k]!;
    const h = CUBE_ROOT * (1 + Math.abs(at));
    const side = (value: number) => {
      theta.view()[k] = value;
      return this.gradient();
    };
    const high = side(at + h);
    const low = side(at - h);
    theta.view()[k] = at;
    return high.map((v, i) => (v - low[i]!) / (2 * h));
  }

  /** ∇(θ + α·v/|v|) − ∇(θ), of E or of another function of the weights. */
  differenceAlong(v: Float64Array, alpha: number, gradient: () => Float64Array = () => this.gradient()): Float64Array {
    const { weights } = this;
    const size = norm(v);
    const difference = gradient().slice();
    const theta = this.objective.theta.view();
    for (let i = 0; i < v.length; i++) theta[i] = weights[i]! + (alpha * v[i]!) / size;
    const there = gradient();
    for (let i = 0; i < v.length; i++) difference[i] = there[i]! - difference[i]!;
    this.objective.theta.view().set(weights);
    return difference;
  }

  /** (∇E(θ + α·v/|v|) − ∇E(θ))·|v|/α, which is about H·v. */
  productByDifference(v: Float64Array, alpha: number): Float64Array {
    const size = norm(v);
    return this.differenceAlong(v, alpha).map((d) => (d * size) / alpha);
  }

  /** P normal numbers of a stream of their own. */
  normals(seed: number, probe: number): Float64Array {
    const [low, high] = halves(seed);
    this.engine.core.normals(this.parameters, low, high, Purpose.probes, probe, 0, 0, 1, this.v.address);
    return this.v.read() as Float64Array;
  }
}
