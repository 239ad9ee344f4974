// Checkpoints of a fit under way, and how one is gone back to.

import type { Training } from '../methods/method.js';
import { EfficientBackpropError } from '../runtime/errors.js';
import { type Asked, requireSame } from './asked.js';
import type { EpochStart, FitCheckpoint } from './checkpoint.js';
import type { FitSettings } from './options.js';
import type { FitSubject } from './subject.js';
import { IN_MIDST } from './resumption.js';

/** Goes back to where a fit was. @throws OptionError, DataError where something else was asked; nothing has changed then */
export function goBack(
  { theta }: FitSubject,
  { asked: before, weights }: FitCheckpoint,
  asked: Asked,
  settings: FitSettings,
): void {
  requireSame(before, asked, settings);
  theta.view().set(weights);
}

/** Makes checkpoints of a fit under way. */
export class Checkpointer {
  /** What the epoch under way began with, where that has been copied. */
  private back: EpochStart | undefined;
  private within = true;
  private over = false;

  /**
   * @param first what the first epoch begins with
   * @param interruptible whether an epoch may be interrupted: only then it is worth copies
   * @param rest what stays as it is during an epoch
   */
  constructor(
    private readonly subject: FitSubject,
    private readonly training: Training,
    first: EpochStart,
    private readonly interruptible: boolean,
    private readonly rest: () => Omit<FitCheckpoint, keyof EpochStart>,
  ) {
    this.back = first;
  }

  /**
   * An epoch begins, which can be interrupted in its midst where it has more steps than `stride`: only then copies are made. Of
   * the first one it is known what it begins with.
   */
  begin(stride: number): void {
    if (!this.within) {
      const copies = this.interruptible && !this.training.anytime && stride < this.training.stepsPerEpoch;
      this.back = copies ? this.now() : undefined;
    }
    this.within = true;
  }

  /** An epoch has ended, with all that belongs to it recorded. */
  end(): void {
    this.within = false;
    this.back = undefined;
  }

  /** From here on the fit is not interrupted any more. */
  finish(): void {
    this.over = true;
    this.back = undefined;
  }

  /**
   * As of the end of the last whole epoch; undefined once the fit is over.
   * @throws EfficientBackpropError in an epoch that is not interruptible
   */
  get checkpoint(): FitCheckpoint | undefined {
    if (this.over) return undefined;
    const inside = this.within && !this.training.anytime;
    const standing = this.back ?? (inside ? undefined : this.now());
    if (standing) return { ...standing, ...this.rest() };
    throw new EfficientBackpropError(IN_MIDST);
  }

  private now(): EpochStart {
    return { weights: this.subject.theta.read(), method: this.training.checkpoint() };
  }
}
