// Many patterns in one call, in order, a change of the weights after each. A pattern is its input and its target, each in whole
// vectors: networkVector(inputs) + networkVector(units of the top layer) bytes.

import { changeAdam } from "./adam";
import { activate, forwardFrom, weigh } from "./forward";
import { errorsBelow, errorsOfTop, throughActivation } from "./backward";
import { changeAhead, changeBack } from "./momentum";
import { PatternLayer, PatternNetwork, above, below, layerOf, networkVector, rowOf } from "./network";

/** The first layer that has a kernel, and the last one, by address. */
// @ts-ignore: decorator
@inline
function firstOf(network: PatternNetwork): usize {
  return changetype<usize>(layerOf(network, 1));
}

// @ts-ignore: decorator
@inline
function topOf(network: PatternNetwork): usize {
  return changetype<usize>(layerOf(network, network.layers - 1));
}

/** Bytes of a pattern. */
// @ts-ignore: decorator
@inline
function patternOf(network: PatternNetwork): usize {
  return rowOf(layerOf(network, 1)) + <usize>networkVector(changetype<PatternLayer>(topOf(network)).units);
}

/** Changes all weights by the deltas that calculateDeltas has left. */
export function adjustMomentum(at: usize, rate: real, momentum: real): void {
  const network = changetype<PatternNetwork>(at), top = topOf(network);
  for (let i = firstOf(network); i <= top; i += offsetof<PatternLayer>()) {
    const layer = changetype<PatternLayer>(i), under = below(layer);
    changeBack(layer, under.outputs, under.errors, rate, momentum);
  }
}

/** Changes all weights by the deltas that calculateDeltas has left. power1, power2: β₁ⁿ and β₂ⁿ in step n */
export function adjustAdam(
  at: usize, rate: f64, beta1: f64, beta2: f64, epsilon: f64, power1: f64, power2: f64,
): void {
  const network = changetype<PatternNetwork>(at), top = topOf(network);
  const rateNow = rate / (1 - power1), correction = 1 / (1 - power2);
  for (let i = firstOf(network); i <= top; i += offsetof<PatternLayer>()) {
    const layer = changetype<PatternLayer>(i);
    changeAdam(layer, below(layer).outputs, beta1, beta2, epsilon, rateNow, correction);
  }
}

/**
 * A pattern: forward, back, and the change of all weights; the sums of the next are left in `ahead`. Returns its error before.
 */
function stepMomentum(
  network: PatternNetwork, x: usize, target: usize, next: usize, last: bool, rate: real, momentum: real,
): f64 {
  const first = changetype<PatternLayer>(firstOf(network));
  activate(network, first, network.ahead);
  forwardFrom(network, above(first), first.outputs);
  const error = errorsOfTop(network, target);
  for (let i = topOf(network); i > changetype<usize>(first); i -= offsetof<PatternLayer>()) {
    const layer = changetype<PatternLayer>(i), under = below(layer);
    changeBack(layer, under.outputs, under.errors, rate, momentum);
    throughActivation(network, under);
  }
  if (last) toInput(network, x);
  changeAhead(first, x, next, network.ahead, rate, momentum);
  return error;
}

/** Leaves the last pattern with the input, and its errors and deltas. */
function toInput(network: PatternNetwork, x: usize): void {
  const first = changetype<PatternLayer>(firstOf(network)), input = below(first);
  memory.copy(input.outputs, x, rowOf(first));
  errorsBelow(network, first);
}

/**
 * The next `steps` patterns of `count`, number `from` first, the first again after the last; ends sooner with an epoch whose mean
 * error, measured on each pattern before it changes the weights, is at most `threshold`. total: Σ errors of the epoch so far.
 * Returns how many patterns there have been. networkError is the mean of the last epoch that has ended, networkTotal the sum of
 * that which has not.
 */
export function trainMomentum(
  at: usize, patterns: usize, count: i32, from: i32, steps: i32, total: f64, threshold: f64, rate: real, momentum: real,
): i32 {
  const network = changetype<PatternNetwork>(at), first = changetype<PatternLayer>(firstOf(network)), wide = rowOf(first);
  const size = patternOf(network), end = patterns + size * <usize>count;
  let x = patterns + size * <usize>from;
  weigh(first, x, network.ahead);
  for (let step = 1; step <= steps; step++) {
    const after = x + size, ends = after == end, next = ends ? patterns : after;
    total += stepMomentum(network, x, x + wide, next, ends || step == steps, rate, momentum);
    x = next;
    if (ends && endsWith(network, total, count, threshold)) return step;
    if (ends) total = 0;
  }
  network.total = total;
  return steps;
}

/** An epoch has ended. Returns whether its error is small enough. */
// @ts-ignore: decorator
@inline
function endsWith(network: PatternNetwork, total: f64, count: i32, threshold: f64): bool {
  network.error = total / <f64>count;
  network.total = 0;
  return network.error <= threshold;
}

/**
 * The same with adam. power1, power2: β₁ⁿ and β₂ⁿ after the n steps that there have been; networkPower1 and networkPower2 are
 * those after these.
 */
export function trainAdam(
  at: usize, patterns: usize, count: i32, from: i32, steps: i32, total: f64, threshold: f64, rate: f64, beta1: f64, beta2: f64,
  epsilon: f64, power1: f64, power2: f64,
): i32 {
  const network = changetype<PatternNetwork>(at), input = layerOf(network, 0), wide = rowOf(layerOf(network, 1));
  const size = patternOf(network), end = patterns + size * <usize>count;
  let x = patterns + size * <usize>from, step = 0;
  for (let enough = false; step < steps && !enough; ) {
    step++;
    memory.copy(input.outputs, x, wide);
    forwardFrom(network, layerOf(network, 1), input.outputs);
    total += errorsOfTop(network, x + wide);
    for (let i = topOf(network), first = firstOf(network); i > first; i -= offsetof<PatternLayer>()) {
      errorsBelow(network, changetype<PatternLayer>(i));
    }
    x += size;
    const ends = x == end;
    if (ends || step == steps) errorsBelow(network, layerOf(network, 1)); // the input's, which only users look at
    power1 *= beta1;
    power2 *= beta2;
    adjustAdam(at, rate, beta1, beta2, epsilon, power1, power2);
    if (!ends) continue;
    enough = endsWith(network, total, count, threshold);
    total = 0;
    x = patterns;
  }
  network.total = total;
  network.power1 = power1;
  network.power2 = power2;
  return step;
}
