// Kernels that the binaries keep inside (test/assembly/inside.ts), over the library's memory.

import { readFileSync } from 'node:fs';
import type { Inside } from '../../build/inside.js';
import { customLoss } from '../../bindings/custom-losses.js';
import { shareable } from '../../bindings/instance.js';
import { type Precision, heap } from '../../bindings/memory.js';
import { NUMERICS } from './support.js';

function instance(precision: Precision): Inside {
  const file = new URL(`../../build/inside.${precision}${NUMERICS === 'fast' ? '.relaxed' : ''}.wasm`, import.meta.url);
  const module = new WebAssembly.Module(shareable(new Uint8Array(readFileSync(file))));
  return new WebAssembly.Instance(module, { env: { memory: heap.memory, customLoss } }).exports as unknown as Inside;
}

/** By precision. */
export const INSIDE: Readonly<Record<Precision, Inside>> = { float32: instance('float32'), float64: instance('float64') };
