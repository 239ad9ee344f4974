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
   * 'exact' (default): by a product for each parameter. 'gaussNewton': exactly that of the Gauss-Newton matrix, a pass back for
   * each output. 'lecun': back-propagated approximation of the Gauss-Newton diagonal, never negative, in one pass back (7.4).
   * 'hutchinson': means over random probes.
   */
  kind?: 'exact' | 'gaussNewton' | 'lecun' | 'hutchinson';
  /** Of 'lecun': with second derivatives of activations as well; may be negative. Default false. */
  full?: boolean;
  /** Of 'hutchinson': how many probes, each a product. Default 100. */
  probes?: number;
  /**
   * Of 'lecun': the running mean ⟨h⟩ ← (1 − γ)·⟨h⟩ + γ·hᵖ over the samples p in random order, from the first on, as on-line
   * learning keeps it (9.1, (62)). Default: the mean of all.
   */
  gamma?: number;
  /** Of probes, or the order of samples. Default 0. */
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
   * 'products' (default): exact, a Hessian-vector product for each parameter. 'finiteDifference': central differences of the
   * gradient, symmetrised (7.1). 'squareJacobian': the Gauss-Newton matrix (7.2), exact for models linear in their parameters and
   * where residuals vanish.
   */
  by?: 'products' | 'finiteDifference' | 'squareJacobian';
  /** Only the block of the parameters of this layer, from 0. */
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
   * 'products' (default): Lanczos' method by exact products. 'finiteDifference': power iteration by two gradients (7.5), which
   * does not settle where λ and −λ are both there: its residual says so. 'online': a sample at a time (9.2); its value is a
   * magnitude, without a sign or a residual.
   */
  by?: 'products' | 'finiteDifference' | 'online';
  /**
   * The eigenvalue of largest 'magnitude' (default), or the 'algebraic' largest, which may be a smaller one, or negative too;
   * then differences are searched by Lanczos' method as well.
   */
  which?: End;
  /** The same as `by: 'online'`. */
  online?: boolean;
  /** The relative residual to stop at. Default 10⁻¹⁰, of differences 10⁻⁶. There is an eigenvalue within so much of the value. */
  tolerance?: number;
  /** The most products. Default 1000. */
  products?: number;
  /** Of 'online': samples shown. Default 400; the order of magnitude is right after 100. */
  presentations?: number;
  /** The step of differences. Default 10⁻⁴. */
  alpha?: number;
  /** Of the vector to start with, and the order of samples. Default 0. */
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
