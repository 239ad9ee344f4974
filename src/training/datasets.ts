// The datasets of a fit.

import type { Arena } from '../../bindings/memory.js';
import { Dataset, type SampleBuffers } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { DataError, OptionError } from '../runtime/errors.js';
import type { FitSettings } from './options.js';
import { datasetFor, samplesFor } from './rows.js';
import type { FitSubject } from './subject.js';

/** Datasets of a fit: those that users gave, and those made here, which are freed here. */
export class Datasets {
  private readonly own: Dataset[] = [];
  private readonly used: Dataset[] = [];

  constructor(
    private readonly subject: FitSubject,
    private readonly arena: Arena,
  ) {}

  /** @throws DataError, OptionError, OutOfMemoryError */
  of(X: MatrixLike | Dataset, Y: MatrixLike | undefined, weights: ArrayLike<number> | undefined, what: string): LoadedDataset {
    const data = this.datasetOf(X, Y, weights);
    this.used.push(data);
    return { data, samples: samplesFor(this.subject, data, what, this.arena) };
  }

  /** The samples of a validation set; undefined where there is none, or only a share. */
  validation({ validation }: FitSettings): SampleBuffers | undefined {
    if (validation === undefined || typeof validation === 'number') return undefined;
    if (validation instanceof Dataset) return this.of(validation, undefined, undefined, 'validation').samples;
    return this.of(...(validation as [MatrixLike, MatrixLike]), undefined, 'validation').samples;
  }

  /** @throws DisposedError where one of them is gone */
  check(): void {
    for (const one of this.used) one.check();
  }

  dispose(): void {
    for (const made of this.own) made.dispose();
  }

  private datasetOf(x: MatrixLike | Dataset, y: MatrixLike | undefined, weights: ArrayLike<number> | undefined): Dataset {
    if (x instanceof Dataset) {
      if (y !== undefined) throw new OptionError('fit.Y', y, 'none with a dataset, which contains its targets');
      if (weights)
        throw new OptionError('fit.sampleWeights', weights, 'none with a dataset; give them to dataset(X, Y, { weights })');
      return x;
    }
    if (y === undefined) throw new DataError('Y', 'is missing');
    const made = datasetFor(this.subject, x, y, weights);
    this.own.push(made);
    return made;
  }
}

/** A dataset, and its samples as a network needs them. */
interface LoadedDataset {
  readonly data: Dataset;
  readonly samples: SampleBuffers;
}
