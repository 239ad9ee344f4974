// Backpropagation, naive and in float64: a second opinion on losses and gradients, with a running bound on what rounding may do.

import { LossTraits } from '../build/codes.js';
import type { DenseLayer } from '../src/index.js';
import type { Activation } from '../src/layers/activations.js';
import { LOSSES, type Loss } from '../src/layers/losses.js';
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
  /** What passes through 0 at a kink: pre-activations of what has corners, residuals of the absolute error, hinges. */
  readonly kinks: number[];
}

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(x) = ½ + φ(x)·Σ x^(2k+1)/(2k+1)!! */
function normal(x: number): number {
  let sum = x;
  for (let term = x, k = 3; Math.abs(term) > 1e-18 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + density(x) * sum;
}

/** λ and α of selu, √(8/π) of geluTanh. */
const [SELU, ALPHA, HALVES] = [1.0507009873554805, 1.6732632423543772, Math.sqrt(8 / Math.PI)];

/** y·σ(q) and its derivative, from q and q′. */
function gated(y: number, [q, first]: readonly [number, number]): [number, number] {
  const s = 1 / (1 + Math.exp(-q));
  return [y * s, s + y * first * (s / (1 + Math.exp(q)))];
}

/** f and f′. At kinks f′ is the one from the left, or of relu6 at 6 that from the right. */
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
  selu: (y) => [SELU * (y > 0 ? y : ALPHA * Math.expm1(y)), SELU * (y > 0 ? 1 : ALPHA * Math.exp(y))],
  hardSigmoid: (y) => [Math.min(1, Math.max(0, y / 5 + 0.5)), y > -2.5 && y < 2.5 ? 0.2 : 0],
  softsign: (y) => [y / (1 + Math.abs(y)), 1 / (1 + Math.abs(y)) ** 2],
  swish: (y) => gated(y, [y, 1]),
  relu6: (y) => [Math.min(6, Math.max(0, y)), y > 0 && y < 6 ? 1 : 0],
  thresholdedRelu: (y, s) => (y > s ? [y, 1] : [0, 0]),
  geluTanh: (y) => gated(y, [HALVES * (y + 0.044715 * y ** 3), HALVES * (1 + 3 * 0.044715 * y * y)]),
};

/** Where f or f′ jump, but for rectifiers, of which that is found out. */
const CORNERS: Partial<Record<Activation, (slope: number) => readonly number[]>> = {
  hardSigmoid: () => [-2.5, 2.5],
  relu6: () => [0, 6],
  thresholdedRelu: (s) => [s],
};

/** How steep f′ may be, |f″| at most, by differences of f′, and where it jumps. */
const shapes = new Map<string, { readonly bend: number; readonly corners: readonly number[] }>();

