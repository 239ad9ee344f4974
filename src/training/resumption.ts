// The fit of a network that can be taken up: the one under way, or the last one if it was interrupted.

import { EfficientBackpropError, OptionError } from '../runtime/errors.js';
import type { Checkpoint, FitCheckpoint } from './checkpoint.js';
import type { FitOptions } from './options.js';

/** What the network has decided beside the loop. */
type DecidedByNetwork = Pick<Checkpoint, 'lowered' | 'before' | 'waited'>;

const NOTHING_TO_RESUME =
  "'ifAny', which begins a fit then, or none: there is no interrupted fit to be taken up; one is there after signal or timeLimit, and in a file saved with state: true";

/** What those are told who ask for the state of a fit that others cannot go on from just now. */
export const IN_MIDST =
  'the fit is in the midst of an epoch: save its state in onEpoch, or give it a signal or a timeLimit, with which it can be taken up from anywhere';

/** Where a network's fit can be taken up. */
export class Resumption {
  private taken: Checkpoint | undefined;
  private underway: (() => Checkpoint | undefined) | undefined;

  /** What is to be taken up. @throws OptionError where there is nothing */
  from({ resume }: FitOptions): Checkpoint | undefined {
    if (resume !== true && resume !== 'ifAny') return undefined;
    if (!this.taken && resume === true) throw new OptionError('fit.resume', resume, NOTHING_TO_RESUME);
    return this.taken;
  }

  /** Hears how a fit that begins can be taken up. */
  follow(decided: DecidedByNetwork): (taken: () => FitCheckpoint | undefined) => void {
    return (taken) => {
      this.underway = () => {
        const now = taken();
        return now && { ...now, ...decided };
      };
    };
  }

  /** A fit begins that cannot be taken up. */
  refuse(): void {
    this.underway = () => {
      throw new EfficientBackpropError(IN_MIDST);
    };
  }

  /** A fit has ended: interrupted, where it can be taken up. */
  settle(taken: FitCheckpoint | undefined, decided: DecidedByNetwork): void {
    this.taken = taken && { ...taken, ...decided };
  }

  /** No fit is under way any more. */
  rest(): void {
    this.underway = undefined;
  }

  /** Takes over what a file holds; undefined forgets. */
  set(checkpoint: Checkpoint | undefined): void {
    this.taken = checkpoint;
  }

  /** What a file is to hold. @throws EfficientBackpropError in an epoch that is not interruptible */
  get checkpoint(): Checkpoint | undefined {
    return this.underway ? this.underway() : this.taken;
  }
}
