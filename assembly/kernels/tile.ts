// The micro-kernel: MR rows of A times two vectors of columns of B, all sums in registers.
//
// V8 gives 15 registers to 128-bit code. Where multiply-add is one instruction, 6 rows × 2 vectors (12 sums + 2 of B + 1 of A)
// fill them; else 4 rows × 2 vectors (8 sums + 2 of B + 1 of A + 1 product). V8 moves loads up to the start of a basic block,
// where too many of them spill sums to memory (half the speed, in Node.js 22). A way out of the loop is a place that they do not
// cross: between two steps, taken where depth is odd, and between rows of six, never taken. No two of those have the same
// condition, or the engine would see through them.

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
  if (n == LANES) v128.store(c, e ? add(v128.load(e), v) : v);
  else storePart(c, e ? add(loadPart(e, n), v) : v, n);
}

/** The same of two vectors, an edge of C, or of the first alone where it is narrow */
// @ts-ignore: decorator
@inline
function storeEdge(wide: bool, c: usize, v: v128, w: v128, n: i32, e: usize): void {
  if (wide) storeWideEdge(c, v, w, n, e);
  else storeVector(c, v, n, e);
}

function storeWideEdge(c: usize, v: v128, w: v128, n: i32, e: usize): void {
  storeVector(c, v, min(n, LANES), e);
  if (n > LANES) storeVector(c + 16, w, n - LANES, e ? e + 16 : 0);
}

/** 0, from what is at p */
// @ts-ignore: decorator
@inline
function zeroFrom(p: usize): v128 {
  const v = v128.load(p);
  return v128.xor(v, v);
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
  // With six rows, a zero that V8 does not take for a constant: those keep a register all along the strip, and there is none
  // left.
  const zero = FUSED ? zeroFrom(b) : splat(0);
  let c00 = zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00, c50 = c00, c51 = c00, b0 = c00, b1 = c00, x = c00;
  let a1 = a + row, a2 = a1 + row, a3 = a2 + row, a4 = a3 + row, a5 = a4 + row;
  while (true) {
    b0 = v128.load(b);
    if (wide) b1 = v128.load(b, 16);
    x = splatAt(a);
    c00 = madd(c00, x, b0);
    if (wide) c01 = madd(c01, x, b1);
    if (rows > 1) {
      if (FUSED && depth < 0) break;
      x = splatAt(a1);
      c10 = madd(c10, x, b0);
      if (wide) c11 = madd(c11, x, b1);
    }
    if (rows > 2) {
      if (FUSED && depth < -1) break;
      x = splatAt(a2);
      c20 = madd(c20, x, b0);
      if (wide) c21 = madd(c21, x, b1);
    }
    if (rows > 3) {
      if (FUSED && depth < -2) break;
      x = splatAt(a3);
      c30 = madd(c30, x, b0);
      if (wide) c31 = madd(c31, x, b1);
    }
    if (rows > 4) {
      if (FUSED && depth < -3) break;
      x = splatAt(a4);
      c40 = madd(c40, x, b0);
      if (wide) c41 = madd(c41, x, b1);
    }
    if (rows > 5) {
      if (FUSED && depth < -4) break;
      x = splatAt(a5);
      c50 = madd(c50, x, b0);
      if (wide) c51 = madd(c51, x, b1);
    }
    if (depth == 1) break;
    a += step;
    if (rows > 1) a1 += step;
    if (rows > 2) a2 += step;
    if (rows > 3) a3 += step;
    if (rows > 4) a4 += step;
    if (rows > 5) a5 += step;
    b += next;
    b0 = v128.load(b);
    if (wide) b1 = v128.load(b, 16);
    x = splatAt(a);
    c00 = madd(c00, x, b0);
    if (wide) c01 = madd(c01, x, b1);
    if (rows > 1) {
      if (FUSED && depth < -5) break;
      x = splatAt(a1);
      c10 = madd(c10, x, b0);
      if (wide) c11 = madd(c11, x, b1);
    }
    if (rows > 2) {
      if (FUSED && depth < -6) break;
      x = splatAt(a2);
      c20 = madd(c20, x, b0);
      if (wide) c21 = madd(c21, x, b1);
    }
    if (rows > 3) {
      if (FUSED && depth < -7) break;
      x = splatAt(a3);
      c30 = madd(c30, x, b0);
      if (wide) c31 = madd(c31, x, b1);
    }
    if (rows > 4) {
      if (FUSED && depth < -8) break;
      x = splatAt(a4);
      c40 = madd(c40, x, b0);
      if (wide) c41 = madd(c41, x, b1);
    }
    if (rows > 5) {
      if (FUSED && depth < -9) break;
      x = splatAt(a5);
      c50 = madd(c50, x, b0);
      if (wide) c51 = madd(c51, x, b1);
    }
    depth -= 2;
    if (depth <= 0) break;
    a += step;
    if (rows > 1) a1 += step;
    if (rows > 2) a2 += step;
    if (rows > 3) a3 += step;
    if (rows > 4) a4 += step;
    if (rows > 5) a5 += step;
    b += next;
  }
  if (n != (wide ? NR : LANES)) {
    storeEdge(wide, c, c00, c01, n, e);
    if (rows > 1) storeEdge(wide, c + 1 * ldc, c10, c11, n, e ? e + 1 * lde : 0);
    if (rows > 2) storeEdge(wide, c + 2 * ldc, c20, c21, n, e ? e + 2 * lde : 0);
    if (rows > 3) storeEdge(wide, c + 3 * ldc, c30, c31, n, e ? e + 3 * lde : 0);
    if (rows > 4) storeEdge(wide, c + 4 * ldc, c40, c41, n, e ? e + 4 * lde : 0);
    if (rows > 5) storeEdge(wide, c + 5 * ldc, c50, c51, n, e ? e + 5 * lde : 0);
  } else if (e) {
    v128.store(c, add(v128.load(e), c00));
    if (wide) v128.store(c, add(v128.load(e, 16), c01), 16);
    if (rows > 1) {
      c += ldc;
      e += lde;
      v128.store(c, add(v128.load(e), c10));
      if (wide) v128.store(c, add(v128.load(e, 16), c11), 16);
    }
    if (rows > 2) {
      c += ldc;
      e += lde;
      v128.store(c, add(v128.load(e), c20));
      if (wide) v128.store(c, add(v128.load(e, 16), c21), 16);
    }
    if (rows > 3) {
      c += ldc;
      e += lde;
      v128.store(c, add(v128.load(e), c30));
      if (wide) v128.store(c, add(v128.load(e, 16), c31), 16);
    }
    if (rows > 4) {
      c += ldc;
      e += lde;
      v128.store(c, add(v128.load(e), c40));
      if (wide) v128.store(c, add(v128.load(e, 16), c41), 16);
    }
    if (rows > 5) {
      c += ldc;
      e += lde;
      v128.store(c, add(v128.load(e), c50));
      if (wide) v128.store(c, add(v128.load(e, 16), c51), 16);
    }
  } else {
    v128.store(c, c00);
    if (wide) v128.store(c, c01, 16);
    if (rows > 1) {
      c += ldc;
      v128.store(c, c10);
      if (wide) v128.store(c, c11, 16);
    }
    if (rows > 2) {
      c += ldc;
      v128.store(c, c20);
      if (wide) v128.store(c, c21, 16);
    }
    if (rows > 3) {
      c += ldc;
      v128.store(c, c30);
      if (wide) v128.store(c, c31, 16);
    }
    if (rows > 4) {
      c += ldc;
      v128.store(c, c40);
      if (wide) v128.store(c, c41, 16);
    }
    if (rows > 5) {
      c += ldc;
      v128.store(c, c50);
      if (wide) v128.store(c, c51, 16);
    }
  }
}

