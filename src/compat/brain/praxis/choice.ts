// Which trainings are this library's, not brain.js's.

import { OWN_PRAXES } from '../options.js';
import type { OwnPraxis } from '../types.js';

/** The praxis, where it is one of this library's. */
export function ownPraxis({ praxis }: { readonly praxis?: unknown }): OwnPraxis | undefined {
  return OWN_PRAXES.find((name) => name === praxis);
}
