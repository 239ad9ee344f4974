// Many first-order steps in one call: gather a batch, forward, backward, update.

import { SIZE } from "./vec";
import { Patterns } from "./batch";
import { permutation } from "./kernels/random";
import { ADAGRAD, adaptive } from "./optim/adaptive";
import { RPROP_MINUS, resilient } from "./optim/resilient";
import { sgd, sgdOuter } from "./optim/sgd";
import {
  Plan, layerAt, layerInput, parameterAt, planDescend, planForward, planGradient, planLoss, planSlope, topLayer,
} from "./plan";

/** The state of a training run, in linear memory; a Patterns follows it. */
@unmanaged
export class Run {
  lossSum: f64; // Σ w·l over the steps since the epoch began
  weightSum: f64; // Σ w over the same
  rate: f64;
  momentum: f64; // β₁ of adaptive rules, `up` of resilient ones
  beta2: f64; // `down`
  epsilon: f64; // `least`
  most: f64;
  power1: f64; // β₁^t and β₂^t of the last step
  power2: f64;
  decay: f64; // of kernels; biases do not decay
  plan: usize;
  rows: i32; // patterns of an epoch
  batch: i32;
  position: i32; // patterns of the epoch already used
  rule: i32; // of optim/sgd.ts, optim/adaptive.ts or optim/resilient.ts
  decays: i32; // 0 | 1 through the gradient | 2 decoupled; sgd knows 0 and 1
  subset: usize; // u32 indices of the patterns to learn, or 0 for all
  order: usize; // room for a shuffled copy of them, or 0 to keep their order
  gradient: usize;
  velocity: usize; // the first moment of adaptive rules, the gradient before of resilient ones
  second: usize; // their second moment; step sizes
  top: usize; // its maximum so far; the last steps
  rates: usize; // f64 rates of the coming steps, or 0 where they are all `rate`
}

// @ts-ignore: decorator
@inline
function patternsOf(run: Run): Patterns {
  return changetype<Patterns>(changetype<usize>(run) + offsetof<Run>());
}

export function runBytes(): usize {
  return offsetof<Run>() + offsetof<Patterns>();
}

/**
 * Begins a run on a bound plan. x: …×inputs, t: …×outputs, w: one a pattern, or 0. The epoch's patterns are the `rows` that
 * `subset` lists (u32), or the first `rows`; with an `order` (room for `rows` u32) they are shuffled each epoch.
 * gradient and velocity: one real per parameter (velocity holds what to start from; 0 where the rule needs none).
 * slabs: planSlabs(plan) bytes, needed where there is a subset or an order.
 */
export function runOpen(
  at: usize, planAt: usize, rows: i32, batch: i32, x: usize, t: usize, w: usize, subset: usize, order: usize,
  gradient: usize, velocity: usize, slabs: usize,
): void {
  memory.fill(at, 0, runBytes());
  const run = changetype<Run>(at), plan = changetype<Plan>(planAt);
  run.plan = planAt;
  run.rows = rows;
  run.batch = batch;
  run.subset = subset;
  run.order = order;
  run.gradient = gradient;
  run.velocity = velocity;
  const outputs = topLayer(plan).units;
  patternsOf(run).open(plan.rows, plan.inputs, outputs, x, t, w, order ? order : subset, slabs);
}

/** The update rule for the steps to come. */
export function runRule(at: usize, rule: i32, rate: f64, momentum: f64, decay: f64): void {
  const run = changetype<Run>(at);
  run.rule = rule;
  run.rate = rate;
  run.momentum = momentum;
  run.decay = decay;
}

/**
 * An adaptive rule for the steps to come (optim/adaptive.ts): moments of the parameters' size where the rule has them, power1 and
 * power2 the powers β₁^t and β₂^t after t steps. decays: 0 no, 1 through the gradient, 2 decoupled; kernels only.
 */
