// What consoles show of models, and the table of a network's layers.

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Classifier, Network, Regressor, batchNorm, dense, dropout } from '../../src/index.js';

const X = Array.from({ length: 24 }, (_, r) => [Math.sin(r), Math.cos(3 * r)]);
const quick = { hidden: 3, weightDecay: 0.01, epochs: 2, seed: 9 } as const;

test('a model is a line on the console', async () => {
  const layers = [dense(3, { activation: 'tanh' }), dropout(0.2), dense(2, { activation: 'softmax' })];
  const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 7 });
  expect(inspect(net)).toBe(
    'Network { 2 → 3 dense tanh → dropout 0.2 → 2 dense softmax; crossEntropy; 17 parameters, float32, seed 7 }',
  );
  net.dispose();
  expect(inspect(net)).toContain('disposed of');
  const own = new Classifier<string>(quick);
  expect(inspect(own)).toBe('Classifier { not fitted yet }');
  const labels = X.map(([a]) => (a! > 0 ? 'up' : 'down'));
  await own.fit(X, labels);
  expect(inspect({ own })).toContain('Classifier { 2 classes ["down", "up"] from 2 columns; 2 → 3 dense lecunTanh → ');
  expect(inspect(await Regressor.fit(X, X, { ...quick, members: 2 }))).toMatch(
    /^Regressor \{ 2 numbers from 2 columns; 2 networks of 2 → /,
  );
});

test('summary() is a table of the layers, whose parameters add up', async () => {
  const layers = [dense(10, { activation: 'relu', bias: false }), batchNorm(), dense(1)];
  using net = await Network.create({ inputs: 4, layers, loss: 'mae', precision: 'float64', seed: 1 });
  expect(net.summary().split('\n')).toEqual([
    'layer                    outputs  parameters',
    '────────────────────────────────────────────',
    'inputs                         4           0',
    'dense relu without bias       10          40',
    'batchNorm                     10          20',
    'dense linear                   1          11',
    '────────────────────────────────────────────',
    'all                                       71',
    'loss meanAbsoluteError, float64',
  ]);
  expect(net.parameters).toBe(71);
});
