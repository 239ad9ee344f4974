// Driving a solver to its end.

import type { Engine } from '../../bindings/core.js';
import { turn } from '../../bindings/turn.js';
import { isPromise } from '../runtime/callbacks.js';
import { hereUntil } from '../runtime/work.js';
import type { SolveProgress, SolveReason, SolveSettings } from './options.js';
import { type Iterate, type Solver, isIterate } from './smooth.js';

/** How often a caller's functions were called. */
export interface CallCounts {
  value: number;
  gradient: number;
  jacobian: number;
}

/** Milliseconds of work between two rests of those whom a signal may stop: it can only come while others have the thread. */
const SLICE = 16;

/** What whoever drives a solver wants to know and to decide. */
export interface SolveObserver {
  /** How often the caller's functions have been called. */
  calls(): number;
  /** What `onIteration` is told of a point. */
  told(iterate: Iterate, iteration: number): SolveProgress;
  /** Why an accepted point is the last one, if it is. */
  endsAt?(iterate: Iterate): SolveReason | undefined;
}

/**
 * Runs until the solver ends, an accepted point ends it, or a limit is reached. Comes to why, and how many points were accepted.
 */
export async function drive(
  engine: Engine,
  solver: Solver<SolveReason>,
  { iterations, evaluations, onIteration, signal, timeLimit }: SolveSettings,
  { calls, told, endsAt }: SolveObserver,
): Promise<{ readonly iterations: number; readonly reason: SolveReason }> {
  const begun = performance.now();
  let rested = begun;
  let accepted = 0;
  const found = (reason: SolveReason) => ({ iterations: accepted, reason });
  for (;;) {
    if (accepted >= iterations) return found('iterations');
    if (calls() >= evaluations) return found('evaluations');
    if (signal?.aborted) return found('signal');
    if (timeLimit < Infinity || signal) {
      const now = performance.now();
      if (now - begun >= timeLimit) return found('timeLimit');
      if (signal && now - rested >= SLICE) {
        await turn();
        rested = performance.now();
        if (signal.aborted) return found('signal');
      }
    }
    const step = hereUntil(engine, solver);
    if (step.done) return found(step.value);
    if (!isIterate(step.value)) continue;
    accepted++;
    const returned = onIteration?.(told(step.value, accepted));
    if (isPromise(returned)) await returned;
    const reason = endsAt?.(step.value);
    if (reason) return found(reason);
  }
}
