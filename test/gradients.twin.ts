// Backpropagation, naive and in float64: a second opinion on losses and gradients, with a running bound on what rounding may do.

import type { DenseLayer } from '../src/index.js';
import type { Activation } from '../src/layers/activations.js';
import { type Architecture, outputsOf, parameterShapes } from '../src/plan/plan.js';

/** Samples and parameters for an architecture. All numbers are float32 numbers, so that both precisions see the same. */
export interface Problem {
  readonly architecture: Architecture;
  readonly theta: readonly number[];
  readonly rows: number;
  readonly x: readonly number[];
  readonly t: readonly number[];
  readonly w: readonly number[];
}

export interface Opinion {
  /** Σ w·l */
  readonly loss: number;
  /** The gradient of Σ w·l. */
  readonly gradient: Float64Array;
  /** Bound on a computed gradient's error in units of rounding (half the distance from 1 to the next number), first order. */
  readonly spread: Float64Array;
  /** What passes through 0 at a kink: pre-activations of rectifiers, residuals of the absolute error, hinges. */
  readonly kinks: number[];
}

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(x) = ½ + φ(x)·Σ x^(2k+1)/(2k+1)!! */
function normal(x: number): number {
  let sum = x;
  for (let term = x, k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + density(x) * sum;
}

/** f and f′. Kinks are at 0, where f′ is the one from the left. */
export const FUNCTIONS: Record<Exclude<Activation, 'softmax'>, (y: number, slope: number) => [number, number]> = {
  linear: (y) => [y, 1],
  tanh: (y) => [Math.tanh(y), 1 - Math.tanh(y) ** 2],
  lecunTanh: (y) => [1.7159 * Math.tanh((2 * y) / 3), ((1.7159 * 2) / 3) * (1 - Math.tanh((2 * y) / 3) ** 2)],
  twistedTanh: (y, s) => [Math.tanh(y) + s * y, 1 - Math.tanh(y) ** 2 + s],
  sigmoid: (y) => [1 / (1 + Math.exp(-y)), 1 / (2 + Math.exp(y) + Math.exp(-y))],
  relu: (y) => [Math.max(0, y), y > 0 ? 1 : 0],
  leakyRelu: (y, s) => [y > 0 ? y : s * y, y > 0 ? 1 : s],
  elu: (y, s) => [y > 0 ? y : s * Math.expm1(y), y > 0 ? 1 : s * Math.exp(y)],
  gelu: (y) => [y * normal(y), normal(y) + y * density(y)],
  mish(y) {
    const [t, s] = [Math.tanh(Math.log1p(Math.exp(y))), 1 / (1 + Math.exp(-y))];
    return [y * t, t + y * s * (1 - t * t)];
  },
  softplus: (y) => [Math.log1p(Math.exp(-Math.abs(y))) + Math.max(0, y), 1 / (1 + Math.exp(-y))],
};

/** How steep f′ may be, |f″| at most, and whether f has a kink: by differences of f′, which jumps at kinks. */
const shapes = new Map<string, { readonly bend: number; readonly kinked: boolean }>();

function shapeOf({ activation, slope }: DenseLayer): { readonly bend: number; readonly kinked: boolean } {
  const key = `${activation} ${slope}`;
  let found = shapes.get(key);
  if (found) return found;
  const first = (y: number) => FUNCTIONS[activation as 'tanh'](y, slope)[1];
  const h = 2 ** -10;
  let bend = 0;
  for (let y = -8; y < 8; y += h) if (y !== 0) bend = Math.max(bend, Math.abs(first(y + h) - first(y)) / h);
  found = { bend: 1.01 * bend, kinked: Math.abs(first(1e-9) - first(0)) > 1e-6 };
  shapes.set(key, found);
  return found;
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** What a layer knows of one sample; names that end in E hold bounds on errors. */
interface Trace {
  x: number[];
  xE: number[];
  y: number[];
  yE: number[];
  a: number[];
  aE: number[];
  /** f′, and the bound on its error; of softmax the derivative is part of the loss's slope */
  f: number[];
  fE: number[];
}

/**
 * An elementary function errs by at most 8 units in the last place, 16 roundings, and f adds at most four; f′ by at most
 * 64·(1 + |y|) roundings, as its products inherit that, and |f″| times what y errs by.
 */
function activate(layer: DenseLayer, trace: Trace): void {
  const { y, yE } = trace;
  if (layer.activation === 'softmax') {
    const largest = Math.max(...y);
    const e = y.map((v) => Math.exp(v - largest));
    const sum = total(e);
    trace.a = e.map((v) => v / sum);
    const shift = total(trace.a.map((a, j) => a * yE[j]!));
    trace.aE = trace.a.map((a, j) => a * (yE[j]! + shift + y.length + 20 + 4 * Math.abs(y[j]! - largest)));
    return;
  }
  const values = y.map((v) => FUNCTIONS[layer.activation as 'tanh'](v, layer.slope));
  trace.a = values.map(([a]) => a);
  trace.f = values.map(([, f]) => f);
  trace.aE = values.map(([a, f], j) => Math.abs(f) * yE[j]! + 20 * (Math.abs(a) + Math.abs(y[j]!)));
  const { bend } = shapeOf(layer);
  trace.fE = y.map((v, j) => bend * yE[j]! + 64 * (1 + Math.abs(v)));
}

/** Σ w·l and its gradient, sample by sample. */
export function twin({ architecture, theta, rows, x, t, w }: Problem): Opinion {
  const { inputs, loss: kind } = architecture;
  const layers = architecture.layers as readonly DenseLayer[];
  const outputs = outputsOf(architecture);
  const shapes = parameterShapes(architecture);
  const at = (i: number, part: 'kernel' | 'bias') => shapes.find(({ name }) => name === `layers.${i}.${part}`)?.first;
  const gradient = new Float64Array(theta.length);
  const spread = new Float64Array(theta.length);
  const kinks: number[] = [];
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    // Forward.
    let a = x.slice(r * inputs, (r + 1) * inputs);
    let aE = a.map(() => 0);
    const traces = layers.map((layer, i) => {
      const kernel = at(i, 'kernel')!;
      const bias = at(i, 'bias');
      const trace: Trace = { x: a, xE: aE, y: [], yE: [], a: [], aE: [], f: [], fE: [] };
      for (let o = 0; o < layer.units; o++) {
        const b = bias === undefined ? 0 : theta[bias + o]!;
        const terms = a.map((v, j) => v * theta[kernel + j * layer.units + o]!);
        trace.y.push(b + total(terms));
        const moved = total(aE.map((e, j) => e * Math.abs(theta[kernel + j * layer.units + o]!)));
        trace.yE.push(moved + (a.length + 2) * (Math.abs(b) + total(terms.map(Math.abs))));
      }
      activate(layer, trace);
      if (layer.activation !== 'softmax' && shapeOf(layer).kinked) kinks.push(...trace.y);
      ({ a, aE } = trace);
      return trace;
    });
    // The loss and its slope, through the input of the last layer where it is a cross-entropy.
    const top = traces.at(-1)!;
    const target = t.slice(r * outputs, (r + 1) * outputs);
    const weight = w[r]!;
    const average = kind === 'crossEntropy' ? weight : weight / outputs;
    let d: number[];
    let dE: number[];
    if (kind === 'crossEntropy') {
      const largest = Math.max(...top.y);
      const logarithm = largest + Math.log(total(top.y.map((v) => Math.exp(v - largest))));
      loss += average * total(target.map((v, j) => v * (logarithm - top.y[j]!)));
    } else if (kind === 'binaryCrossEntropy') {
      loss += average * total(top.y.map((v, j) => FUNCTIONS.softplus(v, 0)[0] - target[j]! * v));
    } else {
      const residual = top.a.map((v, j) => (kind === 'hinge' ? 1 - target[j]! * v : v - target[j]!));
      if (kind === 'meanSquaredError') loss += average * total(residual.map((e) => e * e));
      else if (kind === 'logCosh') loss += average * total(residual.map((e) => Math.log(Math.cosh(e))));
      else loss += average * total(residual.map(kind === 'hinge' ? (e) => Math.max(0, e) : Math.abs));
      if (kind !== 'meanSquaredError' && kind !== 'logCosh') kinks.push(...residual);
    }
    if (kind.endsWith('Entropy')) {
      d = top.a.map((v, j) => average * (v - target[j]!));
      dE = d.map((v, j) => average * top.aE[j]! + 6 * Math.abs(v));
    } else {
      const slopes = top.a.map((v, j) => {
        if (kind === 'meanSquaredError') return 2 * (v - target[j]!);
        if (kind === 'logCosh') return Math.tanh(v - target[j]!);
        if (kind === 'hinge') return target[j]! * v < 1 ? -target[j]! : 0;
        return Math.sign(v - target[j]!);
      });
      d = slopes.map((s, j) => average * s * top.f[j]!);
      // How far errors of the outputs move the slope; tanh errs by 16 roundings more.
      const moved = top.aE.map((e, j) => {
        if (kind === 'meanSquaredError') return 2 * e;
        return kind === 'logCosh' ? e + 16 * Math.abs(slopes[j]!) : 0;
      });
      dE = slopes.map(
        (s, j) => average * (Math.abs(s) * (top.fE[j]! + 8 * Math.abs(top.f[j]!)) + moved[j]! * Math.abs(top.f[j]!)),
      );
    }
    // Backward.
    for (let i = layers.length - 1; i >= 0; i--) {
      const { units } = layers[i]!;
      const trace = traces[i]!;
      const kernel = at(i, 'kernel')!;
      const bias = at(i, 'bias');
      for (let o = 0; o < units; o++) {
        const error = dE[o]! + (rows + 4) * Math.abs(d[o]!);
        trace.x.forEach((v, j) => {
          gradient[kernel + j * units + o]! += v * d[o]!;
          spread[kernel + j * units + o]! += Math.abs(v) * error + trace.xE[j]! * Math.abs(d[o]!);
        });
        if (bias === undefined) continue;
        gradient[bias + o]! += d[o]!;
        spread[bias + o]! += error;
      }
      if (i === 0) break;
      const below = traces[i - 1]!;
      const sums = below.a.map((_, j) => {
        const row = theta.slice(kernel + j * units, kernel + (j + 1) * units);
        return {
          d: total(row.map((k, o) => k * d[o]!)),
          dE: total(row.map((k, o) => Math.abs(k) * (dE[o]! + (units + 2) * Math.abs(d[o]!)))),
        };
      });
      d = sums.map((s, j) => s.d * below.f[j]!);
      dE = sums.map((s, j) => s.dE * Math.abs(below.f[j]!) + Math.abs(s.d) * (below.fE[j]! + 2 * Math.abs(below.f[j]!)));
    }
  }
  return { loss, gradient, spread, kinks };
}
