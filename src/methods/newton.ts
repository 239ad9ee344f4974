// Newton's and the Gauss-Newton method on networks (Efficient BackProp 6.1, 6.5).

import { OptionError } from '../runtime/errors.js';
import { checked, flag, number, oneOf } from '../runtime/options.js';
import { LINE_SEARCHES, type LineSearch } from '../solve/choices.js';
import { POSITIVE, decayOption } from './options.js';
import { type LineSearchOptions, SEARCH, type SecondOrderOptions } from './quasi-newton.js';
import type { Chosen, MethodOf } from './method.js';
import { secondOrder } from './second-order/second-order.js';

/** Options of `newton`. */
export interface NewtonOptions extends LineSearchOptions {
  /** Whether directions come from truncated conjugate gradients, without the matrix. Default: from 300 parameters on. */
  truncated?: boolean;
}

const TRUNCATED = flag(undefined);

/** How both searched by a line. */
function searching<N extends string>(name: N, weightDecay: number, truncated: boolean | undefined, lineSearch: LineSearch) {
  return secondOrder({ name, weightDecay, truncated, lineSearch }, (solving, settings) => solving.searching(settings));
}

/**
 * Newton's method (6.1): the exact Hessian made positive definite by shifts, or truncated conjugate gradients on it, and a line
 * search.
 * @throws OptionError
 */
export function newton(options?: NewtonOptions): MethodOf<'newton', Chosen<NewtonOptions>> {
  const schema = { truncated: TRUNCATED, weightDecay: decayOption(), lineSearch: SEARCH };
  const { truncated, weightDecay, lineSearch } = checked('newton', schema, options);
  return searching('newton', weightDecay, truncated, lineSearch);
}

/** Options of `gaussNewton`. */
export interface GaussNewtonOptions extends SecondOrderOptions {
  /** Whether steps come from truncated conjugate gradients, without the matrix. Default: from 300 parameters on. */
  truncated?: boolean;
  /**
   * The initial damping μ > 0, relative to the largest diagonal entry of the matrix (with `truncated`, to the curvature along
   * the gradient). Default 1, which Nielsen advises for starts far from the minimum; from 0.001, networks end in poor minima
   * more often. μ then follows Nielsen's rule: by how well the model predicted the decrease. Steps are undamped as long as they
   * achieve the predicted decrease at once.
   */
  mu?: number;
  /** A line search along undamped directions instead of damping, as before 0.2.0. Cannot be combined with mu. Default: none. */
  lineSearch?: LineSearch;
}

/**
 * (G + μI)·Δ = −∇E with the Gauss-Newton matrix G = Jᵀ(∂²l/∂a²)J, which is never indefinite (6.5), for any smooth loss: Levenberg
 * and Marquardt's method beyond squared errors. A step is taken where it lowers what is minimised. G comes from a pass for the
 * Jacobian.
 * @throws OptionError
 */
export function gaussNewton(options?: GaussNewtonOptions): MethodOf<'gaussNewton', Chosen<GaussNewtonOptions>> {
  const schema = {
    truncated: TRUNCATED,
    weightDecay: decayOption(),
    mu: number(POSITIVE, undefined),
    lineSearch: oneOf(LINE_SEARCHES, undefined),
  };
  const { truncated, weightDecay, mu = 1, lineSearch } = checked('gaussNewton', schema, options);
  if (lineSearch !== undefined) {
    if (options?.mu !== undefined) throw new OptionError('gaussNewton.mu', options.mu, 'none with lineSearch, which replaces it');
    return searching('gaussNewton', weightDecay, truncated, lineSearch);
  }
  return secondOrder({ name: 'gaussNewton', weightDecay, truncated, mu }, (solving, settings) => solving.gaussNewton(settings));
}
