// Products with a vector, against sums in float64. Data are multiples of 2^-8, depths at most 100: every sum is exact in
// float32 too, so results must be equal.

import { LANES, SIZE } from "../../assembly/vec";
import { matrixVector, outerProduct, vectorMatrix } from "../../assembly/kernels/matvec";
import { get, set } from "../../assembly/addresses";
import { dyadics, intact, room, seed, untouched } from "./buffers";

const DEPTHS: i32[] = [0, 1, 2, 3, 4, 5, 7, 8, 17, 100];
// The addend: none, a vector, the result's own place, one number for all.
const NONE: i32 = 0, OTHER: i32 = 1, SELF: i32 = 2, ONE: i32 = 3;

/** Elements stand `step` apart at y: the rest has to stay untouched. */
function onlyEvery(y: usize, n: i32, step: i32): bool {
  for (let i = 0; i < n * step; i++) if (i % step && !untouched(y, i)) return false;
  return intact(y, n * step);
}

/** y = e + x·B */
function vectorTimesMatrix(n: i32, depth: i32, stepX: i32, addend: i32): bool {
  const columns = n + 2, x = dyadics(depth * stepX), b = dyadics(depth * columns + 2 * LANES), y = room(n);
  const e = addend == NONE ? <usize>0 : addend == SELF ? y : dyadics(n), start = dyadics(n);
  if (addend == SELF) memory.copy(y, start, <usize>n * SIZE);
  if (addend == OTHER) memory.copy(start, e, <usize>n * SIZE);
  vectorMatrix(n, depth, x, <usize>stepX * SIZE, b, <usize>columns * SIZE, y, e);
  for (let j = 0; j < n; j++) {
    let want = addend == NONE ? 0.0 : get(start, j);
    for (let k = 0; k < depth; k++) want += get(x, k * stepX) * get(b, k * columns + j);
    if (!(get(y, j) == want)) return false;
  }
  return intact(y, n);
}

/** y = e + A·x */
function matrixTimesVector(m: i32, depth: i32, step: i32, addend: i32): bool {
  const columns = depth + 1, a = dyadics(m * columns), x = dyadics(depth), y = room(m * step);
  const stepE = addend == SELF ? step : addend == ONE ? 0 : 2;
  const start = dyadics(m), e = addend == NONE ? <usize>0 : addend == SELF ? y : addend == ONE ? dyadics(1) : room(2 * m);
  for (let i = 0; i < m; i++) {
    if (addend == ONE) set(start, i, get(e, 0));
    else if (addend != NONE) set(e, i * stepE, get(start, i));
  }
  matrixVector(m, depth, a, <usize>columns * SIZE, x, y, <usize>step * SIZE, e, <usize>stepE * SIZE);
  for (let i = 0; i < m; i++) {
    let want = addend == NONE ? 0.0 : get(start, i);
    for (let k = 0; k < depth; k++) want += get(a, i * columns + k) * get(x, k);
    if (!(get(y, i * step) == want)) return false;
  }
  return onlyEvery(y, m, step);
}

/** C = E + x·yᵀ */
function outer(m: i32, n: i32, stepX: i32, addend: i32): bool {
  const ldc = n + 1, x = dyadics(m * stepX), y = dyadics(n), c = room(m * ldc), start = dyadics(m * ldc);
  const e = addend == NONE ? <usize>0 : addend == SELF ? c : start;
  if (addend == SELF) {
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) set(c, i * ldc + j, get(start, i * ldc + j));
  }
  outerProduct(m, n, x, <usize>stepX * SIZE, y, c, <usize>ldc * SIZE, e);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const want = (addend == NONE ? 0.0 : get(start, i * ldc + j)) + get(x, i * stepX) * get(y, j);
      if (!(get(c, i * ldc + j) == want)) return false;
    }
    if (!untouched(c, i * ldc + n)) return false;
  }
  return intact(c, m * ldc);
}

describe("matvec", () => {
  test("vectorMatrix: all widths around a vector, two, and a stretch of eight", () => {
    seed(11);
    const widths: i32[] = [
      0, 1, 2, 3, LANES, LANES + 1, 2 * LANES - 1, 2 * LANES, 2 * LANES + 1, 13, 8 * LANES - 1, 8 * LANES, 8 * LANES + 1, 71,
    ];
    for (let w = 0; w < widths.length; w++) {
      for (let d = 0; d < DEPTHS.length; d++) {
        for (let addend = NONE; addend <= SELF; addend++) {
          for (let step = 1; step <= 3; step += 2) {
            expect<bool>(vectorTimesMatrix(widths[w], DEPTHS[d], step, addend))
              .toBe(true, "n " + widths[w].toString() + ", depth " + DEPTHS[d].toString() + ", addend " + addend.toString());
          }
        }
      }
    }
  });

  test("matrixVector: all heights around four rows at a time", () => {
    seed(12);
    const heights: i32[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13];
    for (let h = 0; h < heights.length; h++) {
      for (let d = 0; d < DEPTHS.length; d++) {
        for (let addend = NONE; addend <= ONE; addend++) {
          for (let step = 1; step <= 3; step += 2) {
            expect<bool>(matrixTimesVector(heights[h], DEPTHS[d], step, addend))
              .toBe(true, "m " + heights[h].toString() + ", depth " + DEPTHS[d].toString() + ", addend " + addend.toString());
          }
        }
      }
    }
  });

  test("outerProduct", () => {
    seed(13);
    for (let m = 0; m <= 5; m++) {
      for (let n = 0; n <= 2 * LANES + 1; n++) {
        for (let addend = NONE; addend <= SELF; addend++) {
          for (let step = 1; step <= 3; step += 2) {
            expect<bool>(outer(m, n, step, addend)).toBe(true,
              m.toString() + "×" + n.toString() + ", addend " + addend.toString());
          }
        }
      }
    }
  });
});
