// Matrix products, after BLIS: blocks of A in the second cache, panels of B in the first, sums in registers.

import { Operand } from "../codes";
import { FUSED, LANES, SIZE } from "../vec";
import { matrixVector, outerProduct, vectorMatrix } from "./matvec";
import { packA, packB, packPanelsA, packPanelsB, packTransposedA, packTransposedB } from "./pack";
import { MR, NR, PANEL, narrowStrip, wideStrip } from "./tile";

/** Rows of A (whole tiles) in a block. */
const BLOCK_ROWS: i32 = 128 / MR * MR;

/**
 * The most steps of k in a block: a panel of A and a group of panels of B leave half of the first cache to what streams past
 * them.
 */
export const BLOCK_DEPTH: i32 = SIZE == 8 ? 192 : 256;

/** Steps of k in the blocks of a product, depth ≥ 1: as even as they can be, since short ones are slow. */
// @ts-ignore: decorator
@inline
function blockDepth(depth: i32): i32 {
  const blocks = (depth + BLOCK_DEPTH - 1) / BLOCK_DEPTH;
  return ((depth + blocks - 1) / blocks + 1) & ~1;
}

/** Panels of B packed at a time: 256 bytes of each row, at most 64 KiB in all. */
const BLOCK_PANELS: i32 = 8;

/** The same where several blocks of A meet them: packed once, up to 768 KiB. */
const MOST_PANELS: i32 = (768 << 10) / (BLOCK_DEPTH * <i32>PANEL);

/**
 * Panels of B that stay in the first cache together, beside one of A: tiles of four rows would else read A from the second too
 * fast.
 */
const GROUP: i32 = FUSED ? 1 : 2;

// @ts-ignore: decorator
@inline
function panelsAtOnce(m: i32, n: i32): i32 {
  return min((n + NR - 1) / NR, m > BLOCK_ROWS ? MOST_PANELS : BLOCK_PANELS);
}

/** An operand of up to this many bytes stays in the first cache as it is: packing it gains nothing. */
const CACHED: i32 = 16384;

/** Below this many rows, packing B costs more than it saves, and products may go other ways, with other bits. */
export const FEW_ROWS: i32 = 8;

// @ts-ignore: decorator
@inline
function packsA(transposed: Operand, m: i32, n: i32, k: i32): bool {
  // Rows that stand apart in memory (a transposed A) defeat the prefetcher sooner than long contiguous ones.
  // Tiles of six rows reuse more of what they load, and can wait longer for it.
  return <f64>m * <f64>k * <f64>SIZE > <f64>(transposed ? CACHED : FUSED ? 64 * CACHED : 4 * CACHED) && n > 2 * NR;
}

// @ts-ignore: decorator
@inline
function packsB(transposed: Operand, m: i32, n: i32, k: i32): bool {
  if (transposed == Operand.packed) return false;
  return transposed != 0 || (m >= FEW_ROWS && wantsPacked(n, k));
}

/** Bytes of so many steps of all panels of B; of a whole B, packed beforehand, if that many are its depth. */
export function panelBytes(n: i32, steps: i32): usize {
  return <usize>((n + NR - 1) / NR) * steps * PANEL;
}

/**
 * Whether products with a B (depth×n) and at least FEW_ROWS rows pack it, and go no other way: all but small ones and vectors.
 */
export function wantsPacked(n: i32, depth: i32): bool {
  return n > NR && depth > 1 && <usize>n * depth * SIZE > <usize>CACHED;
}

/**
 * Rows from … to − 1 of B (depth×n) go to their places in panels, for products in which it is Operand.packed panels:
 * panelBytes(n, depth), 16-byte aligned
 */
export function packRowsB(n: i32, depth: i32, from: i32, to: i32, b: usize, ldb: usize, panels: usize): void {
  const deepest = blockDepth(depth);
  for (let k = 0; k < depth; k += deepest) {
    const steps = min(depth - k, deepest), first = max(from, k), count = min(to, k + steps) - first;
    if (count > 0) packBlockB(
      Operand.plain, count, n, b + <usize>first * ldb, ldb, panels + panelBytes(n,
      k) + <usize>(first - k) * PANEL, <usize>steps * PANEL,
    );
  }
}

/** Part `index` of so many parts of panels = Bᵀ (depth×n), B being n×depth: some panels, in all blocks */
export function packTransposedPart(n: i32, depth: i32, index: i32, parts: i32, b: usize, ldb: usize, panels: usize): void {
  const all = (n + NR - 1) / NR, from = all * index / parts, to = all * (index + 1) / parts, deepest = blockDepth(depth);
  const y = b + <usize>(from * NR) * ldb, columns = min(n, to * NR) - from * NR;
  for (let k = 0; k < depth; k += deepest) {
    const size = <usize>min(depth - k, deepest) * PANEL;
    packBlockB(
      Operand.transposed, min(depth - k, deepest), columns, y + <usize>k * SIZE, ldb, panels + panelBytes(n,
      k) + <usize>from * size, size,
    );
  }
}

