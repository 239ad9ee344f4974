// Normal matrices, Cholesky's factor, solutions, QR and the passes of BFGS against loops in float64.

import { SIZE } from "../../assembly/vec";
import {
  cholesky, choleskySolve, dampedStep, factorScratch, inverseDiagonal, matrixTimesVector, normalMatrix, rankTwoTimesVector,
} from "../../assembly/kernels/factor";
import { foldRows } from "../../assembly/kernels/qr";
import { MR, NR } from "../../assembly/kernels/tile";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, bytes, guarded, intact, near, randoms, room, seed } from "./buffers";

/** Around strips (8), blocks (24), bands (128) and tiles (4), and primes. */
const SIZES: i32[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 17, 23, 24, 25, 48, 101, 129];

/** Sums of n products of numbers of order 1, in any order, and as much again for the twin's rounding when it is stored. */
function bound(n: i32): f64 {
  return 8 * <f64>(n + 8) * ROUNDING;
}

/** Σ_r a[r,i]·a[r,j] */
function square(rows: i32, n: i32, a: usize, i: i32, j: i32): f64 {
  let s: f64 = 0;
  for (let r = 0; r < rows; r++) s += get(a, r * n + i) * get(a, r * n + j);
  return s;
}

function normals(rows: i32, n: i32): bool {
  const a = randoms(rows * n), c = randoms(n * n), was = room(n * n), size = factorScratch(rows, n), scratch = bytes(size);
  memory.copy(was, c, <usize>(n * n) * SIZE);
  normalMatrix(rows, n, a, <usize>n * SIZE, c, scratch);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) {
    if (!near(get(c, i * n + j), get(was, i * n + j) + square(rows, n, a, i, j), bound(rows))) return false;
  }
  return intact(a, rows * n) && intact(c, n * n) && guarded(scratch, size);
}

/** A = BᵀB + 1 of n×n */
function positive(n: i32): usize {
  const b = randoms(n * n), a = room(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) set(a, i * n + j, square(n, n, b, i, j) + (i == j ? 1 : 0));
  return a;
}

function factors(n: i32): bool {
  const a = positive(n), u = room(n * n), b = randoms(n), x = room(n), size = factorScratch(0, n), scratch = bytes(size);
  memory.copy(u, a, <usize>(n * n) * SIZE);
  if (cholesky(n, u, scratch) != 0) return false;
  // Backward error: n roundings of the diagonal of A, which is about n/3.
  const off = bound(n) * <f64>(n + 1);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) {
    let s: f64 = 0;
    for (let k = 0; k <= i; k++) s += get(u, k * n + i) * get(u, k * n + j);
    if (!near(s, get(a, i * n + j), off)) return false;
  }
  choleskySolve(n, u, b, x);
  for (let i = 0; i < n; i++) {
    let s: f64 = 0;
    for (let j = 0; j < n; j++) s += get(a, i * n + j) * get(x, j);
    if (!near(s, get(b, i), 4 * off * <f64>(n + 1))) return false;
  }
  // Below the diagonal nothing is touched.
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) if (get(u, i * n + j) != get(a, i * n + j)) return false;
  return intact(u, n * n) && intact(x, n) && intact(b, n) && guarded(scratch, size);
}

function inverses(n: i32): bool {
  const a = positive(n), u = room(n * n), d = room(n), spare = room(n), column = room(n), factor = room(n * n);
  memory.copy(u, a, <usize>(n * n) * SIZE);
  if (cholesky(n, u, bytes(factorScratch(0, n))) != 0) return false;
  memory.copy(factor, u, <usize>(n * n) * SIZE);
  inverseDiagonal(n, u, d, spare);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) set(column, j, i == j ? 1 : 0);
    choleskySolve(n, factor, column, column);
    if (!near(get(d, i), get(column, i), 4 * bound(n) * <f64>(n + 1))) return false; // A ≥ 1: its inverse is at most 1
  }
  return intact(u, n * n) && intact(d, n) && intact(spare, n);
}

function damped(n: i32): bool {
  const a = positive(n), d = randoms(n), g = randoms(n), u = room(n * n), p = room(n), size = factorScratch(0, n),
    scratch = bytes(size);
  const mu: f64 = 0.5;
  for (let i = 0; i < n; i++) set(d, i, 1.5 + get(d, i));
  if (dampedStep(n, a, mu, d, g, u, p, scratch) != 0) return false;
  for (let i = 0; i < n; i++) {
    let s = get(g, i) + mu * get(d, i) * get(p, i);
    for (let j = 0; j < n; j++) s += get(a, i * n + j) * get(p, j);
    if (!near(s, 0, 4 * bound(n) * <f64>(n + 1) * <f64>(n + 1))) return false;
  }
  return intact(a, n * n) && intact(d, n) && intact(g, n) && intact(u, n * n) && intact(p, n) && guarded(scratch, size);
}

