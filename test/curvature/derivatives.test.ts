// Second derivatives of every layer and loss: products against differences of the gradient and against each other, diagonals
// against explicit matrices (docs/mathematics.md, section 7).

import { describe, expect, test } from 'vitest';
import {
  type Layer,
  type Loss,
  Network,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  init,
  layerNorm,
  rbf,
} from '../../src/index.js';
import { ACTIVATION_NAMES } from '../../src/layers/activations.js';
import { LOSSES, LOSS_NAMES, legalActivation } from '../../src/layers/losses.js';
import { matrixOf, networkOf, numbers } from '../layers/training.js';

await init({ precision: 'float64' });

const ACTIVATIONS = ACTIVATION_NAMES.filter((name) => name !== 'softmax');

const STACKS: [string, Layer[]][] = [
  ...ACTIVATIONS.map((activation): [string, Layer[]] => [activation, [dense(4, { activation }), dense(2, { activation })]]),
  [
    'three hidden',
    [dense(4, { activation: 'tanh' }), dense(3, { activation: 'gelu' }), dense(3, { activation: 'sigmoid' }), dense(2)],
  ],
  ['without biases', [dense(4, { activation: 'tanh', bias: false }), dense(2, { bias: false })]],
  ['rbf first', [rbf(4, { init: 'normal' }), dense(2)]],
  ['rbf in the middle', [dense(3, { activation: 'tanh' }), rbf(4, { init: 'normal' }), dense(2)]],
  ['rbf last', [dense(3, { activation: 'tanh' }), rbf(2, { init: 'normal' })]],
  ['batchNorm', [batchNorm(), dense(4, { activation: 'tanh' }), batchNorm(), dense(2)]],
  ['layerNorm', [layerNorm(), dense(5, { activation: 'tanh' }), layerNorm(), dense(2)]],
  ['nothing drops out', [gaussianNoise(0.1), dense(5, { activation: 'softplus' }), dropout(0.3), dense(2)]],
];

/** ∂²l/∂a_i∂a_j of a sample, as the Gauss-Newton matrix has it. */
type Bend = (a: readonly number[], t: readonly number[], i: number, j: number) => number;

/** Of a mean over outputs, by ∂²/∂a² of its summand. */
const each =
  (own: (a: number, t: number) => number): Bend =>
  (a, t, i, j) =>
    i === j ? own(a[i]!, t[i]!) / a.length : 0;

/** Σ_k (∂a_k/∂y)ᵀ(∂a_k/∂y)/a_k = diag(a) − aaᵀ */
const ofSoftmax: Bend = (a, _, i, j) => (i === j ? 1 / a[i]! : 0);

const BENDS: Record<Loss, Bend> = {
  meanSquaredError: each(() => 2),
  meanAbsoluteError: each(() => 0),
  binaryCrossEntropy: each((a) => 1 / (a * (1 - a))), // as for y: (∂a/∂y)²·q = a(1 − a)
  hinge: each(() => 0),
  crossEntropy: ofSoftmax,
  logCosh: each((a, t) => 1 / Math.cosh(a - t) ** 2),
  squaredHinge: each((a, t) => (t * a < 1 ? 2 : 0)),
  categoricalHinge: each(() => 0),
  kullbackLeiblerDivergence: ofSoftmax,
  poisson: each((a, t) => t / (a + 1e-7) ** 2),
  cosineProximity(a, _, i, j) {
    const square = a.reduce((s, v) => s + v * v, 0);
    return square > 1e-7 ? (Number(i === j) - (a[i]! * a[j]!) / square) / square : 0;
  },
  meanAbsolutePercentageError: each(() => 0),
  meanSquaredLogarithmicError: each((a) => (a > 1e-7 ? 2 / (1 + a) ** 2 : 0)),
};

/** w weights of samples, one of them 0. */
const WEIGHTS = [1, 2, 0.5, 1, 0, 1, 3];

async function setting(layers: Layer[], loss: Loss, seed = 3) {
  const next = numbers(seed);
  const last = layers.at(-1)!;
  const { activation: top = 'softplus' } = LOSSES[loss];
  const fits = last.type !== 'dense' || legalActivation(loss, last.activation);
  const all = fits || !('units' in last) ? layers : [...layers.slice(0, -1), dense(last.units, { activation: top })];
  const X = matrixOf(WEIGHTS.length, 3, next);
  const Y = X.map(() => {
    const v = [next(), next()];
    switch (LOSSES[loss].targets) {
      case 'signs':
        return v.map((e) => (e > 0 ? 1 : -1));
      case 'probabilities':
        return v.map((e) => Math.min(Math.abs(e), 1));
      case 'distribution':
        return [0.3, 0.7];
      case 'amounts':
        return v.map(Math.abs);
      default:
        return v;
    }
  });
  const net = await networkOf({ inputs: 3, layers: all, loss, X, Y });
  return { net, X, Y, c: net.curvature(X, Y, { sampleWeights: WEIGHTS }) };
}