/**
 * Whether cutting a product into several with fewer rows of A, for which B is packed once, costs nothing: B is one block, and
 * stays in the second cache.
 */
export function isCutFreely(m: i32, n: i32, depth: i32): bool {
  return m > BLOCK_ROWS && n <= MOST_PANELS * NR && depth <= BLOCK_DEPTH && packsB(Operand.plain, m, n, depth);
}

/** Rows of A that are packed at a time: what a product is best cut into. */
export function blockRows(): i32 {
  return BLOCK_ROWS;
}

/** Bytes of scratch that gemm needs for a product of this shape, or of a smaller one. */
export function gemmScratch(transposedA: Operand, transposedB: Operand, m: i32, n: i32, k: i32): usize {
  const depth = (min(k, BLOCK_DEPTH) + 1) & ~1; // of a product of any smaller depth, too, though its blocks may be deeper
  let bytes: usize = 0;
  if (packsA(transposedA, m, n, k)) bytes += <usize>((min(m, BLOCK_ROWS) + MR - 1) / MR) * MR * depth * SIZE;
  if (packsB(transposedB, m, n, k)) bytes += <usize>panelsAtOnce(m, n) * depth * PANEL;
  return bytes;
}

/**
 * c[i,j] = e[i,j] + Σ_k A[i,k]·B[k,j]   i < m, j < n, k < depth
 *
 * A is m×depth (or stored transposed, depth×m), B depth×n (or n×depth), row-major, rows lda, ldb bytes apart. c: rows ldc bytes
 * apart. e: rows lde bytes apart; lde = 0 repeats one row (a bias), e = 0 means no addend, e may be c. B may also be packed.
 * scratch: gemmScratch bytes, 16-byte aligned. A, B and scratch must not overlap c. Sums run over blocks of up to BLOCK_DEPTH
 * steps, each block from 0, so that rounding errors of long sums stay small.
 */
export function gemm(
  transposedA: Operand, transposedB: Operand, m: i32, n: i32, depth: i32, a: usize, lda: usize, b: usize, ldb: usize,
  c: usize, ldc: usize, e: usize, lde: usize, scratch: usize,
): void {
  if (m <= 0 || n <= 0) return;
  if (depth <= 0) {
    copyRows(m, n, e, lde, c, ldc);
    return;
  }
  const stepA = transposedA ? lda : SIZE, stepB = transposedB ? SIZE : ldb; // from one k to the next
  const sameRows = e == 0 || lde == ldc;
  if (transposedB == Operand.packed) {
    blocked(transposedA, Operand.packed, m, n, depth, a, lda, b, ldb, c, ldc, e, lde, scratch);
  } else if (depth == 1 && sameRows && (!transposedB || ldb == SIZE)) {
    outerProduct(m, n, a, transposedA ? SIZE : lda, b, c, ldc, e);
  } else if (m == 1 && !transposedB) {
    vectorMatrix(n, depth, a, stepA, b, ldb, c, e);
  } else if (m < MR && transposedB && !transposedA) {
    for (; m > 0; m--) {
      matrixVector(n, depth, b, ldb, a, c, SIZE, e, SIZE);
      a += lda;
      c += ldc;
      if (e) e += lde;
    }
  } else if (n == 1 && !transposedA && stepB == SIZE) {
    matrixVector(m, depth, a, lda, b, c, ldc, e, lde);
  } else if (n == 1 && transposedA && ldc == SIZE && sameRows) {
    vectorMatrix(m, depth, b, stepB, a, lda, c, e);
  } else {
    blocked(transposedA, transposedB, m, n, depth, a, lda, b, ldb, c, ldc, e, lde, scratch);
  }
}

/** c[i,j] = e[i,j], or 0 without an addend */
function copyRows(m: i32, n: i32, e: usize, lde: usize, c: usize, ldc: usize): void {
  for (; m > 0; m--) {
    if (e) {
      memory.copy(c, e, <usize>n * SIZE);
      e += lde;
    } else {
      memory.fill(c, 0, <usize>n * SIZE);
    }
    c += ldc;
  }
}

/**
 * c[i,j] = e[i,j] + Σ_k A[i,k]·B[k,j] one block of A, which x is the first panel of, and `columns` of B, whose panels are `size`
 * bytes apart
 */
// @ts-ignore: decorator
@inline
function strips(
  rows: i32, steps: i32, x: usize, row: usize, step: usize, skip: usize, columns: i32, size: usize, p: usize, next: usize,
  c: usize, ldc: usize, e: usize, lde: usize,
): void {
  while (columns > 0) {
    if (columns <= LANES) {
      narrowStrip(rows, steps, x, row, step, skip, p, next, c, ldc, columns, e, lde);
      break;
    }
    const together = columns >= GROUP * NR ? GROUP : 1, width = min(columns, NR);
    wideStrip(rows, steps, x, row, step, skip, together, size, p, next, c, ldc, width, e, lde);
    columns -= together * NR;
    p += <usize>together * size;
    c += <usize>together * PANEL;
    if (e) e += <usize>together * PANEL;
  }
}

