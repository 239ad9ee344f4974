// The binary whose networks learn pattern by pattern, from the package's files, in CommonJS.

import { bytesOfFile } from './binaries.files.js';
import { takePatternsFrom } from './patterns.js';

/** Takes the binary from here. */
export function provide(): void {
  takePatternsFrom(() => bytesOfFile('patterns'));
}
