// What the tests of kernels share: guarded buffers in linear memory, reproducible numbers, error bounds.

import { expect } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import type { Numerics } from '../../bindings/core.js';
import { type Precision, type RealArray, Arena, Reals, heap, realBytes } from '../../bindings/memory.js';

export const PRECISIONS: readonly Precision[] = ['float32', 'float64'];

/** Which binaries are tested: vitest's project `relaxed` asks for the relaxed ones. */
export const NUMERICS: Numerics = process.env['NUMERICS'] === 'fast' ? 'fast' : 'strict';

/** The unit roundoff of a precision: half the distance from 1 to the next number. */
export const ROUNDOFF = { float32: 2 ** -24, float64: 2 ** -53 } as const;

/**
 * What n roundings in a row can do to a relative error, at most (Higham's γ_n), those of a float64 twin that sums as many terms
 * included.
 */
export function gamma(precision: Precision, n: number): number {
  const of = (u: number) => (n * u) / (1 - n * u);
  return of(ROUNDOFF[precision]) + of(ROUNDOFF.float64);
}

/** Numbers in [-1, 1) that follow from a seed (mulberry32). */
export function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Elements before and after a buffer that kernels may read but not change. */
const GUARD = 8;

/** What guards hold: NaN in both precisions, so that using one shows. */
const GUARDED = 0xffffffff;

/**
 * A vector in linear memory between guards, `skew` elements off a cache line. A matrix may have rows farther apart than they
 * are wide: what is between them is guarded too.
 */
export class Guarded {
  private readonly reals: Reals;
  private readonly first: number;

  constructor(
    arena: Arena,
    readonly precision: Precision,
    readonly rows: number,
    readonly columns: number,
    readonly pitch = columns,
    skew = 1,
  ) {
    this.first = GUARD + skew;
    this.reals = new Reals(arena, precision, this.first + Math.max(0, rows * pitch) + GUARD);
    this.words().fill(GUARDED);
  }

  /** Address of the first element. */
  get at(): number {
    return this.reals.at(this.first);
  }

  /** Bytes from one row to the next. */
  get stride(): number {
    return this.pitch * realBytes(this.precision);
  }

  /** Writes the elements, row by row. */
  set(values: ArrayLike<number>): this {
    const view = this.reals.view();
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) view[this.first + r * this.pitch + c] = values[r * this.columns + c]!;
    }
    return this;
  }

  /** Writes numbers from a generator. */
  random(next: () => number): this {
    return this.set(Array.from({ length: this.rows * this.columns }, next));
  }

  /** The elements, row by row, packed. */
  read(): Float64Array {
    const view = this.reals.view();
    const out = new Float64Array(this.rows * this.columns);
    for (let r = 0; r < this.rows; r++) {
      for (let c = 0; c < this.columns; c++) out[r * this.columns + c] = view[this.first + r * this.pitch + c]!;
    }
    return out;
  }

  /** Fails if anything but the elements has changed. */
  expectIntact(what = 'guard words'): void {
    const words = this.words();
    const size = realBytes(this.precision) / 4;
    const check = (from: number, to: number) => {
      for (let i = from * size; i < to * size; i++) {
        if (words[i] !== GUARDED) expect.fail(`${what}: element ${Math.floor(i / size) - this.first} was changed`);
      }
    };
    check(0, this.first);
    for (let r = 0; r < this.rows; r++) check(this.first + r * this.pitch + this.columns, this.first + (r + 1) * this.pitch);
    check(this.first + this.rows * this.pitch, this.reals.length);
  }

  private words(): Uint32Array {
    return new Uint32Array(heap.memory.buffer, this.reals.address, (this.reals.length * realBytes(this.precision)) / 4);
  }
}

/** Whether two vectors are the same to the last bit (NaN is the same as NaN). */
export function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Runs `body` with the kernels of a precision and an arena that is freed afterwards. */
export async function withKernels<R>(precision: Precision, body: (lab: Lab) => R): Promise<R> {
  const { core } = await engineOf(precision, NUMERICS);
  const arena = new Arena();
  try {
    return body(new Lab(precision, core, arena));
  } finally {
    arena.dispose();
  }
}

/** The kernels of a precision, and buffers for them. */
export class Lab {
  constructor(
    readonly precision: Precision,
    readonly core: Awaited<ReturnType<typeof engineOf>>['core'],
    readonly arena: Arena,
  ) {}

  /** A guarded vector. */
  vector(values: ArrayLike<number>, skew = 1): Guarded {
    return new Guarded(this.arena, this.precision, 1, values.length, values.length, skew).set(values);
  }

  /** A guarded vector without content. */
  room(length: number, skew = 1): Guarded {
    return new Guarded(this.arena, this.precision, 1, length, length, skew);
  }

  /** A guarded matrix. */
  matrix(rows: number, columns: number, pitch = columns, skew = 1): Guarded {
    return new Guarded(this.arena, this.precision, rows, columns, pitch, skew);
  }

  /** Numbers rounded to the precision: what a float64 twin must start from. */
  rounded(values: ArrayLike<number>): RealArray {
    return this.precision === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  }

  /** Element-wise outcome of a kernel that writes n numbers, with its guards checked. */
  written(length: number, kernel: (out: number) => void): Float64Array {
    const out = this.room(length);
    kernel(out.at);
    out.expectIntact();
    return out.read();
  }
}
