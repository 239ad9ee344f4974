// The binary of least squares, as a module that is compiled with the program.

import squares from '../build/squares.wasm';
import { takeSquaresFrom } from './squares.js';

/** Takes the binary from here. */
export function provide(): void {
  takeSquaresFrom(() => squares);
}
