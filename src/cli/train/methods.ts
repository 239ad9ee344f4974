// Methods by the names that --method takes.

import { OptionError } from '../../runtime/errors.js';
import { UsageError } from '../failure.js';
import { adaGrad } from '../../methods/ada-grad.js';
import { adam, adamW, nadam } from '../../methods/adam.js';
import { adamax } from '../../methods/adamax.js';
import { levenbergMarquardt } from '../../methods/levenberg-marquardt.js';
import { lion } from '../../methods/lion.js';
import type { Method } from '../../methods/method.js';
import { lbfgs } from '../../methods/quasi-newton.js';
import { rmsProp } from '../../methods/rms-prop.js';
import { rprop } from '../../methods/rprop.js';
import { sgd } from '../../methods/sgd.js';

const METHODS = { sgd, adam, adamW, nadam, adamax, rmsProp, adaGrad, lion, rprop, lbfgs, levenbergMarquardt };

export type MethodName = keyof typeof METHODS;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

/** Settings that a method takes over from the options of the command; it refuses those that it does not have. */
export interface MethodSettings {
  readonly rate?: number | undefined;
  readonly momentum?: number | undefined;
  readonly weightDecay?: number | undefined;
}

/** @throws UsageError for a setting that the method does not have; OptionError for a value that it does not take */
export function methodNamed(name: MethodName, settings: MethodSettings): Method {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  try {
    return METHODS[name](given);
  } catch (error) {
    if (!(error instanceof OptionError && error.message.includes('no such option'))) throw error;
    const option = error.option
      .slice(error.option.lastIndexOf('.') + 1)
      .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${option} does not go with --method ${name}`);
  }
}
