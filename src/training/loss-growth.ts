// Whether a fit's loss has grown beyond what training does by chance.

import type { SampleBuffers } from '../data/dataset.js';
import type { PartState } from './checkpoint.js';
import type { Probe } from './probe.js';
import type { Snapshot } from './snapshot.js';
import type { Work } from '../runtime/work.js';

/** A loss that is so many times what it was at the start has diverged … */
const DIVERGED_FROM = 10;
/**
 * … unless it is less than this share of the best constant's: a fit that goes on from a loss near 0 cannot but lose some of it.
 */
const NEAR_ZERO = 0.1;

/** What was found when a loss was compared with its start, on the same samples. */
export interface Grown {
  readonly from: number;
  readonly to: number;
}

/**
 * Compares the loss at the weights of now with that at the start's, on the same samples: what noise layers, emphasis, and samples
 * that change in a stream do to a training loss is not mistaken for a divergence.
 */
export class Growth {
  /** Epoch losses above this are looked into. */
  private limit = 0;
  private least = Infinity;
  /** The loss at the start's weights, of the samples that were at hand last. */
  private known: { readonly at: SampleBuffers; readonly loss: number } | undefined;
  /** What the last look found at the weights of then; undefined before, and where samples weigh nothing. */
  loss: number | undefined;

  constructor(
    private readonly probe: Probe,
    private readonly snapshot: Snapshot,
  ) {}

  /** What a fit that takes this one up needs. */
  get part(): PartState {
    return { numbers: [this.limit, this.least, this.loss ?? Number.NaN], vectors: {} };
  }

  /** Goes on where another fit was. */
  recall({ numbers }: PartState): void {
    const [limit, least, loss] = numbers as [number, number, number];
    [this.limit, this.least, this.loss] = [limit, least, Number.isNaN(loss) ? undefined : loss];
  }

  /** Whether an epoch's loss makes a look necessary: the first has nothing to be compared with. */
  suspects(loss: number): boolean {
    this.least = Math.min(this.least, loss);
    return loss > Math.max(DIVERGED_FROM * this.least, this.limit) || this.limit === 0;
  }

  /** How far the loss has grown; undefined where it has not, or not so far. */
  *found(epochLoss: number): Work<Grown | undefined> {
    const { probe } = this;
    const to = yield* probe.loss();
    this.loss = to;
    // Where the best constant is right, as on one row, a loss next to 0 cannot but grow.
    const compares = probe.constant > 0 || !Number.isFinite(to);
    if (to !== undefined && compares && !(to <= NEAR_ZERO * probe.constant)) {
      const from = yield* this.before();
      this.least = Math.min(this.least, from);
      if (!(to <= DIVERGED_FROM * from)) return { from, to };
    }
    this.limit = Math.max(2 * epochLoss, Number.MIN_VALUE);
    return undefined;
  }

  /** Whether the start's weights do better than those of now. */
  *startIsBetter(): Work<boolean> {
    const { probe } = this;
    const now = yield* probe.loss();
    if (now === undefined) return false;
    return !(now <= (yield* this.before()));
  }

  /** The loss at the start's weights, on the samples at hand, which weigh something. */
  private *before(): Work<number> {
    const { probe, snapshot, known } = this;
    if (known?.at === probe.at) return known.loss;
    const loss = (yield* snapshot.atStart(probe.loss()))!;
    this.known = { at: probe.at, loss };
    return loss;
  }
}
