// The methods of second order on a caller's own function: what can be asked of them. How it is done is loaded when it is.

import { Part } from '../../bindings/part.js';
import { engineOf } from '../runtime/engines.js';
import { OptionError } from '../runtime/errors.js';
import { callback, checked, number, oneOf } from '../runtime/options.js';
import {
  LINE_SEARCHES,
  type LineSearch,
  MINIMIZE_METHODS,
  type MinimizeMethod,
  SECANT_UPDATES,
  type SecantUpdate,
} from './choices.js';
import { type Minimum, SOLVE_OPTIONS, type SolveOptions } from './options.js';

const MINIMIZING = new Part('minimize', () => import('./minimizing.js'));

const OPTIONS = {
  ...SOLVE_OPTIONS,
  method: oneOf(MINIMIZE_METHODS, 'bfgs'),
  gradient: callback<(x: Float64Array) => ArrayLike<number>>('(x) => gradient'),
  memory: number({ min: 1, integer: true }, 10),
  lineSearch: oneOf(LINE_SEARCHES, 'wolfe'),
  update: oneOf(SECANT_UPDATES, 'skip'),
};

/** Options of `minimize`. */
export interface MinimizeOptions extends SolveOptions {
  /** 'bfgs' (default) for up to a few hundred variables, 'lbfgs' beyond; 'newton' differentiates gradients. */
  method?: MinimizeMethod;
  /** ∇f(x). Default: central differences, 2n calls of f. */
  gradient?: (x: Float64Array) => ArrayLike<number>;
  /** Of 'lbfgs': steps remembered. Default 10. */
  memory?: number;
  /**
   * Of quasi-Newton and Newton methods: strong Wolfe conditions ('wolfe', default), or going back until the value is low enough
   * ('armijo').
   */
  lineSearch?: LineSearch;
  /**
   * Of quasi-Newton methods: steps without positive curvature teach nothing ('skip', default), or something ('damped', after
   * Powell).
   */
  update?: SecantUpdate;
}

const QUASI_NEWTON: readonly MinimizeMethod[] = ['bfgs', 'lbfgs', 'oneStepSecant'];

/** Which methods options are of that not all methods have. */
const METHODS_OF = {
  memory: ['lbfgs'],
  lineSearch: [...QUASI_NEWTON, 'newton', 'truncatedNewton'],
  update: QUASI_NEWTON,
} as const satisfies Partial<Record<keyof MinimizeOptions, readonly MinimizeMethod[]>>;

/**
 * A local minimum of f, from x0 on. The answer does not depend on the units of f and of the variables. Bounds are kept by
 * projection: a variable at a bound stays there while the gradient pushes it out, and comes back when it does not.
 *
 * ```ts
 * const { x, value, reason } = await minimize(([a, b]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, [-1.2, 1]);
 * ```
 *
 * @param f x ↦ a number; what is not finite counts as too far
 * @param x0 where to begin, finite; with bounds the nearest point inside. Its size tells what is a small change of a variable
 * @throws OptionError; DataError where f or its gradient is not finite at x0; whatever f throws
 */
export async function minimize(
  f: (x: Float64Array) => number,
  x0: ArrayLike<number>,
  options?: MinimizeOptions,
): Promise<Minimum> {
  const settings = checked('minimize', OPTIONS, options);
  if (typeof f !== 'function') throw new OptionError('minimize.f', f, 'a function (x) => number');
  for (const [name, methods] of Object.entries(METHODS_OF) as [keyof typeof METHODS_OF, readonly MinimizeMethod[]][]) {
    if (options?.[name] === undefined || methods.includes(settings.method)) continue;
    throw new OptionError(
      `minimize.${name}`,
      options[name],
      `none with method '${settings.method}': it is an option of ${methods.join(', ')}`,
    );
  }
  const [engine, { minimumOf }] = await Promise.all([engineOf('float64', settings.numerics), MINIMIZING.load()]);
  return minimumOf(engine, f, x0, settings);
}
