// Each sample centred and scaled over its units: norm.ts.

import { LANES, SIZE, add, loadUpTo, madd, mul, splat, splatAt, storeUpTo, sub, sum } from "../vec";
import { get, set } from "../addresses";
import { Pass, Spare } from "./layer";
import { BLOCK, Norm } from "./norm";
import { Plan, enlist, inputsOf } from "./table";

/** Layer i normalises over units: parameters γ, β. */
export function planLayerNorm(at: usize, i: i32, epsilon: f64): void {
  const units = inputsOf(changetype<Plan>(at), i), layer = enlist<LayerNorm>(at, i, units, units, units);
  layer.epsilon = epsilon;
  layer.keepsInput = 1;
  layer.rowReals = 1;
}

export class LayerNorm extends Norm {
  /** 1/√(variance + ε) of each sample of the last pass. */
  @inline get inverse(): usize {
    return this.rowBuffer;
  }

  forward(pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize): void {
    layerNormForward(rows, this.units, x, this.inverse, this.epsilon, parameters, this.second(parameters), this.y, this.a);
  }

  backward(pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize): void {
    layerNormBackward(rows, this.units, d, this.y, this.inverse, parameters, dx);
  }

  /** R{x̂} = s·(R{x} − mean R{x} − x̂·mean(R{x}∘x̂)), s = inverse of the row; R{a} = R{γ}·x̂ + γ·R{x̂} + R{β} */
  tangentForward(rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, ra: usize, scratch: usize): void {
    const units = this.units, second = this.second(v);
    for (let r = 0; r < rows; r++) {
      let mean: f64 = 0, along: f64 = 0;
      const at = r * units, inverse = get(this.inverse, r);
      for (let j = 0; rx && j < units; j++) {
        mean += get(rx, at + j) / <f64>units;
        along += get(rx, at + j) * get(this.y, at + j) / <f64>units;
      }
      for (let j = 0; j < units; j++) {
        const h = rx ? inverse * (get(rx, at + j) - mean - get(this.y, at + j) * along) : 0;
        set(ry, at + j, h);
        set(ra, at + j, get(v, j) * get(this.y, at + j) + get(parameters, j) * h + get(second, j));
      }
    }
  }

  /** dx = s·(e − mean e − x̂·mean(e∘x̂)), e = d∘γ; R{dx} with R{s} = −s²·mean(x̂∘R{x}) */
  tangentBackward(
    rows: i32, x: usize, rx: usize, parameters: usize, v: usize, ry: usize, d: usize, rd: usize, dx: usize, rdx: usize,
    scratch: usize,
  ): void {
    const units = this.units;
    for (let r = 0; r < rows; r++) {
      const at = r * units, s = get(this.inverse, r), share = 1 / <f64>units;
      let total: f64 = 0, along: f64 = 0, rTotal: f64 = 0, rAlong: f64 = 0, turn: f64 = 0;
      for (let j = 0; j < units; j++) {
        const k = at + j, e = get(d, k) * get(parameters, j), re = get(rd, k) * get(parameters, j) + get(d, k) * get(v, j);
        total += e * share;
        along += e * get(this.y, k) * share;
        rTotal += re * share;
        rAlong += (re * get(this.y, k) + e * get(ry, k)) * share;
        if (rx) turn += get(this.y, k) * get(rx, k) * share;
      }
      for (let j = 0; j < units; j++) {
        const k = at + j, h = get(this.y, k), e = get(d, k) * get(parameters, j);
        const re = get(rd, k) * get(parameters, j) + get(d, k) * get(v, j), first = s * (e - total - h * along);
        set(rdx, k, s * (re - rTotal - get(ry, k) * along - h * rAlong) - s * turn * first);
        set(dx, k, first);
      }
    }
  }

  /**
   * hx[r,i] = Σ_j h·(γ_j·A_ji)² + d·γ_j·∂²x̂_j/∂x_i²   A_ji = ∂x̂_j/∂x_i = s·(δ_ij − 1/n − x̂_i·x̂_j/n), ∂²x̂_j/∂x_i² =
   * −(s/n)·(2·x̂_i·A_ji + x̂_j·A_ii)
   */
  diagonalBackward(
    spare: Spare, pass: Pass, rows: i32, x: usize, parameters: usize, d: usize, h: usize, hx: usize, scratch: usize,
  ): void {
    const units = this.units;
    for (let r = 0; r < rows; r++) {
      const at = r * units, s = get(this.inverse, r), share = 1 / <f64>units;
      for (let i = 0; i < units; i++) {
        const hi = get(this.y, at + i), own = s * (1 - share - hi * hi * share);
        let sum: f64 = 0;
        for (let j = 0; j < units; j++) {
          const hj = get(this.y, at + j), a = j == i ? own : -s * share * (1 + hi * hj), g = get(parameters, j);
          sum += get(h, at + j) * g * a * g * a;
          if (SIZE == 8 && d) sum -= get(d, at + j) * g * s * share * (2 * hi * a + hj * own);
        }
        set(hx, at + i, sum);
      }
    }
  }
}

