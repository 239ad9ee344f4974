// What tests of both lines share.

import * as v2 from '../../../src/compat/brain/index.js';
import * as v1 from '../../../src/compat/brain/v1/index.js';

/** Both lines, by their names. Their types differ where brain.js's do. */
// biome-ignore lint/suspicious/noExplicitAny: one test for two classes
export const LINES: [string, any][] = [
  ['1.x', v1],
  ['2.x', v2],
];

export const XOR = [
  { input: [0, 0], output: [0] },
  { input: [0, 1], output: [1] },
  { input: [1, 0], output: [1] },
  { input: [1, 1], output: [0] },
];

/** Park and Miller's generator: uniform on (0, 1). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Does something with a Math.random that always draws the same. */
export function seeded<T>(seed: number, work: () => T): T {
  const { random } = Math;
  Math.random = uniform(seed);
  try {
    return work();
  } finally {
    Math.random = random;
  }
}

/** The weights and biases of a network as plain numbers. */
// biome-ignore lint/suspicious/noExplicitAny: of either line
export function numbersOf(network: any): number[] {
  return [...network.weights.flat(), ...network.biases].flatMap((row) => (row ? Array.from(row as Float32Array) : []));
}

/** JSON as it comes from a file. */
export const filed = <T>(value: T): T => JSON.parse(JSON.stringify(value));
