// What a user can ask of curvature, and what comes back.

import { flag, number, oneOf } from '../runtime/options.js';
import { SEED } from '../runtime/random.js';
import { ENDS, type End } from '../eigen/lanczos.js';

/** A square matrix, row-major. */
export interface SquareMatrix {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
}

export const DIAGONAL = {
  kind: oneOf(['exact', 'gaussNewton', 'lecun', 'hutchinson'], 'exact'),
  full: flag(false),
  probes: number({ min: 2, integer: true }, 100),
  gamma: number({ above: 0, max: 1 }, undefined),
  seed: number(SEED, 0),
};

/** Options of `hessianDiagonal`. */
export interface DiagonalOptions {
  /**
   * How to compute the diagonal. 'exact' (default): one product per parameter. 'gaussNewton': the exact diagonal of the
   * Gauss-Newton matrix, with one backward pass per output. 'lecun': a back-propagated approximation of the Gauss-Newton
   * diagonal, never negative, in one backward pass (7.4). 'hutchinson': means over random probes.
   */
  kind?: 'exact' | 'gaussNewton' | 'lecun' | 'hutchinson';
  /** For kind 'lecun': includes second derivatives of activations, so values may be negative. Default false. */
  full?: boolean;
  /** For kind 'hutchinson': the number of probes, each of which takes one product. Default 100. */
  probes?: number;
  /**
   * For kind 'lecun': uses the running mean ⟨h⟩ ← (1 − γ)·⟨h⟩ + γ·hᵖ over the samples p in random order, beginning with the
   * first, as on-line learning does (9.1, (62)). Default: the mean of all samples.
   */
  gamma?: number;
  /** Seed of the probes, or of the order of samples. Default 0. */
  seed?: number;
}

/** A diagonal estimated from probes. */
export interface EstimatedDiagonal {
  readonly value: Float64Array;
  readonly standardError: Float64Array;
}

export const HESSIAN = {
  by: oneOf(['products', 'finiteDifference', 'squareJacobian'], 'products'),
  layer: number({ min: 0, integer: true }, undefined),
};

/** Options of `hessian`. */
export interface HessianOptions {
  /**
   * How to compute the matrix. 'products' (default): exact, with one Hessian-vector product per parameter. 'finiteDifference':
   * central differences of the gradient, symmetrised (7.1). 'squareJacobian': the Gauss-Newton matrix (7.2), which equals the
   * Hessian for models linear in their parameters and where residuals vanish.
   */
  by?: 'products' | 'finiteDifference' | 'squareJacobian';
  /** The index of a layer, from 0: computes only the block of its parameters. Default: all layers. */
  layer?: number;
}

export const PRINCIPAL = {
  by: oneOf(['products', 'finiteDifference', 'online'], 'products'),
  which: oneOf(ENDS, 'magnitude'),
  online: flag(false),
  tolerance: number({ above: 0, below: 1 }, undefined),
  products: number({ min: 1, integer: true }, 1000),
  presentations: number({ min: 1, integer: true }, 400),
  alpha: number({ above: 0, below: 1 }, 1e-4),
  seed: number(SEED, 0),
};

/** Options of `principalEigenvalue`. */
export interface PrincipalOptions {
  /**
   * How to find the eigenvalue. 'products' (default): Lanczos' method with exact products. 'finiteDifference': power iteration
   * with two gradients per product (7.5); it does not converge if λ and −λ are both eigenvalues, and its residual then says so.
   * 'online': one sample at a time (9.2); the value is a magnitude, without a sign or a residual.
   */
  by?: 'products' | 'finiteDifference' | 'online';
  /**
   * 'magnitude' (default): the eigenvalue of largest magnitude. 'algebraic': the largest eigenvalue, which may have a smaller
   * magnitude or be negative; 'finiteDifference' then uses Lanczos' method as well.
   */
  which?: End;
  /** The same as `by: 'online'`. */
  online?: boolean;
  /**
   * The relative residual at which to stop; there is an eigenvalue within this relative distance of the value. Default 10⁻¹⁰, or
   * 10⁻⁶ with 'finiteDifference'.
   */
  tolerance?: number;
  /** The largest number of products. Default 1000. */
  products?: number;
  /** For 'online': how many samples to present. Default 400; the order of magnitude is right after 100. */
  presentations?: number;
  /** The step size of finite differences. Default 10⁻⁴. */
  alpha?: number;
  /** Seed of the initial vector and of the order of samples. Default 0. */
  seed?: number;
}

export const SPECTRUM = {
  k: number({ min: 1, integer: true }, undefined),
  steps: number({ min: 2, integer: true }, undefined),
  seed: number(SEED, 0),
};

/** Options of `spectrum`. */
export interface SpectrumOptions {
  /** Only so many of the largest eigenvalues. Default: all up to 3000 parameters, 20 beyond. */
  k?: number;
  /** Lanczos steps for them, each a product. Default 2·k + 40. */
  steps?: number;
  /** Of the vector that Lanczos' method starts with. Default 0. */
  seed?: number;
}

/** Eigenvalues of the Hessian. */
export interface Spectrum {
  /** Descending. */
  readonly eigenvalues: Float64Array;
  /** Bounds of their errors, where they come from Lanczos' method; 0 for the whole spectrum. */
  readonly errors: Float64Array;
  /** Whether these are all of them. */
  readonly complete: boolean;
}

/** How eigenvalues are spread: shares of them in bins, with standard errors over probes. */
export interface SpectralDensity {
  /** One more than there are bins, ascending. */
  readonly edges: Float64Array;
  readonly shares: Float64Array;
  readonly standardErrors: Float64Array;
}
