// What methods share whose momentum goes over a running mean of the Hessian's diagonal (assembly/rules/curved-mean.ts).

import type { UpdateRule } from '../../../build/codes.js';
import type { Schedule } from '../../rates/schedule.js';
import { type DescentRule, type RateOfEpoch, powers } from './descent-rule.js';

interface CurvedMeanSettings {
  readonly rate: number | RateOfEpoch | Schedule;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Steps from one diagonal to the next. */
  readonly every: number;
  readonly weightDecay: number;
  /** sophia's ρ. */
  readonly rho?: number;
}

/** A rule of the family. */
export function curvedMeanRule<N extends string>(
  name: N,
  code: (typeof UpdateRule)['adaHessian' | 'sophia'],
  { rate: given, beta1, beta2, epsilon, every, weightDecay, rho = 0 }: CurvedMeanSettings,
): DescentRule<'mean' | 'curvature'> & { readonly name: N } {
  const [power1, power2] = [powers(beta1), powers(beta2)];
  return {
    name,
    rate: given,
    vectors: ['mean', 'curvature'],
    diagonals: { everyStep: every },
    decoupled: weightDecay > 0,
    open(core, update, { rate, step, at, diagonals: { buffers, diagonal } }) {
      const [b1, b2] = [power1(step), power2(Math.ceil(step / every))];
      const [mean, h] = [at('mean'), at('curvature')];
      core.curvedMeanOpen(update, code, rate, beta1, beta2, epsilon, rho, weightDecay, b1, b2, mean, h, buffers, diagonal, every);
    },
  };
}
