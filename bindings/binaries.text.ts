// Binaries from text, which every bundler takes. The common one's is complete, the others go on from it: what a program has to
// load later is only what it lacks, and where a bundler puts all that a program may import into one file, little is there twice.

import { type BinaryName, takeAllBinariesFrom } from './binaries.js';
import { bytesOfText } from './text.js';

/** The text of each binary, and those that it goes on from before it. */
const TEXTS: Record<BinaryName, () => Promise<{ default: string }>[]> = {
  'common.relaxed': () => [import('../build/common.relaxed.text.js')],
  common: () => [...TEXTS['common.relaxed'](), import('../build/common.text.js')],
  'float32.relaxed': () => [...TEXTS['common.relaxed'](), import('../build/float32.relaxed.text.js')],
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
  takeAllBinariesFrom(bytesOf);
}
