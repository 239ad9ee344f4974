// A dense network that learns pattern by pattern, as a table in linear memory. Kernels are rows, [units][inputs]: rows and
// vectors take whole v128s, and kernels whole groups of GROUP rows. What lies between is 0, and stays so: no loop has a tail.

import { PatternActivation } from "../codes";
import { LANES } from "../vec";

/** Rows that are taken together: as many as a vector has lanes, so that their sums are one vector. */
export const GROUP: i32 = LANES;

@unmanaged
export class PatternLayer {
  /** Vectors in a row: its inputs, in whole vectors. */
  width: i32;
  units: i32;
  /** Groups of rows: its units, in whole vectors. */
  groups: i32;
  kernel: usize;
  bias: usize;
  /** The last change of each weight, for momentum. */
  changes: usize;
  outputs: usize;
  /** ∂l/∂a, up to a constant, and ∂l/∂y */
  errors: usize;
  deltas: usize;
  /** Running means of gradients and of their squares, of kernel and bias: for adam. */
  low: usize;
  high: usize;
  biasLow: usize;
  biasHigh: usize;
}

@unmanaged
export class PatternNetwork {
  layers: i32;
  activation: PatternActivation;
  /** piecewise: what is above 0 times `above`, the rest times `below`; below 0 the derivative is taken to be `slope`. */
  above: real;
  below: real;
  slope: real;
  /** Sums of the first layer for the pattern to come. */
  ahead: usize;
  /** Mean error of the last epoch. */
  error: f64;
  /** Σ errors of the epoch that has not ended. */
  total: f64;
  /** β₁ⁿ and β₂ⁿ after adam's n steps. */
  power1: f64;
  power2: f64;
}

/** Bytes of a layer's part of the table, and of what precedes the first. */
const LAYER: usize = offsetof<PatternLayer>();
const HEAD: usize = (offsetof<PatternNetwork>() + 15) & ~15;

/** Bytes of the table for this many layers; the input counts as one. */
export function networkBytes(layers: i32): i32 {
  return <i32>(HEAD + <usize>layers * LAYER);
}

/** Layer i; 0 is the input. */
// @ts-ignore: decorator
@inline
export function layerOf(network: PatternNetwork, i: i32): PatternLayer {
  return changetype<PatternLayer>(changetype<usize>(network) + HEAD + <usize>i * LAYER);
}

/** The layer above. */
// @ts-ignore: decorator
@inline
export function above(layer: PatternLayer): PatternLayer {
  return changetype<PatternLayer>(changetype<usize>(layer) + LAYER);
}

/** The layer below. */
// @ts-ignore: decorator
@inline
export function below(layer: PatternLayer): PatternLayer {
  return changetype<PatternLayer>(changetype<usize>(layer) - LAYER);
}

/** Bytes of a row of the layer's kernel. */
// @ts-ignore: decorator
@inline
export function rowOf(layer: PatternLayer): usize {
  return <usize>layer.width << 4;
}

/** Numbers in whole vectors: of n. */
// @ts-ignore: decorator
@inline
function vectors(n: i32): i32 {
  return (n + LANES - 1) / LANES;
}

/**
 * Begins a table for this many layers; networkLayer must follow for each, networkActivation once. ahead: a vector as long as the
 * first layer's outputs
 */
export function networkOpen(at: usize, layers: i32, ahead: usize): void {
  const network = changetype<PatternNetwork>(at);
  network.layers = layers;
  network.ahead = ahead;
  network.error = 1;
}

/**
 * Says where layer i has its numbers. Vectors take networkVector(units) bytes, kernels and changes networkKernel(inputs, units);
 * all are 0 where nothing has been written, 16-byte aligned. Of layer 0, the input, only the last three are used.
 */
export function networkLayer(
  at: usize, i: i32, inputs: i32, units: i32, kernel: usize, bias: usize, changes: usize, outputs: usize, errors: usize,
  deltas: usize,
): void {
  const layer = layerOf(changetype<PatternNetwork>(at), i);
  layer.width = vectors(inputs);
  layer.units = units;
  layer.groups = vectors(units);
  layer.kernel = kernel;
  layer.bias = bias;
  layer.changes = changes;
  layer.outputs = outputs;
  layer.errors = errors;
  layer.deltas = deltas;
}

/** Says where layer i has the moments of adam: low and high like its kernel, the others like its bias. */
export function networkMoments(at: usize, i: i32, low: usize, high: usize, biasLow: usize, biasHigh: usize): void {
  const layer = layerOf(changetype<PatternNetwork>(at), i);
  layer.low = low;
  layer.high = high;
  layer.biasLow = biasLow;
  layer.biasHigh = biasHigh;
}

/** Bytes of a vector of n numbers. */
export function networkVector(n: i32): i32 {
  return vectors(n) << 4;
}

/** Bytes of a kernel. A row takes networkVector(inputs). */
export function networkKernel(inputs: i32, units: i32): i32 {
  return (vectors(inputs) * vectors(units) * GROUP) << 4;
}

/** All layers but the input have this activation. */
export function networkActivation(at: usize, activation: PatternActivation, above: real, below: real, slope: real): void {
  const network = changetype<PatternNetwork>(at);
  network.activation = activation;
  network.above = above;
  network.below = below;
  network.slope = slope;
}

/** Mean error of the last epoch that trainMomentum or trainAdam has ended. */
export function networkError(at: usize): f64 {
  return changetype<PatternNetwork>(at).error;
}

/** Σ errors of the epoch that trainMomentum or trainAdam has left unfinished; 0 between epochs. */
export function networkTotal(at: usize): f64 {
  return changetype<PatternNetwork>(at).total;
}

/** β₁ⁿ after trainAdam. */
export function networkPower1(at: usize): f64 {
  return changetype<PatternNetwork>(at).power1;
}

/** β₂ⁿ after trainAdam. */
export function networkPower2(at: usize): f64 {
  return changetype<PatternNetwork>(at).power2;
}
