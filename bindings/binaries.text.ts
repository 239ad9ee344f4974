// Binaries from text, which every bundler takes. One is whole, the others go on from its text: where a bundler puts all that a
// program may import into one file, it carries little more than one.

import { type BinaryName, takeBinariesFrom } from './binaries.js';
import { bytesOfText } from './text.js';

/** The text of each binary, and those that it goes on from before it. */
const TEXTS: Record<BinaryName, () => Promise<{ default: string }>[]> = {
  'float32.relaxed': () => [import('../build/float32.relaxed.text.js')],
  float32: () => [...TEXTS['float32.relaxed'](), import('../build/float32.text.js')],
  'float64.relaxed': () => [...TEXTS['float32.relaxed'](), import('../build/float64.relaxed.text.js')],
  float64: () => [...TEXTS['float64.relaxed'](), import('../build/float64.text.js')],
};

async function bytesOf(name: BinaryName): Promise<Uint8Array<ArrayBuffer>> {
  const texts = await Promise.all(TEXTS[name]());
  return bytesOfText(...texts.map((text) => text.default));
}

/** Takes binaries from here. */
export function provide(): void {
  takeBinariesFrom(bytesOf);
}
