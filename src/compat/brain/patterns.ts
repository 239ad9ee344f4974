// Patterns to learn, copied into linear memory once.

import { Arena, heap } from '../../../bindings/memory.js';
import type { PatternCore } from '../../../bindings/patterns.js';

/** A pattern: what goes in, and what should come out. */
export interface Pattern {
  readonly input: ArrayLike<number>;
  readonly output: ArrayLike<number>;
}

/** Patterns in linear memory, each an input and a target in whole vectors. */
export class Patterns {
  private constructor(
    readonly address: number,
    readonly count: number,
    private readonly arena: Arena,
  ) {}

  /** Copies patterns of these sizes. @throws OutOfMemoryError */
  static of(core: PatternCore, inputs: number, outputs: number, data: readonly Pattern[]): Patterns {
    const wide = core.networkVector(inputs) / 4;
    const size = wide + core.networkVector(outputs) / 4;
    const arena = new Arena();
    const address = arena.allocate(4 * size * data.length);
    const numbers = new Float32Array(heap.buffer, address, size * data.length).fill(0);
    for (let i = 0, at = 0; i < data.length; i++, at += size) {
      const { input, output } = data[i]!;
      for (let k = 0; k < inputs; k++) numbers[at + k] = input[k]!;
      for (let k = 0; k < outputs; k++) numbers[at + wide + k] = output[k]!;
    }
    return new Patterns(address, data.length, arena);
  }

  dispose(): void {
    this.arena.dispose();
  }
}
