// Instantiation: the binary of a precision, strict or relaxed, compiled when first needed.

import { type BinaryName, binaryOf, hasCommon } from './binaries.js';
import type { Core, DoubleEngine, Engine, Extent, Numerics } from './core.js';
import { customLoss } from './custom-losses.js';
import { fuses } from './features.js';
import { hasInstances, instanceOf, refusal, shareable } from './instance.js';
import { Arena, type Precision, Reals, heap } from './memory.js';

/** Where `init` may take a binary from instead of the package's own copy. */
export type WasmSource = Response | Promise<Response> | WebAssembly.Module | BufferSource;

function nameOf(precision: Precision, numerics: Numerics, extent: Extent = 'whole'): BinaryName {
  const name = extent === 'common' && precision === 'float32' && hasCommon() ? 'common' : precision;
  return numerics === 'fast' && fuses() ? `${name}.relaxed` : name;
}

const engines = new Map<BinaryName, Promise<Engine>>();

/** What has been compiled of float64's, for what cannot wait. */
const compiled = new Map<BinaryName, DoubleEngine>();

/**
 * The engine of a precision; the first call compiles its binary. Without `numerics`, results have the same bits everywhere. Where
 * the whole one is there, it is taken for the common one, whose results have the same bits.
 */
export function engineOf(precision: 'float64', numerics?: Numerics, extent?: Extent): Promise<DoubleEngine>;
export function engineOf(precision: Precision, numerics?: Numerics, extent?: Extent): Promise<Engine>;
export function engineOf(precision: Precision, numerics: Numerics = 'strict', extent: Extent = 'whole'): Promise<Engine> {
  const whole = nameOf(precision, numerics);
  const name = engines.has(whole) ? whole : nameOf(precision, numerics, extent);
  let engine = engines.get(name);
  if (!engine) {
    engine = binaryOf(name).then((binary) => instantiate(precision, binary));
    remember(name, engine);
  }
  return engine;
}

/** An engine of float64 that has been compiled; for what cannot wait. Where fast was asked for, strict will do. */
export function compiledDouble(numerics: Numerics): DoubleEngine | undefined {
  return compiled.get(nameOf('float64', numerics)) ?? compiled.get('float64');
}

/**
 * Takes the binary of a precision from `source`, streamed where it is a Response. From then on it is the one of `numerics:
 * 'fast'`, and if it is strict, also of 'strict'.
 */
export function engineFrom(precision: Precision, numerics: Numerics, source: WasmSource): Promise<Engine> {
  const engine = compile(source).then((module) => {
    if (source instanceof WebAssembly.Module && heap.shared) {
      // It was compiled for a memory that is not shared, and cannot be changed.
      if (hasInstances() || heap.used > 0) {
        throw refusal(
          new Error(
            'a Module must come before anything else, since its memory is not shared with threads; give its bytes instead',
          ),
        );
      }
      heap.unshare();
    }
    const made = instantiate(precision, module);
    const relaxed = made.core.isFused() !== 0;
    if (relaxed && numerics === 'strict') {
      throw refusal(new Error(`it is the binary of relaxed SIMD; numerics 'strict' takes ${precision}.wasm`));
    }
    if (!relaxed) remember(precision, engine);
    return made;
  });
  remember(nameOf(precision, numerics), engine);
  return engine;
}

function remember(name: BinaryName, engine: Promise<Engine>): void {
  engines.set(name, engine);
  engine.then(
    (made) => {
      if (engines.get(name) === engine && made.precision === 'float64') compiled.set(name, made as DoubleEngine);
    },
    () => {
      // A failure is the caller's to see, and not kept: the next call may do better.
      if (engines.get(name) === engine) engines.delete(name);
    },
  );
}

function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  const resolved = await source;
  if (resolved instanceof WebAssembly.Module) return resolved;
  try {
    if (typeof Response === 'undefined' || !(resolved instanceof Response)) {
      return await WebAssembly.compile(shareable(bytesOf(resolved as BufferSource)));
    }
    if (!heap.shared) return await WebAssembly.compileStreaming(resolved);
    if (!resolved.ok) throw new Error(`HTTP ${resolved.status}`);
    return await WebAssembly.compile(shareable(new Uint8Array(await resolved.arrayBuffer())));
  } catch (cause) {
    throw refusal(cause);
  }
}

function instantiate(precision: Precision, binary: Uint8Array<ArrayBuffer> | WebAssembly.Module): Engine {
  const { instance, module } = instanceOf(binary, heap, { customLoss });
  if (!('planBytes' in instance.exports)) throw refusal(new Error("it is not this package's binary"));
  const core = instance.exports as unknown as Core;
  if (!computesIn(precision, core)) throw refusal(new Error(`it is not the binary of ${precision}`));
  return { precision, core, whole: 'planRbf' in core, module };
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