/** inverse[r] = 1/√(variance of row r + ε), x̂[r,j] = (x[r,j] − mean of row r)·inverse[r], a[r,j] = γ[j]·x̂[r,j] + β[j] */
export function layerNormForward(
  rows: i32, units: i32, x: usize, inverse: usize, epsilon: f64, gamma: usize, beta: usize, xhat: usize, a: usize,
): void {
  const ld = <usize>units * SIZE;
  for (; rows > 0; rows--, x += ld, xhat += ld, a += ld, inverse += SIZE) {
    const first = <f64>load<real>(x), mean = splat(<real>(first + rowSum(units, x, splat(<real>first), false) / <f64>units));
    const squares = rowSum(units, x, mean, true);
    if (squares - squares != 0) { // too large to square, or no numbers
      largeRow(units, x, inverse, epsilon, gamma, beta, xhat, a);
      continue;
    }
    const s = splat(<real>(1 / sqrt(squares / <f64>units + epsilon)));
    store<real>(inverse, v128.extract_lane<real>(s, 0));
    for (let n = units, at: usize = 0; n > 0; n -= LANES, at += 16) {
      const h = mul(sub(loadUpTo(x + at, n), mean), s);
      storeUpTo(xhat + at, h, n);
      storeUpTo(a + at, madd(loadUpTo(beta + at, n), loadUpTo(gamma + at, n), h), n);
    }
  }
}

/** The same for one row, whose sums or squares would overflow: in float64, and there in a unit of 2^600 */
function largeRow(units: i32, x: usize, inverse: usize, epsilon: f64, gamma: usize, beta: usize, xhat: usize, a: usize): void {
  const end = <usize>units * SIZE, unit: f64 = sizeof<real>() == 8 ? 2.409919865102884e-181 : 1;
  let mean: f64 = 0, squares: f64 = 0;
  for (let at: usize = 0; at < end; at += SIZE) mean += <f64>load<real>(x + at) * unit / <f64>units;
  for (let at: usize = 0; at < end; at += SIZE) {
    const d = <f64>load<real>(x + at) * unit - mean;
    squares += d * d;
  }
  const s = 1 / sqrt(squares / <f64>units + epsilon * unit * unit);
  store<real>(inverse, <real>(s * unit));
  for (let at: usize = 0; at < end; at += SIZE) {
    const h = (<f64>load<real>(x + at) * unit - mean) * s;
    store<real>(xhat + at, <real>h);
    store<real>(a + at, <real>(<f64>load<real>(beta + at) + <f64>load<real>(gamma + at) * h));
  }
}

/** Σ_j x[j] − shift, or (x[j] − shift)² */
// @ts-ignore: decorator
@inline
function rowSum(units: i32, x: usize, shift: v128, squared: bool): f64 {
  let result: f64 = 0;
  while (units > 0) {
    let s = splat(0), n = min(units, <i32>BLOCK * LANES);
    units -= n;
    for (; n >= LANES; n -= LANES, x += 16) {
      const d = sub(v128.load(x), shift);
      s = squared ? madd(s, d, d) : add(s, d);
    }
    result += <f64>sum(s);
    for (; n > 0; n--, x += SIZE) {
      const d = <f64>load<real>(x) - <f64>v128.extract_lane<real>(shift, 0);
      result += squared ? d * d : d;
    }
  }
  return result;
}

/** dx[r,j] = inverse[r]·(e_j − Σ_k e_k/units − x̂[r,j]·Σ_k e_k·x̂[r,k]/units), e = d[r,:]∘γ */
export function layerNormBackward(
  rows: i32, units: i32, d: usize, xhat: usize, inverse: usize, gamma: usize, dx: usize,
): void {
  const ld = <usize>units * SIZE, share = 1 / <f64>units;
  for (; rows > 0; rows--, d += ld, xhat += ld, dx += ld, inverse += SIZE) {
    let total: f64 = 0, along: f64 = 0;
    for (let left = units, at: usize = 0; left > 0; ) {
      let n = min(left, <i32>BLOCK * LANES), plain = splat(0), weighted = splat(0);
      left -= n;
      for (; n > 0; n -= LANES, at += 16) {
        const e = mul(loadUpTo(d + at, n), loadUpTo(gamma + at, n));
        plain = add(plain, e);
        weighted = madd(weighted, e, loadUpTo(xhat + at, n));
      }
      total += <f64>sum(plain);
      along += <f64>sum(weighted);
    }
    const b = splat(<real>(total * share)), g = splat(<real>(along * share)), s = splatAt(inverse);
    for (let n = units, at: usize = 0; n > 0; n -= LANES, at += 16) {
      const e = mul(loadUpTo(d + at, n), loadUpTo(gamma + at, n));
      storeUpTo(dx + at, mul(s, sub(sub(e, b), mul(g, loadUpTo(xhat + at, n)))), n);
    }
  }
}
