// Methods of second order on a network. They take full batches, in float64, and an epoch for each accepted step.

import type { Damping } from '../../solve/levenberg-marquardt.js';
import type { Smooth } from '../../solve/smooth.js';
import type { Method, MethodState, Task } from '../method.js';
import { type SecondOrder, SecondOrderTraining } from './second-order-training.js';

/** The method that solves so. */
export function secondOrder<F = Smooth, S extends SecondOrder<F> = SecondOrder<F>>(settings: S & SecondOrder<F>): Method & S {
  return Object.freeze({
    ...settings,
    batch: 'full' as const,
    precision: 'float64' as const,
    start: (task: Task, state?: MethodState) => new SecondOrderTraining<F>(settings, task, state),
  });
}

/** The damping of a fit that goes on: where the one before left it. */
export function goingOn(name: string, damping: Damping, state: MethodState | undefined): Damping {
  const known = state?.method === name && state.memory[0]! > 0;
  return known ? { ...damping, mu: state.memory[0]!, absolute: true } : damping;
}
