// Binaries that are compiled with the program, for runtimes that compile no bytes, as workerd. Relaxed ones are not among them:
// nothing there says beforehand whether they are faster.

import { type WholeName, takeBinariesFrom } from './binaries.js';
import { heap } from './memory.js';

async function moduleOf(name: WholeName): Promise<WebAssembly.Module> {
  switch (name) {
    case 'float32':
    case 'float32.relaxed':
      return (await import('../build/float32.wasm')).default;
    case 'float64':
    case 'float64.relaxed':
      return (await import('../build/float64.wasm')).default;
  }
}

/** Takes binaries from here. They were compiled for a memory that is not shared. */
export function provide(): void {
  heap.unshare();
  takeBinariesFrom(moduleOf);
}
