// Which parameters training leaves as they are: those of frozen layers.

import { isFrozen } from '../layers/layers.js';
import { type Architecture, parameterShapes } from './plan.js';

/** Where frozen parameters are; none of most networks. */
export function frozenRanges({ inputs, layers }: Pick<Architecture, 'inputs' | 'layers'>): { first: number; size: number }[] {
  if (!layers.some(isFrozen)) return [];
  return parameterShapes({ inputs, layers }).filter(({ name }) => isFrozen(layers[Number(name.split('.')[1])]!));
}
