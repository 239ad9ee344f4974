// What a step does to the parameters once their gradient is known: the rule in force, its settings and where its vectors are.

import { Decay, UpdateRule } from "../codes";
import { adaptive } from "./adaptive";
import { curved, leakyDiagonal, stochasticDiagonal } from "./curved";
import { YOUNG, leakyMean, murataRate } from "./global";
import { addSigns, average, clipNorm, clipValue, multiply } from "./gradient";
import { resilient } from "./resilient";
import { passes, sgdOuterAhead, sgdOuterBack } from "./outer";
import { sgd, sgdOuter } from "./sgd";
import { signed } from "./signs";
import { copy, fill } from "../kernels/blas1";
import { Layer } from "../layers/layer";
import { Plan, layerAt, parameterAt } from "../steps/plan";

/** A rule and its vectors, in linear memory. Names are those of the sgd rule; others say below what they keep there. */
@unmanaged
export class Update {
  rate: f64;
  momentum: f64; // β₁ of adaptive rules, `up` of those that watch signs, α of murata
  beta2: f64; // `down`; β of murata, or < 0: −β·(the largest mean gradient so far)
  epsilon: f64; // `least`; how much E may grow in gdx
  most: f64;
  keep: f64; // of deltaBarDelta's mean and superSab's velocity; δ of murata; μ of gdx
  power1: f64; // β₁^t and β₂^t of the last step; (1 − δ)^t of murata
  power2: f64;
  decay: f64; // of kernels; biases do not decay
  value: f64; // E of the last step that was kept; Infinity before the first
  peak: f64; // murata: the length of the largest mean gradient so far; rules of rules/curved.ts: steps taken
  share: f64; // gdx: of η in a step, save the first and those after one that was taken back
  pace: f64; // gdx: η of this step
  rule: UpdateRule;
  decays: Decay; // only adaptive rules know decoupled decay
  gradient: usize;
  velocity: usize; // the first moment of adaptive rules, the gradient before of those that watch signs, r of murata
  second: usize; // their second moment; rates or step sizes; gdx: the weights kept
  top: usize; // its maximum so far; the last steps; superSab's velocity; gdx: the gradient kept
  // Around the rule.
  rose: i32; // 1 where E did since the last step, for rules that ask
  extras: i32; // 1 where any of these is in use
  l1: f64;
  mostNorm: f64; // of the gradient; Infinity for no bound
  mostValue: f64;
  multipliers: usize; // of each parameter's rate, or 0
  average: usize; // of the weights, or 0
  averageKeep: f64; // 1 averages all alike
  averaged: f64; // steps so far
  // What the rules of rules/curved.ts are fed with.
  curvatures: usize; // the buffers of curvature/diagonal.ts, or 0 where the diagonal does not change from step to step
  diagonal: usize; // of the batch
  every: i32; // steps from one to the next
}

/** The update rule for the steps to come. */
export function updateRule(at: usize, rule: UpdateRule, rate: f64, momentum: f64, decay: f64): void {
  const u = changetype<Update>(at);
  u.rule = rule;
  u.rate = rate;
  u.momentum = momentum;
  u.decay = decay;
}

/**
 * An adaptive rule for the steps to come (rules/adaptive.ts): moments of the parameters' size where the rule has them, power1 and
 * power2 the powers β₁^t and β₂^t after t steps. Only kernels decay.
 */
export function updateAdaptive(
  at: usize, rule: UpdateRule, rate: f64, beta1: f64, beta2: f64, epsilon: f64, decay: f64, decays: Decay, power1: f64, power2: f64,
  second: usize, top: usize,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, rate, beta1, decay);
  u.beta2 = beta2;
  u.epsilon = epsilon;
  u.decays = decay == 0 ? Decay.none : decays;
  u.power1 = power1;
  u.power2 = power2;
  u.second = second;
  u.top = top;
}

/** A resilient rule for the steps to come (rules/resilient.ts): step sizes, which hold what to start from, and the last steps. */
export function updateResilient(
  at: usize, rule: UpdateRule, up: f64, down: f64, least: f64, most: f64, decay: f64, sizes: usize, last: usize,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, 0, up, decay);
  u.beta2 = down;
  u.epsilon = least;
  u.most = most;
  u.second = sizes;
  u.top = last;
}

/**
 * A rule that watches signs for the steps to come (rules/signs.ts): step sizes or rates, which hold what to start from, and velocities or 0.
 */
