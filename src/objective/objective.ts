// What a network minimises, as a function of its parameters: value, gradient, curvature over a set of samples, in float64.

import { DiagonalKind, type DiagonalKindName } from '../../build/codes.js';
import type { DoubleEngine } from '../../bindings/core.js';
import { type Arena, Reals, viewOf } from '../../bindings/memory.js';
import type { Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { type Architecture, type SampleSet, Plan, outputsOf, parameterShapes } from '../plan/plan.js';
import type { Sum } from '../runtime/sums.js';
import type { Threads } from '../runtime/threads.js';
import { type Piece, type Work, call, calling } from '../runtime/work.js';
import { Jacobian, jacobianSlab } from './jacobian.js';
import { SlabSums, tangentBuffers } from './slab-sums.js';

/**
 * E(θ) = (1/W)·Σ w·l + (λ/2)·|kernels|², W = Σ w, over the samples given: the loss that a fit minimises. Every evaluation is at
 * the plan's parameters as they stand.
 */
export class Objective {
  /** P, how many parameters there are. */
  readonly parameters: number;
  readonly plan: Plan;
  /** N. */
  readonly rows: number;
  readonly outputs: number;
  /** How many of the samples weigh anything: the others are no data. */
  readonly observations: number;
  /** How often each was computed. */
  readonly counts = { value: 0, gradient: 0, product: 0, jacobian: 0 };
  readonly set: SampleSet;
  private readonly scale: number;
  /** Where the kernels are that decay. */
  readonly decays: readonly { first: number; size: number }[];
  /** The parameters of the last `value`, where one pass holds all samples. */
  private readonly last: Float64Array;
  private tangents: number | undefined;
  private curvatures: number | undefined;
  readonly jacobian = new Jacobian(this);
  /** Samples of which the Jacobian is formed at a time. */
  readonly jacobianSlab: number;
  /** Whether the plan's last pass was that of `value`. */
  private wasValue = false;
  private readonly sums: SlabSums;

  constructor(
    readonly engine: DoubleEngine,
    readonly arena: Arena,
    architecture: Architecture,
    readonly theta: Reals,
    readonly samples: SampleBuffers,
    readonly subset: Words | undefined = undefined,
    /** λ, of the kernels of dense layers. */
    readonly decay = 0,
    threads: Threads = 1,
  ) {
    this.rows = subset?.length ?? samples.x.length / architecture.inputs;
    this.plan = new Plan(engine, arena, architecture, theta, this.rows, true);
    this.set = this.plan.samples(arena, samples, subset);
    this.observations = weighted(samples, subset) ?? this.rows;
    this.parameters = this.plan.parameters;
    this.outputs = outputsOf(architecture);
    this.jacobianSlab = jacobianSlab(this.plan.slab, this.outputs, this.parameters);
    this.last = new Float64Array(this.parameters);
    this.scale = 1 / this.plan.weight(this.set);
    this.sums = new SlabSums(this, threads);
    this.decays = decay > 0 ? parameterShapes(architecture).filter(({ name }) => name.endsWith('.kernel')) : [];
  }

  /** E; the outputs go to `outputs`, where that is given. */
  *value(outputs?: Reals): Work<number> {
    this.counts.value++;
    this.note();
    const sum = this.isSplit ? yield* this.evaluated(outputs) : yield this.evaluating(outputs);
    return sum * this.scale + this.penalty();
  }

  /** The outputs, where nobody counts: those that were known before a fit was interrupted are worked out again. */
  *again(outputs: Reals): Work<void> {
    this.note();
    if (this.isSplit) yield* this.evaluated(outputs);
    else yield this.evaluating(outputs);
  }

  /** Notes that the plan's next pass is over all samples, at the parameters of now. */
  private note(): void {
    this.wasValue = this.plan.slab >= this.rows;
    if (this.wasValue) this.last.set(viewOf('float64', this.theta.address, this.parameters));
  }

  private evaluated(outputs?: Reals): Work<number> {
    return this.sum({ kind: 'evaluate', rows: this.rows, out: outputs?.address ?? 0 });
  }

  private evaluating(outputs?: Reals): Piece {
    return calling('evaluate', this.plan.address, this.set.address, 0, this.rows, outputs?.address ?? 0);
  }

  /** ∇E into `gradient`; returns E. */
  *gradient(gradient: Reals): Work<number> {
    this.counts.gradient++;
    this.wasValue = false;
    const { rows, scale, plan, set } = this;
    const out = gradient.address;
    const sum = this.isSplit
      ? yield* this.sum({ kind: 'gradient', rows, scale, out })
      : yield calling('objectiveGradient', plan.address, set.address, 0, rows, scale, out, 0);
    const value = sum * scale;
    for (const { first, size } of this.decays) {
      this.engine.core.axpy(size, this.decay, this.theta.at(first), gradient.at(first));
    }
    return value + this.penalty();
  }

  /** Both of `gradient` and `diagonal` from the same forward passes; returns E. */
  *gradientAndDiagonal(gradient: Reals, diagonal: Reals, full: boolean): Work<number> {
    const { core } = this.engine;
    const { plan, set, scale } = this;
    this.counts.gradient++;
    this.wasValue = false;
    const [rows, option, out, outB] = [this.rows, full ? 1 : 0, gradient.address, diagonal.address];
    const value = yield* this.isSplit
      ? this.sum({ kind: 'gradientAndDiagonal', rows, scale, option, out, outB })
      : call('gradientAndDiagonal', this.curvatureBuffers(), plan.address, set.address, 0, rows, scale, out, outB, option, 0);
    const view = diagonal.view();
    for (const { first, size } of this.decays) {
      core.axpy(size, this.decay, this.theta.at(first), gradient.at(first));
      for (let i = first; i < first + size; i++) view[i]! += this.decay;
    }
    return value * scale + this.penalty();
  }

  /** H·v, or with `gaussNewton` G·v, into `out`. */
  *product(v: Reals, out: Reals, gaussNewton: boolean): Work<void> {
    const { core } = this.engine;
    this.counts.product++;
    this.wasValue = false;
    const { plan, set, rows, scale } = this;
    const option = gaussNewton ? 1 : 0;
    if (this.isSplit) yield* this.sum({ kind: 'product', rows, scale, option, v: v.address, out: out.address });
    else {
      this.tangents ??= tangentBuffers(this.engine, this.arena, plan);
      const [of, over] = [plan.address, set.address];
      yield* call('curvatureProduct', this.tangents, of, over, 0, rows, scale, v.address, out.address, option, 0);
    }
    for (const { first, size } of this.decays) core.axpy(size, this.decay, v.at(first), out.at(first));
  }

  /** Vectors of P numbers that live as long as the objective's memory. */
  vectors(count: number): Reals[] {
    return Array.from({ length: count }, () => new Reals(this.arena, 'float64', this.parameters));
  }

  /** (λ/2)·|kernels|² at other parameters. */
  penaltyAt(x: Float64Array): number {
    let sum = 0;
    for (const { first, size } of this.decays) for (let i = first; i < first + size; i++) sum += x[i]! * x[i]!;
    return (this.decay / 2) * sum;
  }

  /** A diagonal of the Hessian into `out`. */
  *diagonal(kind: DiagonalKindName, out: Reals, first = 0, rows = this.rows): Work<void> {
    const { plan, set, scale } = this;
    this.wasValue = false;
    const option = DiagonalKind[kind];
    if (rows > plan.slab) yield* this.sum({ kind: 'diagonal', first, rows, scale, option, out: out.address });
    else {
      const [of, over] = [plan.address, set.address];
      yield* call('curvatureDiagonal', this.curvatureBuffers(), of, over, first, rows, scale, out.address, option, 0);
    }
    const view = out.view();
    for (const { first: from, size } of this.decays) for (let i = from; i < from + size; i++) view[i]! += this.decay;
  }

  /** Where diagonals are worked out, allocated when first needed. */
  private curvatureBuffers(): number {
    this.curvatures ??= this.plan.diagonalBuffers(this.arena);
    return this.curvatures;
  }

  /** Whether the samples do not run through the network in one go: then threads may share them. */
  private get isSplit(): boolean {
    return this.rows > this.plan.slab;
  }

  /** A sum over the samples, slab by slab. @throws OutOfMemoryError */
  sum(asked: Sum): Work<number> {
    return this.sums.work(asked);
  }

  /** Notes that somebody has run the plan for a Jacobian. */
  linearised(): void {
    this.counts.jacobian++;
    this.wasValue = false;
  }

  /** Whether the plan still holds a forward pass over all samples at the parameters of now: `value` was the last to run. */
  get passed(): boolean {
    if (!this.wasValue) return false;
    const theta = this.theta.view();
    for (let i = 0; i < this.parameters; i++) if (theta[i] !== this.last[i]) return false;
    return true;
  }

  /** ∂/∂θ of scale·Σ w·l over other samples of as many rows, without decay, into `gradient`. */
  gradientFor(set: SampleSet, scale: number, gradient: Reals): Work<number> {
    this.counts.gradient++;
    this.wasValue = false;
    return this.plan.gradient(set, scale, gradient);
  }

  /** Which of the samples row k is. */
  sample(k: number): number {
    return this.subset ? this.subset.view()[k]! : k;
  }

  /** W = Σ w. */
  get weight(): number {
    return 1 / this.scale;
  }

  /** (λ/2)·|kernels|² */
  penalty(): number {
    if (this.decay === 0) return 0;
    let sum = 0;
    for (const { first, size } of this.decays) {
      sum += this.engine.core.dot(size, this.theta.at(first), this.theta.at(first));
    }
    return (this.decay / 2) * sum;
  }
}

/** How many samples have a weight > 0; undefined where they have none at all. */
function weighted({ w }: SampleBuffers, subset: Words | undefined): number | undefined {
  const weights = w?.view();
  if (!weights) return undefined;
  let count = 0;
  if (subset) for (const i of subset.view()) count += weights[i]! > 0 ? 1 : 0;
  else for (const weight of weights) count += weight > 0 ? 1 : 0;
  return count;
}
