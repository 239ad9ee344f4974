// Who has the thread: training works in short slices, and lets the event loop run in between.

import { turn } from '../../bindings/turn.js';

/** Milliseconds of work between two rests: a page must be able to draw 60 times a second. */
const FOREGROUND = typeof document === 'undefined' ? 16 : 6;

/** The same where a worker does it: time only until an abort is heard. */
const BACKGROUND = 40;

/** A slice of work after which the event loop gets its turn. */
export class TimeSlice {
  private started = performance.now();
  /** Steps per call: learned, so that a call takes about half a slice. */
  private steps = 1;
  private readonly slice: number;

  /** @param background whether this thread is free meanwhile */
  constructor(private readonly background: boolean) {
    this.slice = background ? BACKGROUND : FOREGROUND;
  }

  /** How many steps to take next. */
  get stride(): number {
    return this.steps;
  }

  /** Tells how long the last `steps` steps took, in milliseconds. */
  took(steps: number, time: number): void {
    if (steps < this.steps) return;
    // Grows at most eightfold at a time: the first steps run in the engine's slow baseline code.
    const fitting = (this.slice / 2 / Math.max(time, 1e-3)) * steps;
    this.steps = Math.max(1, Math.min(Math.floor(fitting), steps * 8));
  }

  /** Whether the slice is used up. */
  get due(): boolean {
    return !this.background && performance.now() - this.started >= this.slice;
  }

  /** Lets everything else run that waits for the thread. */
  async rest(): Promise<void> {
    await turn();
    this.started = performance.now();
  }
}
