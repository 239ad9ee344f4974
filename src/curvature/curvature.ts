// What a user asks of the Hessian of a network's loss, on a set of samples, at the weights that the network has when asked.

import type { DoubleEngine } from '../../bindings/core.js';
import { Arena, type RealArray, Reals } from '../../bindings/memory.js';
import { ownedArena } from '../../bindings/owned.js';
import { eigen } from '../data/normalize/spectrum.js';
import type { Dataset, SampleBuffers } from '../data/dataset.js';
import { permutation } from '../data/split.js';
import { DataError, DisposedError, OptionError, counted, shown } from '../runtime/errors.js';
import { Objective } from '../objective/objective.js';
import type { Threads } from '../runtime/threads.js';
import { checked, flag } from '../runtime/options.js';
import { type Architecture, type ParameterShape, outputsOf } from '../plan/plan.js';
import { Purpose, halves } from '../runtime/random.js';
import {
  DIAGONAL,
  HESSIAN,
  PRINCIPAL,
  SPECTRUM,
  type SquareMatrix,
  type DiagonalOptions,
  type EstimatedDiagonal,
  type HessianOptions,
  type PrincipalOptions,
  type SpectrumOptions,
  type Spectrum,
} from './options.js';
import { type Work, workHere } from '../runtime/work.js';
import { type Principal, type Ritz, extreme, lanczos, norm, powerIteration } from './eigen.js';
import type { Product } from './krylov.js';

/** From this many parameters on the whole Hessian is not formed: its eigenvectors would take minutes. */
const LARGEST = 3000;

/** ε^⅓ and √ε, the best steps of central and of one-sided differences. */
const CENTRAL = 6.055454452393343e-6;

/** Vectors that a search for an eigenvalue keeps. */
const ROOM = 32;

/** What curvature is measured on. */
export interface CurvatureSubject {
  readonly engine: DoubleEngine;
  readonly architecture: Architecture;
  readonly shapes: readonly ParameterShape[];
  /** Parameters and statistics. */
  readonly theta: RealArray;
  readonly threads: Threads;
}

/**
 * First and second derivatives of the loss on a set of samples, in float64, at the weights that the network had when `curvature` was called. Vectors are flat: kernel, bias,
 * layer by layer. Everything refers to the library's loss (means over samples and outputs), with batches normalised by running statistics and nothing left out.
 */
export class Curvature {
  /** P. */
  readonly parameters: number;
  private readonly arena: Arena;
  private readonly objective: Objective;
  private readonly v: Reals;
  private readonly out: Reals;
  private readonly samples: SampleBuffers;
  private disposed = false;

  /** @internal */
  constructor(
    private readonly subject: CurvatureSubject,
    data: Dataset,
  ) {
    const { engine, architecture, theta } = subject;
    this.arena = ownedArena(this);
    const at = new Reals(this.arena, 'float64', theta.length);
    at.view().set(theta);
    this.samples = data.copied('float64', architecture.loss, outputsOf(architecture), this.arena);
    this.objective = new Objective(engine, this.arena, architecture, at, this.samples, undefined, 0, subject.threads);
    this.parameters = this.objective.parameters;
    this.v = new Reals(this.arena, 'float64', this.parameters);
    this.out = new Reals(this.arena, 'float64', this.parameters);
  }

  /** The loss. */
  loss(): number {
    this.check();
    return this.here(this.objective.value());
  }

  /** ∂E/∂θ: P numbers. */
  gradient(): Float64Array {
    this.check();
    this.here(this.objective.gradient(this.out));
    return this.out.read() as Float64Array;
  }

  /** Each sample's own gradient of its loss (without its weight): N×P. */
  sampleGradients(): SquareMatrix {
    this.check();
    const { objective, parameters, out, subject } = this;
    const { plan, rows } = objective;
    const plain = plan.samples(this.arena, { x: this.samples.x, t: this.samples.t });
    const data = new Float64Array(rows * parameters);
    for (let r = 0; r < rows; r++) {
      subject.engine.core.objectiveGradient(plan.address, plain.address, r, 1, 1, out.address, 0);
      data.set(out.view(), r * parameters);
    }
    this.arena.release(plain.address);
    return { data, shape: [rows, parameters] };
  }

