// Linear memory: one WebAssembly.Memory per process or worker, shared by the binaries of both precisions, and the
// allocator over it. TypeScript holds addresses; views are made when needed, because a grown memory detaches old ones.

import { OutOfMemoryError } from './errors.js';
import { sharesMemory } from './features.js';

const PAGE = 65536;
const MAXIMUM_PAGES = 65536; // 4 GiB; the binaries' memory import declares the same maximum
const ALIGNMENT = 64; // a cache line
/** Address 0 stays unused, so that 0 can mean "none". */
const BASE = 1024;
/** Kernels may read up to a vector past a matrix; the memory always ends at least this far behind the last block. */
const SLACK = 64;

interface Range {
  address: number;
  bytes: number;
}

/** A memory that grows as far as it can. Safari on phones refuses to reserve 4 GiB that are shared. */
function newMemory(shared: boolean): WebAssembly.Memory {
  for (let maximum = MAXIMUM_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared });
    } catch (error) {
      if (!(error instanceof RangeError) || maximum <= 1024) throw error;
    }
  }
}

/** A first-fit allocator in address order; neighbouring free ranges are merged. */
export class Heap {
  memory: WebAssembly.Memory;
  /** Free ranges by address; the space behind `end` is free as well. */
  private free: Range[] = [];
  private readonly sizes = new Map<number, number>();
  private end = BASE;
  private inUse = 0;

  /** @param shared whether threads may work on the memory */
  constructor(public shared = false) {
    this.memory = newMemory(shared);
  }

  /**
   * Begins anew with a memory that no other thread sees, unless it is that already; nobody may hold an address or be bound to the
   * old one.
   */
  unshare(): void {
    if (!this.shared) return;
    if (this.inUse > 0) throw new RangeError('the heap is in use');
    this.memory = newMemory(false);
    this.shared = false;
    this.free = [];
    this.end = BASE;
  }

  /** The memory's bytes. What is shared is given out as if it were not: threads touch it only while somebody waits for them. */
  get buffer(): ArrayBuffer {
    return this.memory.buffer as ArrayBuffer;
  }

  /** Bytes in use. */
  get used(): number {
    return this.inUse;
  }

  /** The highest number of bytes that the memory has reached. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * Address of `bytes` fresh bytes, 64-byte aligned, with undefined content.
   * @throws OutOfMemoryError, with nothing changed
   */
  allocate(bytes: number): number {
    const size = Math.max(Math.ceil(bytes / ALIGNMENT), 1) * ALIGNMENT;
    const i = this.free.findIndex((range) => range.bytes >= size);
    let address: number;
    if (i >= 0) {
      const range = this.free[i]!;
      address = range.address;
      range.address += size;
      range.bytes -= size;
      if (range.bytes === 0) this.free.splice(i, 1);
    } else {
      // A free range that touches the end is extended rather than left behind.
      const last = this.free.at(-1);
      const atEnd = last !== undefined && last.address + last.bytes === this.end;
      address = atEnd ? last.address : this.end;
      this.growTo(address + size, bytes);
      if (atEnd) this.free.pop();
      this.end = address + size;
    }
    this.sizes.set(address, size);
    this.inUse += size;
    return address;
  }

  /** Gives a block back. Freeing what is not allocated is a bug of the caller's and throws. */
  release(address: number): void {
    const bytes = this.sizes.get(address);
    if (bytes === undefined) throw new RangeError(`no block at address ${address}`);
    this.sizes.delete(address);
    this.inUse -= bytes;
    let i = this.free.findIndex((range) => range.address > address);
    if (i < 0) i = this.free.length;
    const before = this.free[i - 1];
    const after = this.free[i];
    const joinsBefore = before !== undefined && before.address + before.bytes === address;
    const joinsAfter = after !== undefined && address + bytes === after.address;
    if (joinsBefore) {
      before.bytes += bytes;
      if (joinsAfter) {
        before.bytes += after.bytes;
        this.free.splice(i, 1);
      }
    } else if (joinsAfter) {
      after.address = address;
      after.bytes += bytes;
    } else {
      this.free.splice(i, 0, { address, bytes });
    }
  }

  private growTo(end: number, asked: number): void {
    const missing = end + SLACK - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    const pages = Math.ceil(missing / PAGE);
    if (this.memory.buffer.byteLength / PAGE + pages > MAXIMUM_PAGES) throw new OutOfMemoryError(asked, this.inUse);
    try {
      this.memory.grow(pages);
    } catch {
      throw new OutOfMemoryError(asked, this.inUse);
    }
  }
}

/** The heap of this process or worker. */
export const heap: Heap = new Heap(sharesMemory());

/** The precision in which a network computes. */
export type Precision = 'float32' | 'float64';

export type RealArray = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Bytes of a real. */
export function realBytes(precision: Precision): 4 | 8 {
  return precision === 'float32' ? 4 : 8;
}

/** Blocks of linear memory that are given back together. */
export class Arena {
  private readonly addresses = new Set<number>();

  constructor(private readonly from: Heap = heap) {}

  /** @throws OutOfMemoryError */
  allocate(bytes: number): number {
    const address = this.from.allocate(bytes);
    this.addresses.add(address);
    return address;
  }

  /** Gives one block back early. */
  release(address: number): void {
    if (this.addresses.delete(address)) this.from.release(address);
  }

  dispose(): void {
    for (const address of this.addresses) this.from.release(address);
    this.addresses.clear();
  }
}

/** The reals at an address. Valid until memory grows. */
export function viewOf(precision: Precision, address: number, length: number): RealArray {
  const { buffer } = heap;
  return precision === 'float32' ? new Float32Array(buffer, address, length) : new Float64Array(buffer, address, length);
}

/** A vector of reals in linear memory. */
export class Reals {
  readonly address: number;

  /** @throws OutOfMemoryError */
  constructor(
    arena: Arena,
    readonly precision: Precision,
    readonly length: number,
  ) {
    this.address = arena.allocate(length * realBytes(precision));
  }

  /** The vector itself. Valid until memory grows: use at once, never keep, never give away. */
  view(): RealArray {
    return viewOf(this.precision, this.address, this.length);
  }

  /** A copy of the vector. */
  read(): RealArray {
    return this.view().slice();
  }

  /** Address of element i, for a kernel. */
  at(i: number): number {
    return this.address + i * realBytes(this.precision);
  }
}

/** A vector of unsigned 32-bit integers in linear memory: indices of samples. */
export class Words {
  readonly address: number;

  /** @throws OutOfMemoryError */
  constructor(
    arena: Arena,
    readonly length: number,
  ) {
    this.address = arena.allocate(length * 4);
  }

  /** A vector with these elements. */
  static of(arena: Arena, elements: Uint32Array): Words {
    const words = new Words(arena, elements.length);
    words.view().set(elements);
    return words;
  }

  /** The vector itself. Valid until memory grows. */
  view(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(heap.buffer, this.address, this.length);
  }
}
