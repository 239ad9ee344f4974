// What a step does to the parameters once their gradient is known: the rule in force, its settings and where its vectors are.

import { ADAGRAD, adaptive } from "./optim/adaptive";
import { RPROP_MINUS, resilient } from "./optim/resilient";
import { sgd, sgdOuter } from "./optim/sgd";
import { Layer } from "./layer";
import { Plan, layerAt, parameterAt } from "./plan";

/** A rule and its vectors, in linear memory. */
@unmanaged
export class Update {
  rate: f64;
  momentum: f64; // β₁ of adaptive rules, `up` of resilient ones
  beta2: f64; // `down`
  epsilon: f64; // `least`
  most: f64;
  power1: f64; // β₁^t and β₂^t of the last step
  power2: f64;
  decay: f64; // of kernels; biases do not decay
  rule: i32; // of optim/sgd.ts, optim/adaptive.ts or optim/resilient.ts
  decays: i32; // 0 | 1 through the gradient | 2 decoupled; sgd knows 0 and 1
  gradient: usize;
  velocity: usize; // the first moment of adaptive rules, the gradient before of resilient ones
  second: usize; // their second moment; step sizes
  top: usize; // its maximum so far; the last steps
}

/** The update rule for the steps to come. */
export function updateRule(at: usize, rule: i32, rate: f64, momentum: f64, decay: f64): void {
  const u = changetype<Update>(at);
  u.rule = rule;
  u.rate = rate;
  u.momentum = momentum;
  u.decay = decay;
}

/**
 * An adaptive rule for the steps to come (optim/adaptive.ts): moments of the parameters' size where the rule has them, power1 and
 * power2 the powers β₁^t and β₂^t after t steps. decays: 0 no, 1 through the gradient, 2 decoupled; kernels only.
 */
export function updateAdaptive(
  at: usize, rule: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64, decay: f64, decays: i32, power1: f64, power2: f64,
  second: usize, top: usize,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, rate, beta1, decay);
  u.beta2 = beta2;
  u.epsilon = epsilon;
  u.decays = decay == 0 ? 0 : decays;
  u.power1 = power1;
  u.power2 = power2;
  u.second = second;
  u.top = top;
}

/** A resilient rule for the steps to come (optim/resilient.ts): step sizes, which hold what to start from, and the last steps. */
export function updateResilient(
  at: usize, rule: i32, up: f64, down: f64, least: f64, most: f64, decay: f64, sizes: usize, last: usize,
): void {
  const u = changetype<Update>(at);
  updateRule(at, rule, 0, up, decay);
  u.beta2 = down;
  u.epsilon = least;
  u.most = most;
  u.second = sizes;
  u.top = last;
}

/** An adaptive rule on n parameters from the first-th on. */
function adapt(u: Update, plan: Plan, first: i32, n: i32, decays: i32): void {
  adaptive(
    u.rule, decays, n, parameterAt(u.gradient, first), parameterAt(plan.theta, first), parameterAt(u.velocity, first),
    parameterAt(u.second, first), parameterAt(u.top, first), u.rate, u.momentum, u.beta2, u.epsilon, u.decay,
    u.power1, u.power2,
  );
}

/** A resilient rule on n parameters from the first-th on. */
function resile(u: Update, plan: Plan, first: i32, n: i32, decay: f64): void {
  resilient(
    u.rule, n, parameterAt(u.gradient, first), parameterAt(plan.theta, first), parameterAt(u.velocity, first),
    parameterAt(u.second, first), parameterAt(u.top, first), u.momentum, u.beta2, u.epsilon, u.most, decay,
  );
}

/** θ moves one step against the gradient; kernels decay, biases do not. */
export function update(u: Update, plan: Plan): void {
  if (u.rule >= RPROP_MINUS) {
    for (let i = 0; i < plan.layers; i++) {
      const layer = layerAt(plan, i);
      const n = layer.decaying;
      resile(u, plan, layer.first, n, u.decay);
      resile(u, plan, layer.first + n, layer.parameters - n, 0);
    }
    return;
  }
  if (u.rule >= ADAGRAD) {
    u.power1 *= u.momentum;
    u.power2 *= u.beta2;
    if (u.decays == 0) {
      adapt(u, plan, 0, plan.parameters, 0);
      return;
    }
    for (let i = 0; i < plan.layers; i++) {
      const layer = layerAt(plan, i);
      const n = layer.decaying;
      adapt(u, plan, layer.first, n, u.decays);
      adapt(u, plan, layer.first + n, layer.parameters - n, 0);
    }
    return;
  }
  const rule = u.rule, rate = u.rate, momentum = u.momentum;
  if (u.decay == 0) {
    sgd(rule, plan.parameters, u.gradient, plan.theta, u.velocity, rate, momentum, 0);
    return;
  }
  for (let i = 0; i < plan.layers; i++) {
    const layer = layerAt(plan, i);
    const g = parameterAt(u.gradient, layer.first), w = parameterAt(plan.theta, layer.first);
    const v = parameterAt(u.velocity, layer.first), n = layer.decaying;
    sgd(rule, n, g, w, v, rate, momentum, u.decay);
    sgd(rule, layer.parameters - n, parameterAt(g, n), parameterAt(w, n), parameterAt(v, n), rate, momentum, 0);
  }
}

/** Whether the rule can take a step straight from a pattern's outer products, the gradient never written. */
export function isImmediate(u: Update): bool {
  return u.rule < ADAGRAD;
}

/** A layer's parameters move a step against the gradient of one pattern: x[i]·d[o] for the kernel, d for the bias. */
export function updateOuter(u: Update, plan: Plan, layer: Layer, x: usize, d: usize): void {
  const n = layer.kernelSize, w = parameterAt(plan.theta, layer.first), v = parameterAt(u.velocity, layer.first);
  sgdOuter(u.rule, layer.inputs, layer.units, x, d, w, v, u.rate, u.momentum, u.decay);
  if (layer.bias) sgd(u.rule, layer.units, d, parameterAt(w, n), parameterAt(v, n), u.rate, u.momentum, 0);
}
