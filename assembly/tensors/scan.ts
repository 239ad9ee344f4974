// Products, running sums and products, and what bytes of 0 or 1 say together, along one axis of outer×n×inner.

import { SIZE } from "../vec";

/** out[o,i] = Π_k x[o,k,i], multiplied in float64 */
export function products(outer: i32, n: i32, inner: i32, x: usize, out: usize): void {
  const ld = <usize>inner * SIZE;
  for (; outer > 0; outer--, x += <usize>n * ld) {
    for (let j = 0; j < inner; j++, out += SIZE) {
      let p: f64 = 1, at = x + <usize>j * SIZE;
      for (let k = 0; k < n; k++, at += ld) p *= <f64>load<f32>(at);
      store<f32>(out, <f32>p);
    }
  }
}

/**
 * out[o,k,i] = Σ_l x[o,l,i] for l ≤ k, or l < k if `exclusive`, or Π if `product`; rows `step` bytes apart, of which x and out
 * have the first one: the last one, and a negative step, if sums run backwards
 */
export function running(
  product: i32, exclusive: i32, outer: i32, n: i32, inner: i32, step: i32, x: usize, out: usize,
): void {
  const size = <usize>n * <usize>inner * SIZE;
  for (; outer > 0; outer--, x += size, out += size) {
    for (let j = 0; j < inner; j++) {
      let all: f32 = product ? 1 : 0, p = x + <usize>j * SIZE, q = out + <usize>j * SIZE;
      for (let k = 0; k < n; k++, p += <usize>step, q += <usize>step) {
        const v = load<f32>(p), next = product ? all * v : all + v;
        store<f32>(q, exclusive ? all : next);
        all = next;
      }
    }
  }
}

/** out[o,i] = whether a byte of x[o,·,i] is not 0, or if `all`, whether none is   n ≥ 1 */
export function agreed(all: i32, outer: i32, n: i32, inner: i32, x: usize, out: usize): void {
  for (; outer > 0; outer--, x += <usize>n * <usize>inner) {
    for (let j = 0; j < inner; j++, out++) {
      let found = load<u8>(x + j), at = x + j;
      for (let k = 1; k < n && (found != 0) == (all != 0); k++) {
        at += inner;
        found = load<u8>(at);
      }
      store<u8>(out, found);
    }
  }
}
