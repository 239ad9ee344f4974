// The binary that computes with TensorFlow.js's tensors, as a module that is compiled with the program.

import tensors from '../build/tensors.wasm';
import { takeTensorsFrom } from './tensors.js';

/** Takes the binary from here. */
export function provide(): void {
  takeTensorsFrom(() => tensors);
}
