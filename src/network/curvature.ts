// The curvature of a network's loss on data that users give.

import type { DoubleEngine, Engine, Numerics } from '../../bindings/core.js';
import { compiledDouble } from '../../bindings/load.js';
import { Curvature } from '../curvature/curvature.js';
import type { CurvatureSubject } from '../curvature/derivatives.js';
import { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { DataError, UnsupportedError, counted } from '../runtime/errors.js';

/** @throws DataError; UnsupportedError where the float64 binary is not at hand */
export function curvatureOf(
  subject: Omit<CurvatureSubject, 'engine'> & { readonly engine: Engine },
  numerics: Numerics,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  weights: ArrayLike<number> | undefined,
): Curvature {
  const engine = subject.engine.precision === 'float64' ? (subject.engine as DoubleEngine) : compiledDouble(numerics);
  if (!engine) {
    const asked = numerics === 'strict' ? ", numerics: 'strict'" : '';
    throw new UnsupportedError(`curvature is measured in float64: await init({ precision: 'float64'${asked} }) first`);
  }
  const own = { ...subject, engine };
  if (X instanceof Dataset) return new Curvature(own, X);
  if (Y === undefined) throw new DataError('Y', 'is missing');
  const data = new Dataset(X, Y, { precision: 'float64', ...(weights && { weights }) });
  try {
    const { inputs } = subject.architecture;
    if (data.inputs !== inputs) throw new DataError('X', `has ${counted(data.inputs, 'column')}; expected ${inputs}`);
    return new Curvature(own, data);
  } finally {
    data.dispose();
  }
}
