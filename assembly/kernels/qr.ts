// Triangular factors by Householder's reflections, row by row as the rows come: R of any number of rows in the room of one square
// (Golub & Van Loan 5.2, 6.5). Float64 only.

import { SIZE } from "../vec";
import { get } from "../addresses";
import { dot, scale } from "./blas1";
import { outerProduct, vectorMatrix } from "./matvec";

const TINY: f64 = sizeof<real>() == 4 ? 1e-60 : 1e-280;

/**
 * [R; A] = Q·[R'; 0] and [z'; ·] = Qᵀ·[z; e]: R and z become those of all rows so far; A and e are used up.
 * r: n×n, its upper triangle counts; z: n; a: rows×n; e: rows; spare: n. From R = 0, z = 0 on: RᵀR = AᵀA, Rᵀz = Aᵀe
 */
export function foldRows(n: i32, r: usize, z: usize, rows: i32, a: usize, e: usize, spare: usize): void {
  const row = <usize>n * SIZE;
  for (let k = 0; k < n; k++) {
    const column = a + <usize>k * SIZE, at = r + <usize>k * (row + SIZE), rest = n - k - 1;
    let square: f64 = 0;
    for (let p = column, i = rows; i > 0; i--, p += row) square += get(p, 0) * get(p, 0);
    if (square < TINY) continue; // rounding of what rows that were folded before have left, whose share would overflow
    const alpha = get(at, 0), length = sqrt(alpha * alpha + square), head = alpha > 0 ? alpha + length : alpha - length;
    const share = 2 / (head * head + square); // the reflection is 1 − share·v·vᵀ, v = (head, column)
    store<real>(at, <real>(alpha > 0 ? -length : length));
    if (rest) {
      vectorMatrix(rest, rows, column, row, column + SIZE, row, spare, 0);
      for (let j: usize = SIZE, end = <usize>rest * SIZE; j <= end; j += SIZE) {
        const s = share * (head * get(at + j, 0) + get(spare + j - SIZE, 0));
        store<real>(at + j, <real>(get(at + j, 0) - head * s));
        store<real>(spare + j - SIZE, <real>-s);
      }
      outerProduct(rows, rest, column, row, spare, column + SIZE, row, column + SIZE);
    }
    const own = z + <usize>k * SIZE;
    let s = head * get(own, 0);
    for (let p = column, q = e, i = rows; i > 0; i--, p += row, q += SIZE) s += get(p, 0) * get(q, 0);
    s *= share;
    store<real>(own, <real>(get(own, 0) - head * s));
    for (let p = column, q = e, i = rows; i > 0; i--, p += row, q += SIZE) store<real>(q, <real>(get(q, 0) - s * get(p, 0)));
  }
}

/**
 * p = −(RᵀR + μ·diag(d))⁻¹·Rᵀz, without the squares: from [R; √(μ·d)] r: n×n, its upper triangle counts; z, d, p: n; u: n×n;
 * spare: (n + 2)·n
 */
export function dampedTriangularStep(n: i32, r: usize, z: usize, mu: f64, d: usize, u: usize, p: usize, spare: usize): void {
  const row = <usize>n * SIZE, errors = spare + <usize>n * row, room = errors + row;
  memory.copy(u, r, <usize>n * row);
  memory.copy(p, z, row);
  memory.fill(spare, 0, <usize>n * row + row);
  for (let i: usize = 0, k = 0; i < row; i += SIZE, k++) store<real>(
    spare + <usize>k * (row + SIZE), <real>sqrt(mu * get(d + i, 0)),
  );
  foldRows(n, u, p, n, spare, errors, room);
  for (let i = n - 1; i >= 0; i--) {
    const at = u + <usize>i * (row + SIZE), own = p + <usize>i * SIZE;
    store<real>(own, <real>((get(own, 0) - dot(n - i - 1, at + SIZE, own + SIZE)) / get(at, 0)));
  }
  scale(n, -1, p);
}
