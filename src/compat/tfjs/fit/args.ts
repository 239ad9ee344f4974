// The arguments of fit.

import type { YieldEvery } from './frames.js';
import type { SampleWeight } from './weights.js';

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
