// The average of weights over steps.

import { type RealArray, Reals } from '../../../bindings/memory.js';
import type { MethodState, Task } from '../method.js';

/** Names in a method's state: the average, and the weights that steps are taken with. */
const AVERAGE = 'average';
const WEIGHTS = 'weights';

/** A running average of the weights. */
export class WeightAverage {
  private readonly average: Reals;
  /** Whether it goes on from a fit before this one, with the weights that steps were taken with. */
  readonly continues: boolean;

  /** @throws OutOfMemoryError */
  constructor({ plan, arena }: Task, state: MethodState | undefined) {
    const { theta, parameters, engine } = plan;
    this.average = new Reals(arena, engine.precision, parameters);
    this.average.view().set(theta.view().subarray(0, parameters));
    const [kept, weights] = [state?.vectors[AVERAGE], state?.vectors[WEIGHTS]];
    this.continues = kept?.length === parameters && weights?.length === parameters;
    if (!this.continues) return;
    this.average.view().set(kept!);
    theta.view().set(weights!);
  }

  get address(): number {
    return this.average.address;
  }

  view(): RealArray {
    return this.average.view();
  }

  /** What a fit that continues this one needs. @param weights those that steps are taken with */
  vectors(weights: RealArray): Record<string, RealArray> {
    return { [AVERAGE]: this.average.read(), [WEIGHTS]: weights };
  }
}
