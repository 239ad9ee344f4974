// Symmetric matrices: AᵀA, Cholesky's factor, and solutions with it. Blocked, so that nearly all of the work is products (Golub &
// Van Loan 4.2). Float64 only.

import { Operand } from "../codes";
import { LANES, SIZE, loadPart, madd, mul, splat, storePart, sub, sum } from "../vec";
import { axpy, dot, scale } from "./blas1";
import { gemm, gemmScratch } from "./gemm";
import { vectorMatrix } from "./matvec";
import { packB, packTransposedA } from "./pack";
import { MR, NR, PANEL, narrowStrip, wideStrip } from "./tile";

/** Rows of a factor found at a time, and those of them for which one product subtracts what is known. */
const BLOCK: i32 = 24;
const STRIP: i32 = 8;

/**
 * Of AᵀA: rows that are summed in registers, and rows of the result whose panels stay in the second cache (whole tiles, also of
 * columns).
 */
const DEPTH: i32 = 384;
const BAND: i32 = 132;

/** Whether a tile is as wide as it is high: then one packing serves for both factors of AᵀA. */
const SQUARE: bool = MR == NR;

/** Bytes of `columns` columns of up to DEPTH rows in panels of a width. */
// @ts-ignore: decorator
@inline
function panelBytes(width: i32, rows: i32, columns: i32): usize {
  return <usize>((columns + width - 1) / width * width) * min(rows, DEPTH) * SIZE;
}

/** Bytes of scratch for normalMatrix of up to so many rows, and for cholesky. */
export function factorScratch(rows: i32, n: i32): usize {
  const block = <usize>min(BLOCK, n) * n * SIZE + 64 + gemmScratch(Operand.transposed, Operand.plain, min(BLOCK, n), n, n);
  return max(panelBytes(NR, rows, n) + (SQUARE ? 0 : panelBytes(MR, rows, min(n, BAND))), block);
}

/**
 * c[i,j] += Σ_r a[r,i]·a[r,j] for j ≥ i (and a few below) a: rows×n, rows lda bytes apart; c: n×n. scratch: factorScratch(rows,
 * n)
 */
