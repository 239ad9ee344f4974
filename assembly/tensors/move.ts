// Numbers of four bytes that move and are not computed with: slices, concatenations, gathered rows, transposes.

import { SIZE } from "../vec";

/** out[r,·] = x[r,·]   rows of so many bytes, ldx and ldo bytes apart; no overlap */
export function copyRows(rows: i32, bytes: usize, x: usize, ldx: usize, out: usize, ldo: usize): void {
  for (; rows > 0; rows--, x += ldx, out += ldo) memory.copy(out, x, bytes);
}

/**
 * out[r,·] = x[indices[r],·]   rows of so many bytes, no overlap; indices: int32, 0 ≤ index < limit. Returns the first row whose
 * index is not, where it stopped, or `rows`
 */
export function gatherRows(rows: i32, bytes: usize, x: usize, limit: i32, indices: usize, out: usize): i32 {
  for (let r = 0; r < rows; r++, indices += 4, out += bytes) {
    const index = load<i32>(indices);
    if (<u32>index >= <u32>limit) return r;
    memory.copy(out, x + <usize>index * bytes, bytes);
  }
  return rows;
}

/** out[c,r] = x[r,c] for 4×4 numbers   rows ldx and ldo bytes apart */
// @ts-ignore: decorator
@inline
function transposeTile(x: usize, ldx: usize, out: usize, ldo: usize): void {
  const a = v128.load(x), b = v128.load(x + ldx), c = v128.load(x + 2 * ldx), d = v128.load(x + 3 * ldx);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(out + ldo, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(out + 2 * ldo, v128.shuffle<f64>(ef, gh, 0, 2));
  v128.store(out + 3 * ldo, v128.shuffle<f64>(ef, gh, 1, 3));
}

/** out[b,c,r] = x[b,r,c]   b < batch, r < rows, c < columns */
export function transpose(batch: i32, rows: i32, columns: i32, x: usize, out: usize): void {
  const ldx = <usize>columns * SIZE, ldo = <usize>rows * SIZE, bytes = <usize>rows * ldx;
  for (; batch > 0; batch--, x += bytes, out += bytes) {
    for (let r = 0; r < rows; r += 4) {
      let c = 0;
      if (r + 4 <= rows) {
        for (; c + 4 <= columns; c += 4) {
          transposeTile(x + <usize>r * ldx + <usize>c * SIZE, ldx, out + <usize>c * ldo + <usize>r * SIZE, ldo);
        }
      }
      for (; c < columns; c++) {
        for (let k = r; k < min(r + 4, rows); k++) {
          store<real>(out + <usize>c * ldo + <usize>k * SIZE, load<real>(x + <usize>k * ldx + <usize>c * SIZE));
        }
      }
    }
  }
}