/** Rows folded in two parts: RᵀR = AᵀA, Rᵀz = Aᵀe. */
function folded(n: i32, rows: i32): bool {
  const a = randoms(rows * n), e = randoms(rows), first = rows / 3, r = room(n * n), z = room(n), spare = room(n);
  const used = room(rows * n), usedE = room(rows);
  memory.copy(used, a, <usize>(rows * n) * SIZE);
  memory.copy(usedE, e, <usize>rows * SIZE);
  memory.fill(r, 0, <usize>(n * n) * SIZE);
  memory.fill(z, 0, <usize>n * SIZE);
  foldRows(n, r, z, first, used, usedE, spare);
  foldRows(n, r, z, rows - first, used + <usize>(first * n) * SIZE, usedE + <usize>first * SIZE, spare);
  const off = 8 * bound(rows) * <f64>(n + 1);
  for (let i = 0; i < n; i++) {
    let right: f64 = 0, along: f64 = 0;
    for (let k = 0; k < rows; k++) right += get(a, k * n + i) * get(e, k);
    for (let k = 0; k <= i; k++) along += get(r, k * n + i) * get(z, k);
    if (!near(along, right, off)) return false;
    for (let j = i; j < n; j++) {
      let s: f64 = 0;
      for (let k = 0; k <= i; k++) s += get(r, k * n + i) * get(r, k * n + j);
      if (!near(s, square(rows, n, a, i, j), off)) return false;
    }
  }
  return intact(r, n * n) && intact(z, n) && intact(spare, n) && intact(used, rows * n) && intact(usedE, rows);
}

function passes(n: i32): bool {
  const m = randoms(n * n), was = room(n * n), s = randoms(n), t = randoms(n), v = randoms(n), out = room(n);
  memory.copy(was, m, <usize>(n * n) * SIZE);
  matrixTimesVector(n, m, v, out);
  for (let i = 0; i < n; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < n; j++) sum += get(was, i * n + j) * get(v, j);
    if (!near(get(out, i), sum, bound(n))) return false;
  }
  const gamma: f64 = 1.75, a: f64 = 0.75, b: f64 = -0.5;
  for (let update = 0; update < 2; update++) {
    rankTwoTimesVector(n, m, gamma, a, b, s, t, v, out, update);
    for (let i = 0; i < n; i++) {
      let sum: f64 = 0;
      for (let j = 0; j < n; j++) {
        const more = update ? a * get(s, i) * get(s, j) - b * (get(s, i) * get(t, j) + get(t, i) * get(s, j)) : 0,
          e = (update ? gamma : 1) * get(was, i * n + j) + more;
        if (!near(get(m, i * n + j), e, 16 * ROUNDING)) return false;
        sum += e * get(v, j);
      }
      if (!near(get(out, i), sum, 4 * bound(n))) return false;
    }
  }
  return intact(m, n * n) && intact(s, n) && intact(t, n) && intact(v, n) && intact(out, n);
}

describe("symmetric matrices", () => {
  test("AᵀA in triangles", () => {
    if (MR != NR) return; // float32's tiles are wider than high; this kernel is for float64
    seed(3);
    for (let k = 0; k < SIZES.length; k++) {
      const n = SIZES[k];
      for (let rows = 0; rows < 9; rows++) expect<bool>(normals(rows, n)).toBe(true, `${rows} rows, n = ${n}`);
    }
    // Deeper than the registers' sums go at a time (384), wider than a band.
    expect<bool>(normals(385, 13)).toBe(true, "385 rows");
    expect<bool>(normals(800, 131)).toBe(true, "800 rows");
  });

  test("factors and solutions", () => {
    seed(4);
    for (let k = 0; k < SIZES.length; k++) expect<bool>(factors(SIZES[k])).toBe(true, SIZES[k].toString());
  });

  test("a matrix that is not positive definite is named by its row", () => {
    seed(5);
    for (let n = 1; n < 60; n += 7) {
      const row = n - 1, a = positive(n);
      set(a, row * n + row, -1);
      expect(cholesky(n, a, bytes(factorScratch(0, n)))).toBe(row + 1);
    }
  });

  test("the diagonal of an inverse", () => {
    seed(6);
    for (let k = 0; k < SIZES.length; k++) expect<bool>(inverses(SIZES[k])).toBe(true, SIZES[k].toString());
  });

  test("damped steps", () => {
    seed(7);
    for (let k = 0; k < SIZES.length; k++) expect<bool>(damped(SIZES[k])).toBe(true, SIZES[k].toString());
  });

  test("a damped step tells a pivot that is rounding", () => {
    const n = 2, a = room(4), d = room(2), g = randoms(2);
    for (let k = 0; k < 4; k++) set(a, k, 1);
    set(d, 0, 1);
    set(d, 1, 1);
    expect(dampedStep(n, a, 0, d, g, room(4), room(2), bytes(factorScratch(0, n)))).toBe(2);
    expect(dampedStep(n, a, 1, d, g, room(4), room(2), bytes(factorScratch(0, n)))).toBe(0);
  });

  test("QR, rows folded in parts", () => {
    seed(8);
    for (let k = 1; k < SIZES.length - 2; k++) {
      const n = SIZES[k];
      expect<bool>(folded(n, n + 5)).toBe(true, `n = ${n}, more rows`);
      expect<bool>(folded(n, (n + 1) / 2)).toBe(true, `n = ${n}, fewer rows`);
    }
  });

  test("products with a vector, and with a matrix updated on the way", () => {
    seed(9);
    for (let k = 0; k < SIZES.length; k++) expect<bool>(passes(SIZES[k])).toBe(true, SIZES[k].toString());
  });
});