export function normalMatrix(rows: i32, n: i32, a: usize, lda: usize, c: usize, scratch: usize): void {
  const row = <usize>n * SIZE;
  for (; rows > 0; rows -= DEPTH, a += <usize>DEPTH * lda) {
    const depth = min(rows, DEPTH), wide = <usize>(NR * depth) * SIZE, high = <usize>(MR * depth) * SIZE;
    let band = scratch;
    for (let j = 0; j < n; j += NR, band += wide) packB(depth, min(n - j, NR), a + <usize>j * SIZE, lda, band);
    for (let i = 0; i < n; i += BAND) {
      const end = min(i + BAND, n);
      let left = scratch + <usize>(i / NR) * wide;
      if (!SQUARE) {
        left = band;
        for (let k = i, p = band; k < end; k += MR, p += high) {
          packTransposedA(depth, min(end - k, MR), a + <usize>k * SIZE, lda, p);
        }
      }
      for (let j = i; j < n; j += NR) {
        const width = min(n - j, NR), to = c + <usize>i * row + <usize>j * SIZE, rowsAbove = min(end, j + NR) - i;
        const right = scratch + <usize>(j / NR) * wide;
        if (width > LANES) wideStrip(
          rowsAbove, depth, left, SIZE, <usize>MR * SIZE, high, 1, 0, right, PANEL, to, row, width, to, row,
        );
        else narrowStrip(rowsAbove, depth, left, SIZE, <usize>MR * SIZE, high, right, PANEL, to, row, width, to, row);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function subtract(n: i32, x: usize, y: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16) v128.store(y, sub(v128.load(y), v128.load(x)));
  if (n > 0) storePart(y, sub(loadPart(y, n), loadPart(x, n)), n);
}

/**
 * a[i, i:] −= Σ_k u[k,i]·u[k, i:], k from `from` to j − 1, for rows i = j … j + rows − 1; columns from j on panel: rows×(n − j)
 */
function eliminate(n: i32, a: usize, from: i32, j: i32, rows: i32, panel: usize, scratch: usize): void {
  const row = <usize>n * SIZE, width = <usize>(n - j) * SIZE, known = a + <usize>from * row + <usize>j * SIZE;
  gemm(Operand.transposed, Operand.plain, rows, n - j, j - from, known, row, known, row, panel, width, 0, 0, scratch);
  for (let i = 0; i < rows; i++) {
    const at = <usize>i * SIZE;
    subtract(n - j - i, panel + <usize>i * width + at, a + <usize>(j + i) * (row + SIZE));
  }
}

/**
 * A = Uᵀ·U, U in the place of A's upper triangle a: n×n row-major; its lower triangle is left alone. Returns 0, or 1 + the first
 * row whose pivot is not > 0: A is not positive definite. scratch: factorScratch(0, n)
 */
export function cholesky(n: i32, a: usize, scratch: usize): i32 {
  const row = <usize>n * SIZE, rest = (scratch + <usize>min(BLOCK, n) * row + 63) & ~63;
  for (let b = 0; b < n; b += BLOCK) {
    const end = min(b + BLOCK, n);
    if (b) eliminate(n, a, 0, b, end - b, scratch, rest);
    for (let j = b; j < end; j += STRIP) {
      const last = min(j + STRIP, end);
      if (j > b) eliminate(n, a, b, j, last - j, scratch, rest);
      for (let i = j; i < last; i++) {
        const at = a + <usize>i * (row + SIZE), u = a + <usize>j * row + <usize>i * SIZE;
        if (i > j) {
          vectorMatrix(n - i, i - j, u, row, u, row, scratch, 0);
          subtract(n - i, scratch, at);
        }
        const pivot = <f64>load<real>(at);
        if (!(pivot > 0) || !(pivot < Infinity)) return i + 1;
        scale(n - i, <real>(1 / sqrt(pivot)), at);
      }
    }
  }
  return 0;
}

/** x = A⁻¹·b with A = Uᵀ·U by `cholesky`   b, x: n; x may be b */
export function choleskySolve(n: i32, u: usize, b: usize, x: usize): void {
  const row = <usize>n * SIZE;
  if (x != b) memory.copy(x, b, row);
  for (let i = 0; i < n; i++) {
    const at = u + <usize>i * (row + SIZE), p = x + <usize>i * SIZE, v = <f64>load<real>(p) / <f64>load<real>(at);
    store<real>(p, <real>v);
    axpy(n - i - 1, <real>-v, at + SIZE, p + SIZE);
  }
  for (let i = n - 1; i >= 0; i--) {
    const at = u + <usize>i * (row + SIZE), p = x + <usize>i * SIZE;
    store<real>(p, <real>((<f64>load<real>(p) - dot(n - i - 1, at + SIZE, p + SIZE)) / <f64>load<real>(at)));
  }
}

/** Pivots below so many roundings of what they were subtracted from are rounding themselves. */
const LEAST_PIVOT: f64 = 64 * f64.EPSILON;

/**
 * p = −(A + μ·diag(d))⁻¹·g; the factor is left in u. Returns 0, or 1 + the first row whose pivot is not > 0, or is lost in
 * rounding; p is left alone then a: n×n, its upper triangle counts; u: n×n; d, g, p: n. scratch: factorScratch(0, n)
 */
export function dampedStep(n: i32, a: usize, mu: f64, d: usize, g: usize, u: usize, p: usize, scratch: usize): i32 {
  const row = <usize>n * SIZE;
  for (let i: usize = 0, k = 0; i < row; i += SIZE, k++) {
    const at = <usize>k * row + i;
    memory.copy(u + at, a + at, row - i);
    store<real>(u + at, <real>(<f64>load<real>(a + at) + mu * <f64>load<real>(d + i)));
  }
  const failed = cholesky(n, u, scratch);
  if (failed) return failed;
  for (let i: usize = 0; i < row; i += SIZE) {
    const at = i / SIZE * row + i, pivot = <f64>load<real>(u + at), whole = <f64>load<real>(a + at) + mu * <f64>load<real>(d + i);
    if (pivot * pivot <= LEAST_PIVOT * whole) return <i32>(i / SIZE) + 1;
  }
  choleskySolve(n, u, g, p);
  scale(n, -1, p);
  return 0;
}

/** d[i] = (A⁻¹)[i,i] with A = Uᵀ·U by `cholesky`, whose U becomes its inverse   u: n×n; d, spare: n */
export function inverseDiagonal(n: i32, u: usize, d: usize, spare: usize): void {
  const row = <usize>n * SIZE;
  for (let i = n - 1; i >= 0; i--) {
    const at = u + <usize>i * (row + SIZE), rest = n - i - 1, pivot = 1 / <f64>load<real>(at);
    store<real>(at, <real>pivot);
    if (rest) {
      // What is below is inverted already: U⁻¹[i, i+1:] = −U[i, i+1:]·U⁻¹[i+1:, i+1:]/U[i,i]
      memory.copy(spare, at + SIZE, <usize>rest * SIZE);
      const below = at + row + SIZE;
      memory.fill(at + SIZE, 0, <usize>rest * SIZE);
      for (let k = 0; k < rest; k++) {
        const to = <usize>k * SIZE;
        axpy(rest - k, <real>(-pivot * <f64>load<real>(spare + to)), below + <usize>k * (row + SIZE), at + SIZE + to);
      }
    }
    store<real>(d + <usize>i * SIZE, <real>dot(rest + 1, at, at));
  }
}

/** y[i] = Σ_j a[i,j]·x[j]   a: n×n */
export function matrixTimesVector(n: i32, a: usize, x: usize, y: usize): void {
  for (let i = 0; i < n; i++, a += <usize>n * SIZE, y += SIZE) store<real>(y, <real>dot(n, a, x));
}

/**
 * One or two rows of rankTwoTimesVector, from the one at m: numbers at `at` in s and t. Two share what is loaded, and hide each
 * other's latency.
 */
// @ts-ignore: decorator
@inline
function updateRows(
  rows: i32, n: i32, m: usize, row: usize, factor: v128, a: f64, b: f64, s: usize, t: usize, at: usize, v: usize, out: usize,
): void {
  const s0 = <f64>load<real>(s + at), s1 = rows > 1 ? <f64>load<real>(s + at + SIZE) : 0;
  const t0 = <f64>load<real>(t + at), t1 = rows > 1 ? <f64>load<real>(t + at + SIZE) : 0;
  const alongS0 = splat(<real>(a * s0 - b * t0)), alongT0 = splat(<real>(-b * s0));
  const alongS1 = splat(<real>(a * s1 - b * t1)), alongT1 = splat(<real>(-b * s1));
  let sum0 = splat(0), sum1 = sum0, k = n, p = m, q = m + row;
  for (; k >= LANES; k -= LANES, p += 16, q += 16, s += 16, t += 16, v += 16) {
    const x = v128.load(s), y = v128.load(t), z = v128.load(v);
    const e = madd(madd(mul(factor, v128.load(p)), alongS0, x), alongT0, y);
    v128.store(p, e);
    sum0 = madd(sum0, e, z);
    if (rows > 1) {
      const f = madd(madd(mul(factor, v128.load(q)), alongS1, x), alongT1, y);
      v128.store(q, f);
      sum1 = madd(sum1, f, z);
    }
  }
  if (k > 0) {
    const x = loadPart(s, k), y = loadPart(t, k), z = loadPart(v, k);
    const e = madd(madd(mul(factor, loadPart(p, k)), alongS0, x), alongT0, y);
    storePart(p, e, k);
    sum0 = madd(sum0, e, z);
    if (rows > 1) {
      const f = madd(madd(mul(factor, loadPart(q, k)), alongS1, x), alongT1, y);
      storePart(q, f, k);
      sum1 = madd(sum1, f, z);
    }
  }
  store<real>(out, sum(sum0));
  if (rows > 1) store<real>(out + SIZE, sum(sum1));
}

/** m = γ·m + a·s·sᵀ − b·(s·tᵀ + t·sᵀ) if `update`, and out = m·v, in one pass over m   m: n×n, symmetric; s, t, v, out: n */
export function rankTwoTimesVector(
  n: i32, m: usize, gamma: f64, a: f64, b: f64, s: usize, t: usize, v: usize, out: usize, update: i32,
): void {
  if (!update) {
    matrixTimesVector(n, m, v, out);
    return;
  }
  const row = <usize>n * SIZE, factor = splat(<real>gamma);
  let i: usize = 0;
  for (; i + SIZE < row; i += 2 * SIZE, m += 2 * row) updateRows(2, n, m, row, factor, a, b, s, t, i, v, out + i);
  if (i < row) updateRows(1, n, m, row, factor, a, b, s, t, i, v, out + i);
}
