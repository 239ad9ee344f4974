// Where networks compute: linear memory for one shape of network, which holds a network's numbers only while a call lasts.
// Between calls they are JavaScript's arrays, which users may keep, swap and replace, and which go when nobody needs them.

import { Arena, heap } from '../../../bindings/memory.js';
import type { PatternCore } from '../../../bindings/patterns.js';

/** Numbers a layer has as kernels, rows of inputs, and as vectors. */
export const KERNELS = ['weights', 'changes'] as const;
export const VECTORS = ['biases', 'outputs', 'errors', 'deltas'] as const;
/** The same of adam's moments. */
export const KERNEL_MOMENTS = ['changesLow', 'changesHigh'] as const;
export const VECTOR_MOMENTS = ['biasChangesLow', 'biasChangesHigh'] as const;

export type KernelName = (typeof KERNELS)[number] | (typeof KERNEL_MOMENTS)[number];
export type VectorName = (typeof VECTORS)[number] | (typeof VECTOR_MOMENTS)[number];

let numbers = new Float32Array();

/** All of linear memory as float32. Valid until it grows. */
export function memoryNumbers(): Float32Array {
  if (numbers.buffer !== heap.buffer) numbers = new Float32Array(heap.buffer);
  return numbers;
}

/** Memory for networks of one shape. Addresses are of 0, 1, … : layers, the input first. */
export class Scratch {
  private readonly arena = new Arena();
  /** Where each thing is, by layer: indices into memoryNumbers(). */
  readonly at = {} as Record<KernelName | VectorName, readonly number[]>;
  /** The table that the binary's functions take. */
  readonly address: number;
  /** Where a target goes. */
  readonly target: number;

  /** @throws OutOfMemoryError, with nothing changed */
  constructor(
    private readonly core: PatternCore,
    readonly sizes: readonly number[],
  ) {
    try {
      this.address = this.zeros(core.networkBytes(sizes.length));
      this.target = this.vector(sizes.at(-1)!);
      for (const name of KERNELS) this.at[name] = this.kernels();
      for (const name of VECTORS) this.at[name] = this.vectors();
      core.networkOpen(this.address, sizes.length, this.vector(sizes[1]!));
      sizes.forEach((units, i) => {
        const [kernel, changes] = KERNELS.map((name) => 4 * this.at[name][i]!);
        const [bias, outputs, errors, deltas] = VECTORS.map((name) => 4 * this.at[name][i]!);
        core.networkLayer(this.address, i, sizes[i - 1] ?? 0, units, kernel!, bias!, changes!, outputs!, errors!, deltas!);
      });
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Makes sure of memory for adam's moments. @throws OutOfMemoryError */
  withMoments(): void {
    if (this.at.changesLow) return;
    for (const name of KERNEL_MOMENTS) this.at[name] = this.kernels();
    for (const name of VECTOR_MOMENTS) this.at[name] = this.vectors();
    for (let i = 1; i < this.sizes.length; i++) {
      const [low, high] = KERNEL_MOMENTS.map((name) => 4 * this.at[name][i]!);
      const [biasLow, biasHigh] = VECTOR_MOMENTS.map((name) => 4 * this.at[name][i]!);
      this.core.networkMoments(this.address, i, low!, high!, biasLow!, biasHigh!);
    }
  }

  private zeros(bytes: number): number {
    const address = this.arena.allocate(bytes);
    new Uint8Array(heap.buffer, address, bytes).fill(0);
    return address;
  }

  private vector(length: number): number {
    return this.zeros(this.core.networkVector(length));
  }

  private vectors(): number[] {
    return this.sizes.map((units) => this.vector(units) / 4);
  }

  private kernels(): number[] {
    return this.sizes.map((units, i) => (i ? this.zeros(this.core.networkKernel(this.sizes[i - 1]!, units)) / 4 : 0));
  }

  dispose(): void {
    this.arena.dispose();
  }
}

/** Shapes whose memory is kept, the last used one first: programs go to and fro between few. */
const MOST = 4;
const kept: Scratch[] = [];

function isOf(scratch: Scratch, sizes: readonly number[]): boolean {
  if (scratch.sizes.length !== sizes.length) return false;
  for (let i = 0; i < sizes.length; i++) if (sizes[i] !== scratch.sizes[i]) return false;
  return true;
}

/** Memory for a shape: for this call, since the next call for another one may take it. @throws OutOfMemoryError */
export function scratchFor(core: PatternCore, sizes: readonly number[]): Scratch {
  const [last] = kept;
  if (last && isOf(last, sizes)) return last;
  const at = kept.findIndex((scratch) => isOf(scratch, sizes));
  const scratch = at < 0 ? new Scratch(core, [...sizes]) : kept.splice(at, 1)[0]!;
  kept.unshift(scratch);
  for (const old of kept.splice(MOST)) old.dispose();
  return scratch;
}
