// Buffers with guard words on both sides, naive float64 access, and a small deterministic source of test data.

import { set } from "../../assembly/addresses";
import { SIZE } from "../../assembly/vec";

/** What stands before and behind every buffer, and in it until something is written. */
const GUARD: u32 = 0x7ff5c3e1; // a NaN as f32, and so are two of them as f64: what leaks into a sum shows
const GUARDS: usize = 64;

/** Room for n reals between guards, itself filled with the guard pattern. Address of the first; 16-byte aligned. */
export function room(n: i32): usize {
  return bytes(<usize>n * SIZE);
}

/** Room for so many bytes between guards. */
export function bytes(size: usize): usize {
  const whole = ((size + 15) & ~15) + 2 * GUARDS + 16;
  const block = heap.alloc(whole), p = (block + GUARDS + 15) & ~15;
  for (let q = p - GUARDS, end = p + ((size + 3) & ~3) + GUARDS; q < end; q += 4) store<u32>(q, GUARD);
  return p;
}

/** A copy of n reals, between guards of its own. */
export function copyOf(p: usize, n: i32): usize {
  const q = room(n);
  memory.copy(q, p, <usize>n * SIZE);
  return q;
}

/** Whether the guards around `size` bytes at p still stand. */
export function guarded(p: usize, size: usize): bool {
  for (let q = p - GUARDS; q < p; q += 4) if (load<u32>(q) != GUARD) return false;
  for (let q = p + ((size + 3) & ~3), end = q + GUARDS; q < end; q += 4) if (load<u32>(q) != GUARD) return false;
  return true;
}

/** Whether the guards around n reals at p still stand. */
export function intact(p: usize, n: i32): bool {
  return guarded(p, <usize>n * SIZE);
}

/** Whether real i at p was never written. */
export function untouched(p: usize, i: i32): bool {
  return load<u32>(p + <usize>i * SIZE) == GUARD;
}

let state: u32 = 1;

/** Restarts the source, so that a test does not depend on those before it. */
export function seed(s: u32): void {
  state = s;
}

/** A multiple of 2^-8 in [−1, 1): sums and products of a few hundred are exact in float32 too. */
export function dyadic(): f64 {
  return <f64>(<i32>(next() >> 23) - 256) / 256;
}

/** Uniform in [−1, 1). */
export function unit(): f64 {
  return <f64>next() / 2147483648.0 - 1;
}

/** xorshift32 */
function next(): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/** n fresh reals, uniform in [−1, 1), between guards. */
export function randoms(n: i32): usize {
  const p = room(n);
  for (let i = 0; i < n; i++) set(p, i, unit());
  return p;
}

/** n fresh reals, multiples of 2^-8 in [−1, 1), between guards. */
export function dyadics(n: i32): usize {
  const p = room(n);
  for (let i = 0; i < n; i++) set(p, i, dyadic());
  return p;
}

/** Half the distance from 1 to the next real. */
export const ROUNDING: f64 = sizeof<real>() == 4 ? 5.960464477539063e-8 : 1.1102230246251565e-16;

/** Whether x and y differ by at most `bound`; NaN never does. */
export function near(x: f64, y: f64, bound: f64): bool {
  return abs(x - y) <= bound;
}
