// The binary whose networks learn pattern by pattern. Its text comes with whoever imports this: those who do must not wait.

import type { PatternCore } from '../build/abi.js';
import text from '../build/patterns.text.js';
import type { Binary } from './binaries.js';
import { instanceOf } from './instance.js';
import { heap } from './memory.js';
import { bytesOfText } from './text.js';

export type { PatternCore };

let elsewhere: (() => Binary) | undefined;

/** Takes the binary from elsewhere: as a module where the runtime compiles no bytes, from a file where there are files. */
export function takePatternsFrom(given: () => Binary): void {
  elsewhere = given;
}

let core: PatternCore | undefined;

/** The binary, compiled when first asked for. @throws UnsupportedError */
export function patternCore(): PatternCore {
  if (!core) {
    const binary = elsewhere?.() ?? bytesOfText(text);
    if (binary instanceof WebAssembly.Module) heap.unshare(); // it was compiled for a memory that is not shared
    core = instanceOf(binary).instance.exports as unknown as PatternCore;
  }
  return core;
}
