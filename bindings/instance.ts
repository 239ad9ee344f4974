// A binary over a heap, the process's unless another is given: compiled, instantiated, or refused with a reason.

import type { Binary } from './binaries.js';
import { UnsupportedError } from './errors.js';
import { hasSimd } from './features.js';
import { type Heap, heap } from './memory.js';

/** What precedes the limits of the memory's import: "env", "memory", a memory. */
const MEMORY_IMPORT = [3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2];

/** A binary whose memory is shared where a heap's is: one bit of its import, since no kernel has atomic instructions. */
export function shareable(bytes: Uint8Array<ArrayBuffer>, over: Heap = heap): Uint8Array<ArrayBuffer> {
  if (!over.shared) return bytes;
  const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, k) => bytes[i + k] === byte));
  if (at < 0) return bytes; // not ours: instantiation will say so
  const copy = bytes.slice();
  copy[at + MEMORY_IMPORT.length]! |= 2;
  return copy;
}

let instances = 0;

/** Whether any binary works on the process's heap. */
export function hasInstances(): boolean {
  return instances > 0;
}

/** An instance over a heap, with what it imports beside the memory, and the module that it is one of. @throws UnsupportedError */
export function instanceOf(
  binary: Binary,
  over: Heap = heap,
  imports: WebAssembly.ModuleImports = {},
): {
  readonly instance: WebAssembly.Instance;
  readonly module: WebAssembly.Module;
} {
  return compiledBy(() => {
    const module = binary instanceof WebAssembly.Module ? binary : new WebAssembly.Module(shareable(binary, over));
    const instance = new WebAssembly.Instance(module, { env: { memory: over.memory, ...imports } });
    if (over === heap) instances++;
    return { instance, module };
  });
}

/** What is compiled, where that is possible. @throws UnsupportedError */
export function compiledBy<T>(compile: () => T): T {
  if (!hasSimd()) {
    throw new UnsupportedError('this runtime has no WebAssembly SIMD; Node.js 20, or a browser from 2023 on, has it');
  }
  try {
    return compile();
  } catch (cause) {
    throw refusal(cause);
  }
}

/** How runtimes say that a page's policy forbids WebAssembly. */
const FORBIDDEN = /disallowed|blocked|refused|unsafe-eval|security/i;

/** The error that says why WebAssembly could not be compiled. */
export function refusal(cause: unknown): UnsupportedError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const why = FORBIDDEN.test(said)
    ? "add 'wasm-unsafe-eval' to script-src: the Content Security Policy of this page keeps WebAssembly from being compiled"
    : 'WebAssembly could not be compiled here';
  return new UnsupportedError(`${why} (${said})`, { cause });
}
