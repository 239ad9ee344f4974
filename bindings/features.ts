// What the runtime can do, found out by asking it.

/** The bytes that hexadecimal digits stand for. */
export function bytesFrom(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(digits.length / 2);
  // '0' … '9' are 48 …, 'a' … 'f' 97 …
  const digit = (i: number) => {
    const code = digits.charCodeAt(i);
    return code < 97 ? code - 48 : code - 87;
  };
  for (let i = 0; i < bytes.length; i++) bytes[i] = digit(2 * i) * 16 + digit(2 * i + 1);
  return bytes;
}

/** A module with one function, of SIMD instructions: valid where SIMD is. */
const SIMD = '0061736d010000000105016000017b030201000a0a0108004100fd0ffd620b';

/** A module with f(a, c) = a·a + c by f32x4.relaxed_madd. */
const MULTIPLY_ADD =
  '0061736d0100000001070160027d7d017d030201000503010000070e0201660000066d656d6f727902000a160114002000fd132000fd132001fd13fd8502fd1f000b';

/** Whether this runtime runs WebAssembly with 128-bit SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytesFrom(SIMD));
}

let fused: boolean | undefined;

/**
 * Whether relaxed SIMD is there and rounds a multiply-add once: a runtime may as well multiply and add, which strict SIMD does no
 * slower and everywhere with the same bits.
 */
export function fuses(): boolean {
  fused ??= fusesNow();
  return fused;
}

function fusesNow(): boolean {
  try {
    const bytes = bytesFrom(MULTIPLY_ADD);
    if (!WebAssembly.validate(bytes)) return false;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const multiplyAdd = exports.f as (a: number, c: number) => number;
    // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, whose last term float32 has no room for
    return multiplyAdd(1 + 2 ** -12, -1 - 2 ** -11) !== 0;
  } catch {
    return false; // a content security policy may forbid to compile; who asks for an engine is told so
  }
}

/** Whether a page is cross-origin isolated; undefined where there are no pages. */
export function isolated(): boolean | undefined {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
}

/**
 * Whether memory can be shared with workers: everywhere in Node.js, Bun and Deno; in pages that are cross-origin isolated.
 * Elsewhere a shared memory can be made, but not sent.
 */
export function sharesMemory(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false;
  return isolated() !== false;
}

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(name: string): unknown;
}

/** `require` in what the build makes for CommonJS and for workers. */
declare const REQUIRE: ((name: string) => unknown) | undefined;

/**
 * A module of Node.js, Bun or Deno, where this is one of them: bundlers for pages must not see an import. Node.js before 20.16
 * has it only where there is `require`.
 */
export function builtin<M>(name: string): M | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  if (!process?.versions?.node) return undefined;
  if (process.getBuiltinModule) return process.getBuiltinModule(name) as M | undefined;
  return typeof REQUIRE === 'function' ? (REQUIRE(name) as M) : undefined;
}

/** Globals that some environments of Node.js lack, as Jest's of a page does, and the modules that have them. */
const MODULES = { TextEncoder: 'node:util', TextDecoder: 'node:util', setImmediate: 'node:timers' } as const;

/** A global of the runtime, or the same from Node.js's modules; undefined where there is neither. */
export function globalOf<Name extends keyof typeof MODULES>(name: Name): (typeof globalThis)[Name] | undefined {
  const here = (globalThis as Partial<typeof globalThis>)[name];
  return here ?? builtin<typeof globalThis>(MODULES[name])?.[name];
}

let counted: number | undefined;

/** How many threads this machine runs at a time. Asked once: Node.js reads files to find it out. */
export function processors(): number {
  counted ??=
    builtin<{ availableParallelism(): number }>('node:os')?.availableParallelism() ??
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ??
    1;
  return counted;
}

let sleeps: boolean | undefined;

/** Whether this thread may sleep: the main thread of a page may not, nor a service worker. */
export function maySleep(): boolean {
  sleeps ??= maySleepNow();
  return sleeps;
}

function maySleepNow(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0); // which it is not: returns at once
    return true;
  } catch {
    return false;
  }
}
