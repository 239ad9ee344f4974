// Where networks compute: linear memory for one shape of network, which holds a network's numbers only while a call lasts.
// Between calls they are JavaScript's arrays, which users may keep, swap and replace, and which go when nobody needs them.

import { Arena, heap } from '../../../bindings/memory.js';
import type { PatternCore } from '../../../bindings/patterns.js';
import { KERNEL_MOMENTS, type Layout, MOMENTS, type Name, PARTS, VECTOR_MOMENTS, areSame, layoutOf } from './layout.js';

let numbers = new Float32Array();

/** All of linear memory as float32. Valid until it grows. */
export function memoryNumbers(): Float32Array {
  if (numbers.buffer !== heap.buffer) numbers = new Float32Array(heap.buffer);
  return numbers;
}

/** Memory for networks of one shape. Addresses are of 0, 1, … : layers, the input first. */
export class Scratch {
  private readonly arena = new Arena();
  private readonly layout: Layout;
  /** The table that the binary's functions take. */
  readonly address: number;
  /** Where a pattern goes, its input first, and where its target is. */
  readonly pattern: number;
  readonly target: number;
  /** Where the layout's numbers 0 would be of what a network has, and of adam's moments: indices into memoryNumbers(). */
  private readonly start: number;
  private moments: number | undefined;
  /** Views of parts, as long as memory is where it was. */
  private views: (Float32Array | undefined)[] = [];
  private seen: Float32Array | undefined;

  /** @throws OutOfMemoryError, with nothing changed */
  constructor(
    private readonly core: PatternCore,
    readonly sizes: readonly number[],
  ) {
    this.layout = layoutOf(core, sizes);
    try {
      const { at, starts } = this.layout;
      this.address = this.zeros(core.networkBytes(sizes.length));
      const input = core.networkVector(sizes[0]!);
      this.pattern = this.zeros(input + core.networkVector(sizes.at(-1)!));
      this.target = this.pattern + input;
      this.start = this.zeros(4 * starts[MOMENTS]!) / 4;
      core.networkOpen(this.address, sizes.length, this.zeros(core.networkVector(sizes[1]!)));
      const names = ['weights', 'biases', 'changes', 'outputs', 'errors', 'deltas'] as const;
      sizes.forEach((units, i) => {
        const [kernel, bias, changes, outputs, errors, deltas] = names.map((name) => 4 * (this.start + at[name][i]!));
        core.networkLayer(this.address, i, sizes[i - 1] ?? 0, units, kernel!, bias!, changes!, outputs!, errors!, deltas!);
      });
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Makes sure of memory for adam's moments. @throws OutOfMemoryError */
  withMoments(): void {
    if (this.moments !== undefined) return;
    const { core, layout, address, sizes } = this;
    const [first, end] = [layout.starts[MOMENTS]!, layout.starts[MOMENTS + 1]!];
    this.moments = this.zeros(4 * (end - first)) / 4 - first;
    for (let i = 1; i < sizes.length; i++) {
      const at = (name: Name) => 4 * (this.moments! + layout.at[name][i]!);
      const [low, high] = KERNEL_MOMENTS.map(at);
      const [biasLow, biasHigh] = VECTOR_MOMENTS.map(at);
      core.networkMoments(address, i, low!, high!, biasLow!, biasHigh!);
    }
  }

  private zeros(bytes: number): number {
    const address = this.arena.allocate(bytes);
    new Uint8Array(heap.buffer, address, bytes).fill(0);
    return address;
  }

  /** Where the outputs of the input are: an index into memoryNumbers(). */
  get input(): number {
    return this.start + this.layout.at.outputs[0]!;
  }

  /** Where the layout's number 0 would be, of a part. */
  origin(part: number): number {
    return part === MOMENTS ? this.moments! : this.start;
  }

  /** The parts from `first` to before `end`. Valid until memory grows. */
  view(first: number, end: number): Float32Array {
    const memory = memoryNumbers();
    if (memory !== this.seen) {
      this.seen = memory;
      this.views = [];
    }
    const { starts } = this.layout;
    const origin = this.origin(first);
    return (this.views[first * PARTS.length + end] ??= memory.subarray(origin + starts[first]!, origin + starts[end]!));
  }

  dispose(): void {
    this.arena.dispose();
  }
}

/** Shapes whose memory is kept, the last used one first: programs go to and fro between few. */
const MOST = 4;
const kept: Scratch[] = [];

/** Memory for a shape: for this call, since the next call for another one may take it. @throws OutOfMemoryError */
export function scratchFor(core: PatternCore, sizes: readonly number[]): Scratch {
  const [last] = kept;
  if (last && areSame(last.sizes, sizes)) return last;
  const at = kept.findIndex((scratch) => areSame(scratch.sizes, sizes));
  const scratch = at < 0 ? new Scratch(core, [...sizes]) : kept.splice(at, 1)[0]!;
  kept.unshift(scratch);
  for (const old of kept.splice(MOST)) old.dispose();
  return scratch;
}
