// Every operation that a kind of layer has in the kernels, for every kind that their source declares, against differences of what
// users see: the gradient in training, the R operator, diagonals, and rows of the Jacobian.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Layer, type Network, dense, init } from '../../src/index.js';
import { EXAMPLES, kindsOfKernels } from './kinds.js';
import { type Setting, gradientError, matrixOf, networkOf, numbers } from './training.js';

await init({ precision: 'float64' });

const N = 5;
const INPUTS = 3;

/** A kind as the first layer, between others, and, where it may be, as the last. */
const places = (layer: Layer): [string, Layer[]][] => [
  ['first', [layer, dense(2)]],
  ['between', [dense(3, { activation: 'tanh' }), layer, dense(2)]],
  ...(layer.type === 'dense' || layer.type === 'rbf'
    ? [['last', [dense(3, { activation: 'tanh' }), layer]] as [string, Layer[]]]
    : []),
];

function settingOf(layers: Layer[], outputs: number, seed = 5): Setting {
  const next = numbers(seed);
  return { inputs: INPUTS, layers, loss: 'meanSquaredError', X: matrixOf(N, INPUTS, next), Y: matrixOf(N, outputs, next) };
}

const trained = (net: Network) => {
  const weights = net.getWeights();
  return net.weightShapes.flatMap((shape, i) => (shape.trained ? [...weights[i]!] : []));
};

/** What `of` finds at other weights. */
function at<T>(net: Network, flat: readonly number[], of: () => T): T {
  const kept = net.getWeights();
  net.setWeights(
    net.weightShapes.map((shape, i) => (shape.trained ? flat.slice(shape.first, shape.first + shape.size) : kept[i]!)),
  );
  const result = of();
  net.setWeights(kept);
  return result;
}

/** Columns ∂of/∂θ_k by central differences. */
function differences(net: Network, of: () => ArrayLike<number>): number[][] {
  const here = trained(net);
  return here.map((w, k) => {
    const h = 6e-6 * (1 + Math.abs(w)); // ε^{1/3}
    const side = (d: number) =>
      Array.from(
        at(
          net,
          here.map((e, i) => (i === k ? w + d : e)),
          of,
        ),
      );
    const [high, low] = [side(h), side(-h)];
    return high.map((v, i) => (v - low[i]!) / (2 * h));
  });
}

const largest = (values: Iterable<number>) => {
  let most = 0;
  for (const v of values) most = Math.max(most, Math.abs(v));
  return most;
};

/** The largest difference of a from b, by the largest of b. */
const off = (a: ArrayLike<number>, b: readonly number[]) => largest(b.map((v, i) => v - a[i]!)) / Math.max(largest(b), 1e-3);

test('all kinds that the kernels declare can be described, and are tested here', () => {
  const described = [...readFileSync('src/plan/kinds.ts', 'utf8').matchAll(/core\.(plan\w+)\(/g)].map(([, name]) => name!);
  expect([...new Set(described)].sort()).toEqual(kindsOfKernels());
  expect(new Set(EXAMPLES.map(([, { type }]) => type)).size).toBe(kindsOfKernels().length);
});

describe.each(EXAMPLES)('%s', (_, layer) => {
  describe.each(places(layer))('%s', (place, layers) => {
    const outputs = place === 'last' ? 3 : 2;

    test('the gradient in training', async () => {
      expect(await gradientError(settingOf(layers, outputs))).toBeLessThan(1e-7);
    });

    test('products with the Hessian and the Gauss-Newton matrix, and rows of the Jacobian', async () => {
      const setting = settingOf(layers, outputs);
      using net = await networkOf(setting);
      const { X, Y } = setting;
      using c = net.curvature(X, Y);
      const P = c.parameters;
      const next = numbers(6);
      const v = Float64Array.from({ length: P }, next);
      const along = (columns: number[][]) =>
        columns[0]!.map((_v, i) => columns.reduce((sum, column, k) => sum + column[i]! * v[k]!, 0));
      const gradientHere = () => {
        using there = net.curvature(X, Y);
        return there.gradient();
      };
      expect(off(c.hessianVector(v), along(differences(net, gradientHere)))).toBeLessThan(1e-6);
      const jacobian = differences(net, () => net.predict(X));
      const { data } = c.jacobian();
      expect(off(data, Array.from({ length: N * outputs }, (_v, r) => jacobian.map((column) => column[r]!)).flat())).toBeLessThan(
        1e-7,
      );
      // Gv = (2/(N·O))·Jᵀ(Jv), of squared errors.
      const Jv = along(jacobian);
      const Gv = jacobian.map((column) => (2 / (N * outputs)) * column.reduce((sum, e, i) => sum + e * Jv[i]!, 0));
      expect(off(c.gaussNewtonVector(v), Gv)).toBeLessThan(1e-7);
    });
  });

  test('diagonals: exact, where units do not mix above', async () => {
    // The last kernel is a diagonal, so that ∂²E/∂a² of the layer is one: the recursion is then exact down to the first layer.
    const units = 3;
    const setting = settingOf([dense(units, { activation: 'tanh' }), layer, dense(units, { bias: false })], units);
    using net = await networkOf(setting);
    const diagonal = Float64Array.of(0.7, 0, 0, 0, -1.2, 0, 0, 0, 0.9);
    const weights = net.getWeights().map((w, i) => (net.weightShapes[i]!.name === 'layers.2.kernel' ? diagonal : w));
    net.setWeights(weights);
    const { X, Y } = setting;
    using c = net.curvature(X, Y);
    const unit = (k: number) => Float64Array.from({ length: c.parameters }, (_v, i) => (i === k ? 1 : 0));
    const exact = Array.from({ length: c.parameters }, (_v, k) => c.hessianVector(unit(k))[k]!);
    const gaussNewton = Array.from({ length: c.parameters }, (_v, k) => c.gaussNewtonVector(unit(k))[k]!);
    expect(off(c.hessianDiagonal({ kind: 'lecun', full: true }), exact)).toBeLessThan(1e-12);
    expect(off(c.hessianDiagonal({ kind: 'lecun' }), gaussNewton)).toBeLessThan(1e-12);
    expect(off(c.hessianDiagonal({ kind: 'gaussNewton' }), gaussNewton)).toBeLessThan(1e-12);
  });
});
