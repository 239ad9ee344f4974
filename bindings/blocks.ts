// Blocks for many short-lived arrays: a tensor's memory comes and goes with every operation of a training step, so that taking
// and giving back must cost some nanoseconds. Blocks have sizes from a list; what is given back waits for the next of its size.

import { OutOfMemoryError } from './errors.js';
import type { Heap } from './memory.js';

const ALIGNMENT = 64;
/** Blocks up to this size are cut from slabs; larger ones are taken from the heap one by one, and may go back there. */
const SMALL = 4096;
const SLAB = 1 << 18;
/** Sizes up to LINEAR are multiples of 64 bytes; above, there are eight to an octave. */
const LINEAR = 1024;
const LINEAR_SIZES = LINEAR / ALIGNMENT;
const OCTAVE = 10; // of LINEAR
const MOST = 2 ** 32;
/** What may wait for use before it goes back to the heap: this, or as much as is in use. */
const SPARE = 2 ** 26;

/** The number of the smallest size of the list that holds so many bytes, at least 1 and below 4 GiB. */
export function sizeClass(bytes: number): number {
  if (bytes <= LINEAR) return (bytes + ALIGNMENT - 1) >>> 6;
  const last = bytes - 1;
  const octave = 31 - Math.clz32(last);
  return LINEAR_SIZES + (octave - OCTAVE) * 8 + ((last >>> (octave - 3)) & 7) + 1;
}

/** Bytes of a size. */
function bytesOf(size: number): number {
  if (size <= LINEAR_SIZES) return size * ALIGNMENT;
  const step = size - LINEAR_SIZES - 1;
  return 2 ** (OCTAVE + (step >>> 3)) * (1 + ((step & 7) + 1) / 8);
}

const SIZES = sizeClass(MOST - 1) + 1;

/** Takes blocks from the heap, keeps them for use again, and gives all of them back at the end. */
export class Blocks {
  /** Addresses of free blocks, by size. */
  private readonly free: number[][] = Array.from({ length: SIZES }, () => []);
  private readonly slabs: number[] = [];
  private readonly large = new Set<number>();
  private top = 0;
  private left = 0;
  private spare = 0;
  /** Bytes of blocks that somebody has. */
  private inUse = 0;

  constructor(private readonly heap: Heap) {}

  /** The address of a block of this size (of the list), 64-byte aligned, with undefined content. @throws OutOfMemoryError */
  allocate(size: number): number {
    const bytes = bytesOf(size);
    const address = this.free[size]!.pop();
    if (address !== undefined) {
      if (bytes > SMALL) this.spare -= bytes;
      this.inUse += bytes;
      return address;
    }
    const fresh = bytes > SMALL ? this.takeLarge(bytes) : this.cut(bytes);
    this.inUse += bytes;
    return fresh;
  }

  /** Gives a block of this size back. */
  release(address: number, size: number): void {
    const bytes = bytesOf(size);
    this.inUse -= bytes;
    this.free[size]!.push(address);
    if (bytes <= SMALL) return;
    this.spare += bytes;
    if (this.spare > SPARE && this.spare > this.inUse) this.giveBack();
  }

  /** Gives everything back to the heap, also blocks that are in use. */
  dispose(): void {
    for (const address of this.slabs) this.heap.release(address);
    for (const address of this.large) this.heap.release(address);
    this.slabs.length = 0;
    this.large.clear();
    for (const list of this.free) list.length = 0;
    this.left = 0;
    this.spare = 0;
    this.inUse = 0;
  }

  private cut(bytes: number): number {
    if (this.left < bytes) {
      const slab = this.fromHeap(SLAB);
      this.slabs.push(slab);
      for (; this.left > 0; this.left -= ALIGNMENT) this.free[1]!.push(this.top + this.left - ALIGNMENT);
      this.top = slab;
      this.left = SLAB;
    }
    const address = this.top;
    this.top += bytes;
    this.left -= bytes;
    return address;
  }

  private takeLarge(bytes: number): number {
    const address = this.fromHeap(bytes);
    this.large.add(address);
    return address;
  }

  /** From the heap; what waits here makes room where there is none. */
  private fromHeap(bytes: number): number {
    try {
      return this.heap.allocate(bytes);
    } catch (error) {
      if (!(error instanceof OutOfMemoryError) || this.spare === 0) throw error;
      this.giveBack();
      return this.heap.allocate(bytes);
    }
  }

  /** Gives large blocks that nobody has back to the heap. */
  private giveBack(): void {
    for (let size = sizeClass(SMALL) + 1; size < SIZES; size++) {
      const list = this.free[size]!;
      for (const address of list) {
        this.large.delete(address);
        this.heap.release(address);
      }
      list.length = 0;
    }
    this.spare = 0;
  }
}
