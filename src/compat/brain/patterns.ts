// Patterns to learn, copied into linear memory once, when their turn comes.

import { Arena, heap } from '../../../bindings/memory.js';
import type { PatternCore } from '../../../bindings/patterns.js';

/** A pattern: what goes in, and what should come out. */
export interface Pattern {
  readonly input: ArrayLike<number>;
  readonly output: ArrayLike<number>;
}

/** Patterns in linear memory, each an input and a target in whole vectors, and how far a training has come in them. */
export class Patterns {
  private readonly arena = new Arena();
  private readonly wide: number;
  private readonly size: number;
  readonly address: number;
  readonly count: number;
  /** How many have been copied. */
  private loaded = 0;
  /** The next pattern to learn, and Σ errors of those before it in the epoch. */
  next = 0;
  total = 0;

  /** Memory for patterns of these sizes. @throws OutOfMemoryError */
  constructor(
    core: PatternCore,
    private readonly inputs: number,
    private readonly outputs: number,
    private readonly data: readonly Pattern[],
  ) {
    this.wide = core.networkVector(inputs) / 4;
    this.size = this.wide + core.networkVector(outputs) / 4;
    this.count = data.length;
    this.address = this.arena.allocate(4 * this.size * data.length);
  }

  /** Copies those that the next `steps` steps need, the one behind them included: many patterns take longer than a turn. */
  loadFor(steps: number): void {
    const { data, inputs, outputs, size, wide, loaded } = this;
    const end = Math.min(this.next + steps + 1, this.count);
    if (end <= loaded) return;
    const numbers = new Float32Array(heap.buffer, this.address + 4 * size * loaded, size * (end - loaded)).fill(0);
    for (let i = loaded, at = 0; i < end; i++, at += size) {
      const { input, output } = data[i]!;
      for (let k = 0; k < inputs; k++) numbers[at + k] = input[k]!;
      for (let k = 0; k < outputs; k++) numbers[at + wide + k] = output[k]!;
    }
    this.loaded = end;
  }

  dispose(): void {
    this.arena.dispose();
  }
}
