// The parameters of a network, all in one vector: as they are drawn at the start, and as somebody gives them.

import type { Core } from '../../bindings/core.js';
import type { Arena, RealArray, Reals } from '../../bindings/memory.js';
import type { Part } from '../../bindings/part.js';
import { ACTIVATIONS } from '../layers/activations.js';
import { copyMatrix, matrix, requireColumns } from '../data/matrix.js';
import { DataError } from '../runtime/errors.js';
import { initialize, ruleOf } from '../layers/initializers.js';
import type { Layer } from '../layers/layers.js';
import { CONSTRUCTING, rulesOf } from '../layers/loading.js';
import { type Architecture, type ParameterShape, widths } from './plan.js';

/** What drawing the weights of layers needs. */
export function neededToDraw(layers: readonly Layer[]): Part<unknown>[] {
  return layers.flatMap((layer): Part<unknown>[] => {
    if (layer.type === 'dense') return ruleOf(layer.init) ? [] : [rulesOf(layer.init)];
    return layer.type === 'rbf' ? [CONSTRUCTING] : [];
  });
}

/** Draws the initial weights: each layer's from its own stream, so that one layer's size does not change another's. */
export function drawWeights(
  core: Core,
  arena: Arena,
  theta: Reals,
  architecture: Architecture,
  shapes: readonly ParameterShape[],
  seed: number,
): void {
  const all = theta.view();
  all.fill(0);
  for (const { name, first, size } of shapes) {
    if (name.endsWith('.scale') || name.endsWith('.variance')) all.fill(1, first, first + size);
  }
  const inputs = widths(architecture);
  const firstOf = (name: string) => shapes.find((shape) => shape.name === name)!.first;
  const last = architecture.layers.findLastIndex(({ type }) => type === 'dense' || type === 'rbf');
  architecture.layers.forEach((layer, i) => {
    if (layer.type === 'dense') {
      const { units, activation, bias, init } = layer;
      const biasInit = layer.biasInit ?? (i < last ? 'random' : undefined);
      const { gain } = ACTIVATIONS[activation];
      const place = { layer: i, inputs: inputs[i]!, units, gain, first: firstOf(`layers.${i}.kernel`), bias, biasInit };
      initialize(core, arena, theta, init, ruleOf(init) ?? rulesOf(init).here.rareRuleOf(init), place, seed);
    } else if (layer.type === 'rbf') {
      CONSTRUCTING.here.initializeRbf(core, theta, layer, {
        layer: i,
        inputs: inputs[i]!,
        centres: firstOf(`layers.${i}.centres`),
        logWidths: firstOf(`layers.${i}.logWidths`),
        seed,
      });
    }
  });
}

/**
 * One vector of the arrays of each layer, in the order of `shapes`.
 * @param now what it is in the precision of
 * @throws DataError for a wrong number or length of arrays, or an element that is not finite
 */
export function checkedWeights(shapes: readonly ParameterShape[], weights: readonly ArrayLike<number>[], now: Reals): RealArray {
  if (!Array.isArray(weights) || weights.length !== shapes.length) {
    throw new DataError('weights', `expected ${shapes.length} arrays (${shapes.map(({ name }) => name).join(', ')})`);
  }
  const next = now.read();
  shapes.forEach(({ name, first, size, shape }, i) => {
    const given = matrix(weights[i], name);
    requireColumns(given, 1, name);
    if (given.rows !== size) throw new DataError(name, `has ${given.rows} elements; expected ${size} ([${shape.join(', ')}])`);
    const into = next.subarray(first, first + size);
    copyMatrix(given, into, name);
    const negative = name.endsWith('.variance') ? into.findIndex((v) => v < 0) : -1;
    if (negative >= 0) throw new DataError(name, `${into[negative]} is negative`, { row: negative });
  });
  return next;
}
