// A network in plain float64 numbers, one sample after another: the oracle for the one in WebAssembly.

import type { Activation, LastBatch, Loss } from '../../src/index.js';

/** What the twin knows of a layer. */
export interface TwinLayer {
  readonly units: number;
  readonly activation: Activation;
  readonly bias: boolean;
}

const logistic = (y: number) => 1 / (1 + Math.exp(-y));

/** f and f′ by y. */
const FUNCTIONS: Partial<Record<Activation, [f: (y: number) => number, slope: (y: number) => number]>> = {
  linear: [(y) => y, () => 1],
  tanh: [Math.tanh, (y) => 1 - Math.tanh(y) ** 2],
  lecunTanh: [(y) => 1.7159 * Math.tanh((2 * y) / 3), (y) => ((1.7159 * 2) / 3) * (1 - Math.tanh((2 * y) / 3) ** 2)],
  sigmoid: [logistic, (y) => logistic(y) * (1 - logistic(y))],
  relu: [(y) => Math.max(0, y), (y) => (y > 0 ? 1 : 0)],
};

function softmax(y: readonly number[]): number[] {
  const top = Math.max(...y);
  const e = y.map((v) => Math.exp(v - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((v) => v / sum);
}

/** The loss of one sample, as the library defines it: a mean over outputs, of crossEntropy a sum. */
export function sampleLoss(loss: Loss, a: ArrayLike<number>, t: ArrayLike<number>): number {
  const n = a.length;
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const [out, target] = [a[j]!, t[j]!];
    if (loss === 'meanSquaredError') sum += (out - target) ** 2 / n;
    else if (loss === 'meanAbsoluteError') sum += Math.abs(out - target) / n;
    else if (loss === 'hinge') sum += Math.max(0, 1 - target * out) / n;
    else if (loss === 'binaryCrossEntropy') {
      sum -= ((target > 0 ? target * Math.log(out) : 0) + (target < 1 ? (1 - target) * Math.log(1 - out) : 0)) / n;
    } else if (target > 0) sum -= target * Math.log(out);
  }
  return sum;
}

/** ∂loss/∂y of the last layer, y its weighted sums. */
function outputDelta(loss: Loss, activation: Activation, y: readonly number[], a: readonly number[], t: ArrayLike<number>) {
  const n = a.length;
  if (loss === 'crossEntropy') return a.map((v, j) => v - t[j]!);
  if (loss === 'binaryCrossEntropy') return a.map((v, j) => (v - t[j]!) / n);
  const slope = FUNCTIONS[activation]![1];
  return a.map((v, j) => {
    const e = v - t[j]!;
    const d = loss === 'meanSquaredError' ? 2 * e : loss === 'meanAbsoluteError' ? Math.sign(e) : t[j]! * v < 1 ? -t[j]! : 0;
    return (d / n) * slope(y[j]!);
  });
}

export class Twin {
  /** Kernel [inputs×units] and bias of each layer, as getWeights gives them. */
  weights: number[][];
  private velocity: number[][];

  constructor(
    readonly inputs: number,
    readonly layers: readonly TwinLayer[],
    readonly loss: Loss,
    weights: readonly ArrayLike<number>[],
  ) {
    this.weights = weights.map((w) => Array.from(w));
    this.velocity = this.weights.map((w) => w.map(() => 0));
  }

  /** Weighted sums and outputs, layer by layer. */
  private run(x: ArrayLike<number>) {
    const sums: number[][] = [];
    const outputs: number[][] = [Array.from(x)];
    let p = 0;
    for (const { units, activation, bias } of this.layers) {
      const below = outputs.at(-1)!;
      const kernel = this.weights[p++]!;
      const b = bias ? this.weights[p++]! : undefined;
      const y = Array.from({ length: units }, (_, j) =>
        below.reduce((sum, v, i) => sum + v * kernel[i * units + j]!, b ? b[j]! : 0),
      );
      sums.push(y);
      outputs.push(activation === 'softmax' ? softmax(y) : y.map(FUNCTIONS[activation]![0]));
    }
    return { sums, outputs };
  }

  predict(x: ArrayLike<number>): number[] {
    return this.run(x).outputs.at(-1)!;
  }

  /** Σ w·l/Σ w. */
  meanLoss(X: readonly ArrayLike<number>[], T: readonly ArrayLike<number>[], w: readonly number[] = X.map(() => 1)): number {
    let sum = 0;
    let weight = 0;
    X.forEach((x, r) => {
      sum += w[r]! * sampleLoss(this.loss, this.predict(x), T[r]!);
      weight += w[r]!;
    });
    return sum / weight;
  }

  /** The gradient of Σ w·l/total: of the mean loss, unless told otherwise. */
  gradient(
    X: readonly ArrayLike<number>[],
    T: readonly ArrayLike<number>[],
    w: readonly number[] = X.map(() => 1),
    total = w.reduce((a, b) => a + b),
  ): number[][] {
    const g = this.weights.map((a) => a.map(() => 0));
    X.forEach((x, r) => {
      const { sums, outputs } = this.run(x);
      const top = this.layers.length - 1;
      let delta = outputDelta(this.loss, this.layers[top]!.activation, sums[top]!, outputs[top + 1]!, T[r]!);
      let p = g.length;
      for (let l = top; l >= 0; l--) {
        const { units, bias } = this.layers[l]!;
        if (bias) {
          const gb = g[--p]!;
          for (let j = 0; j < units; j++) gb[j]! += (w[r]! / total) * delta[j]!;
        }
        const gk = g[--p]!;
        const kernel = this.weights[p]!;
        const below = outputs[l]!;
        below.forEach((v, i) => {
          for (let j = 0; j < units; j++) gk[i * units + j]! += (w[r]! / total) * v * delta[j]!;
        });
        if (l === 0) break;
        const slope = FUNCTIONS[this.layers[l - 1]!.activation]![1];
        delta = below.map((_, i) => {
          let s = 0;
          for (let j = 0; j < units; j++) s += kernel[i * units + j]! * delta[j]!;
          return s * slope(sums[l - 1]![i]!);
        });
      }
    });
    return g;
  }

  /** One step of gradient descent, as sgd's documentation states it. */
  step(g: number[][], rate: number, momentum = 0, nesterov = false, decay = 0): void {
    let p = 0;
    for (const { bias } of this.layers) {
      for (const isKernel of bias ? [true, false] : [true]) {
        const [w, v, gradient] = [this.weights[p]!, this.velocity[p]!, g[p]!];
        p++;
        for (let i = 0; i < w.length; i++) {
          const d = gradient[i]! + (isKernel ? decay * w[i]! : 0);
          v[i] = momentum * v[i]! - rate * d;
          w[i]! += nesterov ? momentum * v[i]! - rate * d : v[i]!;
        }
      }
    }
  }
}

/**
 * Where the batches of an epoch begin and end: rows dealt out one by one to as few as there can be, or cut off one after the
 * other.
 */
export function batchesOf(rows: number, size: number, last: LastBatch = 'even'): [from: number, to: number][] {
  const sizes: number[] = [];
  if (last === 'even') {
    for (let r = 0; r < rows; r += size) sizes.push(0);
    for (let r = 0; r < rows; r++) sizes[r % sizes.length]!++;
  } else {
    for (let left = rows; left >= (last === 'drop' ? size : 1); left -= size) sizes.push(Math.min(size, left));
  }
  let to = 0;
  return sizes.map((n) => {
    to += n;
    return [to - n, to];
  });
}

/** The largest difference between two lists of arrays. */
export function distance(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let most = a.length === b.length ? 0 : Infinity;
  a.forEach((x, i) => {
    if (x.length !== b[i]!.length) most = Infinity;
    for (let j = 0; j < x.length; j++) {
      const d = Math.abs(x[j]! - b[i]![j]!);
      if (!(d <= most)) most = d; // NaN as well
    }
  });
  return most;
}