/** gemm by blocks of A and panels of B; the shape is at least 2×2 or does not fit the paths for vectors */
function blocked(
  transposedA: Operand, transposedB: Operand, m: i32, n: i32, depth: i32, a: usize, lda: usize, b: usize, ldb: usize,
  c: usize, ldc: usize, e: usize, lde: usize, scratch: usize,
): void {
  const packingA = packsA(transposedA, m, n, depth), packingB = packsB(transposedB, m, n, depth);
  const rowA = transposedA ? SIZE : lda, stepA = transposedA ? lda : SIZE;
  // Small networks feel all that follows
  if (!packingA && m <= BLOCK_ROWS && depth <= BLOCK_DEPTH && n <= BLOCK_PANELS * NR && transposedB != Operand.packed) {
    const size = packingB ? <usize>depth * PANEL : PANEL;
    if (packingB) packBlockB(transposedB, depth, n, b, ldb, scratch, size);
    strips(m, depth, a, rowA, stepA, <usize>MR * rowA, n, size, packingB ? scratch : b, packingB ? PANEL : ldb, c, ldc, e, lde);
    return;
  }
  const deepest = blockDepth(depth);
  const panelled = packingB || transposedB == Operand.packed, most = panelsAtOnce(m, n), panels = scratch;
  const block = packingB ? scratch + <usize>most * deepest * PANEL : scratch;
  // One block of A meets all columns, whose panels are packed as they come; several meet as many as are packed for all of them.
  const once = packingB && m > BLOCK_ROWS, stretch = once ? most * NR : n, chunk = packingB ? most * NR : n;
  for (let from = 0; from < n; from += stretch) {
    const to = min(n, from + stretch);
    for (let k = 0; k < depth; k += deepest) {
      const steps = min(depth - k, deepest), y = transposedB ? b + <usize>k * SIZE : b + <usize>k * ldb;
      const column = transposedB ? ldb : SIZE, size = panelled ? <usize>steps * PANEL : PANEL, next = panelled ? PANEL : ldb;
      if (once) packBlockB(transposedB, steps, to - from, y + <usize>from * column, ldb, panels, size);
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = min(m - i, BLOCK_ROWS);
        let x = a + <usize>i * rowA + <usize>k * stepA, row = rowA, step = stepA, skip = <usize>MR * rowA;
        if (packingA) {
          skip = <usize>MR * steps * SIZE;
          packBlockA(transposedA, steps, rows, x, lda, block);
          x = block;
          row = SIZE;
          step = <usize>MR * SIZE;
        }
        // The first block of k takes the caller's addend, later ones what has been summed so far.
        const target = c + <usize>i * ldc, strideE = k ? ldc : lde;
        const addend = k ? target : e ? e + <usize>i * lde : 0;
        for (let j = from; j < to; j += chunk) {
          const columns = min(to - j, chunk);
          if (packingB && !once) packBlockB(transposedB, steps, columns, y + <usize>j * column, ldb, panels, size);
          const p = packingB ? panels : panelled ? b + panelBytes(n, k) : y + <usize>j * SIZE, at = <usize>j * SIZE;
          strips(rows, steps, x, row, step, skip, columns, size, p, next, target + at, ldc, addend ? addend + at : 0, strideE);
        }
      }
    }
  }
}

/** Packs a block of A: the rows are those of x on. */
function packBlockA(transposedA: Operand, steps: i32, rows: i32, x: usize, lda: usize, panels: usize): void {
  const size = <usize>MR * steps * SIZE;
  if (transposedA) {
    for (; rows >= MR; ) {
      const together = min(rows / MR, BLOCK_PANELS);
      packPanelsA(steps, together, x, lda, panels);
      rows -= together * MR;
      x += <usize>(together * MR) * SIZE;
      panels += <usize>together * size;
    }
    if (rows) packTransposedA(steps, rows, x, lda, panels);
    return;
  }
  for (; rows > 0; rows -= MR, x += <usize>MR * lda, panels += size) packA(steps, min(rows, MR), x, lda, panels);
}

/** Packs panels of B, `size` bytes apart: the columns are those of y on. */
function packBlockB(transposedB: Operand, steps: i32, columns: i32, y: usize, ldb: usize, panels: usize, size: usize): void {
  if (transposedB) {
    for (let v = 0; v < columns; v += NR) {
      packTransposedB(steps, min(columns - v, NR), y + <usize>v * ldb, ldb, panels);
      panels += size;
    }
    return;
  }
  // Panels are often a multiple of 4 KiB apart, where lines of more than a few of them push each other out of the first cache.
  for (; columns >= NR; ) {
    const together = min(columns / NR, BLOCK_PANELS);
    packPanelsB(steps, together, y, ldb, panels, size);
    columns -= together * NR;
    y += <usize>together * PANEL;
    panels += <usize>together * size;
  }
  if (columns) packB(steps, columns, y, ldb, panels);
}
