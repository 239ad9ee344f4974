// The curvature of a network's loss on data that users give. What measures it is loaded along with float64's engine, without
// which there is none.

import type { DoubleEngine, Engine, Extent, Numerics } from '../../bindings/core.js';
import { compiledDouble } from '../../bindings/load.js';
import type { Precision } from '../../bindings/memory.js';
import { Part } from '../../bindings/part.js';
import type { Curvature } from '../curvature/curvature.js';
import type { CurvatureSubject } from '../curvature/derivatives.js';
import type { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { accompanyDouble, engineOf } from '../runtime/engines.js';
import { requireSecondDerivatives } from '../plan/plan.js';
import { UnsupportedError } from '../runtime/errors.js';

const CURVATURE = new Part('curvature', () => import('../curvature/on-data.js'));

/** A network's engine: from the first network on, float64's comes with what measures curvature. */
export async function engineFor(precision: Precision, numerics: Numerics, extent: Extent): Promise<Engine> {
  // In this order: an engine comes with what was registered before it is asked for.
  const [, engine] = await Promise.all([accompanyDouble(CURVATURE), engineOf(precision, numerics, extent)]);
  return engine;
}

/** @throws DataError; UnsupportedError where the float64 binary is not at hand */
export function curvatureOf(
  subject: Omit<CurvatureSubject, 'engine'> & { readonly engine: Engine },
  numerics: Numerics,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  weights: ArrayLike<number> | undefined,
): Curvature {
  requireSecondDerivatives(subject.architecture, 'curvature');
  const engine = subject.engine.precision === 'float64' ? (subject.engine as DoubleEngine) : compiledDouble(numerics);
  const measuring = CURVATURE.exports;
  if (!engine || !measuring) {
    const asked = numerics === 'strict' ? ", numerics: 'strict'" : '';
    throw new UnsupportedError(`curvature is measured in float64: await init({ precision: 'float64'${asked} }) first`);
  }
  return measuring.curvatureOn({ ...subject, engine }, X, Y, weights);
}
