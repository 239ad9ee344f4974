// A network's loss and metrics on data that users give.

import { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { type Evaluation, evaluation } from '../evaluation/evaluation.js';
import { DataError } from '../runtime/errors.js';
import { datasetFor } from '../training/rows.js';
import { measureWeights } from './options.js';

/** What is evaluated. */
type Evaluated = Parameters<typeof evaluation>[0] & Parameters<typeof datasetFor>[0];

/** @throws DataError, OptionError, OutOfMemoryError */
export function evaluateOn(
  network: Evaluated,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  options: { sampleWeights?: ArrayLike<number> } | undefined,
): Evaluation {
  const sampleWeights = measureWeights('evaluate', options);
  if (X instanceof Dataset) return evaluation(network, X, true);
  if (Y === undefined) throw new DataError('Y', 'is missing');
  const data = datasetFor(network, X, Y, sampleWeights);
  try {
    return evaluation(network, data, true);
  } finally {
    data.dispose();
  }
}
