// Batches: samples picked by index and copied next to each other.

import { SIZE } from "../vec";
import { copyRow } from "../kernels/blas1";

/** to[0 … 3] = from[0 … 3], vectors: as much as a line of the cache */
// @ts-ignore: decorator
@inline
function copyLine(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

// @ts-ignore: decorator
@inline
function copyVector(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
}

// @ts-ignore: decorator
@inline
function copyOne(from: usize, to: usize): void {
  store<real>(to, load<real>(from));
}

/**
 * out[r, :] = from[indices[r], :] for r < rows   from, out: row-major, `columns` wide; indices: u32; no overlap
 *
 * Rows come from anywhere: four at a time, line by line, so that memory is asked for four before the first has arrived.
 */
export function gather(rows: i32, columns: i32, indices: usize, from: usize, out: usize): void {
  const width = <usize>columns * SIZE;
  for (; rows >= 4; rows -= 4, indices += 16, out += 4 * width) {
    const a = from + <usize>load<u32>(indices) * width, b = from + <usize>load<u32>(indices, 4) * width;
    const c = from + <usize>load<u32>(indices, 8) * width, d = from + <usize>load<u32>(indices, 12) * width;
    let k: usize = 0, to = out;
    for (; k + 64 <= width; k += 64, to += 64) {
      copyLine(a + k, to);
      copyLine(b + k, to + width);
      copyLine(c + k, to + 2 * width);
      copyLine(d + k, to + 3 * width);
    }
    for (; k + 16 <= width; k += 16, to += 16) {
      copyVector(a + k, to);
      copyVector(b + k, to + width);
      copyVector(c + k, to + 2 * width);
      copyVector(d + k, to + 3 * width);
    }
    for (; k < width; k += SIZE, to += SIZE) {
      copyOne(a + k, to);
      copyOne(b + k, to + width);
      copyOne(c + k, to + 2 * width);
      copyOne(d + k, to + 3 * width);
    }
  }
  for (; rows > 0; rows--, indices += 4, out += width) copyRow(columns, from + <usize>load<u32>(indices) * width, out);
}

/** Σ_r w[indices[r]] */
export function gatheredTotal(rows: i32, indices: usize, w: usize): f64 {
  let result: f64 = 0;
  for (let end = indices + (<usize>rows << 2); indices < end; indices += 4) {
    result += <f64>load<real>(w + <usize>load<u32>(indices) * SIZE);
  }
  return result;
}

/**
 * Bytes of slabs that batches may be gathered in ahead of their turn: half of a first cache. The more rows are asked for at once,
 * the less one waits for each.
 */
const AHEAD: i32 = 16384;

/** How many samples slabs hold that are to hold `rows` at least. */
function slabRows(rows: i32, inputs: i32, outputs: i32): i32 {
  return max(rows, AHEAD / ((inputs + outputs + 1) * <i32>SIZE));
}

/** Bytes of the slabs in which `rows` samples are gathered, or more. */
export function slabBytes(rows: i32, inputs: i32, outputs: i32): usize {
  return <usize>slabRows(rows, inputs, outputs) * (inputs + outputs + 1) * SIZE;
}

/** A set of samples in memory, or of those that `indices` picks (u32; 0 takes them as they stand). */
@unmanaged
export class Samples {
  inputs: i32;
  outputs: i32;
  x: usize; // rows×inputs
  t: usize; // rows×outputs, or 0
  w: usize; // rows, or 0
  indices: usize;
  factors: usize; // what the weight of the sample at each place is multiplied with, or 0 for ones
  // Where picked samples are gathered, a slab at a time.
  slabX: usize;
  slabT: usize;
  slabW: usize;
  capacity: i32; // samples that slabs hold
  end: i32; // samples before this one may be gathered ahead of their turn; 0 where none may
  // Samples gathered ahead: from … to − 1.
  from: i32;
  to: i32;
  // The slab at hand, set by `take`.
  atX: usize;
  atT: usize;
  atW: usize;

  /** Points to the samples, and to slabs of `rows` samples: slabBytes(rows, inputs, outputs). */
  open(rows: i32, inputs: i32, outputs: i32, x: usize, t: usize, w: usize, indices: usize, slabs: usize): void {
    this.inputs = inputs;
    this.outputs = outputs;
    this.x = x;
    this.t = t;
    this.w = w;
    this.indices = indices;
    this.factors = 0;
    this.goAhead(0);
    this.ownSlabs(rows, slabs);
  }

  /**
   * Samples before this one may be gathered ahead of their turn from here on: their order is known, and slabs are used by nobody
   * else.
   */
  @inline goAhead(end: i32): void {
    this.end = end;
    this.to = 0;
  }

  /** Makes samples first … first + rows − 1 contiguous at atX, atT, atW. */
  take(first: i32, rows: i32): void {
    const inputs = this.inputs, outputs = this.outputs, indices = this.indices;
    let at = <usize>first;
    if (indices && rows > 1) {
      if (first < this.from || first + rows > this.to) {
        const list = indices + (at << 2), n = max(rows, min(this.capacity, this.end - first) / rows * rows); // whole batches
        gather(n, inputs, list, this.x, this.slabX);
        if (this.t) gather(n, outputs, list, this.t, this.slabT);
        if (this.w) gather(n, 1, list, this.w, this.slabW);
        this.from = first;
        this.to = this.end ? first + n : 0;
      }
      at = <usize>(first - this.from) * SIZE;
      this.atX = this.slabX + at * inputs;
      this.atT = this.t ? this.slabT + at * outputs : 0;
      this.atW = this.w ? this.slabW + at : 0;
    } else {
      if (indices) at = <usize>load<u32>(indices + (at << 2));
      this.atX = this.x + at * inputs * SIZE;
      this.atT = this.t ? this.t + at * outputs * SIZE : 0;
      this.atW = this.w ? this.w + at * SIZE : 0;
    }
    if (this.factors) this.takeFactors(first, rows);
  }

  /** The inputs of sample `first`, where they stand. */
  @inline rowAt(first: i32): usize {
    const indices = this.indices, at = indices ? <usize>load<u32>(indices + (<usize>first << 2)) : <usize>first;
    return this.x + at * this.inputs * SIZE;
  }

  /**
   * The same of the sample at hand without gathering anything: where `take` would have put samples first … first + rows − 1, rows
   * > 1.
   */
  point(first: i32): void {
    const at = <usize>first, gathered = this.indices != 0;
    this.atX = gathered ? this.slabX : this.x + at * this.inputs * SIZE;
    this.atT = !this.t ? 0 : gathered ? this.slabT : this.t + at * this.outputs * SIZE;
    this.atW = this.factors ? this.slabW : !this.w ? 0 : gathered ? this.slabW : this.w + at * SIZE;
  }

  /** Slabs begin so many samples further on. */
  skipSlabs(rows: i32): void {
    this.slabX += <usize>rows * this.inputs * SIZE;
    this.slabT += <usize>rows * this.outputs * SIZE;
    this.slabW += <usize>rows * SIZE;
  }

  /** Gathers into slabs of `rows` samples elsewhere. */
  ownSlabs(rows: i32, slabs: usize): void {
    const capacity = slabRows(rows, this.inputs, this.outputs);
    this.capacity = capacity;
    this.slabX = slabs;
    this.slabT = slabs + <usize>capacity * this.inputs * SIZE;
    this.slabW = this.slabT + <usize>capacity * this.outputs * SIZE;
  }

  /** slabW = w∘factors */
  private takeFactors(first: i32, rows: i32): void {
    const factors = this.factors + <usize>first * SIZE;
    for (let r: usize = 0; r < <usize>rows * SIZE; r += SIZE) {
      store<real>(this.slabW + r, load<real>(factors + r) * (this.atW ? load<real>(this.atW + r) : 1));
    }
    this.atW = this.slabW;
  }

  /** Σ w over samples first … first + rows − 1, factors included; their number without weights. */
  weight(first: i32, rows: i32): f64 {
    if (this.factors) {
      let result: f64 = 0;
      for (let k = <usize>first; k < <usize>first + rows; k++) {
        const w = this.w ? load<real>(this.w + <usize>load<u32>(this.indices + (k << 2)) * SIZE) : 1;
        result += <f64>w * <f64>load<real>(this.factors + k * SIZE);
      }
      return result;
    }
    if (!this.w) return <f64>rows;
    if (this.indices) return gatheredTotal(rows, this.indices + (<usize>first << 2), this.w);
    let result: f64 = 0;
    for (let p = this.w + <usize>first * SIZE, end = p + <usize>rows * SIZE; p < end; p += SIZE) result += <f64>load<real>(p);
    return result;
  }
}
