// A layer of radial basis functions: D = ½‖x − c‖², a = e^{−D/σ²}, one centre c and width σ = e^s a unit (Efficient BackProp
// 4.8). Centres C: inputs×units row-major, so that a vector holds several units; s: units. What the layer keeps as y, and finds
// derivatives from, is D.
//
// The squares are summed from differences, not as ‖x‖² − 2x·c + ‖c‖²: that would cancel where a unit is most active.

import { LANES, SIZE, add, loadPart, loadUpTo, madd, mul, splat, splatAt, storeUpTo, sub, sum } from "../vec";
import { get, increase, realAt, set } from "../addresses";
import { logarithm } from "../kernels/called";
import { exp } from "../kernels/elementary";
import { Layer, Pass, Spare } from "./layer";
import { Plan, enlist, inputsOf } from "./table";

/** Layer i has radial basis functions: parameters are centres and logarithms of widths. */
export function planRbf(at: usize, i: i32, units: i32): void {
  enlist<Rbf>(at, i, units, inputsOf(changetype<Plan>(at), i) * units, units).keepsInput = 1;
}

export class Rbf extends Layer {
  scratchBytes(rows: i32, training: i32): usize {
    return 0;
  }

  forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void {
    rbfForward(rows, this.inputs, this.units, x, parameters, this.second(parameters), this.y, this.a);
  }

  activationBackward(rows: i32, parameters: usize, d: usize): void {
    rbfSlope(rows, this.units, this.a, this.second(parameters), d);
  }

  gradient(rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, accumulate: i32, scratch: usize): void {
    rbfGradient(rows, this.inputs, this.units, x, d, parameters, this.y, gradient, this.second(gradient), accumulate);
  }

  backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void {
    rbfBackward(rows, this.inputs, this.units, x, d, parameters, dx);
  }

  /** R{D} = (x − c)·(R{x} − R{c}), R{a} = −a·p·(R{D} − 2·D·R{s}), p = e^{−2s} */
  tangentForward(rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units, s = this.second(parameters), rs = this.second(v);
    for (let r = 0; r < rows; r++) for (let j = 0; j < units; j++) {
      let rD: f64 = 0;
      for (let i = 0; i < inputs; i++) {
        const at = i * units + j, apart = get(x, r * inputs + i) - get(parameters, at);
        rD += apart * ((rx ? get(rx, r * inputs + i) : 0) - get(v, at));
      }
      const k = r * units + j;
      set(ry, k, rD);
      set(ra, k, -get(this.a, k) * narrownessOf(get(s, j)) * (rD - 2 * get(this.y, k) * get(rs, j)));
    }
  }

  /** q = −d·a·p: R{q} = −p·(R{d}·a + d·R{a} − 2·d·a·R{s}); q and R{q} replace d and R{d} */
  tangentActivationBackward(
    rows: i32, parameters: usize, v: usize, ry: usize, ra: usize, d: usize, rd: usize, spare: usize,
  ): void {
    const units = this.units, s = this.second(parameters), rs = this.second(v);
    for (let k = 0, n = rows * units; k < n; k++) {
      const j = k % units, p = narrownessOf(get(s, j)), a = get(this.a, k), own = get(d, k);
      set(rd, k, -p * (get(rd, k) * a + own * get(ra, k) - 2 * own * a * get(rs, j)));
      set(d, k, -p * own * a);
    }
  }

  /** out of C += Σ_r R{q}·(C − x) + q·(R{C} − R{x}), of s += −2 Σ_r R{q}·D + q·R{D} */
  tangentGradient(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, out: usize, scratch: usize,
  ): void {
    const inputs = this.inputs, units = this.units, second = this.second(out);
    for (let j = 0; j < units; j++) {
      let own: f64 = 0;
      for (let r = 0; r < rows; r++) {
        const k = r * units + j;
        own -= 2 * (get(rd, k) * get(this.y, k) + get(d, k) * get(ry, k));
      }
      set(second, j, get(second, j) + own);
      for (let i = 0; i < inputs; i++) {
        const at = i * units + j;
        let sum: f64 = 0;
        for (let r = 0; r < rows; r++) {
          const k = r * units + j, e = r * inputs + i;
          sum += get(rd, k) * (get(parameters, at) - get(x, e)) + get(d, k) * (get(v, at) - (rx ? get(rx, e) : 0));
        }
        set(out, at, get(out, at) + sum);
      }
    }
  }

