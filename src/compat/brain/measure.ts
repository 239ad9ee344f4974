// How well a network does on rows that it is shown: what `test` returns.

import type { FormattedDatum, INeuralNetworkBinaryTestResult, INeuralNetworkTestResult } from './types.js';

/** Σ e²/n. */
export function meanSquare(errors: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < errors.length; i++) sum += errors[i]! ** 2;
  return sum / errors.length;
}

/** The error of a row's outputs, rounded as brain.js rounds it. */
function errorOf(target: ArrayLike<number>, output: ArrayLike<number>): number {
  return meanSquare(Float32Array.from(output, (value, i) => target[i]! - value));
}

/** The index of the largest number; -1 where there is none. */
function largest(values: ArrayLike<number>): number {
  let found = -1;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return -1;
    if (found < 0 || values[i]! > values[found]!) found = i;
  }
  return found;
}

/** One output is a yes or no, several are classes. */
export function tested(
  rows: readonly FormattedDatum[],
  run: (input: Float32Array) => ArrayLike<number>,
  binaryThresh: number,
): INeuralNetworkTestResult | INeuralNetworkBinaryTestResult {
  const binary = rows[0]!.output.length === 1;
  const misclasses: { input: Float32Array; output: Float32Array; actual: number; expected: number }[] = [];
  /** How often `actual` came where `expected` was right: [expected][actual]. */
  const counts = [
    [0, 0],
    [0, 0],
  ] as const satisfies number[][];
  let sum = 0;
  for (const { input, output: target } of rows) {
    const output = run(input);
    const actual = binary ? (output[0]! > binaryThresh ? 1 : 0) : largest(output);
    const expected = binary ? target[0]! : largest(target);
    if (actual !== expected) misclasses.push({ input, output: target, actual, expected });
    if (binary && (expected === 0 || expected === 1)) (counts[expected] as [number, number])[actual as 0 | 1]++;
    sum += errorOf(target, output);
  }
  const total = rows.length;
  const result = { error: sum / total, misclasses, total };
  if (!binary) return result;
  const [[trueNeg, falsePos], [falseNeg, truePos]] = counts as unknown as [[number, number], [number, number]];
  return {
    ...result,
    trueNeg,
    truePos,
    falseNeg,
    falsePos,
    precision: truePos > 0 ? truePos / (truePos + falsePos) : 0,
    recall: truePos > 0 ? truePos / (truePos + falseNeg) : 0,
    accuracy: (trueNeg + truePos) / total,
  };
}
