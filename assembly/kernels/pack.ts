// Packing: operands copied into panels, in the order in which the micro-kernel reads them.
// A panel holds k rows of one tile's width (MR of A, NR of B), zero-padded at the matrix's edge.

import { LANES, SIZE, splat } from "../vec";
import { MR, NR } from "./tile";

/** panel[k, j] = x[k, j] for j < n, 0 for n ≤ j < width   x: rows ldx bytes apart, j contiguous; width = vectors·LANES */
// @ts-ignore: decorator
@inline
function packRows(vectors: i32, depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  if (n == vectors * LANES) {
    for (; depth > 0; depth--) {
      v128.store(panel, v128.load(x));
      if (vectors > 1) v128.store(panel, v128.load(x, 16), 16);
      x += ldx;
      panel += 16 * vectors;
    }
    return;
  }
  for (; depth > 0; depth--) {
    v128.store(panel, splat(0));
    if (vectors > 1) v128.store(panel, splat(0), 16);
    for (let j: usize = 0, end = <usize>n * SIZE; j < end; j += SIZE) store<real>(panel + j, load<real>(x + j));
    x += ldx;
    panel += 16 * vectors;
  }
}

/** panel[k, j] = x[j, k] for j < n, 0 for n ≤ j < width   x: rows ldx bytes apart, k contiguous; width = vectors·LANES */
// @ts-ignore: decorator
@inline
function packColumns(vectors: i32, depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  const pitch: usize = 16 * vectors;
  let j = 0;
  for (; j + LANES <= n; j += LANES) {
    let x0 = x, x1 = x0 + ldx, q = panel, k = depth;
    if (sizeof<real>() == 4) {
      let x2 = x1 + ldx, x3 = x2 + ldx;
      for (; k >= 4; k -= 4) {
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
      for (; k > 0; k--) {
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
    } else {
      for (; k >= 2; k -= 2) {
        const r0 = v128.load(x0), r1 = v128.load(x1);
        v128.store(q, v128.shuffle<f64>(r0, r1, 0, 2));
        v128.store(q + pitch, v128.shuffle<f64>(r0, r1, 1, 3));
        x0 += 16;
        x1 += 16;
        q += 2 * pitch;
      }
      if (k > 0) {
        store<real>(q, load<real>(x0));
        store<real>(q + SIZE, load<real>(x1));
      }
    }
    x += <usize>LANES * ldx;
    panel += 16;
  }
  for (; j < vectors * LANES; j++) {
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

const MR_VECTORS: i32 = MR / LANES, NR_VECTORS: i32 = NR / LANES;

/** A panel of A (n ≤ MR of its rows) from A stored with k contiguous. */
export function packA(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packColumns(MR_VECTORS, depth, n, x, ldx, panel);
}

/** A panel of A (n ≤ MR of its rows) from A stored transposed, its rows contiguous. */
export function packTransposedA(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packRows(MR_VECTORS, depth, n, x, ldx, panel);
}

/** A panel of B (n ≤ NR of its columns) from B stored with columns contiguous. */
export function packB(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packRows(NR_VECTORS, depth, n, x, ldx, panel);
}

/** A panel of B (n ≤ NR of its columns) from B stored transposed, k contiguous. */
export function packTransposedB(depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  packColumns(NR_VECTORS, depth, n, x, ldx, panel);
}

/** Several full panels of B at once, row by row, so that a long row is read once from end to end (cache lines, pages). */
export function packPanelsB(depth: i32, panels: i32, x: usize, ldx: usize, panel: usize): void {
  const pitch = <usize>depth * <usize>NR * SIZE;
  for (; depth > 0; depth--) {
    let p = x, q = panel;
    for (let i = panels; i > 0; i--) {
      v128.store(q, v128.load(p));
      v128.store(q, v128.load(p, 16), 16);
      p += <usize>NR * SIZE;
      q += pitch;
    }
    x += ldx;
    panel += <usize>NR * SIZE;
  }
}