/** The gradient of the loss at other weights. */
function gradientAt(net: Network, flat: Float64Array, X: number[][], Y: number[][]): Float64Array {
  const kept = net.getWeights();
  net.setWeights(
    net.weightShapes.map(({ first, size, trained }, i) => (trained ? flat.subarray(first, first + size) : kept[i]!)),
  );
  using c = net.curvature(X, Y, { sampleWeights: WEIGHTS });
  const gradient = c.gradient();
  net.setWeights(kept);
  return gradient;
}

const flatten = (net: Network) => {
  const weights = net.getWeights();
  return Float64Array.from(net.weightShapes.flatMap(({ trained }, i) => (trained ? [...weights[i]!] : [])));
};

const matrixOfProducts = (P: number, product: (v: Float64Array) => Float64Array) =>
  Array.from({ length: P }, (_, k) => {
    const unit = new Float64Array(P);
    unit[k] = 1;
    return product(unit);
  });

const largest = (rows: Iterable<Float64Array>) => {
  let most = 0;
  for (const row of rows) for (const v of row) most = Math.max(most, Math.abs(v));
  return most;
};

const off = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
  largest(a.map((row, i) => row.map((v, j) => v - b[i]![j]!)));

const legal = (layers: Layer[], loss: Loss) => {
  const last = layers.at(-1)!;
  return !((LOSSES[loss].activation || LOSSES[loss].positive) && last.type !== 'dense');
};

describe.each(LOSS_NAMES)('%s', (loss) => {
  describe.each(STACKS.filter(([, layers]) => legal(layers, loss)))('%s', (_, layers) => {
    test('Hessian products are those of differences; symmetric; the Gauss-Newton matrix is JᵀQJ, its diagonal the exact one', async () => {
      const { net, X, Y, c } = await setting(layers, loss);
      const P = c.parameters;
      const H = matrixOfProducts(P, (v) => c.hessianVector(v));
      const G = matrixOfProducts(P, (v) => c.gaussNewtonVector(v));
      const size = Math.max(largest(H), largest(G), 1e-3);
      // Central differences err by h² and ε/h: 1e-6 of the size where third derivatives are of order 1.
      const at = flatten(net);
      const D = Array.from({ length: P }, (_v, k) => {
        const h = 1e-5 * (1 + Math.abs(at[k]!));
        const side = (d: number) =>
          gradientAt(
            net,
            at.map((w, i) => (i === k ? w + d : w)),
            X,
            Y,
          );
        const [high, low] = [side(h), side(-h)];
        return high.map((v, i) => (v - low[i]!) / (2 * h));
      });
      expect(off(H, D) / size).toBeLessThan(1e-6);
      const T = H.map((_v, i) => Float64Array.from(H, (row) => row[i]!));
      expect(off(H, T) / size).toBeLessThan(1e-12);
      // JᵀQJ from the Jacobian of the outputs and ∂²l/∂a².
      const J = c.jacobian().data;
      const outputs = net.predict(X);
      const O = net.outputs;
      const weight = WEIGHTS.reduce((a, b) => a + b);
      const Q = G.map(() => new Float64Array(P));
      WEIGHTS.forEach((w, r) => {
        const [a, t] = [[...outputs.subarray(r * O, (r + 1) * O)], Y[r]!];
        for (let k = 0; k < O; k++) {
          for (let m = 0; m < O; m++) {
            const q = (w / weight) * BENDS[loss](a, t, k, m);
            const [left, right] = [(r * O + k) * P, (r * O + m) * P];
            if (q !== 0) for (let i = 0; i < P; i++) for (let j = 0; j < P; j++) Q[i]![j]! += q * J[left + i]! * J[right + j]!;
          }
        }
      });
      expect(off(G, Q) / size).toBeLessThan(1e-10);
      const diagonal = c.hessianDiagonal({ kind: 'gaussNewton' });
      expect(off([diagonal], [Float64Array.from(G, (row, i) => row[i]!)]) / size).toBeLessThan(1e-12);
      // vᵀGv ≥ 0
      const next = numbers(8);
      const v = Float64Array.from({ length: P }, next);
      expect(c.gaussNewtonVector(v).reduce((s, e, i) => s + e * v[i]!, 0)).toBeGreaterThanOrEqual(-1e-12 * size);
      net.dispose();
    });
  });
});

