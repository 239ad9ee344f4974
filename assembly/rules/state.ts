// What an update rule has in linear memory: this, and behind it what its family has of its own, vectors first.

import { Remembered, UpdateRule } from "../codes";

/** The part that all rules have. */
@unmanaged
export class Update {
  // What is remembered from fit to fit beside vectors, in the order of the codes of Remembered.
  loss: f64; // E of the last step that was kept; Infinity before the first. Of rules that compare losses
  rate: f64;
  peak: f64; // the length of the longest mean gradient so far. murata
  averaged: f64; // steps in the average of the weights
  power: f64; // (1 − δ)^t after t steps. murata
  steps: f64; // taken since the first diagonal. Of rules that divide by one
  start: f64; // the rate that it was found safe to start with; Infinity where that was not asked. murata
  decay: f64; // of kernels; biases do not decay
  rule: UpdateRule;
  // What a family can be asked, as its open function says.
  immediate: i32; // 1: steps can be taken straight from a sample's outer products (immediate.ts)
  diagonals: i32; // 1: steps want the diagonal of the Hessian on their batch (curved.ts)
  // How many vectors it changes beside the parameters (vectorOf), where these can move part by part, each once its gradient
  // is known; else 0.
  vectors: i32;
  gradient: usize;
  // Around the rule (around.ts).
  extras: i32; // 1 where any of these is in use
  l1: f64;
  mostNorm: f64; // of the gradient; Infinity for no bound
  mostValue: f64;
  multipliers: usize; // of each parameter's rate, or 0
  average: usize; // of the weights, or 0
  averageKeep: f64; // 1 averages all alike
}

/** Vectors that a family has at most. */
export const VECTORS: i32 = 3;

/** Bytes of an update, whatever its family. */
export const UPDATE_BYTES: usize = 256;

/** The update at an address, as one of a family, for the steps to come. */
// @ts-ignore: decorator
@inline
export function openUpdate<T extends Update>(at: usize, rule: UpdateRule, decay: f64): T {
  if (offsetof<T>() > UPDATE_BYTES) ERROR("UPDATE_BYTES is too few for this family");
  const u = changetype<T>(at);
  u.rule = rule;
  u.decay = decay;
  return u;
}

/** The address of the family's vector k. */
// @ts-ignore: decorator
@inline
export function vectorOf(u: Update, k: i32): usize {
  return load<usize>(changetype<usize>(u) + offsetof<Update>() + (<usize>k << 2));
}

/** What a rule goes on from where it has been at work before. */
export function updateRecall(at: usize, which: Remembered, value: f64): void {
  store<f64>(at + (<usize>which << 3), value);
}

/** What it would go on from now. */
export function updateMemory(at: usize, which: Remembered): f64 {
  return load<f64>(at + (<usize>which << 3));
}
