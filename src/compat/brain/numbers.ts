// A network's numbers as JavaScript's arrays, kernels as rows, [units][inputs]. They are made as views of one buffer that is laid
// out as linear memory is: as long as nobody has replaced one, a call copies all that it needs at once.

import type { PatternCore } from '../../../bindings/patterns.js';
import { EfficientBackpropError } from '../../runtime/errors.js';
import { type Layout, MOMENTS, type Name, PARTS, type VectorName, isOfInput, layoutOf } from './layout.js';
import { type Scratch, memoryNumbers } from './scratch.js';

/** The arrays, where users find and replace them. */
export interface Numbers {
  /** weights[l][j][k] leads from unit k of layer l − 1 to unit j of layer l ≥ 1. */
  weights: Float32Array[][];
  /** The last changes of the weights. */
  changes: Float32Array[][];
  biases: Float32Array[];
  /** What each layer has put out last; the input first. */
  outputs: Float32Array[];
  /** What is missing to the target, carried down to each layer. */
  errors: Float32Array[];
  /** Errors times the derivative of the activation. */
  deltas: Float32Array[];
  /** Running means of gradients and of their squares: adam's. */
  changesLow: Float32Array[][];
  changesHigh: Float32Array[][];
  biasChangesLow: Float32Array[];
  biasChangesHigh: Float32Array[];
  /** Steps that adam has taken. */
  iterations: number;
}

/** Numbers that a loop copies sooner than a call. */
const FEW = 24;

type Rows = Float32Array[];

/** Arrays as they were made, and what they look into. */
interface Made {
  readonly all: Float32Array;
  readonly own: Arrays;
  /** Views of parts. */
  readonly views: (Float32Array | undefined)[];
  /** Whether all of them are where they were when they were taken to linear memory last. */
  isWhole: boolean;
}

/** Of kernels the rows; layer 0 may be a hole. */
type Arrays = Partial<Omit<Numbers, 'iterations'>>;

/** Takes numbers to linear memory, and back. */
export class Copies {
  private readonly layout: Layout;
  /** Moments have a buffer of their own. */
  private made: Made | undefined;
  private moments: Made | undefined;

  constructor(
    core: PatternCore,
    private readonly sizes: readonly number[],
    private readonly numbers: Numbers,
  ) {
    this.layout = layoutOf(core, sizes);
  }

  /** Gives the network new arrays of zeros, but no moments. */
  begin(): void {
    this.made = this.zeros(0, MOMENTS);
  }

  /** Gives the network new moments. */
  beginMoments(): void {
    this.moments = this.zeros(MOMENTS, MOMENTS + 1);
  }

  private zeros(first: number, end: number): Made {
    const { sizes, layout, numbers } = this;
    const { at, strides, starts } = layout;
    const all = new Float32Array(starts[end]! - starts[first]!);
    const { buffer } = all;
    const origin = starts[first]!;
    const own: Arrays = {};
    for (let part = first; part < end; part++) {
      const { kernels, vectors } = PARTS[part]!;
      for (const name of kernels) {
        const [made, given]: [Rows[], Rows[]] = [[], []];
        for (let i = 1; i < sizes.length; i++) {
          const rows: Rows = [];
          let place = 4 * (at[name][i]! - origin);
          for (let j = 0; j < sizes[i]!; j++, place += 4 * strides[i]!) rows.push(new Float32Array(buffer, place, sizes[i - 1]!));
          made[i] = rows;
          given[i] = rows.slice();
        }
        own[name] = made;
        numbers[name] = given;
      }
      for (const name of vectors) {
        const made: Rows = [];
        for (let i = firstOf(name); i < sizes.length; i++) {
          made[i] = new Float32Array(buffer, 4 * (at[name][i]! - origin), sizes[i]!);
        }
        own[name] = made;
        numbers[name] = made.slice();
      }
    }
    return { all, own, views: [], isWhole: true };
  }

  /** Takes parts from `first` to before `end` to linear memory. @throws EfficientBackpropError */
  load(scratch: Scratch, first: number, end: number): void {
    const made = first === MOMENTS ? this.moments : this.made;
    if (made) made.isWhole = first === MOMENTS ? areMoments(made.own, this.numbers) : areNumbers(made.own, this.numbers);
    if (made?.isWhole) scratch.view(first, end).set(this.view(made, first, end));
    else this.each(scratch, first, end, put);
  }

  /** Brings them back, after they, or others, were loaded. */
  bring(scratch: Scratch, first: number, end: number): void {
    const made = first === MOMENTS ? this.moments : this.made;
    if (made?.isWhole) {
      this.view(made, first, end).set(scratch.view(first, end));
      return;
    }
    for (let part = first; part < end; part++) for (const name of PARTS[part]!.vectors) this.mend(name);
    this.each(scratch, first, end, take);
  }

