// What methods of second order minimise on a network.

import type { Objective } from '../../objective/objective.js';
import { scaledLoss } from '../../objective/scaled-loss.js';
import type { TargetUnit } from '../../objective/unit.js';
import type { Iterate, Smooth } from '../../solve/smooth.js';
import type { Regularisation } from '../method.js';

/** A network's objective as methods see it: what they minimise, in the unit of the targets, and what of it is the loss. */
export interface SolverObjective<F = Smooth> {
  readonly f: F;
  readonly objective: Objective;
  /** The training loss, without decay, at an accepted point, in its own unit. */
  loss(iterate: Iterate): number;
  /** What the data said of weight decay, where they are asked. */
  regularisation?(): Regularisation;
  /** What is known of the objective beside what the solver knows: `recalled` of a fit that goes on. */
  known?(): number | undefined;
}

/** E itself, and its derivatives. */
export function plainLoss(objective: Objective, unit: TargetUnit): SolverObjective {
  const f = scaledLoss(objective, unit);
  return { f, objective, loss: ({ x, value }) => value * unit.loss - objective.penaltyAt(unit.outside(x)) };
}
