// Samples as training takes them, where targets are smoothed or classes have weights.

import { type Arena, Reals } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { type Architecture, outputsOf } from '../plan/plan.js';
import { OptionError } from '../runtime/errors.js';

/** Weights of rows multiplied by those of their classes. @throws OptionError */
export function classWeighted(
  arena: Arena,
  samples: SampleBuffers,
  classes: Uint32Array | undefined,
  architecture: Architecture,
  weights: readonly number[] | 'balanced',
): Reals {
  if (!classes) {
    throw new OptionError('fit.classWeights', weights, `none: the loss ${architecture.loss} has no classes`);
  }
  const count = Math.max(outputsOf(architecture), 2);
  if (weights !== 'balanced' && weights.length !== count) {
    throw new OptionError('fit.classWeights', weights, `${count} weights, one for each class`);
  }
  const given = samples.w?.view();
  const members = new Float64Array(count);
  classes.forEach((c, r) => {
    members[c]! += given ? given[r]! : 1;
  });
  const total = members.reduce((a, b) => a + b);
  const present = members.filter((n) => n > 0).length;
  const perClass = weights === 'balanced' ? Array.from(members, (n) => (n > 0 ? total / (present * n) : 0)) : weights;
  const result = new Reals(arena, samples.x.precision, classes.length);
  const view = result.view();
  const base = samples.w?.view();
  for (let r = 0; r < classes.length; r++) view[r] = perClass[classes[r]!]! * (base ? base[r]! : 1);
  return result;
}

/**
 * Targets that are less than certain, for training: (1 − ε)·t + ε/outcomes.
 * @throws OptionError where the loss has no probabilities to smooth
 */
export function smoothed(arena: Arena, t: Reals, architecture: Architecture, smoothing: number): Reals {
  const { loss } = architecture;
  const outcomes = loss === 'crossEntropy' ? outputsOf(architecture) : loss === 'binaryCrossEntropy' ? 2 : 0;
  if (outcomes === 0) {
    throw new OptionError(
      'fit.labelSmoothing',
      smoothing,
      `0 with the loss ${loss}; crossEntropy and binaryCrossEntropy have labels`,
    );
  }
  const made = new Reals(arena, t.precision, t.length);
  const from = t.view();
  const to = made.view();
  for (let i = 0; i < to.length; i++) to[i] = (1 - smoothing) * from[i]! + smoothing / outcomes;
  return made;
}
