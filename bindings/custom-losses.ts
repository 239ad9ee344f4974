// Losses that JavaScript computes while a kernel runs: a kernel knows each by a number, and calls for it through an import.

import { Loss } from '../build/codes.js';
import { EfficientBackpropError } from './errors.js';

/** Where a loss finds rows×units outputs and targets, and whether it is asked for its slopes; see assembly/losses/custom.ts. */
export type CustomLossCall = (
  rows: number,
  units: number,
  a: number,
  t: number,
  w: number,
  scale: number,
  d: number,
  size: number,
) => number;

/** A loss by its number. Whoever has this keeps the function alive. */
export interface CustomLossHandle {
  readonly code: number;
  readonly call?: CustomLossCall;
}

/** That of networks whose function nobody has given. */
export const NO_FUNCTION: CustomLossHandle = { code: Loss.custom };

const losses = new Map<number, WeakRef<CustomLossCall>>();

/** Gives a loss a number. */
export function registered(call: CustomLossCall): CustomLossHandle {
  const code = Loss.custom + 1 + losses.size;
  losses.set(code, new WeakRef(call));
  return { code, call };
}

/** What the library's binaries import. @throws EfficientBackpropError where nobody has given the function */
export function customLoss(code: number, ...where: Parameters<CustomLossCall>): number {
  const call = losses.get(code)?.deref();
  if (call) return call(...where);
  throw new EfficientBackpropError(
    'this network has a custom loss, whose function no file keeps: call setLoss({ value, gradient }) first',
  );
}
