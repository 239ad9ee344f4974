// Methods by the names that --method takes.

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

/** @throws OptionError for a setting that the method does not have */
export function methodNamed(name: MethodName, settings: MethodSettings): Method {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return METHODS[name](given);
}
