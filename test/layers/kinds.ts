// An example of every kind of layer, found in the kernels' source: tests that go through KINDS leave none out.

import { readFileSync, readdirSync } from 'node:fs';
import { type Layer, batchNorm, dense, dropout, gaussianNoise, layerNorm, rbf } from '../../src/index.js';

/** Of each kind that can be described, some that differ in what they compute. A kind that is missing here does not compile. */
const KINDS: { readonly [T in Layer['type']]: readonly Extract<Layer, { type: T }>[] } = {
  dense: [dense(3, { activation: 'gelu' }), dense(3, { activation: 'sigmoid', bias: false })],
  rbf: [rbf(3, { init: 'normal', width: 1.3 })],
  batchNorm: [batchNorm({ epsilon: 0.1, momentum: 0.8 })],
  layerNorm: [layerNorm({ epsilon: 0.01 })],
  dropout: [dropout(0.4)],
  gaussianNoise: [gaussianNoise(0.3)],
};

/**
 * The calls that describe layers of a plan: planDense of a kind that is enlisted as Dense, and so on, as assembly/layers has
 * them.
 */
export function kindsOfKernels(): string[] {
  const folder = 'assembly/layers/';
  const sources = readdirSync(folder).map((name) => readFileSync(folder + name, 'utf8'));
  return sources.flatMap((source) => [...source.matchAll(/enlist<(\w+)>\(/g)].map(([, name]) => `plan${name}`)).sort();
}

/** Name and layer of all examples. */
export const EXAMPLES: [string, Layer][] = Object.entries<readonly Layer[]>(KINDS).flatMap(([type, layers]) =>
  layers.map((layer, i): [string, Layer] => [layers.length > 1 ? `${type} ${i + 1}` : type, layer]),
);
