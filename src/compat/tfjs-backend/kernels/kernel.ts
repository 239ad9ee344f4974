// What a kernel of ours is.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { LinearMemoryBackend } from '../backend.js';

/** What tfjs calls a kernel with. Which inputs and attributes there are follows from the kernel's name. */
export interface Call {
  // biome-ignore lint/suspicious/noExplicitAny: as many types as kernels
  readonly inputs: any;
  // biome-ignore lint/suspicious/noExplicitAny: as many types as kernels
  readonly attrs: any;
  readonly backend: LinearMemoryBackend;
}

/**
 * Computes a tensor or several, or leaves it to the kernel of tfjs's cpu backend, where types or shapes are not ours, or where
 * that has something to say against the call.
 */
export type Kernel = (call: Call) => TensorInfo | TensorInfo[] | undefined;