/**
 * Strips of tiles, `rows` high in all: MR rows at a time (a advances by `skip` per MR rows) under `panels` panels of B, `size`
 * bytes apart, the last of n columns: what they read of A comes from the first cache after the first of them.
 */
// @ts-ignore: decorator
@inline
function strip(
  wide: bool, rows: i32, depth: i32, a: usize, row: usize, step: usize, skip: usize, panels: i32, size: usize, b: usize,
  next: usize, c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  for (; rows >= MR; rows -= MR) {
    let p = b, q = c, z = e;
    for (let left = panels; left > 0; left--) {
      tile(MR, wide, depth, a, row, step, p, next, q, ldc, left > 1 ? NR : n, z, lde);
      p += size;
      q += PANEL;
      if (z) z += PANEL;
    }
    a += skip;
    c += <usize>MR * ldc;
    if (e) e += <usize>MR * lde;
  }
  for (; panels > 0 && rows > 0; panels--) {
    rest(wide, rows, depth, a, row, step, b, next, c, ldc, panels > 1 ? NR : n, e, lde);
    b += size;
    c += PANEL;
    if (e) e += PANEL;
  }
}

/** Fewer rows than MR */
// @ts-ignore: decorator
@inline
function rest(
  wide: bool, rows: i32, depth: i32, a: usize, row: usize, step: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
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

/** strip under panels of NR columns, the last of LANES < n ≤ NR */
export function wideStrip(
  rows: i32, depth: i32, a: usize, row: usize, step: usize, skip: usize, panels: i32, size: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  strip(true, rows, depth, a, row, step, skip, panels, size, b, next, c, ldc, n, e, lde);
}

/** strip under one panel of 1 ≤ n ≤ LANES columns */
export function narrowStrip(
  rows: i32, depth: i32, a: usize, row: usize, step: usize, skip: usize, b: usize, next: usize,
  c: usize, ldc: usize, n: i32, e: usize, lde: usize,
): void {
  strip(false, rows, depth, a, row, step, skip, 1, 0, b, next, c, ldc, n, e, lde);
}
