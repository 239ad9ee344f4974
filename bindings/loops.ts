// The loops that measure a machine (scripts/loops.mjs): a binary of their own, apart from the library's, over a memory of their
// own.

import { relaxed, strict } from '../build/loops.text.js';
import type { Precision } from './memory.js';
import { bytesOfText } from './text.js';

/** Which instructions: of strict SIMD, which multiplies and then adds, or fused ones. */
export type Instructions = 'strict' | 'relaxed';

/** A loop of multiply-adds. */
export interface Loop {
  readonly name: string;
  readonly precision: Precision;
  readonly shape: string;
  /** Floating-point operations of a turn. */
  readonly flops: number;
}

/** Loops by name: turns, where the numbers are, and for loops over memory where those of the second array are. */
export type LoopExports = { readonly memory: WebAssembly.Memory } & Record<string, (n: number, p: number, q?: number) => void>;

/** The binary of a kind, instantiated anew. */
export async function instantiateLoops(numerics: Instructions): Promise<{ exports: LoopExports; loops: readonly Loop[] }> {
  const { binary, loops } = { strict, relaxed }[numerics];
  const { instance } = await WebAssembly.instantiate(bytesOfText(binary));
  return { exports: instance.exports as unknown as LoopExports, loops: loops as readonly Loop[] };
}