function shapeOf({ activation, slope }: DenseLayer): { readonly bend: number; readonly corners: readonly number[] } {
  const key = `${activation} ${slope}`;
  let found = shapes.get(key);
  if (found) return found;
  const first = (y: number) => FUNCTIONS[activation as 'tanh'](y, slope)[1];
  const h = 2 ** -10;
  const corners = CORNERS[activation]?.(slope) ?? (Math.abs(first(1e-9) - first(0)) > 1e-6 ? [0] : []);
  let bend = 0;
  for (let y = -8; y < 8; y += h) {
    const smooth = corners.every((corner) => corner < y || corner > y + h);
    if (smooth) bend = Math.max(bend, Math.abs(first(y + h) - first(y)) / h);
  }
  found = { bend: 1.01 * bend, corners };
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

/** A loss through outputs, of one sample: O·l, or l where outputs are coupled. */
interface Judged {
  readonly value: number;
  readonly slopes: readonly number[];
  /** How far errors of the outputs, and its own rounding, move the slopes. */
  readonly moved: readonly number[];
  /** What passes through 0 at a kink, or where differences of the slopes are no longer small. */
  readonly kinks: readonly number[];
}

const EPSILON = 1e-7;

/** One that is a sum over outputs: value, slope, |∂slope/∂a|, rounding of the slope, and what passes through 0 at a kink. */
type Summand = (a: number, t: number, steep: boolean) => [number, number, number, number?, number?];

const SUMMANDS: Partial<Record<Loss, Summand>> = {
  meanSquaredError: (a, t) => [(a - t) ** 2, 2 * (a - t), 2],
  meanAbsoluteError: (a, t) => [Math.abs(a - t), Math.sign(a - t), 0, 0, a - t],
  // tanh errs by 16 roundings more.
  logCosh: (a, t) => [Math.log(Math.cosh(a - t)), Math.tanh(a - t), 1, 16 * Math.abs(Math.tanh(a - t))],
  hinge: (a, t) => [Math.max(0, 1 - t * a), t * a < 1 ? -t : 0, 0, 0, 1 - t * a],
  squaredHinge: (a, t) => [Math.max(0, 1 - t * a) ** 2, -2 * t * Math.max(0, 1 - t * a), 2],
  poisson(a, t, steep) {
    const own = a + EPSILON;
    return [a - t * Math.log(own), 1 - t / own, t / own ** 2, (4 * t) / own, steep ? a / 8 : 1];
  },
  meanAbsolutePercentageError(a, t) {
    const share = 100 / Math.max(Math.abs(t), EPSILON);
    return [share * Math.abs(a - t), share * Math.sign(a - t), 0, 0, a - t];
  },
  meanSquaredLogarithmicError(a, t, steep) {
    const own = 1 + Math.max(a, EPSILON);
    const e = Math.log(own / (1 + Math.max(t, EPSILON)));
    const first = a > EPSILON ? (2 * e) / own : 0;
    return [e * e, first, (2 * Math.abs(1 - e)) / own ** 2, a > EPSILON ? 16 / own : 0, steep ? a : 1];
  },
};

function judge(kind: Loss, { a, aE, f }: Pick<Trace, 'a' | 'aE' | 'f'>, t: readonly number[]): Judged {
  const summand = SUMMANDS[kind];
  if (summand) {
    const all = a.map((v, j) => summand(v, t[j]!, f[j] !== 0));
    return {
      value: total(all.map(([value]) => value)),
      slopes: all.map(([, slope]) => slope),
      moved: all.map(([, , bend, own = 0], j) => bend * aE[j]! + own),
      kinks: all.flatMap(([, , , , kink]) => (kink === undefined ? [] : [kink])),
    };
  }
  const dot = (u: readonly number[], v: readonly number[]) => total(u.map((e, j) => e * v[j]!));
  if (kind === 'categoricalHinge') {
    const others = a.map((v, j) => (1 - t[j]!) * v);
    const most = Math.max(...others);
    const margin = 1 + most - dot(a, t);
    const slopes = t.map((s, j) => (margin > 0 ? (j === others.indexOf(most) ? 1 - s : 0) - s : 0));
    const gaps = others.flatMap((v, j) => (j === others.indexOf(most) ? [] : [most - v]));
    return { value: Math.max(0, margin), slopes, moved: a.map(() => 0), kinks: [margin, ...gaps] };
  }
  const [length, other] = [a, t].map((v) => Math.sqrt(Math.max(EPSILON, dot(v, v)))) as [number, number];
  const cosine = dot(a, t) / (length * other);
  const free = dot(a, a) > EPSILON ? 1 : 0;
  const [u, v] = [a.map((e) => e / length), t.map((e) => e / other)];
  return {
    value: -cosine,
    slopes: u.map((e, j) => (free * cosine * e - v[j]!) / length),
    // No second derivative is larger than 6/‖a‖².
    moved: a.map(() => (6 * total(aE)) / length ** 2 + 16 / length),
    kinks: [f.some((e) => e !== 0) ? Math.sqrt(dot(a, a)) / 16 : 1],
  };
}

/** Σ w·l and its gradient, sample by sample. */
export function twin({ architecture, theta, rows, x, t, w }: Problem): Opinion {
  const { inputs } = architecture;
  const kind = architecture.loss as Loss;
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
      if (layer.activation !== 'softmax')
        for (const corner of shapeOf(layer).corners) kinks.push(...trace.y.map((v) => v - corner));
      ({ a, aE } = trace);
      return trace;
    });
    // The loss and its slope, through the input of the last layer where it is a cross-entropy.
    const top = traces.at(-1)!;
    const target = t.slice(r * outputs, (r + 1) * outputs);
    const weight = w[r]!;
    const average = LossTraits[kind].averages ? weight / outputs : weight;
    let d: number[];
    let dE: number[];
    if (LOSSES[kind].activation) {
      if (kind === 'binaryCrossEntropy') {
        loss += average * total(top.y.map((v, j) => FUNCTIONS.softplus(v, 0)[0] - target[j]! * v));
      } else {
        const largest = Math.max(...top.y);
        const logarithm = largest + Math.log(total(top.y.map((v) => Math.exp(v - largest))));
        loss += average * total(target.map((v, j) => v * (logarithm - top.y[j]!)));
        if (kind === 'kullbackLeiblerDivergence') loss += average * total(target.map((v) => (v > 0 ? v * Math.log(v) : 0)));
      }
      d = top.a.map((v, j) => average * (v - target[j]!));
      dE = d.map((v, j) => average * top.aE[j]! + 6 * Math.abs(v));
    } else {
      const { value, slopes, moved, kinks: own } = judge(kind, top, target);
      loss += average * value;
      kinks.push(...own);
      d = slopes.map((s, j) => average * s * top.f[j]!);
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
