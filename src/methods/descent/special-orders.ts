// Orders that are drawn with a view to the samples: of which class they are, or how far off they were.

import { type RealArray, Reals, Words } from '../../../bindings/memory.js';
import { type Emphasis, type Order, emphasize } from '../../data/orders.js';
import { Purpose } from '../../runtime/random.js';
import type { MethodState, Task } from '../method.js';

/** What holds the running errors in a method's state; files know it by this name. */
const ERRORS = 'errors of patterns';

/** How a run draws its order. */
export interface SpecialOrder {
  /** Tells a run that has been opened, or fed. */
  open(run: number): void;
  /** What a fit that continues this one needs. */
  readonly vectors: Record<string, RealArray>;
}

/** @throws OutOfMemoryError */
export function specialOrder(
  task: Task,
  order: Exclude<Order, 'shuffle' | 'sequential'>,
  state: MethodState | undefined,
): SpecialOrder {
  if (order === 'interleave') return new Interleaving(task);
  return new Emphasising(task, order === 'emphasize' ? emphasize() : order, state);
}

class Interleaving implements SpecialOrder {
  /** Blocks that it works with. */
  private blocks: number[] = [];
  readonly vectors = {};

  constructor(private readonly task: Task) {}

  open(run: number): void {
    const { plan, arena, rows, classes } = this.task;
    const { core } = plan.engine;
    for (const block of this.blocks) arena.release(block);
    const count = classes!.reduce((a, b) => Math.max(a, b), 0) + 1;
    const workspace = arena.allocate(core.interleaveBytes(rows, count));
    const list = Words.of(arena, classes!).address;
    this.blocks = [workspace, list];
    core.runInterleave(run, list, count, Purpose.ties, workspace);
  }
}

class Emphasising implements SpecialOrder {
  private readonly errors: Reals;
  private readonly seen: boolean;

  constructor(
    private readonly task: Task,
    private readonly emphasis: Emphasis,
    state: MethodState | undefined,
  ) {
    const { arena, rows } = task;
    this.errors = new Reals(arena, 'float64', rows);
    const kept = state?.vectors[ERRORS];
    this.seen = kept?.length === rows;
    if (this.seen) this.errors.view().set(kept!);
    else this.errors.view().fill(0);
  }

  open(run: number): void {
    const { plan, arena, rows, subset } = this.task;
    const { core, precision } = plan.engine;
    const { exponent, memory, floor, cap, quantile, importance } = this.emphasis;
    const at = arena.allocate(core.emphasisBytes(rows));
    const factors = importance ? new Reals(arena, precision, rows).address : 0;
    const from = subset?.address ?? 0;
    const { address } = this.errors;
    const seen = this.seen ? 1 : 0;
    core.emphasisOpen(at, rows, from, address, seen, factors, exponent, memory, floor, cap, quantile, Purpose.emphasis);
    core.runEmphasis(run, at);
  }

  get vectors(): Record<string, RealArray> {
    return { [ERRORS]: this.errors.read() };
  }
}
