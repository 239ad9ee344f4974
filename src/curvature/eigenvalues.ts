// Eigenvalues of the Hessian: the largest, the largest few, and how all of them are spread.

import { Arena, type Reals } from '../../bindings/memory.js';
import { permutation } from '../data/split.js';
import type { Product } from '../eigen/krylov.js';
import { type RitzValues, extremeEigenvalue, lanczos } from '../eigen/lanczos.js';
import { type Principal, onlineIteration, powerIteration } from '../eigen/power.js';
import { OptionError } from '../runtime/errors.js';
import type { Checked } from '../runtime/options.js';
import { Purpose } from '../runtime/random.js';
import type { LossDerivatives } from './derivatives.js';
import type { PRINCIPAL, SpectralDensity } from './options.js';

/** Vectors that a search for an eigenvalue keeps. */
const BASIS = 32;

/** Where the random streams of whole spectra begin. */
const SPECTRUM_PROBES = 1000;

/** The largest eigenvalue, or the one of largest magnitude. @throws OptionError */
export function principal(of: LossDerivatives, settings: Checked<typeof PRINCIPAL>): Principal {
  const { online, which, products, presentations, alpha, seed } = settings;
  const by = online ? 'online' : settings.by;
  const tolerance = settings.tolerance ?? (by === 'products' ? 1e-10 : 1e-6);
  if (by === 'online') {
    if (which === 'algebraic') throw new OptionError('principalEigenvalue.which', which, "'magnitude' with by: 'online'");
    return principalOnline(of, presentations, alpha, seed);
  }
  const along = (v: Float64Array) => of.productByDifference(v, alpha);
  if (by === 'finiteDifference' && which === 'magnitude') return powerIteration(along, of.normals(seed, 0), tolerance, products);
  // biome-ignore lint/correctness/useYield: differences are taken here and now
  const differences = function* (v: Reals, out: Reals) {
    out.view().set(along(v.read() as Float64Array));
  };
  const apply: Product = by === 'products' ? (v, out) => of.objective.product(v, out, false) : differences;
  const start = (v: Reals) => v.view().set(of.normals(seed, 0));
  const search = { which, tolerance, most: products, capacity: BASIS, start };
  return withOwnMemory((arena) => of.here(extremeEigenvalue(of.engine, arena, of.parameters, apply, search)));
}

/** The same, a sample at a time. */
function principalOnline(of: LossDerivatives, presentations: number, alpha: number, seed: number): Principal {
  const { rows } = of.objective;
  let order: Uint32Array = new Uint32Array();
  const start = of.normals(seed, 0);
  return of.bySample((gradientOf) => {
    const difference = (psi: Float64Array, t: number) => {
      if (t % rows === 0) order = permutation(of.engine, rows, seed, Purpose.order, t / rows);
      return of.differenceAlong(psi, alpha, () => gradientOf(order[t % rows]!));
    };
    return onlineIteration(difference, start, presentations, alpha);
  });
}

/** Ritz values after so many products, from a random start. */
export function ritzValues(of: LossDerivatives, steps: number, seed: number, probe = 0): RitzValues {
  const start = (v: Reals) => v.view().set(of.normals(seed, SPECTRUM_PROBES + probe));
  const apply: Product = (v, out) => of.objective.product(v, out, false);
  return withOwnMemory((arena) => lanczos(of.engine, arena, of.parameters, apply, start, steps));
}

/** Shares of eigenvalues in bins, by stochastic Lanczos quadrature. */
export function spectralDensity(of: LossDerivatives, bins: number, probes: number, steps: number, seed: number): SpectralDensity {
  const found = Array.from({ length: probes }, (_, p) => ritzValues(of, steps, seed, p + 1));
  const least = Math.min(...found.map(({ values }) => values.at(-1)!));
  const most = Math.max(...found.map(({ values }) => values[0]!));
  const width = (most - least) / bins || 1;
  const each = found.map(({ values, weights }) => {
    const shares = new Float64Array(bins);
    values.forEach((value, i) => {
      shares[Math.min(Math.floor((value - least) / width), bins - 1)]! += weights[i]!;
    });
    return shares;
  });
  const shares = new Float64Array(bins);
  const standardErrors = new Float64Array(bins);
  for (let b = 0; b < bins; b++) {
    for (const s of each) shares[b]! += s[b]! / probes;
    for (const s of each) standardErrors[b]! += (s[b]! - shares[b]!) ** 2;
    standardErrors[b] = Math.sqrt(standardErrors[b]! / (probes * Math.max(probes - 1, 1)));
  }
  return { edges: Float64Array.from({ length: bins + 1 }, (_, b) => least + b * width), shares, standardErrors };
}

/** Work with memory of its own. */
function withOwnMemory<T>(work: (arena: Arena) => T): T {
  const arena = new Arena();
  try {
    return work(arena);
  } finally {
    arena.dispose();
  }
}
