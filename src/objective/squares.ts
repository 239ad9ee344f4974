// What a network minimises under meanSquaredError, as a sum of squares: for Levenberg and Marquardt's method.

import type { DoubleCore } from '../../bindings/core.js';
import { Reals } from '../../bindings/memory.js';
import { Bends } from './bends.js';
import type { Objective } from './objective.js';
import type { Squares } from '../solve/smooth.js';
import type { TargetUnit } from './unit.js';
import { type Piece, type Work, call } from '../runtime/work.js';

/**
 * F = (Σ w·(a − t)² + κ·|kernels|²)/s², κ = λ·W·O/2, which is W·O times E in the targets' unit s: plain residuals, so that μ has
 * the usual scale. Bayesian decay is that of the parameters as the unit has them, κ·|u|². JᵀJ and its factor stay in linear
 * memory; J is formed a slab at a time.
 */
export class NetworkSquares implements Squares {
  readonly n: number;
  private readonly core: DoubleCore;
  private kappa: number;
  /** What decays: kernels; all parameters where the data say how much. */
  private readonly decays: readonly { first: number; size: number }[];
  /** Σ w·(a − t)²/s² of the last `linearise`. */
  data = Number.NaN;
  /** Parameters that the data determine, where they say how strong the decay is. */
  effectiveParameters: number | undefined;
  readonly reweigh?: (d: Float64Array, g: Float64Array) => Work<number>;
  private readonly a: Reals;
  private readonly factor: Reals;
  private readonly g: Reals;
  private readonly scaling: Reals;
  private readonly found: Reals;
  /** Where J and the residuals were last taken. */
  private readonly at: Float64Array;
  /** Whether the whole Jacobian stays, for `bend`. */
  private readonly keeps: boolean;
  /** μ of the last step. */
  private mu = 0;
  private readonly bends: Bends | undefined;
  private triangle: { r: Reals; z: Reals; spare: Reals } | undefined;
  /** Whether the triangle is that of `at`. */
  private folded = false;

  /** The diagonal of JᵀJ and Jᵀr without decay, where that changes. */
  private readonly plain: { diagonal: Float64Array; slope: Float64Array } | undefined;

  /**
   * @param bending whether `bend` will be asked for
   * @param recalled κ of a fit that goes on, where the data say how strong the decay is
   * @throws OutOfMemoryError
   */
  constructor(
    private readonly objective: Objective,
    private readonly unit: TargetUnit,
    private readonly bayesian: boolean,
    bending: boolean,
    recalled?: number,
  ) {
    const { arena, parameters: n, decay, decays, weight, outputs, engine } = objective;
    this.n = n;
    this.core = engine.core;
    this.kappa = (bayesian ? recalled : undefined) ?? (decay * weight * outputs) / 2;
    this.decays = bayesian ? [{ first: 0, size: n }] : decays;
    this.a = new Reals(arena, 'float64', n * n);
    this.factor = new Reals(arena, 'float64', n * n);
    [this.g, this.scaling, this.found] = objective.vectors(3) as [Reals, Reals, Reals];
    this.at = new Float64Array(n);
    this.keeps = bending && objective.jacobian.isKept;
    if (bending) this.bends = new Bends(objective);
    if (!bayesian) return;
    this.plain = { diagonal: new Float64Array(n), slope: new Float64Array(n) };
    this.reweigh = (d, g) => this.evidence(d, g);
  }

  /** κ of now. */
  get strength(): number {
    return this.kappa;
  }

  /** λ of now. */
  get weightDecay(): number {
    return (2 * this.kappa) / (this.objective.weight * this.objective.outputs);
  }

  *cost(x: Float64Array): Work<number> {
    const { objective, unit } = this;
    unit.put(x, objective.theta.view());
    const whole = yield* this.bends?.value(x) ?? objective.value();
    const own = whole - objective.penalty();
    return (own * objective.weight * objective.outputs) / unit.loss + this.kappa * this.squares(x);
  }

