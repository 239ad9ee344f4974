// The binary whose networks learn pattern by pattern, as a module that is compiled with the program.

import patterns from '../build/patterns.wasm';
import { takePatternsFrom } from './patterns.js';

/** Takes the binary from here. */
export function provide(): void {
  takePatternsFrom(() => patterns);
}
