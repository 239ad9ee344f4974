// A loss as functions of JavaScript: checked, and put where kernels find it.

import { type CustomLossCall, type CustomLossHandle, NO_FUNCTION, registered } from '../../bindings/custom-losses.js';
import { type RealArray, viewOf } from '../../bindings/memory.js';
import { OptionError, shown } from '../runtime/errors.js';
import { callback, checked, isList, value } from '../runtime/options.js';

/**
 * A loss of your own, as a function of the outputs and targets of one row. The loss of a set is the mean over its rows, by their
 * weights. The arrays are copies for the call: keep what you return, not what you are given.
 */
export interface CustomLoss {
  /** What summaries and model files call it. Default 'custom'. */
  readonly name?: string;
  /** The loss of a row. */
  value(this: void, outputs: Float64Array, targets: Float64Array): number;
  /** ∂(loss)/∂(output) of a row, a number for each output. */
  gradient(this: void, outputs: Float64Array, targets: Float64Array): ArrayLike<number>;
}

const CUSTOM = {
  name: value<string>('a name, such as "pinball"', (v) => typeof v === 'string' && v.trim() !== '', 'custom'),
  value: callback<CustomLoss['value']>('(outputs, targets) => number'),
  gradient: callback<CustomLoss['gradient']>('(outputs, targets) => numbers, one for each output'),
};

/** A custom loss as an architecture has it. */
export interface NamedCustomLoss extends CustomLossHandle {
  readonly name: string;
}

/** @throws OptionError */
export function customLossFrom(what: string, given: unknown): NamedCustomLoss {
  const { name, value, gradient } = checked(what, CUSTOM, given);
  for (const [part, own] of Object.entries({ value, gradient })) {
    if (!own) throw new OptionError(`${what}.${part}`, own, CUSTOM[part as 'value' | 'gradient'].expected);
  }
  return { name, ...registered(calling(name, value!, gradient!)) };
}

/** That of a network from a file, which knows the name alone. */
export const withoutFunction = (name: string): NamedCustomLoss => ({ name, ...NO_FUNCTION });

/** An architecture whose custom loss has its function again. @throws OptionError */
export function withFunction<A extends { readonly custom?: NamedCustomLoss | undefined }>(architecture: A, given: unknown): A {
  const custom = customLossFrom('setLoss', given);
  const own = architecture.custom?.name;
  if (own === custom.name) return { ...architecture, custom };
  const expected =
    own === undefined ? 'no call: the loss of this network is not a custom one' : `${JSON.stringify(own)}, as it was called`;
  throw new OptionError('setLoss.name', custom.name, expected);
}

/** The loss of rows in linear memory. @throws OptionError for what is no loss, or no slopes, of finite outputs */
function calling(name: string, value: CustomLoss['value'], gradient: CustomLoss['gradient']): CustomLossCall {
  return (rows, units, atA, atT, atW, scale, atD, size) => {
    const row = (at: number, r: number, length: number): RealArray =>
      viewOf(size === 4 ? 'float32' : 'float64', at + r * length * size, length);
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      // Views are made anew for each row: what is called may have made the memory grow.
      const a = Float64Array.from(row(atA, r, units));
      const t = Float64Array.from(row(atT, r, units));
      const weight = atW ? row(atW, r, 1)[0]! : 1;
      // Weights have grown beyond all bounds: that is divergence, not the function's fault.
      const lost = !a.every(Number.isFinite);
      if (atD) {
        const slopes = lost ? a.fill(Number.NaN) : slopesFrom(name, gradient(a, t), units);
        row(atD, r, units).set(slopes.map((slope) => scale * weight * slope));
      } else sum += weight * (lost ? Number.NaN : lossFrom(name, value(a, t)));
    }
    return sum;
  };
}

function lossFrom(name: string, found: unknown): number {
  if (typeof found === 'number' && !Number.isNaN(found)) return found;
  throw new OptionError(`loss.value of ${name}`, found, 'a number for each row of finite outputs');
}

function slopesFrom(name: string, found: unknown, units: number): Float64Array {
  const what = `loss.gradient of ${name}`;
  const list = isList(found) ? found : [];
  if (list.length !== units) throw new OptionError(what, found, `an array of ${units}, a slope for each output`);
  return Float64Array.from({ length: units }, (_, j) => {
    const slope = list[j];
    if (typeof slope === 'number' && !Number.isNaN(slope)) return slope;
    throw new OptionError(what, slope, 'numbers', `${what} has ${shown(slope)} for output ${j}; expected a number`);
  });
}
