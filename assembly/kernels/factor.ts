// Symmetric matrices: AᵀA, Cholesky's factor, and solutions with it. Blocked, so that nearly all of the work is products (Golub & Van Loan 4.2). Float64 only.

import { LANES, SIZE, loadPart, madd, splat, storePart, sub, sum } from "../vec";
import { dot } from "./blas1";
import { PLAIN, TRANSPOSED, gemm, gemmScratch } from "./gemm";

/** Columns factored, or multiplied, at a time. */
const BLOCK: i32 = 48;
const BAND: i32 = 128;

/** Bytes of scratch for normalMatrix and cholesky. */
export function factorScratch(rows: i32, n: i32): usize {
  const product = gemmScratch(TRANSPOSED, PLAIN, min(n, BAND), n, rows), panel = gemmScratch(PLAIN, TRANSPOSED, n, BLOCK, n);
  return max(product, panel + <usize>n * BLOCK * SIZE + 64);
}

/** c[i,j] += Σ_r a[r,i]·a[r,j] for j ≥ i (and a few below)   a: rows×n, rows lda bytes apart; c: n×n. scratch: factorScratch(rows, n) */
export function normalMatrix(rows: i32, n: i32, a: usize, lda: usize, c: usize, scratch: usize): void {
  const row = <usize>n * SIZE;
  for (let j = 0; j < n; j += BAND) {
    const from = a + <usize>j * SIZE, to = c + <usize>j * (row + SIZE);
    gemm(TRANSPOSED, PLAIN, min(BAND, n - j), n - j, rows, from, lda, from, lda, to, row, to, row, scratch);
  }
}

/** c[j,i] = c[i,j] for j > i: the lower triangle from the upper one */
export function mirror(n: i32, c: usize): void {
  const row = <usize>n * SIZE;
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) {
    store<real>(c + <usize>i * row + <usize>j * SIZE, load<real>(c + <usize>j * row + <usize>i * SIZE));
  }
}

// @ts-ignore: decorator
@inline
function subtract(n: i32, x: usize, y: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16) v128.store(y, sub(v128.load(y), v128.load(x)));
  if (n > 0) storePart(y, sub(loadPart(y, n), loadPart(x, n)), n);
}

/**
 * A = L·Lᵀ, L in the place of A's lower triangle   a: n×n row-major; its upper triangle is left alone. Returns 0, or 1 + the first row
 * whose pivot is not > 0: A is not positive definite. scratch: factorScratch(0, n)
 */
export function cholesky(n: i32, a: usize, scratch: usize): i32 {
  const row = <usize>n * SIZE, panel = scratch, rest = (scratch + <usize>n * BLOCK * SIZE + 63) & ~63, width = <usize>BLOCK * SIZE;
  for (let j = 0; j < n; j += BLOCK) {
    const block = min(BLOCK, n - j), left = a + <usize>j * row;
    if (j) {
      // What the columns to the left take off these: A[j:, j:j+block] −= L[j:, :j]·L[j:j+block, :j]ᵀ
      gemm(PLAIN, TRANSPOSED, n - j, block, j, left, row, left, row, panel, width, 0, 0, rest);
      for (let i = j; i < n; i++) subtract(min(block, i - j + 1), panel + <usize>(i - j) * width, a + <usize>i * row + <usize>j * SIZE);
    }
    for (let i = j; i < n; i++) {
      const p = a + <usize>i * row + <usize>j * SIZE, last = min(block, i - j + 1);
      for (let k = 0; k < last; k++) {
        const q = a + <usize>(j + k) * row + <usize>j * SIZE, at = p + <usize>k * SIZE;
        const s = <f64>load<real>(at) - dot(k, p, q);
        if (i == j + k) {
          if (!(s > 0) || !(s < Infinity)) return i + 1;
          store<real>(at, <real>sqrt(s));
        } else {
          store<real>(at, <real>(s / <f64>load<real>(q + <usize>k * SIZE)));
        }
      }
    }
  }
  return 0;
}

/** x = A⁻¹·b with A = L·Lᵀ by `cholesky`   b, x: n; x may be b */
export function choleskySolve(n: i32, l: usize, b: usize, x: usize): void {
  const row = <usize>n * SIZE;
  for (let i = 0; i < n; i++) {
    const p = l + <usize>i * row, at = <usize>i * SIZE;
    store<real>(x + at, <real>((<f64>load<real>(b + at) - dot(i, p, x)) / <f64>load<real>(p + at)));
  }
  for (let i = n - 1; i >= 0; i--) {
    const p = l + <usize>i * row, at = <usize>i * SIZE, v = <f64>load<real>(x + at) / <f64>load<real>(p + at);
    store<real>(x + at, <real>v);
    for (let k = 0; k < i; k++) store<real>(x + <usize>k * SIZE, <real>(<f64>load<real>(x + <usize>k * SIZE) - v * <f64>load<real>(p + <usize>k * SIZE)));
  }
}

/** y[i] = Σ_j a[i,j]·x[j]   a: n×n */
export function matrixTimesVector(n: i32, a: usize, x: usize, y: usize): void {
  for (let i = 0; i < n; i++, a += <usize>n * SIZE, y += SIZE) store<real>(y, <real>dot(n, a, x));
}

/** m += a·s·sᵀ − b·(s·tᵀ + t·sᵀ) if `update`, and out = m·v, in one pass over m   m: n×n, symmetric; s, t, v, out: n */
export function rankTwoTimesVector(n: i32, m: usize, a: f64, b: f64, s: usize, t: usize, v: usize, out: usize, update: i32): void {
  if (!update) {
    matrixTimesVector(n, m, v, out);
    return;
  }
  for (let i: usize = 0, row = <usize>n * SIZE; i < row; i += SIZE, m += row) {
    const si = <f64>load<real>(s + i), ti = <f64>load<real>(t + i);
    const alongS = splat(<real>(a * si - b * ti)), alongT = splat(<real>(-b * si));
    let sums = splat(0), k = n, p = m, x = s, y = t, z = v;
    for (; k >= LANES; k -= LANES, p += 16, x += 16, y += 16, z += 16) {
      const e = madd(madd(v128.load(p), alongS, v128.load(x)), alongT, v128.load(y));
      v128.store(p, e);
      sums = madd(sums, e, v128.load(z));
    }
    if (k > 0) {
      const e = madd(madd(loadPart(p, k), alongS, loadPart(x, k)), alongT, loadPart(y, k));
      storePart(p, e, k);
      sums = madd(sums, e, loadPart(z, k));
    }
    store<real>(out + i, sum(sums));
  }
}
