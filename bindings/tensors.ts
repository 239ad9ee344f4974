// The binary that computes with TensorFlow.js's tensors, over a memory of its own: not shared with threads, and as large as its
// users' tensors make it.

import type { TensorCore } from '../build/abi.js';
import text from '../build/tensors.text.js';
import { type Working, carried } from './carried.js';
import { Heap } from './memory.js';

export type { TensorCore };

export const carriedTensors = /* @__PURE__ */ carried<TensorCore>(text, () => new Heap());

/** Its functions, and the memory. @throws UnsupportedError */
export const tensors = (): Working<TensorCore> => carriedTensors.working();
