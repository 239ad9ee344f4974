// A layer of radial basis functions: D = ½‖x − c‖², a = e^{−D/σ²}, one centre c and width σ = e^s a unit (Efficient BackProp 4.8; SPEC
// 1.4.8). Centres C: inputs×units row-major, so that a vector holds several units; s: units.
//
// The squares are summed from differences, not as ‖x‖² − 2x·c + ‖c‖²: that would cancel where a unit is most active.

import { LANES, SIZE, add, loadPart, loadUpTo, madd, mul, splat, splatAt, storeUpTo, sub, sum } from "../vec";
import { exp, log } from "../kernels/elementary";

/** 1/σ² is at most this: narrower bells would meet 0·∞ at their centre. */
const NARROWEST: real = <real>1e30;

/** 1/σ² = e^{−2s} */
// @ts-ignore: decorator
@inline
function narrowness(s: v128): v128 {
  return v128.pmin<real>(exp<real>(mul(splat(-2), s)), splat(NARROWEST));
}

/** D[r,j] = ½ Σ_i (x[r,i] − C[i,j])², a[r,j] = e^{−D[r,j]/σ_j²}   x: rows×inputs, D and a: rows×units */
export function rbfForward(rows: i32, inputs: i32, units: i32, x: usize, centres: usize, s: usize, D: usize, a: usize): void {
  const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE;
  for (let n = units; n > 0; n -= LANES, centres += 16, s += 16, D += 16, a += 16) {
    const inverse = narrowness(loadUpTo(s, n));
    let px = x;
    for (let r: usize = 0, end = <usize>rows * ld; r < end; r += ld, px += ldx) {
      let squares = splat(0), c = centres;
      for (let i: usize = 0; i < ldx; i += SIZE, c += ld) {
        const d = sub(splatAt(px + i), loadUpTo(c, n));
        squares = madd(squares, d, d);
      }
      const half = mul(splat(0.5), squares);
      storeUpTo(D + r, half, n);
      storeUpTo(a + r, exp<real>(v128.neg<real>(mul(half, inverse))), n);
    }
  }
}

/** d[r,j] = −d[r,j]·a[r,j]/σ_j²: from ∂E/∂a to ∂E/∂D */
export function rbfSlope(rows: i32, units: i32, a: usize, s: usize, d: usize): void {
  const ld = <usize>units * SIZE;
  for (let n = units; n > 0; n -= LANES, s += 16, a += 16, d += 16) {
    const minus = v128.neg<real>(narrowness(loadUpTo(s, n)));
    for (let r: usize = 0, end = <usize>rows * ld; r < end; r += ld) storeUpTo(d + r, mul(loadUpTo(d + r, n), mul(minus, loadUpTo(a + r, n))), n);
  }
}

/**
 * gC[i,j] (+)= Σ_r q[r,j]·(C[i,j] − x[r,i]), gs[j] (+)= −2 Σ_r q[r,j]·D[r,j]   q = ∂E/∂D: rows×units; adds if `accumulate`, else replaces
 */
export function rbfGradient(
  rows: i32, inputs: i32, units: i32, x: usize, q: usize, centres: usize, D: usize,
  gradientCentres: usize, gradientS: usize, accumulate: i32,
): void {
  const ldx = <usize>inputs * SIZE, ld = <usize>units * SIZE, end = <usize>rows * ld;
  for (let n = units; n > 0; n -= LANES, q += 16, D += 16, centres += 16, gradientCentres += 16, gradientS += 16) {
    for (let i: usize = 0, at: usize = 0; i < ldx; i += SIZE, at += ld) {
      const c = loadUpTo(centres + at, n);
      let g = splat(0), px = x + i;
      for (let r: usize = 0; r < end; r += ld, px += ldx) g = madd(g, loadUpTo(q + r, n), sub(c, splatAt(px)));
      storeUpTo(gradientCentres + at, accumulate ? add(loadUpTo(gradientCentres + at, n), g) : g, n);
    }
    let g = splat(0);
    for (let r: usize = 0; r < end; r += ld) g = madd(g, loadUpTo(q + r, n), loadUpTo(D + r, n));
    g = mul(splat(-2), g);
    storeUpTo(gradientS, accumulate ? add(loadUpTo(gradientS, n), g) : g, n);
  }
}

/** dx[r,i] = Σ_j q[r,j]·(x[r,i] − C[i,j]) */
export function rbfBackward(rows: i32, inputs: i32, units: i32, x: usize, q: usize, centres: usize, dx: usize): void {
  const ld = <usize>units * SIZE;
  for (; rows > 0; rows--, q += ld) {
    let c = centres;
    for (let i = inputs; i > 0; i--, x += SIZE, dx += SIZE, c += ld) {
      const xi = splatAt(x);
      let s = splat(0), j = units, p = q, k = c;
      for (; j >= LANES; j -= LANES, p += 16, k += 16) s = madd(s, v128.load(p), sub(xi, v128.load(k)));
      if (j > 0) s = madd(s, loadPart(p, j), sub(xi, loadPart(k, j)));
      store<real>(dx, sum(s));
    }
  }
}

/** out[i] = ln x[i]: from widths to what is learned   out may be x */
export function logarithms(n: i32, x: usize, out: usize): void {
  for (; n > 0; n -= LANES, x += 16, out += 16) storeUpTo(out, log<real>(loadUpTo(x, n)), n);
}
