// What a learning rate may depend on: time.

/** How far training has come. Counts go on over fits that continue each other, except `share`. */
export interface Moment {
  /** Samples presented so far. */
  readonly samples: number;
  /** @deprecated The same as `samples`, by its former name. */
  readonly patterns?: number;
  /** Steps taken so far. */
  readonly step: number;
  /** Whole epochs done. */
  readonly epoch: number;
  /** The share of this fit's epochs that is done, from 0 to 1. */
  readonly share: number;
}

/** A learning rate that changes. */
export interface Schedule {
  readonly name: string;
  /** When the rate is looked up: before each step, or once an epoch. */
  readonly every: 'step' | 'epoch';
  /** The rate at a moment, ≥ 0. */
  rate(moment: Moment): number;
}

export function isSchedule(value: unknown): value is Schedule {
  return (
    typeof value === 'object' &&
    value !== null &&
    'rate' in value &&
    typeof value.rate === 'function' &&
    'every' in value &&
    (value.every === 'step' || value.every === 'epoch')
  );
}