export function updateSigned(
  at: usize, rule: UpdateRule, rate: f64, up: f64, down: f64, keep: f64, most: f64, decay: f64, sizes: usize, velocity: usize,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, rate, up, decay);
  u.beta2 = down;
  u.keep = keep;
  u.most = most;
  u.second = sizes;
  u.top = velocity;
}

/**
 * One rate that finds itself for the steps to come (rules/global.ts); it goes on from the update's own rate, which `updateRecall` sets.
 * murata: first α, second β, or −η where β is η/(the largest mean gradient so far). gdx: first `up`, second `down`, kept weights and gradient.
 */
export function updateGlobal(
  at: usize, rule: UpdateRule, first: f64, second: f64, keep: f64, least: f64, most: f64, share: f64, decay: f64, weights: usize, gradient: usize,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, u.rate, first, decay);
  u.beta2 = second;
  u.keep = keep;
  u.epsilon = least;
  u.most = most;
  u.share = share;
  u.second = weights;
  u.top = gradient;
}

/**
 * A rule that divides by a diagonal for the steps to come (rules/curved.ts). keep: γ of stochasticDiagonalLM, < 0 for the chapter's schedule; ρ of sophia. epsilon: its μ.
 * power1, power2: β₁^t and β₂^t so far. h: the running diagonal. curvatures, diagonal: where a batch's is found every so many steps; 0 for one that is given.
 */
export function updateCurved(
  at: usize, rule: UpdateRule, rate: f64, beta1: f64, beta2: f64, epsilon: f64, keep: f64, decay: f64, power1: f64, power2: f64,
  h: usize, curvatures: usize, diagonal: usize, every: i32,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, rate, beta1, decay);
  u.beta2 = beta2;
  u.epsilon = epsilon;
  u.keep = keep;
  u.power1 = power1;
  u.power2 = power2;
  u.second = h;
  u.curvatures = curvatures;
  u.diagonal = diagonal;
  u.every = every;
}

/** Whether the step to come needs the diagonal of its batch. */
// @ts-ignore: decorator
@inline
export function wantsDiagonal(u: Update): bool {
  return u.curvatures != 0 && u.peak % <f64>u.every == 0;
}

/** What a rule remembers beside its vectors: E of the last step kept, its rate, `peak`, how many steps were averaged, and `power1`. */
export function updateRecall(at: usize, value: f64, rate: f64, peak: f64, averaged: f64, power: f64): void {
  const u = changetype<Update>(at);
  u.value = value;
  u.rate = rate;
  u.peak = peak;
  u.averaged = averaged;
  u.power1 = power;
}

/** Number i of what updateRecall sets. */
export function updateMemory(at: usize, i: i32): f64 {
  const u = changetype<Update>(at);
  return i == 0 ? u.value : i == 1 ? u.rate : i == 2 ? u.peak : i == 3 ? u.averaged : u.power1;
}

/** What goes around the rule: Infinity for no bound, addresses 0 for none. */
export function updateExtras(
  at: usize, l1: f64, mostNorm: f64, mostValue: f64, multipliers: usize, average: usize, averageKeep: f64,
): void {
  const u = changetype<Update>(at);
  u.l1 = l1;
  u.mostNorm = mostNorm;
  u.mostValue = mostValue;
  u.multipliers = multipliers;
  u.average = average;
  u.averageKeep = averageKeep;
  u.extras = l1 != 0 || mostNorm < Infinity || mostValue < Infinity || multipliers || average ? 1 : 0;
}

/** The bounds of the gradient, then the slope of l1, then rates of each weight's own, which scale all of it. */
function refine(u: Update, plan: Plan): void {
  const g = u.gradient;
  if (u.mostNorm < Infinity) clipNorm(plan.parameters, u.mostNorm, g);
  if (u.mostValue < Infinity) clipValue(plan.parameters, u.mostValue, g);
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i), n = layer.decaying, own = parameterAt(g, layer.first), w = parameterAt(plan.theta, layer.first);
    if (u.l1 != 0) addSigns(n, u.l1, w, own);
    if (u.multipliers) {
      const m = parameterAt(u.multipliers, layer.first);
      multiply(n, m, u.decay, w, own);
      multiply(layer.parameters - n, parameterAt(m, n), 0, parameterAt(w, n), parameterAt(own, n));
    }
  }
}

