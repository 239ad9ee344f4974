// Gradients of all kinds of layers against central differences of the loss of training, in float64.

import { describe, expect, it } from 'vitest';
import { type Layer, type Loss, batchNorm, dense, dropout, gaussianNoise, layerNorm, rbf } from '../../src/index.js';
import { type Setting, gradientError, matrixOf, numbers } from './training.js';

const linear = dense(2);

const STACKS: Record<string, readonly Layer[]> = {
  'rbf at the bottom': [rbf(5, { init: 'normal' }), linear],
  'rbf at the top': [dense(3, { activation: 'tanh' }), rbf(2, { init: 'normal' })],
  'rbf between': [dense(3, { activation: 'lecunTanh' }), rbf(4, { init: 'normal', width: 1.3 }), linear],
  'rbf over rbf': [rbf(3, { init: 'normal' }), rbf(6, { init: 'normal' }), linear],
  'batchNorm below a sigmoid': [dense(5, { bias: false }), batchNorm(), dense(4, { activation: 'tanh' }), linear],
  'batchNorm of inputs': [batchNorm({ epsilon: 0.1 }), dense(4, { activation: 'gelu' }), linear],
  'batchNorm twice': [dense(3, { activation: 'tanh' }), batchNorm(), dense(7, { activation: 'elu' }), batchNorm(), linear],
  layerNorm: [dense(6, { activation: 'tanh' }), layerNorm(), dense(5, { activation: 'sigmoid' }), linear],
  'layerNorm of inputs': [layerNorm({ epsilon: 0.01 }), dense(4, { activation: 'tanh' }), linear],
  dropout: [dense(9, { activation: 'tanh' }), dropout(0.4), dense(5, { activation: 'tanh' }), dropout(0.2), linear],
  'dropout of inputs': [dropout(0.5), dense(4, { activation: 'tanh' }), linear],
  gaussianNoise: [gaussianNoise(0.3), dense(4, { activation: 'tanh' }), gaussianNoise(0.1), linear],
  everything: [
    gaussianNoise(0.1),
    dense(5, { activation: 'tanh' }),
    batchNorm(),
    dropout(0.3),
    rbf(4, { init: 'normal' }),
    layerNorm(),
    linear,
  ],
};

const targetsOf: Partial<Record<Loss, (next: () => number) => number[]>> = {
  meanSquaredError: (next) => [next(), next()],
  crossEntropy: (next) => (next() > 0 ? [1, 0] : [0.25, 0.75]),
};

describe.each(Object.entries(STACKS))('%s', (_, layers) => {
  it.each([1, 2, 3, 5, 17])('is exact for %i samples', async (rows) => {
    const next = numbers(rows);
    const setting: Setting = {
      inputs: 3,
      layers,
      loss: 'meanSquaredError',
      X: matrixOf(rows, 3, next),
      Y: Array.from({ length: rows }, () => targetsOf.meanSquaredError!(next)),
    };
    expect(await gradientError(setting)).toBeLessThan(1e-7);
  });

  it('is exact with sample weights, and under cross-entropy', async () => {
    const next = numbers(77);
    const top = dense(2, { activation: 'softmax' });
    const setting: Setting = {
      inputs: 3,
      layers: [...layers.slice(0, -1), top],
      loss: 'crossEntropy',
      X: matrixOf(6, 3, next),
      Y: Array.from({ length: 6 }, () => targetsOf.crossEntropy!(next)),
      sampleWeights: [1, 0.5, 2, 0, 3, 1],
    };
    expect(await gradientError(setting)).toBeLessThan(1e-7);
  });
});
