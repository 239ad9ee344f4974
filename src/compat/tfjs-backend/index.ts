// 'efficient-backprop/tfjs-backend': registers a backend with TensorFlow.js, of the name 'efficient-backprop'.
// docs/tfjs-backend.md says what it computes itself.

import '@tensorflow/tfjs-backend-cpu';
import {
  type KernelFunc,
  findBackendFactory,
  getKernel,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
} from '@tensorflow/tfjs-core';
import { LinearMemoryBackend } from './backend.js';
import { convolutionsBack } from './kernels/convolve-back.js';
import { convolutions } from './kernels/convolve.js';
import { elementwise } from './kernels/elementwise.js';
import { enlargements } from './kernels/enlarge.js';
import type { Call, Kernel } from './kernels/kernel.js';
import { products } from './kernels/matmul.js';
import { moves } from './kernels/move.js';
import { pools } from './kernels/pool.js';
import { reductions } from './kernels/reduce.js';
import { resizes } from './kernels/resize.js';
import { scans } from './kernels/scan.js';
import { splits } from './kernels/split.js';

export { OutOfMemoryError } from '../../../bindings/errors.js';

/** The name for `tf.setBackend`. */
export const BACKEND = 'efficient-backprop';

/** Below all of tfjs's own: an import alone changes no program's backend. */
const PRIORITY = 0;

/** By tfjs's names. */
const OWN: Readonly<Record<string, Kernel | undefined>> = {
  ...elementwise,
  ...reductions,
  ...products,
  ...convolutions,
  ...convolutionsBack,
  ...pools,
  ...moves,
  ...enlargements,
  ...splits,
  ...scans,
  ...resizes,
};

/** Our kernel, and in its place tfjs's where it leaves a call to that. */
function first(own: Kernel | undefined, theirs: KernelFunc): KernelFunc {
  if (own === undefined) return theirs;
  return (call) => {
    // Where the engine chooses a backend anew, a call of the last one's kernel comes with the new one.
    const ours = call.backend instanceof LinearMemoryBackend ? own(call as unknown as Call) : undefined;
    return ours ?? theirs(call);
  };
}

/**
 * Registers the backend and its kernels: ours where there is one, else those of tfjs's cpu backend. Importing the entry does
 * this; another time nothing happens.
 */
export function register(): void {
  // A second copy of this module, as one of each module system, leaves the first one in its place.
  if (findBackendFactory(BACKEND) !== null) return;
  registerBackend(BACKEND, () => new LinearMemoryBackend(), PRIORITY);
  for (const config of getKernelsForBackend('cpu')) {
    // Kernels outlive tf.removeBackend(), and find the backend that there is in every call.
    if (getKernel(config.kernelName, BACKEND) !== undefined) continue;
    registerKernel({ ...config, backendName: BACKEND, kernelFunc: first(OWN[config.kernelName], config.kernelFunc) });
  }
}
