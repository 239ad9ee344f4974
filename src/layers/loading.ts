// What layers load when one asks for it.

import { Part } from '../../bindings/part.js';
import type { Initializer, Rule } from './initializers.js';

export const CONSTRUCTING = new Part('initial weights', () => import('./constructed.js'));
const NGUYEN_WIDROW = new Part('initial weights', () => import('./nguyen-widrow.js'));

export const CUSTOM_LOSSES = new Part('custom losses', () => import('./custom-loss.js'));

/** What has the rules that are not at hand. */
export function rulesOf(init: Initializer): Part<{ rareRuleOf(init: Initializer): Rule }> {
  return init === 'nguyenWidrow' ? NGUYEN_WIDROW : CONSTRUCTING;
}
