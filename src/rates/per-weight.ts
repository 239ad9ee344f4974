// Rates of each weight's own from the shape of the network (Efficient BackProp 4.7).

import { type Architecture, parameterShapes, widths } from '../plan/plan.js';

/** xᵏ for k a multiple of ¼, by square roots: the same bits everywhere. */
function quarterPower(x: number, k: number): number {
  const fourth = Math.sqrt(Math.sqrt(k < 0 ? 1 / x : x));
  let result = 1;
  for (let i = Math.round(4 * Math.abs(k)); i > 0; i--) result *= fourth;
  return result;
}

/**
 * What each parameter's rate is multiplied with: (√fan-in)^exponent times lower^(layers above), divided by the mean over all
 * parameters. Norms count as fan-in 1: each of their units looks at one.
 */
export function rateMultipliers(architecture: Architecture, exponent: number, lower: number): Float64Array {
  const { layers } = architecture;
  const inputs = widths(architecture);
  const shapes = parameterShapes(architecture).filter(({ trained }) => trained);
  const result = new Float64Array(shapes.reduce((sum, { size }) => sum + size, 0));
  for (const { name, first, size } of shapes) {
    const i = Number(name.split('.')[1]);
    const { type } = layers[i]!;
    const fanIn = type === 'dense' || type === 'rbf' ? inputs[i]! : 1;
    let factor = quarterPower(fanIn, exponent / 2);
    for (let k = i + 1; k < layers.length; k++) if ('units' in layers[k]!) factor *= lower;
    result.fill(factor, first, first + size);
  }
  const mean = result.reduce((a, b) => a + b, 0) / result.length;
  return result.map((m) => m / mean);
}