/** The rule on n parameters from the first-th on, with a decay. */
function apply(u: Update, plan: Plan, first: i32, n: i32, decay: f64, decays: Decay): void {
  const g = parameterAt(u.gradient, first), w = parameterAt(plan.theta, first), v = parameterAt(u.velocity, first);
  const second = parameterAt(u.second, first), top = parameterAt(u.top, first), rule = u.rule;
  if (rule < UpdateRule.adaGrad) {
    sgd(rule, n, g, w, v, u.rate, u.momentum, decay);
  } else if (rule < UpdateRule.rpropMinus) {
    adaptive(rule, decays, n, g, w, v, second, top, u.rate, u.momentum, u.beta2, u.epsilon, decay, u.power1, u.power2);
  } else if (rule < UpdateRule.deltaBarDelta) {
    resilient(rule, n, g, w, v, second, top, u.momentum, u.beta2, u.epsilon, u.most, decay, u.rose != 0);
  } else if (rule < UpdateRule.murata) {
    signed(rule, n, g, w, v, second, top, u.momentum, u.beta2, u.keep, u.most, u.rate, decay);
  } else if (rule == UpdateRule.stochasticDiagonalLM) {
    stochasticDiagonal(n, g, w, u.momentum > 0 ? v : 0, second, u.rate, u.epsilon, u.momentum, decay);
  } else if (rule > UpdateRule.stochasticDiagonalLM) {
    curved(rule, n, g, w, v, second, u.rate, u.momentum, u.epsilon, u.keep, decay, u.power1, u.power2);
  } else if (rule == UpdateRule.murata) {
    sgd(UpdateRule.plain, n, g, w, 0, u.rate, 0, decay);
  } else {
    sgd(UpdateRule.momentum, n, g, w, v, u.pace, u.keep, decay);
  }
}

/** The share of the t-th diagonal, from 0, in the running mean: Figure 24's schedule (SPEC 1.9.2), but never below 0.01, so that h follows the weights. */
// @ts-ignore: decorator
@inline
function shareOf(t: f64): f64 {
  return t < 20 ? 0.1 : t < 80 ? 0.03 : 0.01;
}

/** The batch's diagonal goes into the running one, where it was found; the first stands for itself with stochasticDiagonalLM. */
function noteDiagonal(u: Update, plan: Plan): void {
  if (wantsDiagonal(u)) {
    const before = u.peak / <f64>u.every, own = u.rule == UpdateRule.stochasticDiagonalLM;
    const share = !own ? 1 - u.beta2 : before == 0 ? 1 : u.keep < 0 ? shareOf(before) : u.keep;
    leakyDiagonal(plan.parameters, share, u.rule == UpdateRule.adaHessian, u.diagonal, u.second);
    u.power2 *= u.beta2;
  }
  u.power1 *= u.momentum;
  u.peak += 1;
}

/** gdx: whether to keep the weights that have just been judged by E = value, and the rates that follow. */
function judge(u: Update, plan: Plan, value: f64): void {
  const n = plan.parameters;
  if (value > u.epsilon * u.value) {
    copy(n, u.second, plan.theta);
    copy(n, u.top, u.gradient);
    fill(n, 0, u.velocity);
    u.rate = max(u.rate * u.beta2, Number.MIN_VALUE);
    u.pace = u.rate;
    return;
  }
  const first = u.value == Infinity;
  if (value < u.value && !first) u.rate = min(u.rate * u.momentum, u.most);
  u.pace = first ? u.rate : u.rate * u.share;
  u.value = value;
  copy(n, plan.theta, u.second);
  copy(n, u.gradient, u.top);
}

/** murata: η after a step whose leaky mean gradient has this length. */
function anneal(u: Update, length: f64): void {
  let beta = u.beta2;
  u.power1 *= 1 - u.keep;
  if (beta < 0) {
    // The mean of the gradients so far, which r, from 0 on, falls short of; too few of them would be noise.
    const part = 1 - u.power1;
    length /= part;
    if (part >= YOUNG) u.peak = max(u.peak, length);
    if (u.peak == 0) return;
    beta /= -u.peak;
  }
  u.rate = murataRate(u.rate, u.momentum, beta, length, u.epsilon, u.most);
}

/** What a step decides once for all parameters. */
export function updateBegin(u: Update, plan: Plan, value: f64): void {
  if (u.rule < UpdateRule.adaGrad) return;
  if (u.rule < UpdateRule.rpropMinus) {
    u.power1 *= u.momentum;
    u.power2 *= u.beta2;
  } else if (u.rule == UpdateRule.rpropImprovedPlus) {
    u.rose = value > u.value ? 1 : 0;
    u.value = value;
  } else if (u.rule == UpdateRule.murata) {
    anneal(u, leakyMean(plan.parameters, u.keep, u.gradient, u.velocity));
  } else if (u.rule == UpdateRule.gdx) {
    judge(u, plan, value);
  } else if (u.rule >= UpdateRule.stochasticDiagonalLM) {
    noteDiagonal(u, plan);
  }
}

