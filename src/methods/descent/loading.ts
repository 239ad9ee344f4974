// What a descent has beside its run, as its rule asks for it. Each is loaded before a fit begins with such a rule.

import { Part } from '../../../bindings/part.js';
import { isSchedule } from '../../rates/schedule.js';
import { isAutoRate } from './auto-rate.js';
import type { DescentRule } from './descent-rule.js';
import { SURROUNDING } from './surround.js';

export const MEASURING = new Part('curvature that a rate follows', () => import('./before-epochs.js'));
export const CHANGING = new Part('rates that change', () => import('./changing-rate.js'));
export const SHARING = new Part('steps that threads share', () => import('./shared-steps.js'));

/** Whether curvature is measured before epochs. */
export function measures({ diagonals, rate, safe }: DescentRule): boolean {
  return (diagonals !== undefined && 'samples' in diagonals) || isAutoRate(rate) || safe === true;
}

/** Whether the rate is looked up by the epoch or the step. */
export function isLookedUp({ rate }: DescentRule): boolean {
  return typeof rate !== 'number' && !isAutoRate(rate);
}

/** Whether each step has a rate of its own. */
export function changesBySteps({ rate, share = 1 }: DescentRule): boolean {
  return (isSchedule(rate) && rate.every === 'step') || share < 1;
}

/** What a descent by a rule needs. @param shares whether threads may share its steps */
export function neededBy(rule: DescentRule, shares: boolean): Part<unknown>[] {
  return [
    ...(measures(rule) ? [MEASURING] : []),
    ...(isLookedUp(rule) || changesBySteps(rule) ? [CHANGING] : []),
    ...(rule.multipliers ? [SURROUNDING] : []),
    ...(shares ? [SHARING] : []),
  ];
}
