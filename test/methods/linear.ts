// A linear network with squared error, whose gradient has a closed form: what twins of methods are compared on.

import { Network, dense } from '../../src/index.js';

export const ROWS = 6;

export const inputs = (n: number) =>
  Array.from({ length: ROWS }, (_, r) => Array.from({ length: n }, (_, i) => Math.sin(1 + r * 1.7 + i * 0.9)));

export const target = (x: readonly number[]) => x.reduce((s, v, i) => s + v * Math.cos(i), 0.5);

/** A unit of n inputs. */
export const make = (n: number, precision: 'float32' | 'float64') =>
  Network.create({ inputs: n, layers: [dense(1)], loss: 'meanSquaredError', precision, seed: 5 });

/** The gradient at n weights and, behind them, the bias. */
export function gradientAt(X: readonly (readonly number[])[], Y: readonly number[], weights: readonly number[]): number[] {
  const n = weights.length - 1;
  const errors = X.map((x, r) => x.reduce((s, v, i) => s + v * weights[i]!, weights[n]!) - Y[r]!);
  return weights.map((_, i) => errors.reduce((s, e, r) => s + (2 / ROWS) * e * (i < n ? X[r]![i]! : 1), 0));
}
