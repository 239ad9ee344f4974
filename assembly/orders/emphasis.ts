// Emphasis on hard examples: samples are drawn with probabilities that follow their errors (Efficient BackProp 4.2;
// docs/mathematics.md 5.2).
//
//   e_i  running error of sample i: e ← e + memory·(l − e) whenever its loss l is seen
//   q_i = min(e_i, clip)^exponent, at most `most`
//   p_i = (1 − floor)·q_i/Σq + floor/n
//
// The q are the leaves of a tree whose inner nodes hold the sums of their children, so that a draw and a change cost O(log n).

import { exp, log } from "../kernels/elementary";
import { uniformPair } from "../kernels/random";

@unmanaged
export class Emphasis {
  exponent: f64;
  floor: f64;
  cap: f64; // of p_i, in units of 1/n
  memory: f64;
  quantile: f64; // errors above this quantile count as it does; 1: none do
  clip: f64;
  bound: f64; // of q, in units of its sum
  spare: f64; // a uniform number drawn beside the last one, for the next draw
  n: i32;
  leaves: i32; // a power of two, at least n
  importance: i32; // 1: draws weigh 1/(n·p)
  seen: i32; // 1 once every sample has an error
  begun: i32; // 1 once an epoch has begun
  purpose: u32;
  low: u32;
  high: u32;
  epoch: u32;
  errors: usize; // f64, n
  tree: usize; // f64, 2·leaves: the root at 1, leaf i at leaves + i
  places: usize; // u32: where in the list of samples each draw of the epoch stands
  indices: usize; // u32: the sample at each place, or 0 where they are the same
  factors: usize; // real, one a draw; 0 without importance
}

/** Leaves of a tree for n samples. */
function leavesFor(n: i32): i32 {
  let leaves = 1;
  while (leaves < n) leaves <<= 1;
  return leaves;
}

/** Bytes of the description and of its tree and list of places, for n samples. */
export function emphasisBytes(n: i32): usize {
  return ((offsetof<Emphasis>() + 7) & ~7) + (<usize>(2 * leavesFor(n)) << 3) + (<usize>n << 2);
}

/**
 * Describes the emphasis on n samples. indices: u32, those of the samples, or 0 for 0 … n − 1. errors: f64, n of them, to start
 * from if `seen`, else room for them. factors: real, n of them, or 0 without importance weights.
 */
export function emphasisOpen(
  at: usize, n: i32, indices: usize, errors: usize, seen: i32, factors: usize,
  exponent: f64, memory_: f64, floor: f64, cap: f64, quantile: f64, purpose: u32,
): void {
  const e = changetype<Emphasis>(at);
  memory.fill(at, 0, emphasisBytes(n));
  e.n = n;
  e.leaves = leavesFor(n);
  e.exponent = exponent;
  e.memory = memory_;
  e.floor = floor;
  e.cap = cap;
  e.quantile = quantile;
  e.clip = Infinity;
  e.bound = floor < 1 ? (cap - floor) / (1 - floor) / <f64>n : Infinity;
  e.purpose = purpose;
  e.indices = indices;
  e.errors = errors;
  e.seen = seen;
  e.factors = factors;
  e.tree = at + ((offsetof<Emphasis>() + 7) & ~7);
  e.places = e.tree + (<usize>(2 * e.leaves) << 3);
}

// @ts-ignore: decorator
@inline
function node(e: Emphasis, i: i32): usize {
  return e.tree + (<usize>i << 3);
}

/** x^exponent for x ≥ 0 */
// @ts-ignore: decorator
@inline
function raised(e: Emphasis, x: f64): f64 {
  if (e.exponent == 1) return x;
  if (e.exponent == 0.5) return sqrt(x);
  if (x == 0) return e.exponent == 0 ? 1 : 0;
  const l = v128.extract_lane<f64>(log<f64>(v128.splat<f64>(x)), 0);
  return v128.extract_lane<f64>(exp<f64>(v128.splat<f64>(e.exponent * l)), 0);
}

/** The value below which a share `quantile` of the errors lies, to a part in 2^40, by bisection. */
function errorQuantile(e: Emphasis): f64 {
  let high: f64 = 0, low: f64 = 0;
  const end = e.errors + (<usize>e.n << 3);
  for (let p = e.errors; p < end; p += 8) high = max(high, load<f64>(p));
  const wanted = e.quantile * <f64>e.n;
  for (let round = 0; round < 40 && low < high; round++) {
    const middle = low + (high - low) / 2;
    let below = 0;
    for (let p = e.errors; p < end; p += 8) below += load<f64>(p) <= middle ? 1 : 0;
    if (<f64>below >= wanted) high = middle;
    else low = middle;
  }
  return high;
}