  /** ∂a/∂θ of all outputs: N·O rows of P, those of a sample together. For slabs that come and go, `eachJacobian`. */
  jacobian(): SquareMatrix {
    const { objective, parameters } = this;
    const data = new Float64Array(objective.rows * objective.outputs * parameters);
    this.eachJacobian((rows, first) => data.set(rows.data, first * objective.outputs * parameters));
    return { data, shape: [objective.rows * objective.outputs, parameters] };
  }

  /** The Jacobian of the outputs in slabs, so that memory stays bounded: `work` gets the rows of samples from `first` on. */
  eachJacobian(work: (rows: SquareMatrix, first: number) => void): void {
    this.check();
    const { objective, parameters } = this;
    objective.eachJacobian(false, (j, _, first, count) => {
      const rows = count * objective.outputs;
      work({ data: j.view().slice(0, rows * parameters) as Float64Array, shape: [rows, parameters] }, first);
    });
  }

  /** H·v, exactly (the R operator: Pearlmutter 1994). @throws DataError for a vector of another length, or of what is no finite number */
  hessianVector(v: ArrayLike<number>): Float64Array {
    return this.product(v, false);
  }

  /** G·v, G = Jᵀ·(∂²l/∂a²)·J the Gauss-Newton matrix, never negative. @throws DataError for a vector of another length, or of what is no finite number */
  gaussNewtonVector(v: ArrayLike<number>): Float64Array {
    return this.product(v, true);
  }

  /** The diagonal of the Hessian, or an approximation of it. @throws OptionError */
  hessianDiagonal(options: DiagonalOptions & { kind: 'hutchinson' }): EstimatedDiagonal;
  hessianDiagonal(options?: DiagonalOptions): Float64Array;
  hessianDiagonal(options?: DiagonalOptions): Float64Array | EstimatedDiagonal {
    this.check();
    const { kind, full, probes, gamma, seed } = checked('hessianDiagonal', DIAGONAL, options);
    if (full && kind !== 'lecun') throw new OptionError('hessianDiagonal.full', full, "false, but for kind: 'lecun'");
    if (gamma !== undefined && kind !== 'lecun')
      throw new OptionError('hessianDiagonal.gamma', gamma, "none, but for kind: 'lecun'");
    if (gamma !== undefined) return this.runningDiagonal(gamma, full, seed);
    if (kind === 'hutchinson') return this.hutchinson(probes, seed);
    if (kind === 'exact') {
      const unit = new Float64Array(this.parameters);
      return Float64Array.from(unit, (_, k) => {
        unit.fill(0);
        unit[k] = 1;
        return this.hessianVector(unit)[k]!;
      });
    }
    this.here(this.objective.diagonal(kind === 'lecun' && full ? 'full' : kind, this.out));
    return this.out.read() as Float64Array;
  }

  /**
   * The loss, its gradient, and `hessianDiagonal({ kind: 'lecun', full })`, from the same passes through the network: less than twice the time of a gradient.
   * @throws OptionError
   */
  gradientAndDiagonal(options?: { full?: boolean }): { loss: number; gradient: Float64Array; diagonal: Float64Array } {
    this.check();
    const { full } = checked('gradientAndDiagonal', { full: flag(false) }, options);
    const loss = this.here(this.objective.gradientAndDiagonal(this.out, this.v, full));
    return { loss, gradient: this.out.read() as Float64Array, diagonal: this.v.read() as Float64Array };
  }

