// The losses of TensorFlow.js's layers that couple the outputs of a row. They have the form that ../losses.ts explains.

import { SIZE } from "../../vec";
import { get, set } from "../../addresses";
import { log } from "../../kernels/elementary";

// @ts-ignore: decorator
@inline
function ln(x: real): real {
  return v128.extract_lane<real>(log<real>(v128.splat<real>(x)), 0);
}

// @ts-ignore: decorator
@inline
function weightOf(w: usize, r: i32): f64 {
  return w ? get(w, r) : 1;
}

// @ts-ignore: decorator
@inline
function clip(x: real, low: real, high: real): real {
  return x < low ? low : x > high ? high : x;
}

/** −Σ_j t[j]·ln c[j], c = p[j]/Σ_k p[k] between ε and 1 − ε; slopes are 0 where that is not between */
export function categoricalCrossentropy(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  const low = <real>epsilon, high = <real>1 - low, ld = <usize>n * SIZE;
  let total: f64 = 0;
  for (let r = 0; r < rows; r++, t += ld, p += ld) {
    const weight = weightOf(w, r), scale = <real>(weight / <f64>rows);
    let s: real = 0;
    for (let j = 0; j < n; j++) s += load<real>(p + <usize>j * SIZE);
    let value: f64 = 0, along: real = 0;
    for (let j: usize = 0; j < ld; j += SIZE) {
      const o = load<real>(p + j) / s, target = load<real>(t + j);
      // Logarithms of numbers that are NaN, or meet a target that is not 0, count.
      if (target != 0 || o - o != 0) value -= <f64>(target * ln(clip(o, low, high)));
      if (dp) {
        const g = o >= low && o <= high ? -target / o * scale : 0;
        store<real>(dp + j, g / s);
        along += g * o / s;
      }
    }
    if (dp) {
      for (let j: usize = 0; j < ld; j += SIZE) store<real>(dp + j, load<real>(dp + j) - along);
      dp += ld;
    }
    total += weight * value;
  }
  return total / <f64>rows;
}

/** The same with a class's number in the place of its column: t has one target a row, and p is first held between ε and 1 − ε */
export function sparseCategoricalCrossentropy(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  const low = <real>epsilon, high = <real>1 - low, ld = <usize>n * SIZE;
  let total: f64 = 0;
  for (let r = 0; r < rows; r++, p += ld) {
    const weight = weightOf(w, r), scale = <real>(weight / <f64>rows), target = <i32>floor(get(t, r));
    let s: real = 0;
    for (let j: usize = 0; j < ld; j += SIZE) s += clip(load<real>(p + j), low, high);
    const known = target >= 0 && target < n;
    const o = known ? clip(load<real>(p + <usize>target * SIZE), low, high) / s : 1;
    if (s - s != 0) total += <f64>s;
    else if (known) total -= weight * <f64>ln(clip(o, low, high));
    if (!dp) continue;
    const g = known && o >= low && o <= high ? -scale / o : 0;
    for (let j = 0; j < n; j++) {
      const x = load<real>(p + <usize>j * SIZE), d = ((j == target ? g : 0) - g * o) / s;
      store<real>(dp + <usize>j * SIZE, x >= low && x <= high ? d : 0);
    }
    dp += ld;
  }
  return total / <f64>rows;
}

/** max(0, 1 + max_j (1 − t[j])·p[j] − Σ_j t[j]·p[j]): every j that is the largest has a share in the slope */
export function categoricalHinge(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  const ld = <usize>n * SIZE, one: real = 1;
  let total: f64 = 0;
  for (let r = 0; r < rows; r++, t += ld, p += ld) {
    const weight = weightOf(w, r), scale = <real>(weight / <f64>rows);
    let own: real = 0, other: real = -Infinity;
    for (let j: usize = 0; j < ld; j += SIZE) {
      const a = load<real>(t + j), b = load<real>(p + j);
      own += a * b;
      other = max(other, (one - a) * b);
    }
    const value = one + other - own;
    total += weight * <f64>(value <= 0 ? 0 : value);
    if (!dp) continue;
    for (let j: usize = 0; j < ld; j += SIZE) {
      const a = load<real>(t + j), b = load<real>(p + j), most = (one - a) * b == other ? one - a : 0;
      store<real>(dp + j, value > 0 ? scale * (most - a) : 0);
    }
    dp += ld;
  }
  return total / <f64>rows;
}

/** −Σ_j t[j]·p[j]/(‖t‖·‖p‖), squared norms at least ε */
export function cosineProximity(rows: i32, n: i32, t: usize, p: usize, w: usize, epsilon: f64, dp: usize): f64 {
  let total: f64 = 0;
  for (let r = 0; r < rows; r++, t += <usize>n * SIZE, p += <usize>n * SIZE) {
    const weight = weightOf(w, r), scale = weight / <f64>rows;
    let tt: f64 = 0, pp: f64 = 0, tp: f64 = 0;
    for (let j = 0; j < n; j++) {
      const a = get(t, j), b = get(p, j);
      tt += a * a;
      pp += b * b;
      tp += a * b;
    }
    const nt = sqrt(max(tt, epsilon)), np = sqrt(max(pp, epsilon)), value = -tp / (nt * np);
    total += weight * value;
    if (!dp) continue;
    const turning = pp >= epsilon ? value / pp : 0;
    for (let j = 0; j < n; j++) set(dp, j, -scale * (get(t, j) / (nt * np) + turning * get(p, j)));
    dp += <usize>n * SIZE;
  }
  return total / <f64>rows;
}
