// The table of losses; assembly/losses/ has the formulas.

import type { LossName } from '../../build/codes.js';
import { ACTIVATIONS, type Activation } from './activations.js';
import { OptionError } from '../runtime/errors.js';
import { type Layer, activationOf } from './layers.js';

/**
 * What the targets of a loss mean: amounts are numbers ≥ 0, directions numbers of which only ratios count; of 'any' nothing is
 * known.
 */
type Targets = 'any' | 'numbers' | 'amounts' | 'directions' | 'distribution' | 'probabilities' | 'signs';

interface LossEntry {
  readonly targets: Targets;
  /** The only activation that the last layer may have, if there is but one. */
  readonly activation?: Activation;
  /** Whether outputs must not be negative. */
  readonly positive?: true;
  /** The power of s that it grows by where outputs and targets are s times as large, s > 0, if there is one. */
  readonly degree?: number;
}

export const LOSSES: Readonly<Record<LossName, LossEntry>> = {
  /** Mean over samples and outputs of (a − t)². */
  meanSquaredError: { targets: 'numbers', degree: 2 },
  /** Mean over samples and outputs of |a − t|. */
  meanAbsoluteError: { targets: 'numbers', degree: 1 },
  /** Mean over samples and outputs of −t·ln a − (1 − t)·ln(1 − a), a = sigmoid(y). */
  binaryCrossEntropy: { targets: 'probabilities', activation: 'sigmoid' },
  /** Mean over samples and outputs of max(0, 1 − t·a), t = ±1. */
  hinge: { targets: 'signs' },
  /** Mean over samples of −Σ t·ln a, a = softmax(y). */
  crossEntropy: { targets: 'distribution', activation: 'softmax' },
  /** Mean over samples and outputs of ln cosh(a − t). */
  logCosh: { targets: 'numbers' },
  /** Mean over samples and outputs of max(0, 1 − t·a)², t = ±1. */
  squaredHinge: { targets: 'signs' },
  /** Mean over samples of max(0, 1 + max (1 − t)·a − Σ t·a). */
  categoricalHinge: { targets: 'distribution' },
  /** Mean over samples of Σ t·ln(t/a), a = softmax(y): crossEntropy less the entropy of the targets. */
  kullbackLeiblerDivergence: { targets: 'distribution', activation: 'softmax' },
  /** Mean over samples and outputs of a − t·ln(a + 10⁻⁷). */
  poisson: { targets: 'amounts', positive: true },
  /** Mean over samples of −Σ a·t/(‖a‖·‖t‖). */
  cosineProximity: { targets: 'directions' },
  /** Mean over samples and outputs of 100·|a − t|/|t|. */
  meanAbsolutePercentageError: { targets: 'numbers' },
  /** Mean over samples and outputs of (ln(1 + a) − ln(1 + t))², with 10⁻⁷ for an a that is less. */
  meanSquaredLogarithmicError: { targets: 'amounts' },
  /** Mean over samples of a function of JavaScript's. */
  custom: { targets: 'any' },
};

/** The losses of the library, by name. */
export type Loss = Exclude<LossName, 'custom'>;

/** The same, and 'custom' for a function. */
export type AnyLoss = LossName;

/** Shorter names of losses, and Keras's: networks know them by the names that they stand for. */
export const LOSS_ALIASES = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  kld: 'kullbackLeiblerDivergence',
  categoricalCrossentropy: 'crossEntropy',
  binaryCrossentropy: 'binaryCrossEntropy',
} as const satisfies Record<string, Loss>;

/** Another name of a loss. */
export type LossAlias = keyof typeof LOSS_ALIASES;

export const LOSS_NAMES = Object.keys(LOSSES).filter((name) => name !== 'custom') as Loss[];

/** Activations that may end a network under a loss (docs/activations-and-losses.md has the whole table). */
export function legalActivation(loss: AnyLoss, activation: Activation): boolean {
  const { activation: only, positive } = LOSSES[loss];
  const { range, slope = 0 } = ACTIVATIONS[activation];
  return only ? activation === only : activation !== 'softmax' && !(positive && range(slope)[0] < 0);
}

/** @throws OptionError if the last layer does not go with the loss, or softmax stands below the last layer */
export function checkLayers(loss: AnyLoss, layers: readonly Layer[]): void {
  layers.forEach((layer, i) => {
    const last = i === layers.length - 1;
    const activation = activationOf(layer);
    if (!last && activation === 'softmax') {
      throw new OptionError(
        `layers[${i}].activation`,
        activation,
        `softmax only in the last layer; hidden layers take any other`,
      );
    }
    if (last && layer.type !== 'dense' && layer.type !== 'rbf') {
      throw new OptionError(`layers[${i}]`, layer, `a layer with units of its own, dense or rbf, at the top; got ${layer.type}`);
    }
    if (last && !legalActivation(loss, activation)) {
      const { activation: only, positive } = LOSSES[loss];
      throw new OptionError(
        `layers[${i}].activation`,
        activation,
        only
          ? `'${only}', which the loss ${loss} requires`
          : positive && activation !== 'softmax'
            ? `one whose outputs are not negative, such as softplus, which the loss ${loss} requires`
            : `one that goes with the loss ${loss}; softmax goes with crossEntropy and kullbackLeiblerDivergence only`,
      );
    }
    if (layer.type === 'dense' && layer.init === 'leastSquares' && !(last && solvable(loss, activation))) {
      const expected =
        'leastSquares in a linear last layer under meanSquaredError only: there the best weights have a closed form';
      throw new OptionError(`layers[${i}].init`, layer.init, expected);
    }
  });
}

/** Whether the last layer's best weights are those of a linear least-squares problem. */
function solvable(loss: AnyLoss, activation: Activation): boolean {
  return loss === 'meanSquaredError' && activation === 'linear';
}
