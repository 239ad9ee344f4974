// How each method of second order solves: its solver, and what that works on.

import { MatrixModel } from '../../objective/gauss-newton.js';
import type { Objective } from '../../objective/objective.js';
import { NetworkSquares } from '../../objective/squares.js';
import type { TargetUnit } from '../../objective/unit.js';
import { OptionError } from '../../runtime/errors.js';
import type { Beta, LineSearch, SecantUpdate } from '../../solve/choices.js';
import { conjugateGradientSolver, scaledConjugateGradientSolver } from '../../solve/conjugate-gradient.js';
import { ProductModel } from '../../solve/gauss-newton.js';
import { type Damping, levenbergMarquardtSolver } from '../../solve/levenberg-marquardt.js';
import { newtonSolver } from '../../solve/newton.js';
import { bfgsSolver, lbfgsSolver, oneStepSecantSolver } from '../../solve/quasi-newton.js';
import type { Iterate, Smooth, Squares } from '../../solve/smooth.js';
import type { MethodState } from '../method.js';
import type { SecondOrder } from './second-order-training.js';
import { type SolverObjective, plainLoss } from './solver-objective.js';

export { SecondOrderTraining } from './second-order-training.js';

/** A way to solve; settings come beside it. */
type Way<F = Smooth> = Omit<SecondOrder<F>, 'name' | 'weightDecay'>;

/** From so many parameters on the whole matrix costs more than conjugate gradients do. */
const MOST_FOR_MATRIX = 300;

/** Whether directions come from truncated conjugate gradients, by the number of parameters. */
const truncates = (truncated: boolean | undefined) => (parameters: number) => truncated ?? parameters > MOST_FOR_MATRIX;

/** The damping of a fit that goes on: where the one before left it. */
function goingOn(name: string, damping: Damping, state: MethodState | undefined): Damping {
  const known = state?.method === name && state.memory[0]! > 0;
  return known ? { ...damping, mu: state.memory[0]!, absolute: true } : damping;
}

interface Searching {
  readonly name: string;
  readonly truncated: boolean | undefined;
  readonly lineSearch: LineSearch;
}

/** Newton's and the Gauss-Newton method searched by a line: the Hessian or the Gauss-Newton matrix, whole or by its products. */
export function searching({ name, truncated, lineSearch }: Searching): Way {
  const wanted = truncates(truncated);
  return {
    solvesForAll: true,
    matrices: (parameters) => (wanted(parameters) ? 0 : 2),
    solve: ({ f, objective: { engine, arena } }, x) =>
      newtonSolver(engine, arena, f, x, name === 'gaussNewton', wanted(f.n), lineSearch),
  };
}

/** The Gauss-Newton method with Nielsen's damping. */
export function gaussNewton({ truncated, mu }: { truncated: boolean | undefined; mu: number }): Way<Squares> {
  const wanted = truncates(truncated);
  const damping = {
    mu,
    muInc: 10,
    muDec: 0.1,
    muMax: Infinity,
    scaling: 'identity',
    rule: 'nielsen',
    undampedFirst: true,
  } as const;
  return {
    solvesForAll: true,
    matrices: (parameters) => (wanted(parameters) ? 0 : 2),
    goal(objective, unit, recalled) {
      const { f, loss } = plainLoss(objective, unit);
      const own = { objective, loss: ({ value, ...at }: Iterate) => loss({ ...at, value: value / 2 }) };
      if (!wanted(f.n)) return { f: new MatrixModel(objective, unit, f), ...own };
      const model = new ProductModel(f, recalled);
      return { f: model, ...own, known: () => model.curvature };
    },
    solve: ({ f }, x, state, kept) => levenbergMarquardtSolver(f, x, goingOn('gaussNewton', damping, state), kept),
  };
}

interface SquaresSettings extends Damping {
  readonly bayesian: boolean;
  readonly acceleration: boolean;
}

/** Levenberg and Marquardt's method. */
export function levenbergMarquardt(settings: SquaresSettings): Way<NetworkSquares> {
  const { bayesian, acceleration } = settings;
  const goal = (objective: Objective, unit: TargetUnit, recalled: number | undefined): SolverObjective<NetworkSquares> => {
    const { loss } = objective.plan.architecture;
    if (loss !== 'meanSquaredError') {
      throw new OptionError(
        'fit.method',
        'levenbergMarquardt',
        `gaussNewton() or lbfgs() with the loss ${loss}; levenbergMarquardt is for squared errors`,
      );
    }
    const squares = new NetworkSquares(objective, unit, bayesian, acceleration, recalled);
    return {
      f: squares,
      objective,
      loss: () => (squares.data * unit.loss) / (objective.weight * objective.outputs),
      ...(bayesian && {
        known: () => squares.strength,
        regularisation: () => ({
          effectiveParameters: squares.effectiveParameters ?? Number.NaN,
          weightDecay: squares.weightDecay,
        }),
      }),
    };
  };
  return {
    solvesForAll: true,
    matrices: () => 2,
    goal,
    solve: ({ f }, x, state, kept) => levenbergMarquardtSolver(f, x, goingOn('levenbergMarquardt', settings, state), kept),
  };
}

export function conjugateGradient({ beta }: { beta: Beta }): Way {
  return { solve: ({ f }, x, _, kept) => conjugateGradientSolver(f, x, beta, undefined, kept) };
}

export function scaledConjugateGradient({ lambda }: { lambda: number }): Way {
  return { solve: ({ f }, x, _, kept) => scaledConjugateGradientSolver(f, x, undefined, lambda, kept) };
}

/** How steps of quasi-Newton methods are searched for, and what they teach. */
interface Secant {
  readonly lineSearch: LineSearch;
  readonly update: SecantUpdate;
  readonly scale?: number;
}

export function bfgs(search: Secant): Way {
  return { matrices: () => 1, solve: ({ f, objective }, x, _, kept) => bfgsSolver(objective.arena, f, x, search, kept) };
}

export function lbfgs(search: Secant, memory: number): Way {
  return { solve: ({ f }, x, _, kept) => lbfgsSolver(f, x, memory, search, kept) };
}

export function oneStepSecant(search: Secant): Way {
  return { solve: ({ f }, x, _, kept) => oneStepSecantSolver(f, x, search, kept) };
}
