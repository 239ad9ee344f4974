// Whether a fit is taken up, or may be later.

import { Part } from '../../bindings/part.js';
import type { FitCheckpoint } from './checkpoint.js';
import type { FitOptions } from './options.js';

export type Resuming = typeof import('./resuming.js');

export const RESUMING = new Part<Resuming>('fits that are taken up', () => import('./resuming.js'));

/** Where a fit goes on, if it is taken up, and what that takes; or what it takes that others can go on from it. */
export interface TakingUp {
  readonly from: FitCheckpoint | undefined;
  readonly resuming: Resuming | undefined;
}

/** Whether a fit with these options is taken up, or may stop where it can be, or be saved where it can be. */
export function mayBeTakenUp({ resume, signal, timeLimit, onEpoch }: FitOptions): boolean {
  return (resume ?? false) !== false || signal !== undefined || timeLimit !== undefined || onEpoch !== undefined;
}
