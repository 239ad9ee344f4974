// Which method, where the user leaves it to us: read off the map of docs/experiments/method-map.md.

import { isFrozen } from '../layers/layers.js';
import { LossTraits } from '../../build/codes.js';
import { counted } from '../runtime/errors.js';
import type { FitOptions } from './options.js';
import { type Architecture, widths, workOf } from '../plan/plan.js';
import { schedules } from '../rates/schedules.js';
import { adam } from '../methods/adam.js';
import { levenbergMarquardt } from '../methods/levenberg-marquardt.js';
import type { Method } from '../methods/method.js';
import { lbfgs } from '../methods/quasi-newton.js';
import { sgd } from '../methods/sgd.js';

/** What is known before a fit begins. */
interface Situation {
  readonly architecture: Architecture;
  readonly parameters: number;
  readonly rows: number;
  readonly outputs: number;
  /** Whether something around the method (l1, clip, average, batches of a given size) asks for one of first order. */
  readonly firstOrder: string | undefined;
}

/** A method, and why it. */
interface MethodChoice {
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
const ADAM_RATE = 0.01;

/**
 * By task, size and redundancy (Efficient BackProp 10, as measured): squared errors of small networks by Levenberg-Marquardt,
 * which alone reaches fine losses; other losses on sets that are not redundant by L-BFGS; all else by mini-batches with Adam.
 */
export function choose({ architecture, parameters, rows, outputs, firstOrder }: Situation): MethodChoice {
  const noisy = architecture.layers.find(({ type }) => type === 'dropout' || type === 'gaussianNoise' || type === 'batchNorm');
  const stochastic = (why: string): MethodChoice => ({ method: adam({ rate: ADAM_RATE }), because: `adam, batches: ${why}` });
  if (noisy) return stochastic(`layers of ${noisy.type} change the function from step to step`);
  if (architecture.layers.some(isFrozen)) return stochastic('frozen layers need a method that follows gradients');
  if (firstOrder) return stochastic(`${firstOrder} needs a first-order method`);
  const size = `${counted(parameters, 'parameter')}, ${counted(rows, 'row')}`;
  if (architecture.loss === 'meanSquaredError') {
    const fits = parameters <= FEW_PARAMETERS && (rows * outputs * parameters * parameters) / 2 <= NORMAL_MATRIX;
    if (fits) return { method: levenbergMarquardt(), because: `levenbergMarquardt: squared errors, ${size}` };
    return stochastic(`${size}: too many for Levenberg-Marquardt`);
  }
  if (LossTraits[architecture.loss].curvatureScale > 0 && rows <= FEW_ROWS) {
    return { method: lbfgs(), because: `lbfgs: ${size}, a set that is not redundant` };
  }
  if (architecture.loss === 'custom') return stochastic('a custom loss may have kinks');
  return stochastic(rows > FEW_ROWS ? `${rows} rows are redundant` : `the loss ${architecture.loss} has kinks`);
}

/**
 * The rate that small sets begin with, as far as layers are no wider than this times the root of the batch: samples' curvature
 * grows with the width.
 */
const FIRST_RATE = 0.03;
const WIDTH = 8;
/**
 * Weight decay of small sets: from 40 rows on enough to help where targets are noisy; on a handful of rows so little that XOR is
 * learned by sigmoids as well.
 */
const HANDFUL = { rows: 12, decay: 3e-4 };
const MOST_DECAY = 0.015;
const DECAY_A_ROW = MOST_DECAY / 40;
/** Samples that a small set presents in all, and bounds of the epochs that makes. */
const PRESENTED = 100_000;
const LEAST_EPOCHS = 100;
const MOST_EPOCHS = 2000;
/** Multiply-adds that more than the least epochs may cost. */
const EXTRA_WORK = 3e9;
/** Samples per step at most, and of batchNorm, whose means need some, at least. */
const MOST_BATCH = 32;
const NORM_BATCH = 8;

/** What `fit` is to do where nobody says: options, and why. */
interface DefaultFit {
  readonly options: FitOptions & { readonly method: Method; readonly epochs: number };
  readonly because: string;
}

/**
 * How to learn a small set, up to 1000 rows, with neither method nor epochs given; undefined for larger ones. Few samples are
 * presented often, and a few at a time: the noise of small batches leads out of the flat and wrong places in which full batches
 * of a problem like XOR get stuck, and the falling rate ends it.
 * @param lowered how often the fit has diverged and the rate been divided by three
 */
export function smallSet(architecture: Architecture, rows: number, given: FitOptions, lowered: number): DefaultFit | undefined {
  if (rows > FEW_ROWS) return undefined;
  const affordable = Math.floor(EXTRA_WORK / (3 * rows * workOf(architecture)));
  const wanted = Math.min(Math.ceil(PRESENTED / rows), MOST_EPOCHS, affordable);
  const epochs = Math.max(LEAST_EPOCHS, wanted);
  const least = architecture.layers.some(({ type }) => type === 'batchNorm') ? NORM_BATCH : 1;
  let size = least;
  while (size < MOST_BATCH && 20 * size <= rows) size *= 2;
  const batchSize = given.batchSize ?? ((given.minGradient ?? 0) > 0 ? 'full' : size);
  const steady = Math.sqrt(typeof batchSize === 'number' ? batchSize : Math.min(rows, MOST_BATCH));
  const rate = (FIRST_RATE * Math.min(1, (WIDTH * steady) / Math.max(...widths(architecture)))) / 3 ** lowered;
  const weightDecay = rows < HANDFUL.rows ? HANDFUL.decay : Math.min(rows * DECAY_A_ROW, MOST_DECAY);
  const method = sgd({ rate: schedules.cosine({ rate }), weightDecay });
  const shown =
    typeof batchSize === 'number' ? `batches of ${batchSize}` : batchSize === 'full' ? 'full batches' : 'growing batches';
  const because = `sgd, rate ${Number(rate.toPrecision(2))} falling to 0, weight decay ${Number(weightDecay.toPrecision(2))}, ${epochs} epochs, ${shown}: ${counted(rows, 'row')} ${rows === 1 ? 'is' : 'are'} a small set`;
  return { options: { ...given, method, epochs, batchSize }, because };
}
