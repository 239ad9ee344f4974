// A network's loss as solvers see it: E and its derivatives, by parameters and in the loss that the unit of the targets makes of
// them.

import type { Reals } from '../../bindings/memory.js';
import type { Smooth } from '../solve/smooth.js';
import type { Objective } from './objective.js';
import type { TargetUnit } from './unit.js';

/** E/loss as a function of u. */
export function scaledLoss(objective: Objective, unit: TargetUnit): Smooth {
  const { theta, parameters: n } = objective;
  const [g, v, out] = objective.vectors(3) as [Reals, Reals, Reals];
  const at = (x: Float64Array) => unit.put(x, theta.view());
  return {
    n,
    *value(x) {
      at(x);
      return (yield* objective.value()) / unit.loss;
    },
    *gradient(x, into) {
      at(x);
      const value = yield* objective.gradient(g);
      into.set(g.view());
      unit.slopes(into);
      return value / unit.loss;
    },
    *product(x, direction, into, gaussNewton) {
      at(x);
      v.view().set(unit.outside(direction));
      yield* objective.product(v, out, gaussNewton);
      into.set(out.view());
      unit.slopes(into);
    },
  };
}