/** Whether the rule can take parameters part by part, each once its gradient is known: after updateBegin, nothing but them counts. */
export function isByParts(u: Update): bool {
  return u.rule < UpdateRule.murata && !u.extras;
}

/** Parameters from … to − 1 of a layer move a step, where isByParts. */
export function updateRange(u: Update, plan: Plan, layer: Layer, from: i32, to: i32): void {
  const n = layer.decaying, first = layer.first;
  if (u.decay == 0) {
    apply(u, plan, first + from, to - from, 0, Decay.none);
    return;
  }
  if (from < n) apply(u, plan, first + from, min(to, n) - from, u.decay, u.decays);
  if (to > n) apply(u, plan, first + max(from, n), to - max(from, n), 0, Decay.none);
}

/** θ moves one step against the gradient, found where E = value; kernels decay, biases do not. */
export function update(u: Update, plan: Plan, value: f64): void {
  if (isImmediate(u) && u.decay == 0) { // small networks feel every call and every branch
    sgd(u.rule, plan.parameters, u.gradient, plan.theta, u.velocity, u.rate, u.momentum, 0);
    return;
  }
  if (u.extras) refine(u, plan);
  updateBegin(u, plan, value);
  const decay = u.multipliers ? 0 : u.decay; // where rates differ, the decay is in the gradient
  if (decay == 0) {
    apply(u, plan, 0, plan.parameters, 0, Decay.none);
  } else {
    for (let i = 0; i < plan.layers; i++) {
      const layer = layerAt(plan, i), n = layer.decaying;
      apply(u, plan, layer.first, n, decay, u.decays);
      apply(u, plan, layer.first + n, layer.parameters - n, 0, Decay.none);
    }
  }
  if (u.average) {
    u.averaged += 1;
    average(plan.parameters, max(1 - u.averageKeep, 1 / u.averaged), plan.theta, u.average);
  }
}

/** Whether the rule can take a step straight from a sample's outer products, the gradient never written. */
// @ts-ignore: decorator
@inline
export function isImmediate(u: Update): bool {
  return u.rule < UpdateRule.adaGrad && !u.extras;
}

/** Whether velocities flush in this step (vec.ts): about one in sixteen; epochs of few samples, too, come by it. */
// @ts-ignore: decorator
@inline
function flushes(plan: Plan): bool {
  return ((plan.epoch + plan.step) & 15) == 0;
}

// @ts-ignore: decorator
@inline
function updateBias(u: Update, layer: Layer, d: usize, w: usize, v: usize): void {
  const n = layer.kernelSize;
  if (layer.bias) sgd(u.rule, layer.units, d, parameterAt(w, n), parameterAt(v, n), u.rate, u.momentum, 0);
}

/** A layer's parameters move a step against the gradient of one sample: x[i]·d[o] for the kernel, d for the bias. */
export function updateOuter(u: Update, plan: Plan, layer: Layer, x: usize, d: usize): void {
  const w = parameterAt(plan.theta, layer.first), v = parameterAt(u.velocity, layer.first);
  sgdOuter(u.rule, flushes(plan), layer.inputs, layer.units, x, d, w, v, u.rate, u.momentum, u.decay);
  updateBias(u, layer, d, w, v);
}

/** Whether a layer can be updated in one of the passes below, in this step. A product of depth 1 is formed in another way. */
export function inPassing(u: Update, plan: Plan, layer: Layer): bool {
  return passes(u.rule, layer.units) && u.decay == 0 && layer.inputs > 1 && !(u.rule == UpdateRule.momentum && flushes(plan));
}

/** updateOuter, and y[o] = Σ_i z[i]·K[i,o] of the kernel that it leads to */
export function updateAhead(u: Update, plan: Plan, layer: Layer, x: usize, d: usize, z: usize, y: usize): void {
  const w = parameterAt(plan.theta, layer.first), v = parameterAt(u.velocity, layer.first);
  sgdOuterAhead(u.rule, layer.inputs, layer.units, x, d, w, v, z, y, u.rate, u.momentum);
  updateBias(u, layer, d, w, v);
}

/** dx[i] = Σ_o d[o]·K[i,o] of the kernel that was, and updateOuter */
export function updateBack(u: Update, plan: Plan, layer: Layer, x: usize, d: usize, dx: usize): void {
  const w = parameterAt(plan.theta, layer.first), v = parameterAt(u.velocity, layer.first);
  sgdOuterBack(u.rule, layer.inputs, layer.units, x, d, w, v, dx, u.rate, u.momentum);
  updateBias(u, layer, d, w, v);
}
