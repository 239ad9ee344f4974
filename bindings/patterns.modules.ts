// The binary whose networks learn pattern by pattern, as a module that is compiled with the program.

import module from '../build/patterns.wasm';
import { patterns } from './patterns.js';

/** Takes the binary from here. */
export function provide(): void {
  patterns.takeFrom(() => module);
}