describe("LeCun's recursion (Efficient BackProp 7.4)", () => {
  const separable: Loss[] = ['meanSquaredError', 'binaryCrossEntropy'];
  const nets: [string, Layer[]][] = [
    ['4-3-2', [dense(3, { activation: 'tanh' }), dense(2)]],
    ['4-5-3-2', [dense(5, { activation: 'tanh' }), dense(3, { activation: 'tanh' }), dense(2)]],
    [
      '4-5-3-1',
      [dense(5, { activation: 'tanh', biasInit: 'zeros' }), dense(3, { activation: 'sigmoid', biasInit: 'zeros' }), dense(1)],
    ],
  ];

  test.each(nets.flatMap(([name, layers]) => separable.map((loss) => [name, loss, layers] as const)))(
    '%s under %s: exact for the top two layers, an approximation below',
    async (_, loss, layers) => {
      const next = numbers(4);
      const units = (layers.at(-1) as { units: number }).units;
      const all = loss === 'binaryCrossEntropy' ? [...layers.slice(0, -1), dense(units, { activation: 'sigmoid' })] : [...layers];
      const X = matrixOf(9, 4, next);
      const Y = X.map(() => Array.from({ length: units }, () => (loss === 'binaryCrossEntropy' ? Number(next() > 0) : next())));
      using net = await networkOf({ inputs: 4, layers: all, loss, X, Y });
      using c = net.curvature(X, Y);
      const exact = c.hessianDiagonal();
      const full = c.hessianDiagonal({ kind: 'lecun', full: true });
      const gaussNewton = c.hessianDiagonal({ kind: 'gaussNewton' });
      const lecun = c.hessianDiagonal({ kind: 'lecun' });
      expect(Math.min(...lecun)).toBeGreaterThanOrEqual(0);
      for (const { name, first, size } of net.weightShapes) {
        const layer = Number(name.split('.')[1]);
        const part = (a: Float64Array) => [a.subarray(first, first + size)];
        const distance = [off(part(full), part(exact)), off(part(lecun), part(gaussNewton))];
        for (const d of distance) {
          if (layer >= all.length - 2) expect(d).toBeLessThan(1e-14);
          else expect(d).toBeGreaterThan(1e-4);
        }
      }
    },
  );

  test('under a softmax it is inexact one layer earlier', async () => {
    const { net, c } = await setting([dense(4, { activation: 'tanh' }), dense(2)], 'crossEntropy');
    const [exact, full] = [c.hessianDiagonal(), c.hessianDiagonal({ kind: 'lecun', full: true })];
    const { first } = net.weightShapes.find(({ name }) => name === 'layers.1.kernel')!;
    expect(off([full.subarray(first)], [exact.subarray(first)])).toBeLessThan(1e-14);
    expect(off([full.subarray(0, first)], [exact.subarray(0, first)])).toBeGreaterThan(1e-4);
  });

  test('the same in float32 networks: curvature is measured in float64 at their weights', async () => {
    const X = matrixOf(9, 3, numbers(1));
    const Y = matrixOf(9, 2, numbers(2));
    using single = await Network.create({
      inputs: 3,
      layers: [dense(4, { activation: 'tanh' }), dense(2)],
      loss: 'meanSquaredError',
      seed: 1,
    });
    using double = await Network.create({
      inputs: 3,
      layers: [dense(4, { activation: 'tanh' }), dense(2)],
      loss: 'meanSquaredError',
      seed: 2,
      precision: 'float64',
    });
    double.setWeights(single.getWeights());
    using a = single.curvature(X, Y);
    using b = double.curvature(X, Y);
    expect(a.hessianDiagonal()).toEqual(b.hessianDiagonal());
  });

  test('gradient and diagonal in one pass are the two alone', async () => {
    const { c } = await setting(
      [dense(4, { activation: 'gelu' }), dense(3, { activation: 'tanh' }), dense(2)],
      'meanSquaredError',
    );
    for (const full of [false, true]) {
      const { loss, gradient, diagonal } = c.gradientAndDiagonal({ full });
      expect(loss).toBe(c.loss());
      expect(gradient).toEqual(c.gradient());
      expect(diagonal).toEqual(c.hessianDiagonal({ kind: 'lecun', full }));
    }
  });

  test('a running diagonal: of one sample that sample’s, with a small γ about the mean', async () => {
    const X = matrixOf(400, 3, numbers(5));
    const net = await networkOf({
      inputs: 3,
      layers: [dense(4, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      X,
      Y: X.map(([a]) => [a!]),
    });
    const Y = X.map(([a]) => [a!]);
    using one = net.curvature(X.slice(0, 1), Y.slice(0, 1));
    const alone = one.hessianDiagonal({ kind: 'lecun' });
    expect(one.hessianDiagonal({ kind: 'lecun', gamma: 0.3 })).toEqual(alone);
    using c = net.curvature(X, Y);
    const mean = c.hessianDiagonal({ kind: 'lecun' });
    const running = c.hessianDiagonal({ kind: 'lecun', gamma: 0.02, seed: 3 });
    // A mean of about 2/γ samples, each within a few times its mean.
    running.forEach((h, i) => {
      expect(Math.abs(h - mean[i]!)).toBeLessThan(0.6 * mean[i]!);
    });
    expect(() => c.hessianDiagonal({ kind: 'exact', gamma: 0.1 })).toThrow(/gamma/);
  });
});

test('products are of finite vectors as long as the parameters', async () => {
  using net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  const c = net.curvature([[1, 2]], [[1]]);
  for (const product of [(v: never) => c.hessianVector(v), (v: never) => c.gaussNewtonVector(v)]) {
    expect(() => product([1, Number.NaN, 1] as never)).toThrow(/^v: element 1 is NaN; expected finite numbers$/);
    expect(() => product([1, 2, '3'] as never)).toThrow(/element 2 is "3"/);
    expect(() => product(new Float64Array([Infinity, 0, 0]) as never)).toThrow(/element 0 is Infinity/);
    expect(() => product([1] as never)).toThrow(/has 1 element; expected 3/);
  }
  c.dispose();
});
