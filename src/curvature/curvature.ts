// What a user asks of the Hessian of a network's loss, on a set of samples, at the weights that the network has when asked.

import { ownedArena } from '../../bindings/owned.js';
import type { Dataset } from '../data/dataset.js';
import type { Principal } from '../eigen/power.js';
import { symmetricEigen } from '../eigen/symmetric.js';
import { OptionError } from '../runtime/errors.js';
import { checked, flag } from '../runtime/options.js';
import { type CurvatureSubject, LossDerivatives } from './derivatives.js';
import { hutchinson, runningDiagonal } from './diagonals.js';
import { principal, ritzValues, spectralDensity } from './eigenvalues.js';
import {
  DIAGONAL,
  HESSIAN,
  PRINCIPAL,
  SPECTRUM,
  type DiagonalOptions,
  type EstimatedDiagonal,
  type HessianOptions,
  type PrincipalOptions,
  type SpectralDensity,
  type Spectrum,
  type SpectrumOptions,
  type SquareMatrix,
} from './options.js';

/** From this many parameters on the whole Hessian is not formed: its eigenvectors would take minutes. */
const MOST_PARAMETERS = 3000;

/**
 * First and second derivatives of the loss on a set of samples, in float64, at the weights that the network had when `curvature`
 * was called. Vectors are flat: kernel, bias, layer by layer. Everything refers to the library's loss (means over samples and
 * outputs), with batches normalised by running statistics and nothing left out.
 */
export class Curvature {
  /** P. */
  readonly parameters: number;
  private readonly derivatives: LossDerivatives;

  /** @internal */
  constructor(
    private readonly subject: CurvatureSubject,
    data: Dataset,
  ) {
    this.derivatives = new LossDerivatives(ownedArena(this), subject, data);
    this.parameters = this.derivatives.parameters;
  }

  /** The loss. */
  loss(): number {
    this.check();
    return this.derivatives.loss();
  }

  /** ∂E/∂θ: P numbers. */
  gradient(): Float64Array {
    this.check();
    return this.derivatives.gradient();
  }

  /** Each sample's own gradient of its loss (without its weight): N×P. */
  sampleGradients(): SquareMatrix {
    this.check();
    const { derivatives, parameters } = this;
    const { rows } = derivatives.objective;
    const data = new Float64Array(rows * parameters);
    derivatives.bySample((gradientOf) => {
      for (let r = 0; r < rows; r++) data.set(gradientOf(r), r * parameters);
    });
    return { data, shape: [rows, parameters] };
  }

  /** ∂a/∂θ of all outputs: N·O rows of P, those of a sample together. For slabs that come and go, `eachJacobian`. */
  jacobian(): SquareMatrix {
    const { objective, parameters } = this.derivatives;
    const data = new Float64Array(objective.rows * objective.outputs * parameters);
    this.eachJacobian((rows, first) => data.set(rows.data, first * objective.outputs * parameters));
    return { data, shape: [objective.rows * objective.outputs, parameters] };
  }

  /** The Jacobian of the outputs in slabs, so that memory stays bounded: `work` gets the rows of samples from `first` on. */
  eachJacobian(work: (rows: SquareMatrix, first: number) => void): void {
    this.check();
    const { objective, parameters } = this.derivatives;
    objective.jacobian.each((j, first, count) => {
      const rows = count * objective.outputs;
      work({ data: j.view().slice(0, rows * parameters) as Float64Array, shape: [rows, parameters] }, first);
    });
  }

  /**
   * H·v, exactly (the R operator: Pearlmutter 1994).
   * @throws DataError for a vector of another length, or of what is no finite number
   */
  hessianVector(v: ArrayLike<number>): Float64Array {
    return this.derivatives.product(v, false);
  }

  /**
   * G·v, G = Jᵀ·(∂²l/∂a²)·J the Gauss-Newton matrix, never negative.
   * @throws DataError for a vector of another length, or of what is no finite number
   */
  gaussNewtonVector(v: ArrayLike<number>): Float64Array {
    return this.derivatives.product(v, true);
  }

  /** The diagonal of the Hessian, or an approximation of it. @throws OptionError */
  hessianDiagonal(options: DiagonalOptions & { kind: 'hutchinson' }): EstimatedDiagonal;
  hessianDiagonal(options?: DiagonalOptions): Float64Array;
  hessianDiagonal(options?: DiagonalOptions): Float64Array | EstimatedDiagonal {
    this.check();
    const { kind, full, probes, gamma, seed } = checked('hessianDiagonal', DIAGONAL, options);
    if (full && kind !== 'lecun') throw new OptionError('hessianDiagonal.full', full, "false unless kind is 'lecun'");
    if (gamma !== undefined && kind !== 'lecun')
      throw new OptionError('hessianDiagonal.gamma', gamma, "none, but for kind: 'lecun'");
    if (gamma !== undefined) return runningDiagonal(this.derivatives, gamma, full, seed);
    if (kind === 'hutchinson') return hutchinson(this.derivatives, probes, seed);
    if (kind === 'exact') {
      const unit = new Float64Array(this.parameters);
      return Float64Array.from(unit, (_, k) => {
        unit.fill(0);
        unit[k] = 1;
        return this.hessianVector(unit)[k]!;
      });
    }
    return this.derivatives.diagonal(kind === 'lecun' && full ? 'full' : kind);
  }

