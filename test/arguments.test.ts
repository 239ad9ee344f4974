// Arguments that are no data at all, of functions whose options are tested in network/options.test.ts: a typed error, never one
// of the engine's.

import { beforeAll, expect, test } from 'vitest';
import { EfficientBackpropError, Network, dense, histogram, init, normalize, spectrumPicture, targets } from '../src/index.js';

const STRANGE = [
  undefined,
  null,
  true,
  5,
  5n,
  'x',
  Symbol('s'),
  () => 1,
  {},
  [],
  ['a'],
  [null],
  [Number.NaN],
  [Infinity],
  new Map(),
];

const X = [
  [0, 1],
  [1, 2],
  [2, 0],
];
let net: Network;
beforeAll(async () => {
  await init({ precision: 'float64' });
  net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
});

type Call = (value: never) => unknown;
const spectrum = { eigenvalues: Float64Array.of(3, 1), errors: Float64Array.of(0, 0), complete: true };
const CALLS: Record<string, Call> = {
  'histogram(it)': (v) => histogram(v),
  'histogram({ eigenvalues: it })': (v) => histogram({ eigenvalues: v }),
  'spectrumPicture(it)': (v) => spectrumPicture(v),
  'spectrumPicture({ errors: it })': (v) => spectrumPicture({ ...spectrum, errors: v }),
  'targets.encode(it)': (v) => targets.encode(v === 'x' || Array.isArray(v) ? (null as never) : v),
  'targets.decode(it)': (v) => targets.decode(v, ['a', 'b']),
  'targets.decode([[0, 1]], it)': (v) => targets.decode([[0, 1]], v),
  'targets.calibrate(it)': (v) => targets.calibrate(v, ['a', 'b'], ['a', 'b']),
  'targets.calibrate([[0, 1]], it)': (v) => targets.calibrate([[0, 1]], v, ['b', 'c']),
  'targets.calibrate([[0, 1]], ["a"], it)': (v) => targets.calibrate([[0, 1]], ['a'], v),
  'hessianVector(it)': (v) => net.curvature(X, [0, 1, 2]).hessianVector(v),
  'gaussNewtonVector(it)': (v) => net.curvature(X, [0, 1, 2]).gaussNewtonVector(v),
};

test.each(Object.entries(CALLS))('%s refuses what is no data', async (name, call) => {
  for (const value of STRANGE) {
    const found = await (async () => call(value as never))().catch((error: unknown) => error);
    expect(found, `${name}, ${String(typeof value === 'object' ? JSON.stringify(value) : String(value))}`).toBeInstanceOf(
      EfficientBackpropError,
    );
    expect((found as Error).message).not.toMatch(/undefined is not|Cannot read/);
  }
});

test('fold refuses what is no weights', async () => {
  const map = await normalize.center().fit(X);
  for (const value of STRANGE) expect(() => map.fold(value as never)).toThrow(EfficientBackpropError);
});

test('what is right is taken', async () => {
  expect(histogram(spectrum, { bins: 2 }).counts).toEqual(Uint32Array.of(1, 1));
  expect(spectrumPicture(spectrum)).toMatch(/^<svg/);
  expect(targets.decode([[0, 1]], ['a', 'b'])).toEqual(['b']);
});
