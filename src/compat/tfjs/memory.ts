// Numbers of float32 in linear memory, which are there until their arena is disposed of.

import type { Arena, Heap } from '../../../bindings/memory.js';

/** Where numbers go. */
export interface Room {
  readonly heap: Heap;
  readonly arena: Arena;
}

/** So many zeros. @returns their address */
export function zeros({ heap, arena }: Room, length: number): number {
  const address = arena.allocate(4 * length);
  new Float32Array(heap.buffer, address, length).fill(0);
  return address;
}

/** A copy of numbers. @returns its address */
export function copied({ heap, arena }: Room, values: ArrayLike<number>): number {
  const address = arena.allocate(4 * values.length);
  new Float32Array(heap.buffer, address, values.length).set(values);
  return address;
}
