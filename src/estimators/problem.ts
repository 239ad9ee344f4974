// An encoded problem: what models are trained on, whole or in part.

import type { Numerics } from '../../bindings/core.js';
import type { Precision } from '../../bindings/memory.js';
import { Dataset } from '../data/dataset.js';
import type { ShapedArray } from '../data/matrix.js';
import type { Threads } from '../runtime/threads.js';
import { concatenated } from './chunks.js';
import type { Head } from './head.js';
import type { Journal } from './journal.js';
import type { Techniques } from './techniques.js';

/** An encoded problem: what candidates are trained on. */
export interface Problem {
  readonly head: Head;
  readonly precision: Precision;
  readonly numerics: Numerics;
  readonly threads: Threads;
  readonly rows: number;
  /** Rows that there are in all, where these are a sample. */
  readonly all?: number;
  readonly inputs: number;
  readonly outputs: number;
  /** rows×inputs, centred and scaled. Where it is a dataset's, valid until memory grows: not to be kept. */
  readonly x: Float32Array | Float64Array;
  /** rows×outputs: standardised numbers, or one column per class. As `x`. */
  readonly t: Float32Array | Float64Array;
  /** One weight a row. */
  readonly w: Float64Array | undefined;
  /** The class of each row. */
  readonly classes: Uint32Array | undefined;
  readonly seed: number;
  readonly techniques: Techniques;
  /** Whether columns with long tails are drawn in. */
  readonly drawnIn?: true;
  /** What was trained so far, where the fit can be taken up. */
  readonly journal?: Journal | undefined;
}

/**
 * A problem without the rows that weigh nothing: a part held out to choose by, or the rest, might consist of nothing else.
 */
export function withoutWeightless(problem: Problem): Problem {
  const { w } = problem;
  return w?.includes(0)
    ? someRows(
        problem,
        Uint32Array.from(w.keys()).filter((r) => w[r]! > 0),
      )
    : problem;
}

/** A problem of some of its rows. */
export function someRows(problem: Problem, kept: Uint32Array): Problem {
  const { inputs, outputs, x, t, w, classes } = problem;
  return {
    ...problem,
    rows: kept.length,
    x: picked(x, inputs, kept),
    t: picked(t, outputs, kept),
    w: w && Float64Array.from(kept, (r) => w[r]!),
    classes: classes && Uint32Array.from(kept, (r) => classes[r]!),
  };
}

/** Problems of the same kind as one of all their rows. */
export function together(problems: readonly Problem[], precision: Precision): Problem {
  const reals = precision === 'float32' ? new Float32Array() : new Float64Array();
  const [first] = problems;
  return {
    ...first!,
    rows: problems.reduce((sum, { rows }) => sum + rows, 0),
    x: concatenated(
      problems.map(({ x }) => x),
      reals,
    ),
    t: concatenated(
      problems.map(({ t }) => t),
      reals,
    ),
    w:
      first!.w &&
      concatenated(
        problems.map(({ w }) => w!),
        new Float64Array(),
      ),
    classes:
      first!.classes &&
      concatenated(
        problems.map(({ classes }) => classes!),
        new Uint32Array(),
      ),
  };
}

/** The rows of a row-major matrix that indices pick. */
export function picked(
  a: Float32Array | Float64Array,
  columns: number,
  indices: Uint32Array,
): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const result =
    a instanceof Float32Array ? new Float32Array(indices.length * columns) : new Float64Array(indices.length * columns);
  indices.forEach((from, i) => {
    result.set(a.subarray(from * columns, (from + 1) * columns), i * columns);
  });
  return result;
}

/** A dataset of a problem's rows; to be disposed of. */
export function datasetOf({ x, t, w, inputs, outputs, precision }: Problem): Dataset {
  return new Dataset(shaped(x, inputs), shaped(t, outputs), { precision, ...(w && { weights: w }) });
}

/** A problem whose rows are a dataset, in linear memory and nowhere else; the dataset is to be disposed of. */
export function placed(problem: Problem): { problem: Problem; data: Dataset } {
  const data = datasetOf(problem);
  const views = {
    get x() {
      return data.views.x;
    },
    get t() {
      return data.views.y;
    },
  };
  const { x: _, t: __, ...rest } = problem;
  return { problem: Object.defineProperties(rest as Problem, Object.getOwnPropertyDescriptors(views)), data };
}

/** A row-major array as a matrix. */
export function shaped(data: Float32Array | Float64Array, columns: number): ShapedArray {
  return { data, shape: [data.length / columns, columns] };
}
