// How many rows of outputs say what the targets do.

import { SIZE } from "../vec";
import { get } from "../addresses";

/** The index of the largest of n numbers: the first of several */
// @ts-ignore: decorator
@inline
function largestAt(n: i32, x: usize): i32 {
  let at = 0, most = load<real>(x);
  for (let j = 1; j < n; j++) {
    const v = load<real>(x + <usize>j * SIZE);
    if (v > most) {
      most = v;
      at = j;
    }
  }
  return at;
}

/** The share of rows whose largest output is where the largest target is   t, p: rows×n */
export function categoricalAccuracy(rows: i32, n: i32, t: usize, p: usize): f64 {
  const ld = <usize>n * SIZE;
  let right = 0;
  for (let r = 0; r < rows; r++, t += ld, p += ld) if (largestAt(n, t) == largestAt(n, p)) right++;
  return <f64>right / <f64>rows;
}

/** The share of rows whose largest output is the one that the target numbers   t: rows; p: rows×n */
export function sparseCategoricalAccuracy(rows: i32, n: i32, t: usize, p: usize): f64 {
  let right = 0;
  for (let r = 0; r < rows; r++, p += <usize>n * SIZE) if (get(t, r) == <f64>largestAt(n, p)) right++;
  return <f64>right / <f64>rows;
}

/** The share of outputs that are above ½ where the target is 1, and not where it is 0   t, p: rows×n */
export function binaryAccuracy(rows: i32, n: i32, t: usize, p: usize): f64 {
  let right = 0;
  for (let i = 0; i < rows * n; i++) if (get(t, i) == (get(p, i) > 0.5 ? 1 : 0)) right++;
  return <f64>right / <f64>(rows * n);
}