  /** How strongly a parameter decays, as the unit has it, where κ is 1. */
  private share(i: number): number {
    return this.bayesian ? 1 : this.unit.factor(i) ** 2 / this.unit.loss;
  }

  /** |kernels|²/s², or |u|². */
  private squares(x: Float64Array): number {
    let sum = 0;
    for (const { first, size } of this.decays) for (let i = first; i < first + size; i++) sum += this.share(i) * x[i]! * x[i]!;
    return sum;
  }

  *linearise(x: Float64Array, d: Float64Array, g: Float64Array): Work<number> {
    const { objective, a, kappa, unit } = this;
    unit.put(x, objective.theta.view());
    const sum = yield* objective.jacobian.normalEquations(a, this.g, this.keeps);
    this.bends?.begin(x);
    this.folded = false;
    this.at.set(x);
    this.data = sum / unit.loss;
    this.inUnit();
    this.read(this.plain?.diagonal, this.plain?.slope);
    this.addDecay();
    if (this.reweigh && kappa === 0) {
      // To begin with as if the data determined all parameters, and half of their variance were noise.
      this.decayAnew((this.n * this.data) / (objective.observations * objective.outputs * this.squares(x)));
    }
    this.read(d, g);
    return this.data + this.kappa * this.squares(x);
  }

  /** From JᵀJ and Jᵀr with respect to θ to what they are in the targets' unit. */
  private inUnit(): void {
    const { n, a, g, unit } = this;
    if (unit.scale === 1) return;
    const [matrix, slope] = [a.view(), g.view()];
    for (let i = 0; i < n; i++) {
      const own = unit.factor(i) / unit.loss;
      for (let j = i; j < n; j++) matrix[i * n + j]! *= own * unit.factor(j);
      slope[i]! *= own;
    }
  }

  /** Adds κ·|kernels|² to what the matrix and the gradient are of. */
  private addDecay(): void {
    const { n, at, a, g, decays, kappa } = this;
    if (kappa === 0) return;
    const [matrix, slope] = [a.view(), g.view()];
    for (const { first, size } of decays) {
      for (let i = first; i < first + size; i++) {
        const own = kappa * this.share(i);
        matrix[i * n + i]! += own;
        slope[i]! += own * at[i]!;
      }
    }
  }

  private read(d?: Float64Array, g?: Float64Array): void {
    const matrix = this.a.view();
    if (d) for (let i = 0; i < this.n; i++) d[i] = matrix[i * this.n + i]!;
    g?.set(this.g.view());
  }

  /**
   * MacKay's re-estimation of κ = α/β in Foresee and Hagan's form (1997): α = γ/2E_W, β = (M − γ)/2E_D, γ the number of
   * well-determined parameters, M that of residuals that weigh anything.
   */
  private *evidence(d: Float64Array, g: Float64Array): Work<number> {
    const { n, core, factor, found, scaling, objective, data, kappa } = this;
    const squares = this.squares(this.at);
    core.fill(n, 0, scaling.address);
    if ((yield this.damped(0)) === 0) {
      yield* call('inverseDiagonal', n, factor.address, found.address, scaling.address);
      const gamma = Math.min(Math.max(n - kappa * core.total(n, found.address), 0), n);
      this.effectiveParameters = gamma;
      this.decayAnew((gamma * data) / (squares * Math.max(objective.observations * objective.outputs - gamma, 1)));
    }
    this.read(d, g);
    return data + this.kappa * squares;
  }

  /** Another κ, if it is a number. What is without decay stays as it is to the bit, so that κ alone says what comes of it. */
  private decayAnew(kappa: number): void {
    if (!Number.isFinite(kappa)) return;
    const { n, a, plain } = this;
    const matrix = a.view();
    for (let i = 0; i < n; i++) matrix[i * n + i] = plain!.diagonal[i]!;
    this.g.view().set(plain!.slope);
    this.kappa = kappa;
    this.addDecay();
    this.folded = false;
  }

