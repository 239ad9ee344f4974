// The curvature of a loss on data that users give.

import { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { DataError, counted } from '../runtime/errors.js';
import { Curvature } from './curvature.js';
import type { CurvatureSubject } from './derivatives.js';

/** @throws DataError */
export function curvatureOn(
  subject: CurvatureSubject,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  weights: ArrayLike<number> | undefined,
): Curvature {
  if (X instanceof Dataset) return new Curvature(subject, X);
  if (Y === undefined) throw new DataError('Y', 'is missing');
  const data = new Dataset(X, Y, { precision: 'float64', ...(weights && { weights }) });
  try {
    const { inputs } = subject.architecture;
    if (data.inputs !== inputs) throw new DataError('X', `has ${counted(data.inputs, 'column')}; expected ${inputs}`);
    return new Curvature(subject, data);
  } finally {
    data.dispose();
  }
}
