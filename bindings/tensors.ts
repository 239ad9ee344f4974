// The binary that computes with TensorFlow.js's tensors, over a memory of its own: not shared with threads, and as large as its
// users' tensors make it. Its text comes with whoever imports this.

import type { TensorCore } from '../build/abi.js';
import text from '../build/tensors.text.js';
import type { Binary } from './binaries.js';
import { instanceOf } from './instance.js';
import { Heap } from './memory.js';
import { bytesOfText } from './text.js';

export type { TensorCore };

/** The kernels, and the memory that they work on. */
export interface Tensors {
  readonly core: TensorCore;
  readonly heap: Heap;
}

let elsewhere: (() => Binary) | undefined;

/** Takes the binary from elsewhere: as a module where the runtime compiles no bytes, from a file where there are files. */
export function takeTensorsFrom(given: () => Binary): void {
  elsewhere = given;
}

let made: Tensors | undefined;

/** The binary and its memory, made when first asked for. @throws UnsupportedError */
export function tensors(): Tensors {
  if (!made) {
    const heap = new Heap();
    const core = instanceOf(elsewhere?.() ?? bytesOfText(text), heap).instance.exports as unknown as TensorCore;
    made = { core, heap };
  }
  return made;
}
