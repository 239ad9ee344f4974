// Packing: operands copied into panels, in the order in which the micro-kernel reads them.
// A panel holds k rows of one tile's width (MR of A, NR of B), zero-padded at the matrix's edge.

import { LANES, SIZE, splat } from "../vec";
import { MR, NR } from "./tile";

/** The first n reals from p (n ≤ width), then zeros, to q. */
// @ts-ignore: decorator
@inline
function packRow(width: i32, n: i32, p: usize, q: usize): void {
  for (let j = 0; j + LANES <= width; j += LANES) v128.store(q + <usize>j * SIZE, splat(0));
  if (width % LANES) v128.store64_lane(q + <usize>(width & ~(LANES - 1)) * SIZE, splat(0), 0);
  for (let j: usize = 0, end = <usize>n * SIZE; j < end; j += SIZE) store<real>(q + j, load<real>(p + j));
}

/** panel[k, j] = x[k, j] for j < n, 0 for n ≤ j < width   x: rows ldx bytes apart, j contiguous; width: LANES … 3·LANES, even */
// @ts-ignore: decorator
@inline
function packRows(width: i32, depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  const pitch = <usize>width * SIZE;
  if (n == width) {
    for (; depth > 0; depth--) {
      v128.store(panel, v128.load(x));
      if (width >= 2 * LANES) v128.store(panel, v128.load(x, 16), 16);
      if (width >= 3 * LANES) v128.store(panel, v128.load(x, 32), 32);
      if (width % LANES) v128.store64_lane(panel, v128.load64_zero(x, 16), 0, 16);
      x += ldx;
      panel += pitch;
    }
    return;
  }
  for (; depth > 0; depth--) {
    packRow(width, n, x, panel);
    x += ldx;
    panel += pitch;
  }
}

/** panel[k, j] = x[j, k] for j < 4   float32; panel rows pitch bytes apart */
// @ts-ignore: decorator
@inline
function packFour(depth: i32, x0: usize, ldx: usize, q: usize, pitch: usize): void {
  let x1 = x0 + ldx, x2 = x1 + ldx, x3 = x2 + ldx;
  for (; depth >= 4; depth -= 4) {
    const r0 = v128.load(x0), r1 = v128.load(x1), r2 = v128.load(x2), r3 = v128.load(x3);
    const s0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), s1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const s2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), s3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(q, v128.shuffle<f64>(s0, s2, 0, 2));
    v128.store(q + pitch, v128.shuffle<f64>(s0, s2, 1, 3));
    v128.store(q + 2 * pitch, v128.shuffle<f64>(s1, s3, 0, 2));
    v128.store(q + 3 * pitch, v128.shuffle<f64>(s1, s3, 1, 3));
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
    q += 4 * pitch;
  }
  for (; depth > 0; depth--) {
    store<real>(q, load<real>(x0));
    store<real>(q + SIZE, load<real>(x1));
    store<real>(q + 2 * SIZE, load<real>(x2));
    store<real>(q + 3 * SIZE, load<real>(x3));
    x0 += SIZE;
    x1 += SIZE;
    x2 += SIZE;
    x3 += SIZE;
    q += pitch;
  }
}

/** panel[k, j] = x[j, k] for j < 2; panel rows pitch bytes apart */
// @ts-ignore: decorator
@inline
function packTwo(depth: i32, x0: usize, ldx: usize, q: usize, pitch: usize): void {
  let x1 = x0 + ldx;
  for (; depth >= LANES; depth -= LANES) {
    const r0 = v128.load(x0), r1 = v128.load(x1);
    if (sizeof<real>() == 4) {
      const s0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), s1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      v128.store64_lane(q, s0, 0);
      v128.store64_lane(q + pitch, s0, 1);
      v128.store64_lane(q + 2 * pitch, s1, 0);
      v128.store64_lane(q + 3 * pitch, s1, 1);
    } else {
      v128.store(q, v128.shuffle<f64>(r0, r1, 0, 2));
      v128.store(q + pitch, v128.shuffle<f64>(r0, r1, 1, 3));
    }
    x0 += 16;
    x1 += 16;
    q += <usize>LANES * pitch;
  }
  for (; depth > 0; depth--) {
    store<real>(q, load<real>(x0));
    store<real>(q + SIZE, load<real>(x1));
    x0 += SIZE;
    x1 += SIZE;
    q += pitch;
  }
}

/** panel[k, j] = x[j, k] for j < n, 0 for n ≤ j < width   x: rows ldx bytes apart, k contiguous; width even */
// @ts-ignore: decorator
@inline
function packColumns(width: i32, depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  const pitch = <usize>width * SIZE;
  let j = 0;
  if (sizeof<real>() == 4) {
    for (; j + 4 <= n; j += 4) {
      packFour(depth, x, ldx, panel, pitch);
      x += 4 * ldx;
      panel += 16;
    }
  }
  // Of float32's widths, only those that are not whole vectors have two columns over so often that they are worth it.
  if (sizeof<real>() == 8 || width % LANES) {
    for (; j + 2 <= n; j += 2) {
      packTwo(depth, x, ldx, panel, pitch);
      x += 2 * ldx;
      panel += 2 * SIZE;
    }
  }
  for (; j < width; j++) {
    let q = panel, p = x;
    for (let k = depth; k > 0; k--) {
      store<real>(q, j < n ? load<real>(p) : 0);
      p += SIZE;
      q += pitch;
    }
    x += ldx;
    panel += SIZE;
  }
}

/** A panel of A (n ≤ MR of its rows) from A stored with k contiguous. */
export function packA(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packColumns(MR, depth, n, x, ldx, panel);
}

/** A panel of A (n ≤ MR of its rows) from A stored transposed, its rows contiguous. */
export function packTransposedA(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packRows(MR, depth, n, x, ldx, panel);
}

/** A panel of B (n ≤ NR of its columns) from B stored with columns contiguous. */
export function packB(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packRows(NR, depth, n, x, ldx, panel);
}

/** A panel of B (n ≤ NR of its columns) from B stored transposed, k contiguous. */
export function packTransposedB(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packColumns(NR, depth, n, x, ldx, panel);
}

/**
 * Several full panels at once, pitch bytes apart, row by row, so that a long row is read once from end to end (cache lines,
 * pages).
 */
// @ts-ignore: decorator
@inline
function packPanels(width: i32, depth: i32, panels: i32, x: usize, ldx: usize, panel: usize, pitch: usize): void {
  const bytes = <usize>width * SIZE;
  for (; depth > 0; depth--) {
    let p = x, q = panel;
    for (let i = panels; i > 0; i--) {
      v128.store(q, v128.load(p));
      if (width >= 2 * LANES) v128.store(q, v128.load(p, 16), 16);
      if (width >= 3 * LANES) v128.store(q, v128.load(p, 32), 32);
      if (width % LANES) v128.store64_lane(q, v128.load64_zero(p, 16), 0, 16);
      p += bytes;
      q += pitch;
    }
    x += ldx;
    panel += bytes;
  }
}

/** Full panels of B at once. */
export function packPanelsB(depth: i32, panels: i32, x: usize, ldx: usize, panel: usize, pitch: usize): void {
  packPanels(NR, depth, panels, x, ldx, panel, pitch);
}

/** Full panels of A at once, from A stored transposed. */
export function packPanelsA(depth: i32, panels: i32, x: usize, ldx: usize, panel: usize): void {
  packPanels(MR, depth, panels, x, ldx, panel, <usize>(depth * MR) * SIZE);
}