  /** Parts in one piece. */
  private view({ views, all }: Made, first: number, end: number): Float32Array {
    const { starts } = this.layout;
    const origin = first === MOMENTS ? starts[MOMENTS]! : 0;
    return (views[first * PARTS.length + end] ??= all.subarray(starts[first]! - origin, starts[end]! - origin));
  }

  /** What a call puts out needs arrays, whatever was there. */
  private mend(name: VectorName): void {
    const { sizes, numbers } = this;
    numbers[name] ??= [];
    for (let i = firstOf(name); i < sizes.length; i++) {
      if (numbers[name][i]?.length !== sizes[i]) numbers[name][i] = new Float32Array(sizes[i]!);
    }
  }

  /** Array by array. */
  private each(scratch: Scratch, first: number, end: number, copy: typeof put): void {
    const { sizes, layout, numbers } = this;
    const memory = memoryNumbers();
    for (let part = first; part < end; part++) {
      const origin = scratch.origin(part);
      const { kernels, vectors } = PARTS[part]!;
      for (const name of kernels) {
        for (let i = 1; i < sizes.length; i++) {
          const rows = numbers[name]?.[i];
          requireLength(rows, sizes[i]!, name, i);
          let at = origin + layout.at[name][i]!;
          for (let j = 0; j < rows.length; j++, at += layout.strides[i]!) {
            requireLength(rows[j], sizes[i - 1]!, name, i, j);
            copy(memory, at, rows[j]!);
          }
        }
      }
      for (const name of vectors) {
        for (let i = firstOf(name); i < sizes.length; i++) {
          const vector = numbers[name]?.[i];
          requireLength(vector, sizes[i]!, name, i);
          copy(memory, origin + layout.at[name][i]!, vector);
        }
      }
    }
  }
}

const firstOf = (name: Name) => (isOfInput(name) ? 0 : 1);

// Name by name, since each call asks.

/** Whether nobody has replaced an array. */
function areNumbers(own: Arrays, given: Numbers): boolean {
  return (
    areKernels(own.weights!, given.weights) &&
    areKernels(own.changes!, given.changes) &&
    areArrays(own.biases!, given.biases, 1) &&
    areArrays(own.outputs!, given.outputs, 0) &&
    areArrays(own.errors!, given.errors, 0) &&
    areArrays(own.deltas!, given.deltas, 0)
  );
}

/** The same of adam's moments. */
function areMoments(own: Arrays, given: Numbers): boolean {
  return (
    areKernels(own.changesLow!, given.changesLow) &&
    areKernels(own.changesHigh!, given.changesHigh) &&
    areArrays(own.biasChangesLow!, given.biasChangesLow, 1) &&
    areArrays(own.biasChangesHigh!, given.biasChangesHigh, 1)
  );
}

function areKernels(own: readonly Rows[], given: readonly Rows[] | undefined): boolean {
  if (given?.length !== own.length) return false;
  for (let i = 1; i < own.length; i++) if (!areArrays(own[i]!, given[i], 0)) return false;
  return true;
}

function areArrays(own: Rows, given: Rows | undefined, first: number): boolean {
  if (given?.length !== own.length) return false;
  for (let i = first; i < own.length; i++) if (given[i] !== own[i]) return false;
  return true;
}

/** @throws EfficientBackpropError for what users have put in the place of numbers, where it has another length */
export function requireLength<T extends ArrayLike<unknown>>(
  numbers: T | undefined,
  length: number,
  name: string,
  ...indices: number[]
): asserts numbers is T {
  if (numbers && numbers.length === length) return;
  const where = name + indices.map((index) => `[${index}]`).join('');
  throw new EfficientBackpropError(
    `${where}: ${numbers?.length ?? 'nothing'} in the place of ${length} elements; the sizes of a network stay`,
  );
}

/** memory[at + i] = numbers[i] */
export function put(memory: Float32Array, at: number, numbers: ArrayLike<number>): void {
  const { length } = numbers;
  if (length <= FEW) for (let i = 0; i < length; i++) memory[at + i] = numbers[i]!;
  else memory.set(numbers, at);
}

/** numbers[i] = memory[at + i]; users may have put an array of another kind there. */
function take(memory: Float32Array, at: number, numbers: ArrayLike<number>): void {
  const { length } = numbers;
  if (length <= FEW || !(numbers instanceof Float32Array)) {
    for (let i = 0; i < length; i++) (numbers as Float32Array)[i] = memory[at + i]!;
  } else {
    numbers.set(memory.subarray(at, at + length));
  }
}
