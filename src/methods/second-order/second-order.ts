// Methods of second order on a network. They take full batches, in float64, and an epoch for each accepted step. What they solve
// with is loaded when a fit begins with one.

import { Part } from '../../../bindings/part.js';
import type { Smooth } from '../../solve/smooth.js';
import type { Method, MethodState, Task } from '../method.js';
import type { SecondOrder } from './second-order-training.js';

type Solving = typeof import('./solving.js');

const SOLVING = new Part<Solving>('methods of second order', () => import('./solving.js'));

/** What the settings of all of them have. */
interface SecondOrderSettings {
  readonly name: string;
  readonly weightDecay: number;
}

/** The method with these settings, which solves so. */
export function secondOrder<const S extends SecondOrderSettings, F = Smooth>(
  settings: S,
  solves: (solving: Solving, settings: S) => Omit<SecondOrder<F>, keyof SecondOrderSettings>,
): Method & S {
  return Object.freeze({
    ...settings,
    batch: 'full' as const,
    precision: 'float64' as const,
    needs: () => [SOLVING],
    start(task: Task, state?: MethodState) {
      const solving = SOLVING.here;
      return new solving.SecondOrderTraining<F>({ ...settings, ...solves(solving, settings) }, task, state);
    },
  });
}
