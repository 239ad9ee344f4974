// Binaries whose text comes with the module that carries them: whoever imports that must not wait.

import type { Binary } from './binaries.js';
import { instanceOf } from './instance.js';
import { type Heap, heap } from './memory.js';
import { bytesOfText } from './text.js';

/** A binary at work. */
export interface Working<Core> {
  readonly core: Core;
  /** The memory that it works on. */
  readonly heap: Heap;
}

/** A binary that is carried, and what becomes of it. */
export interface Carried<Core> {
  /** Takes the binary from elsewhere: as a module, where the runtime compiles no bytes. */
  takeFrom(given: () => Binary): void;
  /** The binary, compiled when first asked for. @throws UnsupportedError */
  working(): Working<Core>;
}

/** @param memory gives the memory that it is to work on, the first time. Default: the process's */
export function carried<Core>(text: string, memory: () => Heap = () => heap): Carried<Core> {
  let elsewhere: (() => Binary) | undefined;
  let made: Working<Core> | undefined;
  return {
    takeFrom(given) {
      elsewhere = given;
    },
    working() {
      if (!made) {
        const [binary, over] = [elsewhere?.() ?? bytesOfText(text), memory()];
        if (binary instanceof WebAssembly.Module) over.unshare(); // it was compiled for a memory that is not shared
        made = { core: instanceOf(binary, over).instance.exports as unknown as Core, heap: over };
      }
      return made;
    },
  };
}
