// Binaries from text, which every bundler takes. One is whole, the others are what makes them of it: where a bundler puts all
// that a program may import into one file, it carries little more than one.

import { type BinaryName, takeBinariesFrom } from './binaries.js';
import { patched } from './patch.js';
import { bytesOfText } from './text.js';

async function bytesOf(name: BinaryName): Promise<Uint8Array<ArrayBuffer>> {
  switch (name) {
    case 'float32.relaxed':
      return bytesOfText((await import('../build/float32.relaxed.text.js')).default);
    case 'float32':
      return patchedWith('float32.relaxed', import('../build/float32.patch.js'));
    case 'float64.relaxed':
      return patchedWith('float32.relaxed', import('../build/float64.relaxed.patch.js'));
    case 'float64':
      return patchedWith('float64.relaxed', import('../build/float64.patch.js'));
  }
}

async function patchedWith(base: BinaryName, patch: Promise<{ default: string }>): Promise<Uint8Array<ArrayBuffer>> {
  const [bytes, { default: text }] = await Promise.all([bytesOf(base), patch]);
  return patched(bytes, bytesOfText(text));
}

/** Takes binaries from here. */
export function provide(): void {
  takeBinariesFrom(bytesOf);
}