  /** The Hessian, or the block of a layer. @throws OptionError where it would be too large */
  hessian(options?: HessianOptions): SquareMatrix {
    this.check();
    const { by, layer } = checked('hessian', HESSIAN, options);
    const [first, size] = this.block(layer);
    if (size > 2 * LARGEST) {
      const bytes = ((size * size * 8) / 2 ** 30).toFixed(1);
      throw new OptionError(
        'hessian',
        size,
        `at most ${2 * LARGEST} parameters: these would take ${bytes} GiB; use layer, hessianVector or spectrum({ k })`,
      );
    }
    const data = new Float64Array(size * size);
    if (by === 'squareJacobian') {
      this.rows(first, size, (unit) => this.gaussNewtonVector(unit), data);
    } else if (by === 'products') {
      this.rows(first, size, (unit) => this.hessianVector(unit), data);
    } else {
      this.rows(first, size, (_, k) => this.difference(k), data);
    }
    // Rounding, or differences, leave the halves apart by a little.
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) data[i * size + j] = data[j * size + i] = (data[i * size + j]! + data[j * size + i]!) / 2;
    }
    return { data, shape: [size, size] };
  }

  /**
   * The eigenvalue of largest magnitude, or the largest (`which`), with its vector and residual. Exact products are searched by Lanczos' method, which tells λ from −λ; differences by the
   * power method and samples one by one, as the chapter has them.
   * @throws OptionError
   */
  principalEigenvalue(options?: PrincipalOptions): Principal {
    this.check();
    const settings = checked('principalEigenvalue', PRINCIPAL, options);
    const { online, which, products, presentations, alpha, seed } = settings;
    const by = online ? 'online' : settings.by;
    const tolerance = settings.tolerance ?? (by === 'products' ? 1e-10 : 1e-6);
    if (by === 'online') {
      if (which === 'algebraic') throw new OptionError('principalEigenvalue.which', which, "'magnitude' with by: 'online'");
      return this.leaky(this.normals(seed, 0), presentations, alpha, seed);
    }
    const along = (v: Float64Array) => this.along(v, alpha);
    if (by === 'finiteDifference' && which === 'magnitude')
      return powerIteration(along, this.normals(seed, 0), tolerance, products);
    const { subject, objective, parameters: n } = this;
    // biome-ignore lint/correctness/useYield: differences are taken here and now
    const differences = function* (v: Reals, out: Reals) {
      out.view().set(along(v.read() as Float64Array));
    };
    const apply: Product = by === 'products' ? (v, out) => objective.product(v, out, false) : differences;
    const start = (v: Reals) => v.view().set(this.normals(seed, 0));
    return this.apart((arena) =>
      this.here(extreme(subject.engine, arena, n, apply, { which, tolerance, most: products, room: ROOM, start })),
    );
  }

  /**
   * λmax, the largest eigenvalue, which may be negative: `principalEigenvalue({ which: 'algebraic' }).value`, of which that also has the residual. By `'online'` a magnitude.
   * @throws OptionError
   */
  largestEigenvalue(options?: PrincipalOptions): number {
    const { by, online } = checked('largestEigenvalue', PRINCIPAL, options);
    const which = online || by === 'online' ? 'magnitude' : 'algebraic';
    return this.principalEigenvalue({ ...options, which }).value;
  }

  /** 1/λmax: the rate at which a step in the direction of largest curvature ends at its minimum (5.1, (39)); Infinity where nothing curves upwards. */
  optimalRate(options?: PrincipalOptions): number {
    const largest = this.largestEigenvalue(options);
    return largest > 0 ? 1 / largest : Infinity;
  }

  /** Eigenvalues: all of them up to 3000 parameters, else the largest. @throws OptionError */
  spectrum(options?: SpectrumOptions): Spectrum {
    this.check();
    const { k, steps, seed } = checked('spectrum', SPECTRUM, options);
    if (k === undefined && this.parameters <= LARGEST) {
      const eigenvalues = eigen(this.subject.engine, this.hessian().data, this.parameters).values;
      return { eigenvalues, errors: new Float64Array(eigenvalues.length), complete: true };
    }
    const wanted = Math.min(k ?? 20, this.parameters);
    const { values, errors } = this.lanczos(steps ?? 2 * wanted + 40, seed, 0);
    return { eigenvalues: values.slice(0, wanted), errors: errors.slice(0, wanted), complete: false };
  }

  /**
   * How eigenvalues are spread where they are too many to compute: shares of them in bins between the least and the largest, by stochastic Lanczos quadrature, with standard
   * errors over probes (Ghorbani et al. 2019).
   */
  spectralDensity({
    bins = 40,
    probes = 10,
    steps = 80,
    seed = 0,
  }: {
    bins?: number;
    probes?: number;
    steps?: number;
    seed?: number;
  } = {}): {
    readonly edges: Float64Array;
    readonly shares: Float64Array;
    readonly standardErrors: Float64Array;
  } {
    this.check();
    const found = Array.from({ length: probes }, (_, p) => this.lanczos(steps, seed, p + 1));
    const least = Math.min(...found.map(({ values }) => values.at(-1)!));
    const most = Math.max(...found.map(({ values }) => values[0]!));
    const width = (most - least) / bins || 1;
    const each = found.map(({ values, weights }) => {
      const shares = new Float64Array(bins);
      values.forEach((value, i) => {
        shares[Math.min(Math.floor((value - least) / width), bins - 1)]! += weights[i]!;
      });
      return shares;
    });
    const shares = new Float64Array(bins);
    const standardErrors = new Float64Array(bins);
    for (let b = 0; b < bins; b++) {
      for (const s of each) shares[b]! += s[b]! / probes;
      for (const s of each) standardErrors[b]! += (s[b]! - shares[b]!) ** 2;
      standardErrors[b] = Math.sqrt(standardErrors[b]! / (probes * Math.max(probes - 1, 1)));
    }
    return { edges: Float64Array.from({ length: bins + 1 }, (_, b) => least + b * width), shares, standardErrors };
  }

  /** |λ| largest over |λ| smallest of those beyond rounding; of the whole spectrum. @throws OptionError beyond 3000 parameters */
  conditionNumber(): number {
    if (this.parameters > LARGEST) throw new OptionError('conditionNumber', this.parameters, `at most ${LARGEST} parameters`);
    const sizes = this.spectrum().eigenvalues.map(Math.abs).sort();
    const most = sizes.at(-1)!;
    const least = sizes.find((v) => v > most * this.parameters * Number.EPSILON)!;
    return most / least;
  }

  /** Mean and largest diagonal entry (of the Gauss-Newton matrix) of each array of parameters: how curvature differs between layers. */
  byLayer(): { readonly name: string; readonly mean: number; readonly largest: number }[] {
    const diagonal = this.hessianDiagonal({ kind: 'gaussNewton' });
    return this.subject.shapes
      .filter(({ trained }) => trained)
      .map(({ name, first, size }) => {
        const own = diagonal.subarray(first, first + size);
        return { name, mean: own.reduce((a, b) => a + b, 0) / size, largest: own.reduce((a, b) => Math.max(a, b), -Infinity) };
      });
  }

  /** Frees its memory at once. */
  dispose(): void {
    this.disposed = true;
    this.arena.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private here<T>(work: Work<T>): T {
    return workHere(this.subject.engine, work);
  }

  private check(): void {
    if (this.disposed) throw new DisposedError('curvature');
  }

  private product(v: ArrayLike<number>, gaussNewton: boolean): Float64Array {
    this.check();
    if (v.length !== this.parameters)
      throw new DataError('v', `has ${counted(v.length, 'element')}; expected ${this.parameters}`);
    for (let i = 0; i < v.length; i++) {
      if (!Number.isFinite(v[i])) throw new DataError('v', `element ${i} is ${shown(v[i])}; expected finite numbers`);
    }
    this.v.view().set(v);
    this.here(this.objective.product(this.v, this.out, gaussNewton));
    return this.out.read() as Float64Array;
  }

  /** First parameter and size of a layer's block, or of all. */
  private block(layer: number | undefined): [first: number, size: number] {
    if (layer === undefined) return [0, this.parameters];
    const own = this.subject.shapes.filter(({ name, trained }) => trained && name.startsWith(`layers.${layer}.`));
    if (own.length === 0) throw new OptionError('hessian.layer', layer, 'a layer that has parameters');
    return [own[0]!.first, own.reduce((sum, { size }) => sum + size, 0)];
  }

  private rows(first: number, size: number, row: (unit: Float64Array, k: number) => Float64Array, data: Float64Array): void {
    const unit = new Float64Array(this.parameters);
    for (let k = first; k < first + size; k++) {
      unit.fill(0);
      unit[k] = 1;
      data.set(row(unit, k).subarray(first, first + size), (k - first) * size);
    }
  }

  /** ∂∇E/∂θ_k by central differences. */
  private difference(k: number): Float64Array {
    const { theta } = this.objective;
    const at = theta.view()[k]!;
    const h = CENTRAL * (1 + Math.abs(at));
    const side = (value: number) => {
      theta.view()[k] = value;
      return this.gradient();
    };
    const high = side(at + h);
    const low = side(at - h);
    theta.view()[k] = at;
    return high.map((v, i) => (v - low[i]!) / (2 * h));
  }

  /** (∇E(θ + α·v/|v|) − ∇E(θ))·|v|/α */
  private along(v: Float64Array, alpha: number): Float64Array {
    const { theta } = this.objective;
    const size = norm(v);
    const before = this.gradient();
    const kept = theta.read();
    const view = theta.view();
    for (let i = 0; i < v.length; i++) view[i]! += (alpha * v[i]!) / size;
    const after = this.gradient();
    theta.view().set(kept);
    return after.map((g, i) => ((g - before[i]!) * size) / alpha);
  }

  /**
   * Ψ ← (1 − γ)·Ψ + (γ/α)·(∇Eᵖ(θ + α·Ψ/|Ψ|) − ∇Eᵖ(θ)), a sample p at a time, with the γ of Figure 24: 0.1, from 20 samples on 0.03, from 80 on 0.01, from 200 on
   * 0.003; |Ψ| goes to λmax (9.2, (64) with the same sample's gradient in both terms, and γ/α).
   */
  private leaky(start: Float64Array, presentations: number, alpha: number, seed: number): Principal {
    const { objective, out, subject, samples } = this;
    const { plan, rows, theta } = objective;
    const { core } = subject.engine;
    const plain = plan.samples(this.arena, { x: samples.x, t: samples.t });
    const size = norm(start);
    let psi = start.map((e) => e / size);
    let order: Uint32Array = new Uint32Array();
    const kept = theta.read();
    const gradientOf = (r: number) => {
      core.objectiveGradient(plan.address, plain.address, r, 1, 1, out.address, 0);
      return out.read();
    };
    for (let t = 0; t < presentations; t++) {
      if (t % rows === 0) order = permutation(subject.engine, rows, seed, Purpose.order, t / rows);
      const gamma = t < 20 ? 0.1 : t < 80 ? 0.03 : t < 200 ? 0.01 : 0.003;
      const r = order[t % rows]!;
      const before = gradientOf(r);
      const length = norm(psi);
      const view = theta.view();
      for (let i = 0; i < psi.length; i++) view[i] = kept[i]! + (alpha * psi[i]!) / length;
      const after = gradientOf(r);
      theta.view().set(kept);
      psi = psi.map((e, i) => (1 - gamma) * e + (gamma / alpha) * (after[i]! - before[i]!));
    }
    this.arena.release(plain.address);
    const value = norm(psi);
    return { value, vector: psi.map((e) => e / value), residual: Number.NaN, products: presentations };
  }

  private runningDiagonal(gamma: number, full: boolean, seed: number): Float64Array {
    const { objective, subject, out } = this;
    const { rows } = objective;
    let mean: Float64Array | undefined;
    for (const r of permutation(subject.engine, rows, seed, Purpose.order, 0)) {
      this.here(objective.diagonal(full ? 'full' : 'lecun', out, r, 1));
      // The share of one sample in the mean over all, times their number.
      const own = (out.read() as Float64Array).map((h) => h * rows);
      mean = mean ? mean.map((m, i) => (1 - gamma) * m + gamma * own[i]!) : own;
    }
    return mean!;
  }

  private hutchinson(probes: number, seed: number): EstimatedDiagonal {
    const mean = new Float64Array(this.parameters);
    const squares = new Float64Array(this.parameters);
    for (let p = 1; p <= probes; p++) {
      const z = this.normals(seed, p).map((e) => (e < 0 ? -1 : 1));
      const h = this.hessianVector(z);
      for (let i = 0; i < z.length; i++) {
        const d = z[i]! * h[i]! - mean[i]!;
        mean[i]! += d / p;
        squares[i]! += d * (z[i]! * h[i]! - mean[i]!);
      }
    }
    return { value: mean, standardError: squares.map((s) => Math.sqrt(s / (probes * (probes - 1)))) };
  }

  private lanczos(steps: number, seed: number, probe: number): Ritz {
    const { subject, objective, parameters: n } = this;
    const start = (v: Reals) => v.view().set(this.normals(seed, 1000 + probe));
    return this.apart((arena) => lanczos(subject.engine, arena, n, (v, out) => objective.product(v, out, false), start, steps));
  }

  /** Work with memory of its own. */
  private apart<T>(work: (arena: Arena) => T): T {
    const arena = new Arena();
    try {
      return work(arena);
    } finally {
      arena.dispose();
    }
  }

  /** P normal numbers of a stream of their own. */
  private normals(seed: number, probe: number): Float64Array {
    const [low, high] = halves(seed);
    this.subject.engine.core.normals(this.parameters, low, high, Purpose.probes, probe, 0, 0, 1, this.v.address);
    return this.v.read() as Float64Array;
  }
}
