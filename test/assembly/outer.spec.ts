// Updates in passing against the update and the product that they are made of, bit for bit.

import { UpdateRule } from "../../assembly/codes";
import { LANES, SIZE } from "../../assembly/vec";
import { matrixVector, vectorMatrix } from "../../assembly/kernels/matvec";
import { passes, sgdOuterAhead, sgdOuterBack } from "../../assembly/rules/outer";
import { sgdOuter } from "../../assembly/rules/sgd";
import { copyOf, intact, randoms, room, seed } from "./buffers";

const RATE: f64 = 0.125, MU: f64 = 0.9;

function same(a: usize, b: usize, n: i32): bool {
  return memory.compare(a, b, <usize>n * SIZE) == 0 && intact(b, n);
}

function aheadAgrees(kind: i32, m: i32, n: i32): bool {
  const size = m * n, x = randoms(m), d = randoms(n), z = randoms(m), w = randoms(size), v = randoms(size), y = randoms(n),
    sums = room(n);
  const otherW = copyOf(w, size), otherV = copyOf(v, size);
  sgdOuter(kind, false, m, n, x, d, w, v, RATE, MU, 0);
  vectorMatrix(n, m, z, SIZE, w, <usize>n * SIZE, sums, 0);
  sgdOuterAhead(kind, m, n, x, d, otherW, otherV, z, y, RATE, MU);
  return same(w, otherW, size) && same(v, otherV, size) && same(sums, y, n) && intact(x, m) && intact(z, m) && intact(d, n);
}

function backAgrees(kind: i32, m: i32, n: i32): bool {
  const size = m * n, x = randoms(m), d = randoms(n), w = randoms(size), v = randoms(size), y = randoms(m), sums = room(m);
  const otherW = copyOf(w, size), otherV = copyOf(v, size);
  matrixVector(m, n, w, <usize>n * SIZE, d, sums, SIZE, 0, 0);
  sgdOuter(kind, false, m, n, x, d, w, v, RATE, MU, 0);
  sgdOuterBack(kind, m, n, x, d, otherW, otherV, y, RATE, MU);
  return same(w, otherW, size) && same(v, otherV, size) && same(sums, y, m) && intact(x, m) && intact(d, n);
}

describe("updates in passing", () => {
  test("of rules without Nesterov's momentum, and of rows of a vector at least", () => {
    expect<bool>(passes(UpdateRule.plain, LANES)).toBe(true);
    expect<bool>(passes(UpdateRule.momentum, 300)).toBe(true);
    expect<bool>(passes(UpdateRule.nesterov, 300)).toBe(false);
    expect<bool>(passes(UpdateRule.momentum, LANES - 1)).toBe(false);
  });

  test("the next sample's sums", () => {
    seed(33);
    for (let kind = UpdateRule.plain; kind <= UpdateRule.momentum; kind++) {
      // Multiples of 4 vectors are taken by columns, up to 32.
      for (let n = LANES; n <= 40 * LANES; n += n < 8 * LANES ? 1 : 4 * LANES) {
        for (let m = 0; m <= 5; m++) {
          expect<bool>(aheadAgrees(kind, m, n)).toBe(true, "kind " + kind.toString() + ", " + m.toString() + "×" + n.toString());
        }
      }
    }
  });

  test("the errors below", () => {
    seed(34);
    for (let kind = UpdateRule.plain; kind <= UpdateRule.momentum; kind++) {
      for (let n = LANES; n <= 4 * LANES + 1; n++) {
        for (let m = 0; m <= 9; m++) {
          expect<bool>(backAgrees(kind, m, n)).toBe(true, "kind " + kind.toString() + ", " + m.toString() + "×" + n.toString());
        }
      }
    }
  });
});
