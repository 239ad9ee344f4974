// How errors go back through a softmax.

import { LANES, SIZE, loadUpTo, mul, splat, storeUpTo, sub, sum, add } from "../vec";
import { exp } from "../kernels/elementary";

/** dx[r,j] = dy[r,j]·y[r,j] − y[r,j]·Σ_k dy[r,k]·y[r,k]   y = softmax(x); dx may be dy */
export function softmaxBackward(rows: i32, n: i32, y: usize, dy: usize, dx: usize): void {
  for (let ld = <usize>n * SIZE; rows > 0; rows--, y += ld, dy += ld, dx += ld) {
    let s = splat(0);
    for (let i = n, at: usize = 0; i > 0; i -= LANES, at += 16) s = add(s, mul(loadUpTo(dy + at, i), loadUpTo(y + at, i)));
    const along = splat(sum(s));
    for (let i = n, at: usize = 0; i > 0; i -= LANES, at += 16) {
      const v = loadUpTo(y + at, i);
      storeUpTo(dx + at, sub(mul(loadUpTo(dy + at, i), v), mul(along, v)), i);
    }
  }
}

/** dx[r,j] = dy[r,j] − e^y[r,j]·Σ_k dy[r,k]   y = logSoftmax(x); dx may be dy */
export function logSoftmaxBackward(rows: i32, n: i32, y: usize, dy: usize, dx: usize): void {
  for (let ld = <usize>n * SIZE; rows > 0; rows--, y += ld, dy += ld, dx += ld) {
    let s = splat(0);
    for (let i = n, at: usize = 0; i > 0; i -= LANES, at += 16) s = add(s, loadUpTo(dy + at, i));
    const all = splat(sum(s));
    for (let i = n, at: usize = 0; i > 0; i -= LANES, at += 16) {
      storeUpTo(dx + at, sub(loadUpTo(dy + at, i), mul(all, exp<real>(loadUpTo(y + at, i)))), i);
    }
  }
}
