// A method of first order: its settings, and a descent that follows its rule.

import { Descent } from './descent.js';
import type { DescentRule } from './descent-rule.js';
import { neededBy } from './loading.js';
import type { Method, MethodOf } from '../method.js';

/** A method whose rate says how long its steps are. */
export function pacedMethod<N extends string, O extends object>(
  rule: DescentRule & { readonly name: N },
  settings: O,
): MethodOf<N, O> {
  return Object.freeze({ name: rule.name, ...settings, paced: true as const, ...descending(rule) });
}

/** A method for full batches, with its settings. */
export type BatchMethod<N extends string, O> = MethodOf<N, O> & { readonly batch: 'full' };

/** A method that compares gradients of the whole set. */
export function batchMethod<N extends string, O extends object>(
  rule: DescentRule & { readonly name: N },
  settings: O,
): BatchMethod<N, O> {
  return Object.freeze({ ...settings, name: rule.name, batch: 'full' as const, ...descending(rule) });
}

/** A method that follows a rule. @internal */
export function descending(rule: DescentRule): Required<Pick<Method, 'common' | 'needs' | 'start'>> {
  return {
    common: rule.common === true,
    needs: (shares) => neededBy(rule, shares),
    start: (task, state) => new Descent(rule, task, state),
  };
}
