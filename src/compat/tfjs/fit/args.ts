// The arguments of fit.

import { OptionError } from '../../../runtime/errors.js';
import { number } from '../../../runtime/options.js';
import { SEED } from '../../../runtime/random.js';
import type { YieldEvery } from './frames.js';
import type { SampleWeight } from './weights.js';

const seeds = number(SEED, undefined);

/** @throws OptionError */
export function checkSeed(call: string, seed: unknown): void {
  if (seed !== undefined && !seeds.accepts(seed)) throw new OptionError(`${call}.seed`, seed, seeds.expected);
}

/** What fit takes, as tfjs does, and what it takes besides. */
export interface FitArgs {
  batchSize?: number;
  epochs?: number;
  verbose?: number;
  callbacks?: unknown;
  validationSplit?: number;
  validationData?: readonly unknown[];
  shuffle?: boolean | 'batch';
  classWeight?: unknown;
  sampleWeight?: SampleWeight;
  initialEpoch?: number;
  validationSteps?: number;
  yieldEvery?: YieldEvery;
  seed?: number;
  method?: unknown;
}
