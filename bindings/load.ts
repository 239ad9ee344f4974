// Instantiation: the binary of a precision, compiled when first needed.

import type { Core, DoubleEngine, Engine } from './core.js';
import { UnsupportedError } from './errors.js';
import { Arena, type Precision, Reals, heap } from './memory.js';

/** Where `init` may take a binary from instead of the package's own copy. */
export type WasmSource = Response | Promise<Response> | WebAssembly.Module | BufferSource;

// A module with one function that uses v128.const: valid where SIMD is.
const SIMD_PROBE = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

/** Whether this runtime runs WebAssembly with 128-bit SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

const engines = new Map<Precision, Promise<Engine>>();

/** The engine of a precision; the first call compiles its binary. */
export function engineOf(precision: 'float64'): Promise<DoubleEngine>;
export function engineOf(precision: Precision): Promise<Engine>;
export function engineOf(precision: Precision): Promise<Engine> {
  let engine = engines.get(precision);
  if (!engine) {
    engine = bytesOf(precision).then((bytes) => instantiate(precision, bytes));
    remember(precision, engine);
  }
  return engine;
}

/** The engine of float64 if its binary has been compiled; for what cannot wait. */
export function compiledDouble(): DoubleEngine | undefined {
  return compiled;
}

let compiled: DoubleEngine | undefined;

/** Takes the binary of a precision from `source`, streamed where it is a Response. */
export function engineFrom(precision: Precision, source: WasmSource): Promise<Engine> {
  const engine = compile(source).then((module) => instantiate(precision, module));
  remember(precision, engine);
  return engine;
}

function remember(precision: Precision, engine: Promise<Engine>): void {
  engines.set(precision, engine);
  // A failure is the caller's to see, and not kept: the next call may do better.
  engine.catch(() => {
    if (engines.get(precision) === engine) engines.delete(precision);
  });
}

/** A binary travels as hexadecimal digits: twice its size, but compressed 9 KB less than as base64, whose digits straddle bytes. */
async function bytesOf(precision: Precision): Promise<Uint8Array<ArrayBuffer>> {
  const { default: digits } =
    precision === 'float32' ? await import('../build/float32.hex.js') : await import('../build/float64.hex.js');
  const bytes = new Uint8Array(digits.length / 2);
  // '0' … '9' are 48 …, 'a' … 'f' 97 …
  const digit = (i: number) => {
    const code = digits.charCodeAt(i);
    return code < 97 ? code - 48 : code - 87;
  };
  for (let i = 0; i < bytes.length; i++) bytes[i] = digit(2 * i) * 16 + digit(2 * i + 1);
  return bytes;
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  const resolved = await source;
  if (resolved instanceof WebAssembly.Module) return resolved;
  try {
    if (typeof Response !== 'undefined' && resolved instanceof Response) return await WebAssembly.compileStreaming(resolved);
    return await WebAssembly.compile(resolved as BufferSource);
  } catch (cause) {
    throw refusal(cause);
  }
}

function instantiate(precision: Precision, binary: Uint8Array<ArrayBuffer> | WebAssembly.Module): Engine {
  if (!hasSimd()) {
    throw new UnsupportedError('this runtime has no WebAssembly SIMD; Node.js 20, or a browser from 2023 on, has it');
  }
  try {
    const module = binary instanceof WebAssembly.Module ? binary : new WebAssembly.Module(binary);
    const instance = new WebAssembly.Instance(module, { env: { memory: heap.memory } });
    if (!('planBytes' in instance.exports)) throw new Error("it is not this package's binary");
    const core = instance.exports as unknown as Core;
    if (!computesIn(precision, core)) throw new Error(`it is not the binary of ${precision}`);
    if (precision === 'float64') compiled = { precision, core: core as DoubleEngine['core'] };
    return { precision, core };
  } catch (cause) {
    throw refusal(cause);
  }
}

/** Whether a binary's reals are of a precision: the other one's would be read and written beside their places. */
function computesIn(precision: Precision, core: Core): boolean {
  const arena = new Arena();
  try {
    const probe = new Reals(arena, precision, 2);
    probe.view().fill(0);
    core.fill(1, 1, probe.address);
    const [first, second] = probe.view();
    return first === 1 && second === 0;
  } finally {
    arena.dispose();
  }
}

function refusal(cause: unknown): UnsupportedError {
  return new UnsupportedError(
    `WebAssembly could not be compiled here (${cause instanceof Error ? cause.message : String(cause)}); ` +
      `under a Content Security Policy, script-src needs 'wasm-unsafe-eval'`,
    { cause },
  );
}
