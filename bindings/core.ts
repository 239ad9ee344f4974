// The typed ABI: what the binaries export, as the compiler describes it.

import type { instantiate } from '../build/float32.js';
import type { Precision } from './memory.js';

/** The exports of a binary: one type for both precisions. */
export type Core = Awaited<ReturnType<typeof instantiate>>;

/** The binary of one precision, over the process's heap. */
export interface Engine {
  readonly precision: Precision;
  readonly core: Core;
}
