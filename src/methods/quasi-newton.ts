// Conjugate gradients and quasi-Newton methods on networks (Efficient BackProp 6).

import { checked, number, oneOf, value } from '../runtime/options.js';
import { BETAS, type Beta, LINE_SEARCHES, type LineSearch, SECANT_UPDATES, type SecantUpdate } from '../solve/choices.js';
import { POSITIVE, decayOption } from './options.js';
import type { Chosen, MethodOf } from './method.js';
import { secondOrder } from './second-order/second-order.js';

/** Options that methods of second order share. */
export interface SecondOrderOptions {
  /** Weight decay λ ≥ 0: adds (λ/2)·|kernels|² to the training objective, but not to the reported loss. Default 0. */
  weightDecay?: number;
}

/** Options of methods whose directions have a natural length. */
export interface LineSearchOptions extends SecondOrderOptions {
  /**
   * 'wolfe' (default): Moré and Thuente's search for the strong Wolfe conditions. 'armijo': backtracks until the value is low
   * enough, with one gradient per iteration.
   */
  lineSearch?: LineSearch;
}

export const SEARCH = oneOf(LINE_SEARCHES, 'wolfe');

/** Options of `conjugateGradient`. */
export interface ConjugateGradientOptions extends SecondOrderOptions {
  /** How directions follow from gradients. Default 'polakRibiere', which the chapter calls the more robust one. */
  beta?: Beta;
}

/**
 * Conjugate gradients with a strong Wolfe line search (6.2): for full batches of sets that are not too large and redundant, the
 * chapter's all-round method.
 * @throws OptionError
 */
export function conjugateGradient(
  options?: ConjugateGradientOptions,
): MethodOf<'conjugateGradient', Chosen<ConjugateGradientOptions>> {
  const { beta, weightDecay } = checked(
    'conjugateGradient',
    { beta: oneOf(BETAS, 'polakRibiere'), weightDecay: decayOption() },
    options,
  );
  return secondOrder({ name: 'conjugateGradient', beta, weightDecay }, (solving, settings) =>
    solving.conjugateGradient(settings),
  );
}

/** Options of `scaledConjugateGradient`. */
export interface ScaledConjugateGradientOptions extends SecondOrderOptions {
  /** The first damping > 0. Default 5·10⁻⁷, as MATLAB has it. */
  lambda?: number;
}

/**
 * Conjugate gradients whose step length comes from an exact product with the Hessian and a damping, without a line search (Møller
 * 1993).
 * @throws OptionError
 */
export function scaledConjugateGradient(
  options?: ScaledConjugateGradientOptions,
): MethodOf<'scaledConjugateGradient', Chosen<ScaledConjugateGradientOptions>> {
  const schema = { lambda: number(POSITIVE, 5e-7), weightDecay: decayOption() };
  const { lambda, weightDecay } = checked('scaledConjugateGradient', schema, options);
  return secondOrder({ name: 'scaledConjugateGradient', lambda, weightDecay }, (solving, settings) =>
    solving.scaledConjugateGradient(settings),
  );
}

/** Options of `bfgs`. */
export interface BfgsOptions extends LineSearchOptions {
  /**
   * What a step without positive curvature teaches, which Armijo's search may find: nothing ('skip', default), or as much as
   * keeps the matrix positive definite ('damped', after Powell).
   */
  update?: SecantUpdate;
}

const UPDATE = oneOf(SECANT_UPDATES, 'skip');

/** Options of bfgs. */
interface WholeBfgsOptions extends BfgsOptions {
  /**
   * What the matrix begins with, times the identity, > 0; or 'firstStep': what the first step tells of it, sᵀy/yᵀy. Default 3: in
   * the unit of the targets weights and losses are of the order of 1, most directions are flatter than that, and the first step
   * tells of the steepest. From the scale of the first step a fit takes up to twice the evaluations.
   */
  scale?: number | 'firstStep';
}

const FIRST_MATRIX = value<number | 'firstStep'>(
  "a number > 0, or 'firstStep'",
  (v) => v === 'firstStep' || (typeof v === 'number' && v > 0 && v < Infinity),
  3,
);

/** BFGS with the whole matrix (6.4): P² numbers; up to a few thousand parameters. @throws OptionError */
export function bfgs(options?: WholeBfgsOptions): MethodOf<'bfgs', Chosen<WholeBfgsOptions>> {
  const schema = { weightDecay: decayOption(), lineSearch: SEARCH, update: UPDATE, scale: FIRST_MATRIX };
  const { weightDecay, scale, ...usual } = checked('bfgs', schema, options);
  const search = scale === 'firstStep' ? usual : { ...usual, scale };
  return secondOrder({ name: 'bfgs', weightDecay, ...search }, (solving) => solving.bfgs(search));
}

/** Options of `lbfgs`. */
export interface LbfgsOptions extends BfgsOptions {
  /** Steps remembered. Default 10. */
  memory?: number;
}

/** BFGS that remembers a few steps: 2·memory·P numbers. @throws OptionError */
export function lbfgs(options?: LbfgsOptions): MethodOf<'lbfgs', Chosen<LbfgsOptions>> {
  const schema = {
    memory: number({ min: 1, integer: true }, 10),
    weightDecay: decayOption(),
    lineSearch: SEARCH,
    update: UPDATE,
  };
  const { memory, weightDecay, ...search } = checked('lbfgs', schema, options);
  return secondOrder({ name: 'lbfgs', memory, ...search, weightDecay }, (solving) => solving.lbfgs(search, memory));
}

/** BFGS that remembers one step (Battiti 1992). @throws OptionError */
export function oneStepSecant(options?: BfgsOptions): MethodOf<'oneStepSecant', Chosen<BfgsOptions>> {
  const { weightDecay, ...search } = checked(
    'oneStepSecant',
    { weightDecay: decayOption(), lineSearch: SEARCH, update: UPDATE },
    options,
  );
  return secondOrder({ name: 'oneStepSecant', ...search, weightDecay }, (solving) => solving.oneStepSecant(search));
}
