// What callers of ml-levenberg-marquardt hand in, in its words.

import { OptionError } from '../../runtime/errors.js';
import { isList } from '../../runtime/options.js';
import type { Bounds } from '../../solve/box.js';
import type { LevenbergMarquardtOptions } from './types.js';

/** The number for each of so many, from one for all or a list. @throws Error that names what it should be */
function each(name: string, of: string, given: number | ArrayLike<number>, count: number): Float64Array {
  if (typeof given === 'number') return new Float64Array(count).fill(given);
  if (!isList(given)) throw new Error(`${name} should be a number or array with length equal to the number of ${of}`);
  return given.length === count ? Float64Array.from(given) : new Float64Array(count).fill(given[0]!);
}

/** What each residual is multiplied by. @throws Error, OptionError */
export function weightsOf(given: number | ArrayLike<number> = 1, count: number): Float64Array {
  const long = isList(given) && given.length > count ? Array.from(given).slice(0, count) : given;
  const weights = each('weights', 'data points', long, count).map(Math.abs);
  const bad = weights.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0) throw new OptionError('levenbergMarquardt.weights', given, `finite numbers; number ${bad} is ${weights[bad]}`);
  if (weights.every((weight) => weight === 0))
    throw new OptionError('levenbergMarquardt.weights', given, 'at least one that is not 0');
  return weights;
}

/** The step of the difference for each parameter. @throws Error */
export function differencesOf(given: number | ArrayLike<number> = 0.1, n: number): Float64Array {
  return each('gradientDifference', 'parameters', given, n);
}

/** Bounds of the parameters; those whose difference is 0 stay where they are. @throws Error, OptionError */
export function boundsOf(
  { minValues, maxValues }: LevenbergMarquardtOptions,
  start: Float64Array,
  differences: Float64Array,
): Bounds | undefined {
  const n = start.length;
  const low = minValues ?? new Float64Array(n).fill(-Infinity);
  const high = maxValues ?? new Float64Array(n).fill(Infinity);
  if (low.length !== high.length) throw new Error('minValues and maxValues must be the same size');
  if (!minValues && !maxValues && !differences.includes(0)) return undefined;
  if (low.length !== n) throw new OptionError('levenbergMarquardt.minValues', low, `${n} numbers, one for each initial value`);
  return Array.from(start, (value, k) => {
    if (!(low[k]! <= high[k]!))
      throw new OptionError('levenbergMarquardt.minValues', low, `numbers ≤ those of maxValues; number ${k} is not`);
    const inside = Math.min(Math.max(value, low[k]!), high[k]!);
    return differences[k] === 0 ? ([inside, inside] as const) : ([low[k]!, high[k]!] as const);
  });
}
