// The order of samples as a run needs it: lists, classes and errors in linear memory.

import { type RealArray, Reals, Words } from '../../../bindings/memory.js';
import { type Emphasis, emphasize } from '../../data/orders.js';
import { Purpose } from '../../runtime/random.js';
import type { MethodState, Task } from '../method.js';

/** What holds the running errors in a method's state; files know it by this name. */
const ERRORS = 'errors of patterns';

/** The order of a run's samples. */
export class RunOrder {
  /** Where the order is, new in each epoch; none where samples stay as they stand. */
  private words: Words | undefined;
  /** Blocks that interleaving works with. */
  private blocks: number[] = [];
  private readonly emphasis: Emphasis | undefined;
  private readonly errors: Reals | undefined;
  private readonly seen: boolean = false;

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
    this.emphasis = order === 'emphasize' ? emphasize() : typeof order === 'object' ? order : undefined;
    if (!this.emphasis) return;
    this.errors = new Reals(arena, 'float64', rows);
    const kept = state?.vectors[ERRORS];
    this.seen = kept?.length === rows;
    if (this.seen) this.errors.view().set(kept!);
    else this.errors.view().fill(0);
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
    const { plan, arena, rows, subset, classes, order } = this.task;
    const { core, precision } = plan.engine;
    if (this.words && order === 'interleave') {
      for (const block of this.blocks) arena.release(block);
      const count = classes!.reduce((a, b) => Math.max(a, b), 0) + 1;
      const workspace = arena.allocate(core.interleaveBytes(rows, count));
      const list = Words.of(arena, classes!).address;
      this.blocks = [workspace, list];
      core.runInterleave(run, list, count, Purpose.ties, workspace);
    } else if (this.emphasis) {
      const { exponent, memory, floor, cap, quantile, importance } = this.emphasis;
      const at = arena.allocate(core.emphasisBytes(rows));
      const factors = importance ? new Reals(arena, precision, rows).address : 0;
      const from = subset?.address ?? 0;
      const seen = this.seen ? 1 : 0;
      const { address } = this.errors!;
      core.emphasisOpen(at, rows, from, address, seen, factors, exponent, memory, floor, cap, quantile, Purpose.emphasis);
      core.runEmphasis(run, at);
    }
  }

  /** What a fit that continues this one needs. */
  get vectors(): Record<string, RealArray> {
    return this.errors ? { [ERRORS]: this.errors.read() } : {};
  }
}
