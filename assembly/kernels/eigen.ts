// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal one, then implicit QL (Golub & Van
// Loan 8.3; the shifts and tests of EISPACK's tql2). Float64 only. Vectors stand in rows, so that all loops run along memory.

import { LANES, SIZE, add, madd, mul, splat, sub } from "../vec";
import { element, setElement } from "../addresses";
import { axpy, dot, largestMagnitude, scale } from "./blas1";

/** Sweeps of QL per eigenvalue; two are usual. */
const SWEEPS: i32 = 50;

/**
 * Sweeps after which what is rounding beside the whole matrix, and not only beside its neighbours, counts as 0: noise need never
 * get smaller.
 */
const PATIENT: i32 = 10;

/** Columns of the vectors that a sweep's rotations pass through at a time: their running row stays in registers. */
const STRIP: i32 = 8 * LANES;

/** Sums of squares below 2^-960 lose digits; beside a matrix scaled to 1 they are nothing. */
const NOTHING: f64 = 1.026e-289;

/** Bytes of scratch for symmetricEigen. */
export function eigenScratch(n: i32): usize {
  return 4 * <usize>n * SIZE;
}

/**
 * A = Σ_i values[i]·vectors[i]ᵀ·vectors[i]   values descending; vectors[i] is row i, of norm 1, its largest element positive
 *
 * a: n×n, symmetric, row-major; destroyed. values: n. vectors: n×n. scratch: eigenScratch bytes. No overlap.
 * Returns 1, or 0 where QL did not converge (an element is not finite). Error: n·ε·|A|.
 */
export function symmetricEigen(n: i32, a: usize, values: usize, vectors: usize, scratch: usize): i32 {
  const row = <usize>n * SIZE, off = scratch, cosines = off + row, sines = cosines + row, betas = sines + row;
  const unit = powerOfTwoNear(largestMagnitude(n * n, a));
  if (!(unit - unit == 0)) return 0;
  if (unit > 0) scale(n * n, 1 / unit, a); // squares of elements neither overflow nor vanish
  tridiagonalize(n, a, values, off, betas, cosines);
  accumulate(n, a, betas, vectors);
  if (!diagonalize(n, values, off, vectors, cosines, sines)) return 0;
  if (unit > 0) scale(n, unit, values);
  sort(n, values, vectors);
  for (let i = 0; i < n; i++) orient(n, vectors + <usize>i * row);
  return 1;
}

/** The power of two at or below |x|; 0 for 0, NaN or ∞ for those. Its reciprocal is finite for every normal x. */
function powerOfTwoNear(x: real): real {
  if (x == 0 || !(x - x == 0)) return x;
  const bits = reinterpret<u64>(<f64>x) & 0x7ff0000000000000;
  return <real>max(reinterpret<f64>(bits), 2.2250738585072014e-308);
}

/**
 * T = Qᵀ·A·Q, Q = H_0·H_1·…·H_{n−3}, H_k = I − β[k]·v_k·v_kᵀ   d: diagonal of T, e[1:n]: what stands beside it
 *
 * v_k (nonzero from k+1 on) is left in row k of a, from column k+1 on.
 */
function tridiagonalize(n: i32, a: usize, d: usize, e: usize, betas: usize, p: usize): void {
  const row = <usize>n * SIZE;
  for (let k = 0; k < n; k++) {
    const m = n - k - 1, v = a + <usize>k * row + <usize>(k + 1) * SIZE;
    setElement(d, k, element(a + <usize>k * row, k));
    setElement(betas, k, 0);
    if (m == 0) break;
    const first = element(v, 0), rest = dot(m - 1, v + SIZE, v + SIZE);
    if (rest < NOTHING) {
      setElement(e, k + 1, first);
      continue;
    }
    const length = <real>sqrt(<f64>first * first + rest), alpha = first > 0 ? -length : length;
    setElement(e, k + 1, alpha);
    setElement(v, 0, first - alpha);
    const beta = <real>(2 / (<f64>(first - alpha) * (first - alpha) + rest));
    setElement(betas, k, beta);
    // p = β·A·v, then w = p − (β/2)(pᵀv)·v, and A −= v·wᵀ + w·vᵀ
    const block = a + <usize>(k + 1) * (row + SIZE);
    for (let i = 0; i < m; i++) setElement(p, i, beta * <real>dot(m, block + <usize>i * row, v));
    axpy(m, <real>(-0.5 * <f64>beta * dot(m, p, v)), v, p);
    for (let i = 0; i < m; i++) subtractPair(m, element(v, i), p, element(p, i), v, block + <usize>i * row);
  }
}