  /**
   * The loss, its gradient, and `hessianDiagonal({ kind: 'lecun', full })`, from the same passes through the network: less than
   * twice the time of a gradient.
   * @throws OptionError
   */
  gradientAndDiagonal(options?: { full?: boolean }): { loss: number; gradient: Float64Array; diagonal: Float64Array } {
    this.check();
    const { full } = checked('gradientAndDiagonal', { full: flag(false) }, options);
    return this.derivatives.gradientAndDiagonal(full);
  }

  /** The Hessian, or the block of a layer. @throws OptionError where it would be too large */
  hessian(options?: HessianOptions): SquareMatrix {
    this.check();
    const { by, layer } = checked('hessian', HESSIAN, options);
    const [first, size] = this.block(layer);
    if (size > 2 * MOST_PARAMETERS) {
      const bytes = ((size * size * 8) / 2 ** 30).toFixed(1);
      throw new OptionError(
        'hessian',
        size,
        `at most ${2 * MOST_PARAMETERS} parameters: these would take ${bytes} GiB; use layer, hessianVector or spectrum({ k })`,
      );
    }
    const data = new Float64Array(size * size);
    if (by === 'squareJacobian') {
      this.rows(first, size, (unit) => this.gaussNewtonVector(unit), data);
    } else if (by === 'products') {
      this.rows(first, size, (unit) => this.hessianVector(unit), data);
    } else {
      this.rows(first, size, (_, k) => this.derivatives.difference(k), data);
    }
    // Rounding, or differences, leave the halves apart by a little.
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) data[i * size + j] = data[j * size + i] = (data[i * size + j]! + data[j * size + i]!) / 2;
    }
    return { data, shape: [size, size] };
  }

  /**
   * The eigenvalue of largest magnitude, or the largest (`which`), with its vector and residual. Exact products are searched by
   * Lanczos' method, which tells λ from −λ; differences by the power method and samples one by one, as the chapter has them.
   * @throws OptionError
   */
  principalEigenvalue(options?: PrincipalOptions): Principal {
    this.check();
    return principal(this.derivatives, checked('principalEigenvalue', PRINCIPAL, options));
  }

  /**
   * λmax, the largest eigenvalue, which may be negative: `principalEigenvalue({ which: 'algebraic' }).value`, of which that also
   * has the residual. By `'online'` a magnitude.
   * @throws OptionError
   */
  largestEigenvalue(options?: PrincipalOptions): number {
    const { by, online } = checked('largestEigenvalue', PRINCIPAL, options);
    const which = online || by === 'online' ? 'magnitude' : 'algebraic';
    return this.principalEigenvalue({ ...options, which }).value;
  }

  /**
   * 1/λmax: the rate at which a step in the direction of largest curvature ends at its minimum (5.1, (39)); Infinity where
   * nothing curves upwards.
   */
  optimalRate(options?: PrincipalOptions): number {
    const largest = this.largestEigenvalue(options);
    return largest > 0 ? 1 / largest : Infinity;
  }

  /** Eigenvalues: all of them up to 3000 parameters, else the largest. @throws OptionError */
  spectrum(options?: SpectrumOptions): Spectrum {
    this.check();
    const { k, steps, seed } = checked('spectrum', SPECTRUM, options);
    if (k === undefined && this.parameters <= MOST_PARAMETERS) {
      const eigenvalues = symmetricEigen(this.derivatives.engine, this.hessian().data, this.parameters).values;
      return { eigenvalues, errors: new Float64Array(eigenvalues.length), complete: true };
    }
    const wanted = Math.min(k ?? 20, this.parameters);
    const { values, errors } = ritzValues(this.derivatives, steps ?? 2 * wanted + 40, seed);
    return { eigenvalues: values.slice(0, wanted), errors: errors.slice(0, wanted), complete: false };
  }

  /**
   * How eigenvalues are spread where they are too many to compute: shares of them in bins between the least and the largest, by
   * stochastic Lanczos quadrature, with standard errors over probes (Ghorbani et al. 2019).
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
  } = {}): SpectralDensity {
    this.check();
    return spectralDensity(this.derivatives, bins, probes, steps, seed);
  }

  /** |λ| largest over |λ| smallest of those beyond rounding; of the whole spectrum. @throws OptionError beyond 3000 parameters */
  conditionNumber(): number {
    if (this.parameters > MOST_PARAMETERS)
      throw new OptionError('conditionNumber', this.parameters, `at most ${MOST_PARAMETERS} parameters`);
    const sizes = this.spectrum().eigenvalues.map(Math.abs).sort();
    const most = sizes.at(-1)!;
    const least = sizes.find((v) => v > most * this.parameters * Number.EPSILON)!;
    return most / least;
  }

  /**
   * Mean and largest diagonal entry (of the Gauss-Newton matrix) of each array of parameters: how curvature differs between
   * layers.
   */
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
    this.derivatives.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private check(): void {
    this.derivatives.check();
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
}
