// Reals by number: where they are, one at a time. Loops over many take vectors (vec.ts).

import { SIZE } from "./vec";

/** The address of real i behind p. */
// @ts-ignore: decorator
@inline
export function realAt(p: usize, i: i32): usize {
  return p + <usize>i * SIZE;
}

/** p[i], as a float64 */
// @ts-ignore: decorator
@inline
export function get(p: usize, i: i32): f64 {
  return <f64>load<real>(p + <usize>i * SIZE);
}

/** p[i] = x */
// @ts-ignore: decorator
@inline
export function set(p: usize, i: i32, x: f64): void {
  store<real>(p + <usize>i * SIZE, <real>x);
}

/** p[i], as it is */
// @ts-ignore: decorator
@inline
export function element(p: usize, i: i32): real {
  return load<real>(p + <usize>i * SIZE);
}

/** p[i] = x, as it is */
// @ts-ignore: decorator
@inline
export function setElement(p: usize, i: i32, x: real): void {
  store<real>(p + <usize>i * SIZE, x);
}

/** p[i] += x */
// @ts-ignore: decorator
@inline
export function increase(p: usize, i: i32, x: f64): void {
  store<real>(p + <usize>i * SIZE, <real>(get(p, i) + x));
}

/** Bytes from one buffer to the next: sizes rounded up to a cache line. */
// @ts-ignore: decorator
@inline
export function padded(bytes: usize): usize {
  return (bytes + 63) & ~63;
}
