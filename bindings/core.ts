// The typed ABI: what the binaries export, as their source says it.

import type { Core, DoubleCore, SquareCore } from '../build/abi.js';
import type { Precision } from './memory.js';

export type { Core, DoubleCore, SquareCore };

/**
 * How multiply-adds are rounded. `'fast'`: once, where the runtime has relaxed SIMD and the processor the instruction, which is a
 * quarter to a third faster in large networks; results then differ in their last bits between kinds of machines. `'strict'`:
 * twice, with the same bits everywhere.
 */
export type Numerics = 'fast' | 'strict';

/** The binary of one precision, over the process's heap. */
export interface Engine {
  readonly precision: Precision;
  readonly core: Core;
  /** Whether it is a whole binary. A common one has only what assembly/common.ts exports, and the kinds that go with it. */
  readonly whole: boolean;
  /** What it is an instance of, for workers to make theirs. */
  readonly module: WebAssembly.Module;
}

/** Which binary of a precision: the common one will do for much of what float32 is used for; float64 has whole ones only. */
export type Extent = 'common' | 'whole';

/** The binary of float64. */
export interface DoubleEngine extends Engine {
  readonly precision: 'float64';
  readonly core: DoubleCore;
}
