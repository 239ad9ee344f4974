// Which method, where the user leaves it to us: read off the map of docs/experiments/method-map.md.

import type { Architecture } from '../plan.js';
import { adam } from './adaptive.js';
import { levenbergMarquardt } from './levenberg-marquardt.js';
import type { Method } from './method.js';
import { lbfgs } from './quasi-newton.js';

/** What is known before a fit begins. */
export interface Situation {
  readonly architecture: Architecture;
  readonly parameters: number;
  readonly rows: number;
  readonly outputs: number;
  /** Whether something around the method (l1, clip, average, batches of a given size) asks for one of first order. */
  readonly firstOrder: string | undefined;
}

/** A method, and why it. */
export interface Choice {
  readonly method: Method;
  readonly because: string;
}

/** Levenberg-Marquardt: the map goes to 433 parameters, and beyond them P³ grows faster than what it saves. */
const FEW_PARAMETERS = 500;

/** And at most so many multiply-adds for JᵀJ, a tenth of a second. */
const NORMAL_MATRIX = 5e8;

/** Sets of up to so many rows are not redundant: a full batch wastes nothing. */
const FEW_ROWS = 1000;

/** Adam's rate on the map. */
const RATE = 0.01;

/**
 * By task, size and redundancy (Efficient BackProp 10, as measured): squared errors of small networks by Levenberg-Marquardt, which alone reaches fine losses; other losses on
 * sets that are not redundant by L-BFGS; all else by mini-batches with Adam.
 */
export function choose({ architecture, parameters, rows, outputs, firstOrder }: Situation): Choice {
  const noisy = architecture.layers.find(({ type }) => type === 'dropout' || type === 'gaussianNoise' || type === 'batchNorm');
  const stochastic = (why: string): Choice => ({ method: adam({ rate: RATE }), because: `adam, batches: ${why}` });
  if (noisy) return stochastic(`layers of ${noisy.type} change the function from step to step`);
  if (firstOrder) return stochastic(`${firstOrder} goes with methods of first order`);
  const size = `${parameters} parameters, ${rows} rows`;
  if (architecture.loss === 'meanSquaredError') {
    const fits = parameters <= FEW_PARAMETERS && (rows * outputs * parameters * parameters) / 2 <= NORMAL_MATRIX;
    if (fits) return { method: levenbergMarquardt(), because: `levenbergMarquardt: squared errors, ${size}` };
    return stochastic(`${size} are too many for Levenberg-Marquardt`);
  }
  if (architecture.loss !== 'meanAbsoluteError' && architecture.loss !== 'hinge' && rows <= FEW_ROWS) {
    return { method: lbfgs(), because: `lbfgs: ${size}, a set that is not redundant` };
  }
  return stochastic(rows > FEW_ROWS ? `${rows} rows are redundant` : `the loss ${architecture.loss} has kinks`);
}
