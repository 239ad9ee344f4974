// What training adds on purpose: units left out, and noise. Every draw is a function of the stream and the element's index alone.

import { LANES, SIZE, mul, splat } from "../vec";
import { block, normalQuantile, uniformAt } from "../kernels/random";

/**
 * mask[e] = 1/(1 − rate) with probability 1 − rate, else 0; a[e] = x[e]·mask[e]   for n elements, which are the stream's from `first` on
 * (Srivastava et al. 2014, with the scale at training: what is left out is made up for at once)
 */
export function dropout(
  n: i32, x: usize, mask: usize, a: usize, rate: f64, first: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): void {
  const keep = <real>(1 / (1 - rate)), kept = splat(keep), threshold = <u32>min(rate * 4294967296, 4294967295);
  const bound = v128.splat<u32>(threshold);
  let e = first, end = first + <u32>n, p = mask;
  for (; e & 3 && e < end; e++, p += SIZE) store<real>(p, one(e, threshold, keep, low, high, purpose, epoch, step));
  for (; e + 4 <= end; e += 4) {
    const more = v128.ge<u32>(block(low, high, purpose, epoch, step, e >> 2), bound);
    if (LANES == 4) {
      v128.store(p, v128.and(more, kept));
    } else {
      v128.store(p, v128.and(v128.extend_low<i32>(more), kept));
      v128.store(p + 16, v128.and(v128.extend_high<i32>(more), kept));
    }
    p += 4 * SIZE;
  }
  for (; e < end; e++, p += SIZE) store<real>(p, one(e, threshold, keep, low, high, purpose, epoch, step));
  times(n, x, mask, a);
}

/** Element e of a mask. */
function one(
  e: u32, threshold: u32, keep: real, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): real {
  const v = block(low, high, purpose, epoch, step, e >> 2);
  const pair = e & 2 ? v128.extract_lane<u64>(v, 1) : v128.extract_lane<u64>(v, 0);
  return <u32>(e & 1 ? pair >> 32 : pair) >= threshold ? keep : 0;
}

/** out[e] = x[e]·y[e]   out may be x or y */
export function times(n: i32, x: usize, y: usize, out: usize): void {
  for (; n >= LANES; n -= LANES, x += 16, y += 16, out += 16) v128.store(out, mul(v128.load(x), v128.load(y)));
  for (; n > 0; n--, x += SIZE, y += SIZE, out += SIZE) store<real>(out, load<real>(x) * load<real>(y));
}

/** a[e] = x[e] + deviation·z_e, z standard normal   for n elements, which are the stream's from `first` on */
export function addNoise(
  n: i32, x: usize, a: usize, deviation: f64, first: u32, low: u32, high: u32, purpose: u32, epoch: u32, step: u32,
): void {
  for (let e = first, end = first + <u32>n; e < end; e++, x += SIZE, a += SIZE) {
    store<real>(a, <real>(<f64>load<real>(x) + deviation * normalQuantile(uniformAt(e, low, high, purpose, epoch, step))));
  }
}
