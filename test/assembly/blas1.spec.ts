// Level 1: every length around a vector and around the blocks of sums, with guards. Data are multiples of 2^-8, so that all
// sums of a block are exact and results must be equal.

import { LANES, SIZE } from "../../assembly/vec";
import { axpy, columnSums, copy, copyRow, dot, fill, largestMagnitude, norm, scale, total } from "../../assembly/kernels/blas1";
import { get, set } from "../../assembly/addresses";
import { dyadics, intact, room, seed } from "./buffers";

const LENGTHS: i32[] = [0, 1, 2, 3, LANES, LANES + 1, 7, 8, 13, 31, 255, 256, 257, 259, 512, 521];

describe("blas1", () => {
  test("copy, copyRow, fill, scale, axpy write n reals and no more", () => {
    seed(21);
    for (let l = 0; l < LENGTHS.length; l++) {
      const n = LENGTHS[l], x = dyadics(n), y = dyadics(n), z = room(n), c = room(n), r = room(n), f = room(n);
      memory.copy(z, y, <usize>n * SIZE);
      copy(n, x, c);
      copyRow(n, x, r);
      fill(n, 0.75, f);
      axpy(n, 0.5, x, z);
      let right = true;
      for (let i = 0; i < n; i++) {
        right = right && get(c, i) == get(x, i) && get(r, i) == get(x, i) && get(f, i) == 0.75;
        right = right && get(z, i) == get(y, i) + 0.5 * get(x, i);
      }
      scale(n, -2, c);
      for (let i = 0; i < n; i++) right = right && get(c, i) == -2 * get(x, i);
      right = right && intact(c, n) && intact(r, n) && intact(f, n) && intact(z, n) && intact(x, n);
      expect<bool>(right).toBe(true, n.toString());
    }
  });

  test("copy may overlap", () => {
    seed(22);
    const n = 11, x = dyadics(n + 1), before = room(n + 1);
    memory.copy(before, x, <usize>(n + 1) * SIZE);
    copy(n, x, x + SIZE);
    for (let i = 0; i < n; i++) expect(get(x, i + 1)).toBe(get(before, i));
  });

  test("dot and total", () => {
    seed(23);
    for (let l = 0; l < LENGTHS.length; l++) {
      const n = LENGTHS[l], x = dyadics(n), y = dyadics(n);
      let products = 0.0, sum = 0.0;
      for (let i = 0; i < n; i++) {
        products += get(x, i) * get(y, i);
        sum += get(x, i);
      }
      expect(dot(n, x, y)).toBe(products, n.toString());
      expect(total(n, x)).toBe(sum, n.toString());
    }
  });

  test("largestMagnitude, wherever it stands; NaN shows", () => {
    seed(24);
    const n = 2 * LANES + LANES / 2 + 1, x = dyadics(n);
    expect<bool>(largestMagnitude(0, x) == 0).toBe(true);
    for (let i = 0; i < n; i++) {
      const kept = get(x, i);
      set(x, i, -5);
      expect<bool>(largestMagnitude(n, x) == 5).toBe(true);
      set(x, i, NaN);
      expect<bool>(isNaN(largestMagnitude(n, x))).toBe(true);
      set(x, i, kept);
    }
    // What stands behind the vector is a NaN.
    for (let m = 1; m <= n; m++) {
      const y = dyadics(m);
      let want = 0.0;
      for (let i = 0; i < m; i++) want = max(want, abs(get(y, i)));
      expect<bool>(<f64>largestMagnitude(m, y) == want).toBe(true);
    }
  });

  test("norm: the root of an exact sum", () => {
    seed(25);
    for (let l = 0; l < LENGTHS.length; l++) {
      const n = LENGTHS[l], x = dyadics(n);
      let squares = 0.0;
      for (let i = 0; i < n; i++) squares += get(x, i) * get(x, i);
      expect(norm(n, x)).toBe(sqrt(squares), n.toString());
    }
  });

  test("norm scales with powers of two as far as reals go", () => {
    const by: f64[] = sizeof<real>() == 4
      ? [1.2676506002282294e30, 7.888609052210118e-31] // 2^±100
      : [1.0715086071862673e301, 9.332636185032189e-302, 2.5822498780869086e120]; // 2^1000, 2^-1000, 2^400
    for (let b = 0; b < by.length; b++) {
      const x = room(3);
      set(x, 0, 3 * by[b]);
      set(x, 1, 4 * by[b]);
      set(x, 2, 0);
      expect(norm(3, x)).toBe(5 * by[b]);
    }
    const x = room(2);
    set(x, 0, 1);
    set(x, 1, -Infinity);
    expect(norm(2, x)).toBe(Infinity);
    set(x, 0, NaN);
    expect<bool>(isNaN(norm(2, x))).toBe(true);
  });

  test("columnSums, with and without an addend, also in place", () => {
    seed(26);
    const heights: i32[] = [0, 1, 2, 7, 100];
    for (let h = 0; h < heights.length; h++) {
      for (let n = 0; n <= 2 * LANES + 1; n++) {
        const rows = heights[h], x = dyadics(rows * n), e = dyadics(n), y = room(n), z = room(n), s = room(n);
        memory.copy(s, e, <usize>n * SIZE);
        columnSums(rows, n, x, y, 0);
        columnSums(rows, n, x, z, e);
        columnSums(rows, n, x, s, s);
        let right = true;
        for (let j = 0; j < n; j++) {
          let want = 0.0;
          for (let r = 0; r < rows; r++) want += get(x, r * n + j);
          right = right && get(y, j) == want && get(z, j) == get(e, j) + want && get(s, j) == get(z, j);
        }
        right = right && intact(y, n) && intact(z, n) && intact(s, n);
        expect<bool>(right).toBe(true, rows.toString() + "×" + n.toString());
      }
    }
  });
});
