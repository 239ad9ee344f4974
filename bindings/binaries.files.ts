// Binaries from the package's files, in CommonJS: only Node.js and what is like it have that.

import { takeBinariesFrom } from './binaries.js';
import { builtin } from './features.js';

/** Takes binaries from here. */
export function provide(): void {
  takeBinariesFrom(async (name) => {
    const { readFile } = builtin<typeof import('node:fs/promises')>('node:fs/promises')!;
    return new Uint8Array(await readFile(`${__dirname}/../wasm/${name}.wasm`));
  });
}
