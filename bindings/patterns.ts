// The binary whose networks learn pattern by pattern. Its text comes with whoever imports this: those who do must not wait.

import type { PatternCore } from '../build/abi.js';
import text from '../build/patterns.text.js';
import { instanceOf } from './instance.js';
import { bytesOfText } from './text.js';

export type { PatternCore };

let module: WebAssembly.Module | undefined;

/** Takes the binary as a module, where the runtime compiles no bytes. */
export function takePatternsFrom(given: WebAssembly.Module): void {
  module = given;
}

let core: PatternCore | undefined;

/** The binary, compiled when first asked for. @throws UnsupportedError */
export function patternCore(): PatternCore {
  core ??= instanceOf(module ?? bytesOfText(text)).instance.exports as unknown as PatternCore;
  return core;
}