/** All q from the errors, none larger than `bound` times their sum, and the sums above them. */
function rebuild(e: Emphasis): void {
  const n = e.n, leaves = e.leaves, first = node(e, leaves), end = first + (<usize>n << 3);
  e.clip = e.quantile < 1 ? errorQuantile(e) : Infinity;
  let total: f64 = 0, largest: f64 = 0;
  for (let p = first, from = e.errors; p < end; p += 8, from += 8) {
    const q = raised(e, min(load<f64>(from), e.clip));
    store<f64>(p, q);
    total += q;
    largest = max(largest, q);
  }
  // What is cut off lowers the sum, and so the bound: down to the largest bound that is so many times the sum it leaves.
  let bound = largest;
  for (let round = 0; round < 100; round++) {
    const next = e.bound * total;
    if (!(next < bound * (1 - 1e-12))) break;
    bound = next;
    total = 0;
    for (let p = first; p < end; p += 8) total += min(load<f64>(p), bound);
  }
  for (let p = first; p < end; p += 8) store<f64>(p, min(load<f64>(p), bound));
  for (let i = leaves - 1; i > 0; i--) store<f64>(node(e, i), load<f64>(node(e, 2 * i)) + load<f64>(node(e, 2 * i + 1)));
}

/** Begins an epoch with this key. Before every sample has an error, the epoch's draws are those that `order` lists, each once. */
export function emphasisEpoch(at: usize, low: u32, high: u32, epoch: u32): void {
  const e = changetype<Emphasis>(at);
  e.low = low;
  e.high = high;
  e.epoch = epoch;
  if (e.begun) e.seen = 1;
  e.begun = 1;
  if (e.seen) rebuild(e);
}

/** The sample at place i of the list. */
// @ts-ignore: decorator
@inline
export function sampleAt(e: Emphasis, i: u32): u32 {
  return e.indices ? load<u32>(e.indices + (<usize>i << 2)) : i;
}

/**
 * order[k] = a sample drawn by its probability, for the draws first … first + count − 1 of the epoch. In the first epoch,
 * order[k] = the sample at the place that order[k] holds: each once.
 */
export function draw(at: usize, first: i32, count: i32, order: usize): void {
  const e = changetype<Emphasis>(at);
  const total = load<f64>(node(e, 1)), n = <f64>e.n, stretch = total / (1 - e.floor);
  for (let k = first; k < first + count; k++) {
    const to = <usize>k << 2;
    let place: u32;
    if (!e.seen) {
      place = load<u32>(order + to);
      if (e.factors) store<real>(e.factors + <usize>k * sizeof<real>(), 1);
    } else {
      let u = e.spare;
      if (!(k & 1)) {
        // Each block of the stream holds two: the draws of an epoch come one after another.
        const pair = uniformPair(k >> 1, e.low, e.high, e.purpose, e.epoch, 0);
        u = v128.extract_lane<f64>(pair, 0);
        e.spare = v128.extract_lane<f64>(pair, 1);
      }
      if (u < e.floor || !(total > 0)) {
        place = <u32>min(n - 1, n * (total > 0 ? u / e.floor : u));
      } else {
        u = (u - e.floor) * stretch;
        const tree = e.tree, leaves = e.leaves;
        let i = 1;
        while (i < leaves) {
          // Without a branch: nobody could foresee it.
          const here = load<f64>(tree + (<usize>i << 4)), right = u >= here ? 1 : 0;
          u -= here * <f64>right;
          i = 2 * i + right;
        }
        place = min(i - leaves, e.n - 1); // u may be rounded past the last sum
      }
      if (e.factors) {
        const share = total > 0 ? load<f64>(node(e, e.leaves + <i32>place)) * n / total : 1;
        store<real>(e.factors + <usize>k * sizeof<real>(), <real>(1 / ((1 - e.floor) * share + e.floor)));
      }
    }
    store<u32>(e.places + to, place);
    store<u32>(order + to, sampleAt(e, place));
  }
}

/** The loss of draw k was l: its sample's running error follows, and so does its probability. */
export function noteLoss(at: usize, k: i32, l: f64): void {
  const e = changetype<Emphasis>(at);
  const place = load<u32>(e.places + (<usize>k << 2)), own = e.errors + (<usize>place << 3);
  l = max(l, 0); // a cross-entropy of 0 may be rounded to less
  if (!e.seen) {
    store<f64>(own, l); // the probabilities follow from the next epoch on
    return;
  }
  const error = load<f64>(own) + e.memory * (l - load<f64>(own));
  store<f64>(own, error);
  let i = e.leaves + <i32>place;
  let q = min(raised(e, min(error, e.clip)), e.bound * load<f64>(node(e, 1)));
  store<f64>(node(e, i), q);
  for (const tree = e.tree; i > 1; i >>= 1) {
    q += load<f64>(tree + (<usize>(i ^ 1) << 3));
    store<f64>(tree + (<usize>(i >> 1) << 3), q);
  }
}
