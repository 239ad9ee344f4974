// Rates of coming steps, looked up many at a time, where they change from step to step.

import { Reals } from '../../../bindings/memory.js';
import type { Task } from '../method.js';

/** Rates looked up at a time. */
const MOST = 1024;

/** A run's rates. */
export class StepRates {
  /** How many are looked up at a time, at most. */
  readonly most = MOST;
  private readonly rates: Reals;

  /**
   * @param run in linear memory
   * @param share what steps take of a rate
   * @param fresh whether the first step takes all of it
   * @throws OutOfMemoryError
   */
  constructor(
    private readonly task: Task,
    private readonly run: number,
    private readonly share: number,
    private fresh: boolean,
  ) {
    this.rates = new Reals(task.arena, 'float64', MOST);
  }

  /** Looks up the rates of the next steps. @param rateAt the rate of the step so many steps and samples from here */
  lookUp(steps: number, rateAt: (ahead: number, samples: number) => number): void {
    const { run, rates, share } = this;
    const { core } = this.task.plan.engine;
    const view = rates.view();
    const position = core.runPosition(run);
    for (let k = 0; k < steps; k++) view[k] = rateAt(k, core.runPositionAfter(run, k) - position);
    for (let k = this.fresh ? 1 : 0; share < 1 && k < steps; k++) view[k]! *= share;
    this.fresh = false;
    core.runRates(run, rates.address);
  }
}
