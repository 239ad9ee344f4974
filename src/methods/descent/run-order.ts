// The order of samples as a run needs it: its list in linear memory, and what draws it where it is no plain shuffle.

import { type RealArray, Words } from '../../../bindings/memory.js';
import type { MethodState, Task } from '../method.js';
import { ORDERING } from './surround.js';
import type { SpecialOrder } from './special-orders.js';

/** The order of a run's samples. */
export class RunOrder {
  /** Where the order is, new in each epoch; none where samples stay as they stand. */
  private words: Words | undefined;
  private readonly special: SpecialOrder | undefined;

  /** @throws OutOfMemoryError */
  constructor(
    private readonly task: Task,
    state: MethodState | undefined,
  ) {
    const { arena, order, rows, size, stream } = task;
    // All samples at once are the same set in any order. Where batches have grown to that, orders go on as they were: sums in
    // another order have other bits.
    if (order === 'sequential' || (size.least >= rows && !stream)) return;
    this.words = new Words(arena, rows);
    if (order !== 'shuffle') this.special = ORDERING.here.specialOrder(task, order, state);
  }

  /** The address of the order's list, as long as the task has rows now; 0 where samples stay as they stand. */
  get list(): number {
    const { arena, rows } = this.task;
    if (this.words && this.words.length < rows) {
      arena.release(this.words.address);
      this.words = new Words(arena, rows);
    }
    return this.words?.address ?? 0;
  }

  /** Tells a run that has been opened with `list`, or fed. */
  open(run: number): void {
    this.special?.open(run);
  }

  /** What a fit that continues this one needs. */
  get vectors(): Record<string, RealArray> {
    return this.special?.vectors ?? {};
  }
}