export function runAdaptive(
  at: usize, rule: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64, decay: f64, decays: i32, power1: f64, power2: f64,
  second: usize, top: usize,
): void {
  const run = changetype<Run>(at);
  runRule(at, rule, rate, beta1, decay);
  run.beta2 = beta2;
  run.epsilon = epsilon;
  run.decays = decay == 0 ? 0 : decays;
  run.power1 = power1;
  run.power2 = power2;
  run.second = second;
  run.top = top;
}

/** A resilient rule for the steps to come (optim/resilient.ts): step sizes, which hold what to start from, and the last steps. */
export function runResilient(
  at: usize, rule: i32, up: f64, down: f64, least: f64, most: f64, decay: f64, sizes: usize, last: usize,
): void {
  const run = changetype<Run>(at);
  runRule(at, rule, 0, up, decay);
  run.beta2 = down;
  run.epsilon = least;
  run.most = most;
  run.second = sizes;
  run.top = last;
}

/** Rates (f64) for the steps of the next call of runSteps, one each; 0 goes back to the rule's. */
export function runRates(at: usize, rates: usize): void {
  changetype<Run>(at).rates = rates;
}

/** Begins an epoch: sums to 0, and a new order of the patterns if they are shuffled. */
export function runEpoch(at: usize, seedLow: u32, seedHigh: u32, purpose: u32, epoch: u32): void {
  const run = changetype<Run>(at);
  run.position = 0;
  run.lossSum = 0;
  run.weightSum = 0;
  if (!run.order) return;
  permutation(run.rows, seedLow, seedHigh, purpose, epoch, 0, run.order);
  if (run.subset) {
    for (let p = run.order, end = p + (<usize>run.rows << 2); p < end; p += 4) {
      store<u32>(p, load<u32>(run.subset + (<usize>load<u32>(p) << 2)));
    }
  }
}

/** Σ w·l since the epoch began, each pattern before the step that it took part in. */
export function runLossSum(at: usize): f64 {
  return changetype<Run>(at).lossSum;
}

/** Σ w since the epoch began. */
export function runWeightSum(at: usize): f64 {
  return changetype<Run>(at).weightSum;
}

/** Patterns of the epoch already used. */
export function runPosition(at: usize): i32 {
  return changetype<Run>(at).position;
}

/** Up to this many bytes of parameters, writing a gradient to the first cache costs less than rows of short vectors. */
const SMALL: i32 = 16384;

/** An adaptive rule on n parameters from the first-th on. */
function adapt(run: Run, plan: Plan, first: i32, n: i32, decays: i32): void {
  adaptive(
    run.rule, decays, n, parameterAt(run.gradient, first), parameterAt(plan.theta, first), parameterAt(run.velocity, first),
    parameterAt(run.second, first), parameterAt(run.top, first), run.rate, run.momentum, run.beta2, run.epsilon, run.decay,
    run.power1, run.power2,
  );
}

/** A resilient rule on n parameters from the first-th on. */
function resile(run: Run, plan: Plan, first: i32, n: i32, decay: f64): void {
  resilient(
    run.rule, n, parameterAt(run.gradient, first), parameterAt(plan.theta, first), parameterAt(run.velocity, first),
    parameterAt(run.second, first), parameterAt(run.top, first), run.momentum, run.beta2, run.epsilon, run.most, decay,
  );
}

