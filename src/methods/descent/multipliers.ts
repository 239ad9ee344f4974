// What each parameter's part of a step is multiplied with: rates of its own, and 0 in layers that are frozen.

import { frozenRanges } from '../../plan/frozen.js';
import { OptionError } from '../../runtime/errors.js';
import type { Task } from '../method.js';
import type { DescentRule } from './descent-rule.js';

/** The multipliers of a fit; undefined where all are 1. @throws OptionError for what frozen layers do not go with */
export function multipliersOf(rule: DescentRule, { plan, extras }: Task): Float64Array | undefined {
  const own = rule.multipliers?.(plan.architecture);
  const frozen = frozenRanges(plan.architecture);
  if (frozen.length === 0) return own;
  if (rule.decoupled) {
    const expected = 'a method whose weightDecay goes through the gradient, or one without weightDecay, with frozen layers';
    throw new OptionError('fit.method', rule.name, expected);
  }
  if (extras.clipNorm < Infinity) {
    throw new OptionError(
      'fit.clip',
      { norm: extras.clipNorm },
      '{ value } with frozen layers, whose gradient would count in a norm',
    );
  }
  const multipliers = own ?? new Float64Array(plan.parameters).fill(1);
  for (const { first, size } of frozen) multipliers.fill(0, first, first + size);
  return multipliers;
}
