// What an estimator learns from: encoded rows in a dataset, and what is asked of networks on them.

import type { Numerics } from '../../bindings/core.js';
import type { Precision, RealArray } from '../../bindings/memory.js';
import { Dataset } from '../data/dataset.js';
import { picked } from '../data/pick.js';
import type { Threads } from '../runtime/threads.js';
import { type EncodedRows, type ShapedReals, pickedRows, shaped } from './encoded.js';
import type { Head } from './head.js';
import type { Journal } from './journal.js';
import type { Techniques } from './techniques.js';

/** What is asked of the networks of a fit, whatever the rows. */
export interface Setting {
  readonly head: Head;
  readonly precision: Precision;
  readonly numerics: Numerics;
  readonly threads: Threads;
  readonly seed: number;
  readonly techniques: Techniques;
  /** Whether rows are in order of time, so that the last ones are held out. */
  readonly byTime: boolean;
}

/** What else there is to say of a problem's rows. */
interface ProblemOptions {
  /** Rows that there are in all, where these are a sample. */
  readonly all?: number | undefined;
  /** What was trained so far, where the fit can be taken up. */
  readonly journal?: Journal | undefined;
  /** Whether columns with long tails are drawn in. */
  readonly drawnIn?: boolean;
  /** Whether weights are kept in float64, for networks of either precision. */
  readonly exact?: boolean;
}

/** Encoded rows in linear memory, and how they are to be learned. To be disposed of. */
export class Problem {
  /** The rows, for networks. */
  readonly data: Dataset;
  /** One weight a row. */
  readonly w: Float64Array | undefined;
  /** The class of each row. */
  readonly classes: Uint32Array | undefined;
  /** The group of each row, where whole groups are held out. */
  readonly groups: Uint32Array | undefined;
  readonly all: number;
  readonly journal: Journal | undefined;
  readonly drawnIn: boolean;

  /** @throws DataError, OutOfMemoryError */
  constructor(
    readonly setting: Setting,
    { inputs, outputs, x, t, w, classes, groups }: EncodedRows,
    { all, journal, drawnIn = false, exact = false }: ProblemOptions = {},
  ) {
    const options = { ...(!exact && { precision: setting.precision }), ...(w && { weights: w }) };
    this.data = new Dataset(shaped(x, inputs), shaped(t, outputs), options);
    this.w = w;
    this.classes = classes;
    this.groups = groups;
    this.all = all ?? this.data.rows;
    this.journal = journal;
    this.drawnIn = drawnIn;
  }

  get rows(): number {
    return this.data.rows;
  }

  get inputs(): number {
    return this.data.inputs;
  }

  get outputs(): number {
    return this.data.targets;
  }

  /** rows×inputs, centred and scaled; a view of the dataset, valid until memory grows: not to be kept. */
  get x(): RealArray {
    return this.data.views.x;
  }

  /** rows×outputs: standardised numbers, or one column per class. As `x`. */
  get t(): RealArray {
    return this.data.views.y;
  }

  /** A copy of the inputs. */
  get X(): ShapedReals {
    return shaped(this.x.slice(), this.inputs);
  }

  get head(): Head {
    return this.setting.head;
  }

  get seed(): number {
    return this.setting.seed;
  }

  get techniques(): Techniques {
    return this.setting.techniques;
  }

  /** Whether rows are held out by time or by groups. */
  get apart(): boolean {
    return this.setting.byTime || this.groups !== undefined;
  }

  /** A problem of some of the rows. @throws OutOfMemoryError */
  some(kept: Uint32Array): Problem {
    return new Problem(this.setting, pickedRows(this, kept));
  }

  /** The inputs of some of the rows. */
  inputsOf(kept: Uint32Array): ShapedReals {
    return picked(shaped(this.x, this.inputs), kept);
  }

  dispose(): void {
    this.data.dispose();
  }
}