/** y[j] −= s·x[j] + t·z[j] */
function subtractPair(n: i32, s: real, x: usize, t: real, z: usize, y: usize): void {
  const u = splat(s), w = splat(t);
  for (; n >= LANES; n -= LANES, x += 16, z += 16, y += 16) {
    v128.store(y, sub(v128.load(y), madd(mul(u, v128.load(x)), w, v128.load(z))));
  }
  for (; n > 0; n--, x += SIZE, z += SIZE, y += SIZE) {
    store<real>(y, load<real>(y) - (s * load<real>(x) + t * load<real>(z)));
  }
}

/** z = Qᵀ: the identity times H_{n−3}, …, H_0, from the right */
function accumulate(n: i32, a: usize, betas: usize, z: usize): void {
  const row = <usize>n * SIZE;
  memory.fill(z, 0, <usize>n * row);
  for (let i = 0; i < n; i++) setElement(z + <usize>i * row, i, 1);
  for (let k = n - 2; k >= 0; k--) {
    const beta = element(betas, k);
    if (beta == 0) continue;
    const m = n - k - 1, v = a + <usize>k * row + <usize>(k + 1) * SIZE;
    let to = z + <usize>(k + 1) * (row + SIZE);
    for (let i = 0; i < m; i++, to += row) axpy(m, -beta * <real>dot(m, to, v), v, to);
  }
}

/** diag(d) = G·T·Gᵀ, z ← G·z, by implicit QL; T tridiagonal of d and e[1:n]. 0 where it does not converge. */
function diagonalize(n: i32, d: usize, e: usize, z: usize, cosines: usize, sines: usize): i32 {
  for (let i = 1; i < n; i++) setElement(e, i - 1, element(e, i));
  if (n > 0) setElement(e, n - 1, 0);
  const row = <usize>n * SIZE, rounding = f64.EPSILON * <f64>max(largestMagnitude(n, d), largestMagnitude(n, e));
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = abs(element(d, m)) + abs(element(d, m + 1));
        if (size + abs(element(e, m)) == size || (sweep >= PATIENT && <f64>abs(element(e, m)) <= rounding)) break;
      }
      if (m == l) break;
      if (sweep == SWEEPS) return 0;
      // Wilkinson's shift
      let g = (element(d, l + 1) - element(d, l)) / (2 * element(e, l)), r = hypotenuse(g, 1);
      g = element(d, m) - element(d, l) + element(e, l) / (g + (g < 0 ? -r : r));
      let s: real = 1, c: real = 1, p: real = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * element(e, i), b = c * element(e, i);
        r = hypotenuse(f, g);
        setElement(e, i + 1, r);
        if (r == 0) { // the matrix falls apart here
          setElement(d, i + 1, element(d, i + 1) - p);
          setElement(e, m, 0);
          break;
        }
        s = f / r;
        c = g / r;
        g = element(d, i + 1) - p;
        r = (element(d, i) - g) * s + 2 * c * b;
        p = s * r;
        setElement(d, i + 1, g + p);
        g = c * r - b;
        setElement(cosines, i, c);
        setElement(sines, i, s);
      }
      if (i < l) {
        setElement(d, l, element(d, l) - p);
        setElement(e, l, g);
        setElement(e, m, 0);
      }
      rotate(n, max(i + 1, l), m, z, row, cosines, sines);
    }
  }
  return 1;
}

/** √(x² + y²) of numbers of moderate size (the matrix has been scaled) */
// @ts-ignore: decorator
@inline
function hypotenuse(x: real, y: real): real {
  const p = abs(x), q = abs(y), big = max(p, q), small = min(p, q);
  if (big == 0) return 0;
  const t = small / big;
  return big * <real>sqrt(<f64>(1 + t * t));
}

