// The binary of least squares. Its text comes with whoever imports this: those who do must not wait.

import text from '../build/squares.text.js';
import type { Binary } from './binaries.js';
import type { SquareCore } from './core.js';
import { instanceOf } from './instance.js';
import { heap } from './memory.js';
import { bytesOfText } from './text.js';

let elsewhere: (() => Binary) | undefined;

/** Takes the binary from elsewhere: as a module where the runtime compiles no bytes, from a file where there are files. */
export function takeSquaresFrom(given: () => Binary): void {
  elsewhere = given;
}

let core: SquareCore | undefined;

/** The binary, compiled when first asked for. @throws UnsupportedError */
export function squareCore(): SquareCore {
  if (!core) {
    const binary = elsewhere?.() ?? bytesOfText(text);
    if (binary instanceof WebAssembly.Module) heap.unshare(); // it was compiled for a memory that is not shared
    core = instanceOf(binary).instance.exports as unknown as SquareCore;
  }
  return core;
}
