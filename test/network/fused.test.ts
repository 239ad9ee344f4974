// Steps whose gradient goes into the weights block by block, against steps that write the whole gradient first: a bound of the
// gradient that nothing reaches makes them take that path.

import { expect, test } from 'vitest';
import { type Method, Network, adam, dense, rmsProp, sgd } from '../../src/index.js';
import { normals } from '../data/synthetic.js';
import { some } from '../thorough.js';

const METHODS: readonly (readonly [string, () => Method])[] = [
  ['plain', () => sgd({ rate: 0.01, momentum: 0 })],
  ['momentum and decay', () => sgd({ rate: 0.01, momentum: 0.9, weightDecay: 1e-3 })],
  ['Nesterov', () => sgd({ rate: 0.01, momentum: 0.9, nesterov: true })],
  ['adam', () => adam({ rate: 1e-3 })],
  ['rmsProp', () => rmsProp({ rate: 1e-3 })],
];

// Inputs and units around a block of 128 (or 126) rows, and beyond the columns that are packed at a time.
const SHAPES = some(1, [
  { inputs: 129, units: [131, 7] },
  { inputs: 300, units: [200, 70] },
  { inputs: 150, units: [520, 9] },
]);

test.each(['float32', 'float64'] as const)('the same bits, %s', async (precision) => {
  for (const [name, method] of METHODS) {
    for (const { inputs, units } of SHAPES) {
      const rows = 107;
      const X = normals(3, rows, inputs);
      const classes = Array.from({ length: rows }, (_, r) => (r * 7) % 5);
      const train = async (options: object, sampleWeights?: number[]) => {
        const layers = [...units.map((n) => dense(n, { activation: 'tanh' })), dense(5, { activation: 'softmax' })];
        using net = await Network.create({ inputs, layers, loss: 'crossEntropy', precision, seed: 4, threads: 1 });
        const history = await net.fit(X, classes, {
          method: method(),
          epochs: 2,
          batchSize: 50,
          ...options,
          ...(sampleWeights && { sampleWeights }),
        });
        return { weights: net.getWeights(), loss: history.loss };
      };
      const weights = classes.map((c) => c % 3);
      for (const given of [undefined, weights]) {
        expect(await train({}, given), `${name} ${inputs}`).toEqual(await train({ clip: { value: 1e30 } }, given));
      }
      // A full batch also leaves its gradient, whose largest element minGradient looks at.
      const full = { batchSize: 'full', minGradient: 1e-12 };
      expect(await train(full), `${name} ${inputs}, full`).toEqual(await train({ ...full, clip: { value: 1e30 } }));
    }
  }
});
