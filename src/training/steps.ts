// Steps in slices, so that the thread can do other things between them.

import type { Background } from '../../bindings/background.js';
import { WorkerLostError } from '../runtime/errors.js';
import type { Training } from '../methods/method.js';
import { type Work, workBehind, workHere } from '../runtime/work.js';
import type { StopReason } from './history.js';
import type { Interruption } from './interruption.js';
import type { TimeSlice } from './time-slice.js';
import type { FitSubject } from './subject.js';

/** Does a piece of work, here or in the background. */
export type Perform = <T>(work: Work<T>) => T | Promise<T>;

/** What takes steps. */
interface Steps {
  readonly subject: FitSubject;
  readonly training: Training;
  readonly interruption: Interruption;
}

/** The samples at hand, in slices; says why they ended early, if they did. */
export async function takeSteps(
  { subject, training, interruption }: Steps,
  slice: TimeSlice,
  perform: Perform,
): Promise<StopReason | undefined> {
  for (let left = training.stepsPerEpoch; left > 0; ) {
    const steps = Math.min(slice.stride, left);
    const before = performance.now();
    const advancing = training.advance(steps);
    let taken = typeof advancing === 'number' ? advancing : perform(advancing);
    if (typeof taken !== 'number') {
      taken = await taken;
      subject.check();
    }
    if (taken < 0) return 'diverged';
    slice.took(steps, performance.now() - before);
    if (training.ended) return training.ended;
    if (!training.trial) left -= steps;
    if (slice.due) {
      await slice.rest();
      subject.check();
    }
    const stop = left > 0 ? interruption.reason : undefined;
    if (stop) return stop;
  }
  return undefined;
}

/** Who performs work: this thread, or a worker, after whose loss `lost` is called. */
export function performer(subject: FitSubject, background: Background | undefined, lost: () => void): Perform {
  if (!background) return (work) => workHere(subject.engine, work);
  return async (work) => {
    try {
      return await workBehind(subject.engine, background, work);
    } catch (error) {
      subject.check();
      if (error instanceof WorkerLostError) lost();
      throw error;
    }
  };
}
