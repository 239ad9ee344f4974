// What a custom loss does not go with.

import type { Method } from '../methods/method.js';
import { type Architecture, requireSecondDerivatives } from '../plan/plan.js';
import { OptionError } from '../runtime/errors.js';

/** Methods that ask for second derivatives; the others follow values and gradients. */
const CURVED = new Set([
  'adaHessian',
  'gaussNewton',
  'levenbergMarquardt',
  'newton',
  'scaledConjugateGradient',
  'sophia',
  'stochasticDiagonalLM',
]);

/** @throws UnsupportedError, OptionError */
export function requireSuited(
  architecture: Pick<Architecture, 'custom'>,
  { method, background }: { readonly method?: Method; readonly background?: boolean } = {},
): void {
  if (!architecture.custom) return;
  if (method && CURVED.has(method.name)) requireSecondDerivatives(architecture, method.name);
  if (!background) return;
  const expected = 'false with a custom loss, whose functions only this thread has';
  throw new OptionError('fit.background', background, expected);
}
