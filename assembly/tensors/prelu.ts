// Rectifiers whose slope below 0 is learned, one for each unit or one for several.

import { SIZE } from "../vec";

/** y[r,j] = x[r,j] from 0 on, else a[map[j]]·x[r,j]   x, y: rows×n; map: n indices (u32) */
export function prelu(rows: i32, n: i32, x: usize, a: usize, map: usize, y: usize): void {
  for (; rows > 0; rows--) {
    for (let j = 0; j < n; j++, x += SIZE, y += SIZE) {
      const v = load<real>(x);
      store<real>(y, v >= 0 ? v : v * load<real>(a + ((<usize>load<u32>(map + (<usize>j << 2))) * SIZE)));
    }
  }
}

/** dx[r,j] = dy[r,j] above 0, else dy[r,j]·a[map[j]], and da[map[j]] += dy[r,j]·x[r,j], unless da = 0   dx may be dy */
export function preluBackward(rows: i32, n: i32, x: usize, a: usize, map: usize, dy: usize, dx: usize, da: usize): void {
  for (; rows > 0; rows--) {
    for (let j = 0; j < n; j++, x += SIZE, dy += SIZE, dx += SIZE) {
      const v = load<real>(x), d = load<real>(dy), k = <usize>load<u32>(map + (<usize>j << 2)) * SIZE;
      if (v > 0) {
        store<real>(dx, d);
      } else {
        if (da) store<real>(da + k, load<real>(da + k) + d * v);
        store<real>(dx, d * load<real>(a + k));
      }
    }
  }
}
