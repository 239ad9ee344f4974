// The random generator: Philox 4×32-10 (Salmon, Moraes, Dror, Shaw, SC'11), counter-based.
//
// Every draw is a function of (seed, purpose, epoch, step, index) alone: neither threads nor the use of other streams
// change it, and both precisions consume alike (float32 numbers are the float64 ones, rounded).

import { SIZE } from "../vec";
import { log } from "./elementary";

/** The four 32-bit words of block `index` of a stream. */
export function block(low: u32, high: u32, purpose: u32, epoch: u32, step: u32, index: u32): v128 {
  let c0 = index, c1 = step, c2 = epoch, c3 = purpose;
  for (let round = 0; round < 10; round++) {
    const p = <u64>0xd2511f53 * <u64>c0, q = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(q >> 32) ^ c1 ^ low;
    c2 = <u32>(p >> 32) ^ c3 ^ high;
    c1 = <u32>q;
    c3 = <u32>p;
    low += 0x9e3779b9;
    high += 0xbb67ae85;
  }
  return i32x4(c0, c1, c2, c3);
}

/** out[i] = word i of the stream, i < n (32 bits each) */
export function words(n: i32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32, out: usize): void {
  let index: u32 = 0;
  for (; n >= 4; n -= 4, out += 16) v128.store(out, block(low, high, purpose, epoch, step, index++));
  if (n > 0) {
    const v = block(low, high, purpose, epoch, step, index);
    v128.store32_lane(out, v, 0);
    if (n > 1) v128.store32_lane(out + 4, v, 1);
    if (n > 2) v128.store32_lane(out + 8, v, 2);
  }
}

/** Word `index` of the stream that `words` writes. */
export function word(index: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32): u32 {
  const v = block(low, high, purpose, epoch, step, index >> 2), half = index & 2;
  const pair = half ? v128.extract_lane<u64>(v, 1) : v128.extract_lane<u64>(v, 0);
  return <u32>(index & 1 ? pair >> 32 : pair);
}

/** Uniform in (0, 1): the middle of one of 2^52 cells. */
// @ts-ignore: decorator
@inline
function uniform(bits: u64): f64 {
  return (<f64>(bits >> 12) + 0.5) * 2.220446049250313e-16;
}

/** Number `index` of the stream that `uniforms` writes, uniform in (0, 1). */
export function uniformAt(index: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32): f64 {
  const v = block(low, high, purpose, epoch, step, index >> 1);
  return uniform(index & 1 ? v128.extract_lane<u64>(v, 1) : v128.extract_lane<u64>(v, 0));
}

/** Numbers 2·index and 2·index + 1 of the stream that `uniforms` writes. */
export function uniformPair(index: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32): v128 {
  const v = block(low, high, purpose, epoch, step, index);
  const first = v128.splat<f64>(uniform(v128.extract_lane<u64>(v, 0)));
  return v128.replace_lane<f64>(first, 1, uniform(v128.extract_lane<u64>(v, 1)));
}

/** out[i] = low + (high − low)·u_i, u_i uniform in (0, 1) */
export function uniforms(
  n: i32, seedLow: u32, seedHigh: u32, purpose: u32, epoch: u32, step: u32, low: f64, high: f64, out: usize,
): void {
  for (let i = 0; i < n; i += 2, out += 2 * SIZE) {
    const v = block(seedLow, seedHigh, purpose, epoch, step, i >> 1);
    store<real>(out, <real>(low + (high - low) * uniform(v128.extract_lane<u64>(v, 0))));
    if (i + 1 < n) store<real>(out + SIZE, <real>(low + (high - low) * uniform(v128.extract_lane<u64>(v, 1))));
  }
}

/** out[i] = mean + deviation·z_i, z_i standard normal (one uniform each, by inversion) */
export function normals(
  n: i32, seedLow: u32, seedHigh: u32, purpose: u32, epoch: u32, step: u32, mean: f64, deviation: f64, out: usize,
): void {
  for (let i = 0; i < n; i += 2, out += 2 * SIZE) {
    const v = block(seedLow, seedHigh, purpose, epoch, step, i >> 1);
    store<real>(out, <real>(mean + deviation * normalQuantile(uniform(v128.extract_lane<u64>(v, 0)))));
    if (i + 1 < n) store<real>(out + SIZE, <real>(mean + deviation * normalQuantile(uniform(v128.extract_lane<u64>(v, 1)))));
  }
}

/** The x with Φ(x) = p, to 1e-15 (Wichura's AS 241, PPND16). */
export function normalQuantile(p: f64): f64 {
  const q = p - 0.5;
  if (abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return q * (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r
      + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
      + 133.14166789178437745) * r + 3.387132872796366608)
      / (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r
      + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
      + 42.313330701600911252) * r + 1);
  }
  let r = sqrt(-v128.extract_lane<f64>(log<f64>(v128.splat<f64>(q < 0 ? p : 1 - p)), 0)), x: f64;
  if (r <= 5) {
    r -= 1.6;
    x = (((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
      + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
      + 4.6303378461565452959) * r + 1.42343711074968357734)
      / (((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
      + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
      + 2.05319162663775882187) * r + 1);
  } else {
    r -= 5;
    x = (((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
      + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
      + 5.4637849111641143699) * r + 6.6579046435011037772)
      / (((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
      + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
      + 0.59983220655588793769) * r + 1);
  }
  return q < 0 ? -x : x;
}

/** Separates the words drawn again after a rejection from the first ones: no run takes 2^31 steps in one epoch. */
const AGAIN: u32 = 0x80000000;

/**
 * out = a random permutation of 0 … n − 1 (u32)
 *
 * Inside-out Fisher-Yates: out[i] first holds the word that decides where i goes. Unbiased: a word that falls into the
 * incomplete last interval is drawn again (Lemire 2019).
 */
export function permutation(n: i32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32, out: usize): void {
  words(n, low, high, purpose, epoch, step, out);
  for (let i: u32 = 0; i < <u32>n; i++) {
    const count = i + 1;
    let m = <u64>load<u32>(out + (<usize>i << 2)) * count;
    if (<u32>m < count) {
      const threshold: u32 = (0 - count) % count;
      for (let attempt: u32 = 0; <u32>m < threshold; attempt++) {
        const v = block(low, high, purpose, epoch, AGAIN | attempt, i);
        m = <u64>v128.extract_lane<u32>(v, 0) * count;
      }
    }
    const j = <usize>(m >> 32) << 2;
    store<u32>(out + (<usize>i << 2), load<u32>(out + j));
    store<u32>(out + j, i);
  }
}
