// The binary that computes with TensorFlow.js's tensors, as a module that is compiled with the program.

import module from '../build/tensors.wasm';
import { carriedTensors } from './tensors.js';

/** Takes the binary from here. */
export function provide(): void {
  carriedTensors.takeFrom(() => module);
}
