// Driving a solver to its end.

import type { Engine } from '../../bindings/core.js';
import { turn } from '../../bindings/turn.js';
import { answered, isPromise } from '../runtime/callbacks.js';
import { hereUntil } from '../runtime/work.js';
import type { SolveProgress, SolveReason, SolveSettings } from './options.js';
import { type Iterate, type Pause, type Solver, isIterate } from './smooth.js';

/** How often a caller's functions were called. */
export interface CallCounts {
  value: number;
  gradient: number;
  jacobian: number;
}

/** Milliseconds of work between two rests of those whom a signal may stop: it can only come while others have the thread. */
const SLICE = 16;

/** When a solver is stopped, and who hears of its points. */
export type Limits = Pick<SolveSettings, 'iterations' | 'evaluations' | 'onIteration' | 'signal' | 'timeLimit'>;

/** What whoever drives a solver wants to know and to decide. */
export interface SolveObserver {
  /** How often the caller's functions have been called. */
  calls(): number;
  /** What `onIteration` is told of a point. */
  told(iterate: Iterate, iteration: number): SolveProgress;
  /** Why an accepted point is the last one, if it is. */
  endsAt?(iterate: Iterate): SolveReason | undefined;
}

/** Why a solver has ended, and how many points were accepted. */
export interface Driven {
  readonly iterations: number;
  readonly reason: SolveReason;
}

/**
 * Advances a solver until it ends, an accepted point ends it, or a limit is reached. Yields a caller's promise that has to be
 * waited for, or undefined where others may have the thread.
 */
function* driven(
  advance: () => IteratorResult<Iterate | Pause, SolveReason>,
  { iterations, evaluations, onIteration, signal, timeLimit }: Limits,
  { calls, told, endsAt }: SolveObserver,
): Generator<PromiseLike<unknown> | undefined, Driven, void> {
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
        yield undefined;
        rested = performance.now();
        if (signal.aborted) return found('signal');
      }
    }
    const step = advance();
    if (step.done) return found(step.value);
    if (!isIterate(step.value)) continue;
    accepted++;
    const returned = onIteration?.(told(step.value, accepted));
    if (isPromise(returned)) yield returned;
    const reason = endsAt?.(step.value);
    if (reason) return found(reason);
  }
}

/** Drives a solver to its end. */
export async function drive(
  engine: Engine,
  solver: Solver<SolveReason>,
  limits: Limits,
  observer: SolveObserver,
): Promise<Driven> {
  const begun = performance.now();
  const work = driven(() => hereUntil(engine, solver), limits, observer);
  let step = work.next();
  while (!step.done) {
    const left = limits.timeLimit - (performance.now() - begun);
    await (step.value ? answered(step.value, limits.signal, left) : turn());
    step = work.next();
  }
  return step.value;
}

/** The same at once, of a solver that has nothing carried out: nobody else gets the thread, and no promise is waited for. */
export function driveNow(solver: Generator<Iterate | Pause, SolveReason>, limits: Limits, observer: SolveObserver): Driven {
  const work = driven(() => solver.next(), limits, observer);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}
