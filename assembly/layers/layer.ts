// A layer of a plan: its shape and places in memory, and which kernels do its work.

import { Activation } from "../codes";
import { SIZE } from "../vec";
import { timesDerivative } from "../activations/activation";
import { copy } from "../kernels/blas1";
import { denseBackward, denseForward, denseGradient, denseScratch } from "./dense";
import { addNoise, dropout, times } from "./noise";
import {
  batchNormBackward, batchNormForward, batchStatistics, layerNormBackward, layerNormForward, normGradient, runningStatistics,
} from "./norm";
import { rbfBackward, rbfForward, rbfGradient, rbfSlope } from "./rbf";

export const DENSE: i32 = 0;
export const RBF: i32 = 1;
export const BATCH_NORM: i32 = 2;
export const LAYER_NORM: i32 = 3;
export const DROPOUT: i32 = 4;
export const NOISE: i32 = 5;

@unmanaged
export class Layer {
  kind: i32;
  inputs: i32;
  units: i32;
  activation: Activation; // of dense layers; linear for others
  bias: i32; // 1 with a bias, else 0
  first: i32; // index of its first parameter
  parameters: i32; // how many it has
  statistics: i32; // index of its first running statistic, behind all parameters
  keepsInput: i32; // 1 where y has a buffer of its own beside a
  own: i32; // batchNorm: 1 where the last pass took the batch's own statistics
  purpose: u32; // of the stream that dropout and noise draw from
  slope: f64; // the activation's parameter; ε of norms; the rate of dropout; the deviation of noise
  keep: f64; // batchNorm: how much of running statistics a step keeps
  y: usize; // rows×units: what the derivative is found from; or the same as a
  a: usize; // rows×units: what the layer puts out
  panels: usize; // of dense layers, in a thread's copy of the plan: the kernel packed for all threads, and its transpose, or 0
  panelsBack: usize;
  extra: usize; // batchNorm: mean, 1/deviation; layerNorm: 1/deviation of each row

  /** Parameters of the kernel, or of centres. */
  @inline get kernelSize(): i32 {
    return this.kind <= RBF ? this.inputs * this.units : this.kind <= LAYER_NORM ? this.units : 0;
  }

  /** How many of its parameters decay: the first ones, a kernel. */
  @inline get decaying(): i32 {
    return this.kind == DENSE ? this.kernelSize : 0;
  }
}

/** What a pass through a layer is part of: the keys of its draws, and whether it is a step of training. */
@unmanaged
export class Pass {
  learning: i32; // 1 in a step: units drop out, batches are normalised by themselves
  row: i32; // of the step's first sample, where it is taken slab by slab
  low: u32;
  high: u32;
  epoch: u32;
  step: u32;
}

/** Reals of buffer beside y and a. */
export function layerExtra(layer: Layer, rows: i32): i32 {
  if (layer.kind == BATCH_NORM) return 2 * layer.units;
  return layer.kind == LAYER_NORM ? rows : 0;
}

/** Bytes of scratch for `rows` samples; forward alone needs less. */
export function layerScratch(layer: Layer, rows: i32, training: i32): usize {
  return layer.kind == DENSE ? denseScratch(rows, layer.inputs, layer.units, training) : 0;
}

// @ts-ignore: decorator
@inline
function behind(p: usize, reals: i32): usize {
  return p + <usize>reals * SIZE;
}

/** y and a from x (rows×inputs)   parameters and statistics: the layer's first */
export function layerForward(
  layer: Layer, pass: Pass, rows: i32, x: usize, parameters: usize, statistics: usize, scratch: usize,
): void {
  const units = layer.units, second = behind(parameters, layer.kernelSize);
  switch (layer.kind) {
    case DENSE: {
      denseForward(
        rows, layer.inputs, units, x, parameters, layer.panels, layer.bias ? second : 0, layer.y, layer.a, layer.activation, layer.slope, scratch,
      );
      break;
    }
    case RBF: rbfForward(rows, layer.inputs, units, x, parameters, second, layer.y, layer.a); break;
    case BATCH_NORM: {
      const mean = layer.extra, inverse = behind(mean, units), variances = behind(statistics, units);
      layer.own = pass.learning && rows > 1 ? 1 : 0;
      if (layer.own) batchStatistics(rows, units, x, mean, inverse, layer.slope, statistics, variances, layer.keep);
      else runningStatistics(units, mean, inverse, layer.slope, statistics, variances);
      batchNormForward(rows, units, x, mean, inverse, parameters, second, layer.y, layer.a);
      break;
    }
    case LAYER_NORM: layerNormForward(rows, units, x, layer.extra, layer.slope, parameters, second, layer.y, layer.a); break;
    case DROPOUT: case NOISE: {
      const n = rows * units, at = <u32>pass.row * units;
      if (!pass.learning) copy(n, x, layer.a);
      else if (layer.kind == NOISE) addNoise(n, x, layer.a, layer.slope, at, pass.low, pass.high, layer.purpose, pass.epoch, pass.step);
      else dropout(n, x, layer.y, layer.a, layer.slope, at, pass.low, pass.high, layer.purpose, pass.epoch, pass.step);
    }
  }
}

/** d (rows×units) from ∂E/∂a to ∂E/∂y: what the layer's gradient and the layer below start from   parameters: the layer's first */
export function layerSlope(layer: Layer, rows: i32, parameters: usize, d: usize): void {
  if (layer.kind == RBF) rbfSlope(rows, layer.units, layer.a, behind(parameters, layer.kernelSize), d);
  else timesDerivative(layer.activation, rows * layer.units, layer.y, layer.a, d, layer.slope);
}

/** gradient (+)= ∂E/∂parameters from x and d = ∂E/∂y of the last pass: both the layer's first; adds if `accumulate`, else replaces */
export function layerGradient(
  layer: Layer, rows: i32, x: usize, d: usize, parameters: usize, gradient: usize, accumulate: i32, scratch: usize,
): void {
  const inputs = layer.inputs, units = layer.units, second = behind(gradient, layer.kernelSize);
  switch (layer.kind) {
    case DENSE: denseGradient(rows, inputs, units, x, d, gradient, layer.bias ? second : 0, accumulate, scratch); break;
    case RBF: rbfGradient(rows, inputs, units, x, d, parameters, layer.y, gradient, second, accumulate); break;
    case BATCH_NORM: case LAYER_NORM: normGradient(rows, units, d, layer.y, gradient, second, accumulate);
  }
}

/** dx (rows×inputs) = ∂E/∂x from x and d = ∂E/∂y of the last pass */
export function layerBackward(
  layer: Layer, pass: Pass, rows: i32, x: usize, d: usize, parameters: usize, dx: usize, scratch: usize,
): void {
  const inputs = layer.inputs, units = layer.units;
  switch (layer.kind) {
    case DENSE: denseBackward(rows, inputs, units, d, parameters, layer.panelsBack, dx, scratch); break;
    case RBF: rbfBackward(rows, inputs, units, x, d, parameters, dx); break;
    case BATCH_NORM: batchNormBackward(rows, units, d, layer.y, behind(layer.extra, units), parameters, layer.own, dx); break;
    case LAYER_NORM: layerNormBackward(rows, units, d, layer.y, layer.extra, parameters, dx); break;
    default: {
      if (layer.kind == DROPOUT && pass.learning) times(rows * units, d, layer.y, dx);
      else copy(rows * units, d, dx);
    }
  }
}