/** z[i+1], z[i] = s[i]·z[i] + c[i]·z[i+1], c[i]·z[i] − s[i]·z[i+1]   for i = last−1 down to first */
function rotate(n: i32, first: i32, last: i32, z: usize, row: usize, cosines: usize, sines: usize): void {
  if (last <= first) return;
  const from = z + <usize>last * row;
  let j = 0;
  for (; j + STRIP <= n; j += STRIP) rotateStrip(first, last, from + <usize>j * SIZE, row, cosines, sines);
  for (; j < n; j++) {
    let p = from + <usize>j * SIZE, x = load<real>(p);
    for (let i = last - 1; i >= first; i--) {
      const c = element(cosines, i), s = element(sines, i), y = load<real>(p - row);
      store<real>(p, s * y + c * x);
      x = c * y - s * x;
      p -= row;
    }
    store<real>(p, x);
  }
}

/** rotate for STRIP columns, of which p is the first in row `last` */
function rotateStrip(first: i32, last: i32, p: usize, row: usize, cosines: usize, sines: usize): void {
  let x0 = v128.load(p), x1 = v128.load(p, 16), x2 = v128.load(p, 32), x3 = v128.load(p, 48);
  let x4 = v128.load(p, 64), x5 = v128.load(p, 80), x6 = v128.load(p, 96), x7 = v128.load(p, 112);
  for (let i = last - 1; i >= first; i--) {
    const c = splat(element(cosines, i)), s = splat(element(sines, i)), q = p - row;
    let y = v128.load(q);
    v128.store(p, add(mul(s, y), mul(c, x0)));
    x0 = sub(mul(c, y), mul(s, x0));
    y = v128.load(q, 16);
    v128.store(p, add(mul(s, y), mul(c, x1)), 16);
    x1 = sub(mul(c, y), mul(s, x1));
    y = v128.load(q, 32);
    v128.store(p, add(mul(s, y), mul(c, x2)), 32);
    x2 = sub(mul(c, y), mul(s, x2));
    y = v128.load(q, 48);
    v128.store(p, add(mul(s, y), mul(c, x3)), 48);
    x3 = sub(mul(c, y), mul(s, x3));
    y = v128.load(q, 64);
    v128.store(p, add(mul(s, y), mul(c, x4)), 64);
    x4 = sub(mul(c, y), mul(s, x4));
    y = v128.load(q, 80);
    v128.store(p, add(mul(s, y), mul(c, x5)), 80);
    x5 = sub(mul(c, y), mul(s, x5));
    y = v128.load(q, 96);
    v128.store(p, add(mul(s, y), mul(c, x6)), 96);
    x6 = sub(mul(c, y), mul(s, x6));
    y = v128.load(q, 112);
    v128.store(p, add(mul(s, y), mul(c, x7)), 112);
    x7 = sub(mul(c, y), mul(s, x7));
    p = q;
  }
  v128.store(p, x0);
  v128.store(p, x1, 16);
  v128.store(p, x2, 32);
  v128.store(p, x3, 48);
  v128.store(p, x4, 64);
  v128.store(p, x5, 80);
  v128.store(p, x6, 96);
  v128.store(p, x7, 112);
}

/** Rows of z by descending d: straight selection, n²/2 comparisons and at most n exchanges of rows */
function sort(n: i32, d: usize, z: usize): void {
  const row = <usize>n * SIZE;
  for (let i = 0; i < n - 1; i++) {
    let k = i;
    for (let j = i + 1; j < n; j++) if (element(d, j) > element(d, k)) k = j;
    if (k == i) continue;
    const x = element(d, i);
    setElement(d, i, element(d, k));
    setElement(d, k, x);
    const p = z + <usize>i * row, q = z + <usize>k * row;
    for (let j = 0; j < n; j++) {
      const y = element(p, j);
      setElement(p, j, element(q, j));
      setElement(q, j, y);
    }
  }
}

/** v or −v, whichever has its largest element (the first of equals) positive */
function orient(n: i32, v: usize): void {
  let largest: real = 0;
  for (let j = 0; j < n; j++) if (abs(element(v, j)) > abs(largest)) largest = element(v, j);
  if (largest < 0) scale(n, -1, v);
}