/** θ moves one step against the gradient; kernels decay, biases do not. */
function update(run: Run, plan: Plan): void {
  if (run.rule >= RPROP_MINUS) {
    for (let i = 0; i < plan.layers; i++) {
      const layer = layerAt(plan, i);
      resile(run, plan, layer.first, layer.kernelSize, run.decay);
      if (layer.bias) resile(run, plan, layer.first + layer.kernelSize, layer.units, 0);
    }
    return;
  }
  if (run.rule >= ADAGRAD) {
    run.power1 *= run.momentum;
    run.power2 *= run.beta2;
    if (run.decays == 0) {
      adapt(run, plan, 0, plan.parameters, 0);
      return;
    }
    for (let i = 0; i < plan.layers; i++) {
      const layer = layerAt(plan, i);
      adapt(run, plan, layer.first, layer.kernelSize, run.decays);
      if (layer.bias) adapt(run, plan, layer.first + layer.kernelSize, layer.units, 0);
    }
    return;
  }
  const rule = run.rule, rate = run.rate, momentum = run.momentum;
  if (run.decay == 0) {
    sgd(rule, plan.parameters, run.gradient, plan.theta, run.velocity, rate, momentum, 0);
    return;
  }
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    const g = parameterAt(run.gradient, layer.first), w = parameterAt(plan.theta, layer.first);
    const v = parameterAt(run.velocity, layer.first), n = layer.kernelSize;
    sgd(rule, n, g, w, v, rate, momentum, run.decay);
    if (layer.bias) sgd(rule, layer.units, parameterAt(g, n), parameterAt(w, n), parameterAt(v, n), rate, momentum, 0);
  }
}

/** A step on one pattern: every kernel is updated straight from x and delta; the gradient is never written. */
function stepOnline(run: Run, plan: Plan, patterns: Patterns): f64 {
  const x = patterns.atX, rule = run.rule, rate = run.rate, momentum = run.momentum;
  planForward(run.plan, 1, x);
  const value = planLoss(run.plan, 1, patterns.atT, patterns.atW);
  if (!isFinite(value)) return value;
  planSlope(run.plan, 1, patterns.atT, 0, 1); // a weight cancels: the mean over one pattern is that pattern
  for (let i = plan.layers - 1; i >= 0; i--) {
    const layer = layerAt(plan, i), d = plan.delta, n = layer.kernelSize;
    if (i) planDescend(run.plan, i, 1); // before the kernel that it reads is updated
    const w = parameterAt(plan.theta, layer.first), v = parameterAt(run.velocity, layer.first);
    sgdOuter(rule, layer.inputs, layer.units, layerInput(plan, i, x), d, w, v, rate, momentum, run.decay);
    if (layer.bias) sgd(rule, layer.units, d, parameterAt(w, n), parameterAt(v, n), rate, momentum, 0);
  }
  return value;
}

/** The mean gradient over a batch, slab by slab; returns Σ w·l. */
function batchGradient(run: Run, plan: Plan, patterns: Patterns, first: i32, count: i32, weight: f64): f64 {
  let value: f64 = 0;
  for (let done = 0; done < count; done += plan.rows) {
    const rows = min(plan.rows, count - done);
    patterns.take(first + done, rows);
    value += planGradient(
      run.plan, rows, patterns.atX, patterns.atT, patterns.atW, 1 / weight, run.gradient, done ? 1 : 0,
    );
  }
  return value;
}

/**
 * Takes up to `steps` steps, fewer if the epoch ends; returns how many. Stops before the update of a step whose loss is
 * not finite, and returns −1 then.
 */
export function runSteps(at: usize, steps: i32): i32 {
  const run = changetype<Run>(at), plan = changetype<Plan>(run.plan), patterns = patternsOf(run);
  let done = 0;
  for (; done < steps && run.position < run.rows; done++) {
    const first = run.position, count = min(run.batch, run.rows - first);
    if (run.rates) run.rate = load<f64>(run.rates + (<usize>done << 3));
    run.position += count;
    const weight = patterns.weight(first, count);
    if (weight == 0) continue; // patterns without weight teach nothing
    let value: f64;
    if (count == 1 && run.rule < ADAGRAD && plan.parameters * <i32>SIZE > SMALL) {
      patterns.take(first, 1);
      value = stepOnline(run, plan, patterns);
    } else {
      value = batchGradient(run, plan, patterns, first, count, weight);
      if (isFinite(value)) update(run, plan);
    }
    run.lossSum += value;
    run.weightSum += weight;
    if (!isFinite(value)) return -1;
  }
  return done;
}
