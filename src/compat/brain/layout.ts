// How a network's numbers lie behind each other: by parts, each of which a call takes to linear memory, or brings back, at once.

import type { PatternCore } from '../../../bindings/patterns.js';

/** Numbers a layer has as kernels, rows of inputs, and as vectors. */
type KernelName = 'weights' | 'changes' | 'changesLow' | 'changesHigh';
export type VectorName = 'biases' | 'outputs' | 'errors' | 'deltas' | 'biasChangesLow' | 'biasChangesHigh';
export type Name = KernelName | VectorName;

/** Names of adam's moments. */
export const KERNEL_MOMENTS = ['changesLow', 'changesHigh'] as const;
export const VECTOR_MOMENTS = ['biasChangesLow', 'biasChangesHigh'] as const;

/** Parts in their order, by what is in them: kernels and vectors. Moments, which few networks have, come last. */
export const PARTS: readonly { readonly kernels: readonly KernelName[]; readonly vectors: readonly VectorName[] }[] = [
  { kernels: ['weights'], vectors: ['biases'] },
  { kernels: ['changes'], vectors: [] },
  { kernels: [], vectors: ['outputs'] },
  { kernels: [], vectors: ['errors', 'deltas'] },
  { kernels: KERNEL_MOMENTS, vectors: VECTOR_MOMENTS },
];

export const PARAMETERS = 0;
export const CHANGES = 1;
export const OUTPUTS = 2;
export const SIGNALS = 3;
export const MOMENTS = 4;

/** Whether the input, layer 0, has such a vector. */
export const isOfInput = (name: Name): boolean => name === 'outputs' || name === 'errors' || name === 'deltas';

/** All counts and indices are of float32. */
export class Layout {
  /** Where each layer's kernel or vector begins. */
  readonly at = {} as Record<Name, number[]>;
  /** Where each part begins, and the last ends. */
  readonly starts: number[] = [];
  /** From one row of a layer's kernel to the next. */
  readonly strides: readonly number[];

  /** @param sizes of the layers, the input first */
  constructor(
    core: PatternCore,
    readonly sizes: readonly number[],
  ) {
    this.strides = sizes.map((_, i) => (i ? core.networkVector(sizes[i - 1]!) / 4 : 0));
    let end = 0;
    const place = (names: readonly Name[], bytes: (i: number) => number) => {
      for (const name of names) {
        this.at[name] = sizes.map((_, i) => {
          const at = end;
          if (i || isOfInput(name)) end += bytes(i) / 4;
          return at;
        });
      }
    };
    for (const { kernels, vectors } of PARTS) {
      this.starts.push(end);
      place(kernels, (i) => core.networkKernel(sizes[i - 1]!, sizes[i]!));
      place(vectors, (i) => core.networkVector(sizes[i]!));
    }
    this.starts.push(end);
  }
}

let last: Layout | undefined;

/** The layout for some sizes; programs often make many networks of one shape. */
export function layoutOf(core: PatternCore, sizes: readonly number[]): Layout {
  if (!last || !areSame(last.sizes, sizes)) last = new Layout(core, [...sizes]);
  return last;
}

export function areSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
