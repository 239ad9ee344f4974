// The binary of least squares, as a module that is compiled with the program.

import module from '../build/squares.wasm';
import { squares } from './squares.js';

/** Takes the binary from here. */
export function provide(): void {
  squares.takeFrom(() => module);
}