  /** dx[r,i] = Σ_j q·(x − C), R{dx} = Σ_j R{q}·(x − C) + q·(R{x} − R{C}) */
  tangentBackward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, dx: usize, rdx: usize,
    scratch: usize,
  ): void {
    const inputs = this.inputs, units = this.units;
    for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) {
      let first: f64 = 0, second: f64 = 0;
      const e = r * inputs + i;
      for (let j = 0; j < units; j++) {
        const k = r * units + j, at = i * units + j, apart = get(x, e) - get(parameters, at);
        first += get(d, k) * apart;
        second += get(rd, k) * apart + get(d, k) * ((rx ? get(rx, e) : 0) - get(v, at));
      }
      set(dx, e, first);
      set(rdx, e, second);
    }
  }

  /** h = ∂²E/∂D² = h·(a·p)² + d·a·p²; out of s += h·(a·z)² + d·a·(z² − 2z), z = 2·D·p */
  diagonalActivationBackward(spare: Spare, rows: i32, parameters: usize, d: usize, h: usize, out: usize): void {
    const units = this.units, s = this.second(parameters), own = this.second(out);
    for (let k = 0, n = rows * units; k < n; k++) {
      const j = k % units, p = narrownessOf(get(s, j)), a = get(this.a, k), D = get(this.y, k), z = 2 * D * p, ha = get(h, k);
      const da = SIZE == 8 && d ? get(d, k) : 0;
      increase(own, j, ha * z * a * z * a + da * a * (z * z - 2 * z));
      set(h, k, ha * a * p * a * p + da * a * p * p);
    }
  }

  /** out of C[i,j] += Σ_r h·(C − x)² + q */
  diagonalGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, h: usize, out: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units;
    for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) for (let j = 0; j < units; j++) {
      const k = r * units + j, at = i * units + j, apart = get(parameters, at) - get(x, r * inputs + i);
      increase(out, at, get(h, k) * apart * apart + (SIZE == 8 && d ? get(d, k) : 0));
    }
  }

  /** hx[r,i] = Σ_j h·(x − C)² + q */
  diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void {
    const inputs = this.inputs, units = this.units;
    for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) {
      let sum: f64 = 0;
      for (let j = 0; j < units; j++) {
        const k = r * units + j, apart = get(x, r * inputs + i) - get(parameters, i * units + j);
        sum += get(h, k) * apart * apart + (SIZE == 8 && d ? get(d, k) : 0);
      }
      set(hx, r * inputs + i, sum);
    }
  }

  /** out of C[i,j] += Σ_r (q·(C − x))², of s[j] += Σ_r (2·q·D)² */
  squaredGradient(spare: Spare, rows: i32, x: usize, parameters: usize, d: usize, out: usize, scratch: usize): void {
    const inputs = this.inputs, units = this.units, second = this.second(out);
    for (let k = 0, n = rows * units; k < n; k++) {
      const r = k / units, j = k % units, q = get(d, k), own = 2 * q * get(this.y, k);
      increase(second, j, own * own);
      for (let i = 0; i < inputs; i++) {
        const g = q * (get(parameters, i * units + j) - get(x, r * inputs + i));
        increase(out, i * units + j, g * g);
      }
    }
  }

  /** out[r] = q[r,:]∘(C − x[r,:]), and −2·q[r,:]∘D[r,:] for s */
  sampleGradients(rows: i32, x: usize, parameters: usize, d: usize, out: usize, stride: usize): void {
    const inputs = this.inputs, units = this.units;
    for (let r = 0; r < rows; r++, out += stride) {
      const input = realAt(x, r * inputs), second = this.second(out);
      for (let j = 0; j < units; j++) {
        const k = r * units + j, q = get(d, k);
        set(second, j, -2 * q * get(this.y, k));
        for (let i = 0; i < inputs; i++) set(out, i * units + j, q * (get(parameters, i * units + j) - get(input, i)));
      }
    }
  }
}

/** 1/σ² is at most this: narrower bells would meet 0·∞ at their centre. */
const NARROWEST: real = <real>1e30;

/** 1/σ² = e^{−2s} */
// @ts-ignore: decorator
@inline
function narrowness(s: v128): v128 {
  return v128.pmin<real>(exp<real>(mul(splat(-2), s)), splat(NARROWEST));
}

/** 1/σ² of one unit */
// @ts-ignore: decorator
@inline
function narrownessOf(s: f64): f64 {
  return min(<f64>v128.extract_lane<real>(exp<real>(splat(<real>(-2 * s))), 0), 1e30);
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
    for (let r: usize = 0, end = <usize>rows * ld; r < end; r += ld) storeUpTo(
      d + r, mul(loadUpTo(d + r, n), mul(minus, loadUpTo(a + r, n))), n,
    );
  }
}

/**
 * gC[i,j] (+)= Σ_r q[r,j]·(C[i,j] − x[r,i]), gs[j] (+)= −2 Σ_r q[r,j]·D[r,j]   q = ∂E/∂D: rows×units; adds if `accumulate`, else
 * replaces
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
  for (; n > 0; n -= LANES, x += 16, out += 16) storeUpTo(out, logarithm(loadUpTo(x, n)), n);
}
