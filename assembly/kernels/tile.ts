// The micro-kernel: MR rows of A times two vectors of columns of B, all sums in registers.
//
// V8 gives 15 registers to 128-bit code. Where multiply-add is one instruction, 6 rows × 2 vectors (12 sums + 2 of B + 1 of A) fill
// them; else 4 rows × 2 vectors (8 sums + 2 of B + 1 of A + 1 product).
// The loop is not unrolled: V8 moves loads up, and a second step's would spill sums (measured: −20 %).

import { FUSED, LANES, SIZE, add, loadPart, madd, splat, splatAt, storePart } from "../vec";

/** Rows of a full tile. */
export const MR: i32 = FUSED ? 6 : 4;

/** Columns of a full tile. */
export const NR: i32 = 2 * LANES;

/** Bytes of one row of a packed panel of B. */
export const PANEL: usize = <usize>NR * SIZE;

/** c[0:n] = e[0:n] + v (1 ≤ n ≤ LANES); e = 0 means no addend */
// @ts-ignore: decorator
@inline
function storeVector(c: usize, v: v128, n: i32, e: usize): void {
  if (n == LANES) {
    v128.store(c, e ? add(v128.load(e), v) : v);
  } else {
    storePart(c, e ? add(loadPart(e, n), v) : v, n);
  }
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, v: v128, w: v128, n: i32, e: usize): void {
  storeVector(c, v, min(n, LANES), e);
  if (n > LANES) storeVector(c + 16, w, n - LANES, e ? e + 16 : 0);
}

/**
 * c[i,j] = e[i,j] + Σ_k a[i,k]·b[k,j]   for i < rows, j < n, k < depth
 *
 * rows (1 … MR) and wide are constants, folded at compile time. a: strides row, step; b: rows `next` apart, j contiguous;
 * c: rows ldc apart; e: rows lde apart (0 repeats one row, as a bias; e = 0 means no addend). Strides in bytes.
 * 1 ≤ n ≤ NR if wide, else LANES; depth ≥ 1. Reads up to 16 bytes beyond b's last row and writes only c. e may be c.
 */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, wide: bool, depth: i32, a: usize, row: usize, step: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  let c00 = splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  let a1 = a + row, a2 = a1 + row, a3 = a2 + row, a4 = a3 + row, a5 = a4 + row;
  do {
    const b0 = v128.load(b), b1 = wide ? v128.load(b, 16) : b0;
    let x = splatAt(a);
    c00 = madd(c00, x, b0);
    if (wide) c01 = madd(c01, x, b1);
    if (rows > 1) {
      x = splatAt(a1);
      c10 = madd(c10, x, b0);
      if (wide) c11 = madd(c11, x, b1);
      a1 += step;
    }
    if (rows > 2) {
      x = splatAt(a2);
      c20 = madd(c20, x, b0);
      if (wide) c21 = madd(c21, x, b1);
      a2 += step;
    }
    if (rows > 3) {
      x = splatAt(a3);
      c30 = madd(c30, x, b0);
      if (wide) c31 = madd(c31, x, b1);
      a3 += step;
    }
    if (rows > 4) {
      x = splatAt(a4);
      c40 = madd(c40, x, b0);
      if (wide) c41 = madd(c41, x, b1);
      a4 += step;
    }
    if (rows > 5) {
      x = splatAt(a5);
      c50 = madd(c50, x, b0);
      if (wide) c51 = madd(c51, x, b1);
      a5 += step;
    }
    a += step;
    b += next;
  } while (--depth > 0);
  if (wide) storeRow(c, c00, c01, n, e);
  else storeVector(c, c00, n, e);
  if (rows > 1) {
    if (e) e += lde;
    c += ldc;
    if (wide) storeRow(c, c10, c11, n, e);
    else storeVector(c, c10, n, e);
  }
  if (rows > 2) {
    if (e) e += lde;
    c += ldc;
    if (wide) storeRow(c, c20, c21, n, e);
    else storeVector(c, c20, n, e);
  }
  if (rows > 3) {
    if (e) e += lde;
    c += ldc;
    if (wide) storeRow(c, c30, c31, n, e);
    else storeVector(c, c30, n, e);
  }
  if (rows > 4) {
    if (e) e += lde;
    c += ldc;
    if (wide) storeRow(c, c40, c41, n, e);
    else storeVector(c, c40, n, e);
  }
  if (rows > 5) {
    if (e) e += lde;
    c += ldc;
    if (wide) storeRow(c, c50, c51, n, e);
    else storeVector(c, c50, n, e);
  }
}

/** A strip of tiles, `rows` high in all: the same columns of C, MR rows at a time (a advances by `skip` per MR rows). */
// @ts-ignore: decorator
@inline
function strip(
  wide: bool, rows: i32, depth: i32, a: usize, row: usize, step: usize, skip: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  for (; rows >= MR; rows -= MR) {
    tile(MR, wide, depth, a, row, step, b, next, c, ldc, n, e, lde);
    a += skip;
    c += <usize>MR * ldc;
    if (e) e += <usize>MR * lde;
  }
  if (MR > 5 && rows == 5) { // so seldom that 3 + 2 will do
    tile(3, wide, depth, a, row, step, b, next, c, ldc, n, e, lde);
    a += 3 * row;
    c += 3 * ldc;
    if (e) e += 3 * lde;
    rows = 2;
  }
  if (MR > 4 && rows == 4) tile(4, wide, depth, a, row, step, b, next, c, ldc, n, e, lde);
  else if (rows == 3) tile(3, wide, depth, a, row, step, b, next, c, ldc, n, e, lde);
  else if (rows == 2) tile(2, wide, depth, a, row, step, b, next, c, ldc, n, e, lde);
  else if (rows == 1) tile(1, wide, depth, a, row, step, b, next, c, ldc, n, e, lde);
}

/** strip for LANES < n ≤ NR columns */
export function wideStrip(
  rows: i32, depth: i32, a: usize, row: usize, step: usize, skip: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  strip(true, rows, depth, a, row, step, skip, b, next, c, ldc, n, e, lde);
}

/** strip for 1 ≤ n ≤ LANES columns */
export function narrowStrip(
  rows: i32, depth: i32, a: usize, row: usize, step: usize, skip: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  strip(false, rows, depth, a, row, step, skip, b, next, c, ldc, n, e, lde);
}
