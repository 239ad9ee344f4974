// Pausing that takes long, as generators that stop every now and then: done at once, or in turns with the event loop.

import type { TimeSlice } from '../../training/time-slice.js';

/** Work that yields where it may rest. */
export type Pausing<T> = Generator<void, T>;

/** All of it. */
export function atOnce<T>(work: Pausing<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** All of it, with rests between. */
export async function inTurns<T>(work: Pausing<T>, slice: TimeSlice): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (slice.due) await slice.rest();
  }
}

/** Numbers that are handled between two looks at the clock. */
const PIECE = 4096;

/** The items of a list, with a chance to rest after so many numbers. */
export function* withRests<T>(
  items: readonly T[],
  numbersOf: (item: T) => number,
  handle: (item: T, i: number) => void,
): Pausing<void> {
  let numbers = 0;
  for (let i = 0; i < items.length; i++) {
    handle(items[i]!, i);
    numbers += numbersOf(items[i]!);
    if (numbers < PIECE) continue;
    numbers = 0;
    yield;
  }
}