  /**
   * By Cholesky's factor of JᵀJ + μ·D; where rounding has made that singular, by QR of J itself. Where there is no step, p is not
   * finite, nor is its cost.
   */
  *step(mu: number, d: Float64Array, p: Float64Array): Work<boolean> {
    const { n, scaling, factor, found } = this;
    scaling.view().set(d);
    this.mu = mu;
    if ((yield this.damped(mu)) !== 0) {
      const { r, z, spare } = yield* this.triangular();
      const [own, to] = [scaling.address, found.address];
      yield* call('dampedTriangularStep', n, r.address, z.address, mu, own, factor.address, to, spare.address);
    }
    p.set(found.view());
    return true;
  }

  /**
   * Jᵀr″(p, p) = 2·(Jᵀ(r(x + h·p) − r(x))/h − JᵀJ·p)/h, and (JᵀJ + μ·D)·p = −Jᵀr. Jᵀr(x + h·p) comes from the Jacobian where all
   * of it is at hand, and else from a gradient at x for targets that leave these residuals.
   */
  *bend(p: Float64Array, h: number, to: Float64Array): Work<boolean> {
    const { n, core, unit, at, factor, found, scaling, g, kappa, mu, bends } = this;
    const probe = at.map((v, i) => v + h * p[i]!);
    if (!(yield* bends!.slope(unit.outside(at), unit.outside(probe), found, this.folded))) return false;
    const [slope, own, d] = [found.view(), g.view(), scaling.view()];
    for (let i = 0; i < n; i++) slope[i]! *= unit.factor(i) / unit.loss;
    for (const { first, size } of this.decays) {
      for (let i = first; i < first + size; i++) slope[i]! += kappa * this.share(i) * probe[i]!;
    }
    for (let i = 0; i < n; i++) slope[i] = (2 * ((slope[i]! - own[i]!) / h + own[i]! + mu * d[i]! * p[i]!)) / h;
    core.choleskySolve(n, factor.address, found.address, found.address);
    const solved = found.view();
    for (let i = 0; i < n; i++) to[i] = -0.5 * solved[i]!;
    return true;
  }

  /** The step by Cholesky's factor into `found`; comes to 0 where there is one. */
  private damped(mu: number): Piece {
    const { objective, a, g, scaling, factor, found } = this;
    return objective.jacobian.dampedStep(a, mu, scaling, g, factor, found);
  }

  /** R and z for J and the residuals at `at`, found once for all damping. */
  private *triangular(): Work<{ r: Reals; z: Reals; spare: Reals }> {
    const { objective, n, at, kappa, unit } = this;
    const { arena, jacobian } = objective;
    this.triangle ??= {
      r: new Reals(arena, 'float64', n * n),
      z: new Reals(arena, 'float64', n),
      spare: new Reals(arena, 'float64', (n + 2) * n),
    };
    if (this.folded) return this.triangle;
    const { r, z, spare } = this.triangle;
    unit.put(at, objective.theta.view()); // a trial may stand there
    yield* jacobian.triangle(r, z, spare);
    if (unit.scale !== 1) {
      // Q·R = J, so Q·(R·C/s) is what J is in the unit.
      const [triangle, folded] = [r.view(), z.view()];
      for (let i = 0; i < n; i++) {
        for (let k = i; k < n; k++) triangle[i * n + k]! *= unit.factor(k) / unit.scale;
        folded[i]! /= unit.scale;
      }
    }
    const { rows: j, outputs: e } = jacobian.slab;
    const together = objective.jacobianSlab * objective.outputs;
    for (const { first, size } of this.decays) {
      for (let from = first; from < first + size; from += together) {
        // Rows √κ_i·e_i, with the errors √κ_i·u_i.
        const count = Math.min(together, first + size - from);
        yield* call('fill', count * n, 0, j.address);
        const [row, error] = [j.view(), e.view()];
        for (let k = 0; k < count; k++) {
          const root = Math.sqrt(kappa * this.share(from + k));
          row[k * n + from + k] = root;
          error[k] = root * at[from + k]!;
        }
        yield* call('foldRows', n, r.address, z.address, count, j.address, e.address, spare.address);
      }
    }
    this.folded = true;
    return this.triangle;
  }
}
