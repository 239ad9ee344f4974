// Weights to go back to.

import type { RealArray } from '../../bindings/memory.js';
import type { Subject } from './rows.js';

/**
 * Copies of the weights: the last, and the one before unless only the last will be asked for. No kernel reads them, so they are kept in JavaScript's
 * memory, which shrinks again.
 */
export class Snapshot {
  private last: RealArray | undefined;
  private before: RealArray | undefined;

  constructor(
    private readonly subject: Subject,
    private readonly single: boolean,
  ) {}

  /** Whether the weights are finite now. */
  get finite(): boolean {
    const { engine, theta } = this.subject;
    return Number.isFinite(engine.core.largestMagnitude(theta.length, theta.address));
  }

  take(): void {
    const { theta } = this.subject;
    const room = this.single ? this.last : this.before;
    if (!this.single) this.before = this.last;
    if (room) room.set(theta.view());
    this.last = room ?? theta.read();
  }

  restore(): void {
    this.subject.theta.view().set(this.last!);
  }

  /**
   * Goes back to weights from which a whole epoch had finite losses: those of the last copy may be finite and yet so large that no
   * prediction is. Returns how many copies that is behind the last.
   */
  restoreProven(): number {
    this.subject.theta.view().set(this.before ?? this.last!);
    return this.before ? 1 : 0;
  }
}
