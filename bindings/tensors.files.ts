// The binary that computes with TensorFlow.js's tensors, from the package's files, in CommonJS.

import { bytesOfFile } from './binaries.files.js';
import { takeTensorsFrom } from './tensors.js';

/** Takes the binary from here. */
export function provide(): void {
  takeTensorsFrom(() => bytesOfFile('tensors'));
}
