// A fit is cut into slices by the clock; where they fall must not show in the weights.

import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type FitOptions,
  Network,
  adam,
  batchNorm,
  dense,
  dropout,
  emphasize,
  gaussianNoise,
  gdx,
  growing,
  murata,
  nadam,
  quickprop,
  rprop,
  schedules,
  sgd,
} from '../../src/index.js';
import { TimeSlice } from '../../src/training/time-slice.js';
import { randoms } from '../kernels/support.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const next = randoms(2);
const X = Array.from({ length: 57 }, () => [next(), next(), next()]);
const Y = X.map(([a, b]) => (a! > 0 ? (b! > 0 ? 2 : 1) : 0));

const FITS: [string, FitOptions][] = [
  ['sgd, one at a time', { batchSize: 1 }],
  ['sgd', { batchSize: 8 }],
  ['a rate by the step', { method: sgd({ rate: schedules.cosine({ rate: 0.1, warmup: 0.1 }) }), batchSize: 4 }],
  ['rates by fan-in', { method: sgd({ perWeight: true }), batchSize: 4 }],
  ['adam', { method: adam(), batchSize: 4 }],
  ['nadam, decay', { method: nadam({ weightDecay: 0.01 }), batchSize: 4 }],
  ['murata', { method: murata({ rate: 0.05, alpha: 0.1 }), batchSize: 4 }],
  ['murata, rate measured', { method: murata(), batchSize: 4 }],
  ['gdx', { method: gdx(), batchSize: 'full' }],
  ['sgd as MATLAB', { method: sgd({ matlab: true }), batchSize: 4 }],
  ['rprop', { method: rprop({ variant: 'iRprop+' }) }],
  ['quickprop', { method: quickprop() }],
  ['interleave', { order: 'interleave', batchSize: 4 }],
  ['emphasize', { order: emphasize({ importance: true }), batchSize: 4 }],
  ['emphasize, one at a time', { order: 'emphasize', batchSize: 1 }],
  ['growing', { batchSize: growing({ start: 2, by: 'variance' }) }],
  ['averaged and clipped', { average: { decay: 0.9 }, clip: { norm: 0.1 }, l1: 0.001, batchSize: 4 }],
];

const NETS = {
  dense: [dense(6, { activation: 'tanh' }), dense(3, { activation: 'softmax' })],
  noisy: [gaussianNoise(0.1), dense(6, { activation: 'tanh' }), dropout(0.2), batchNorm(), dense(3, { activation: 'softmax' })],
};

describe.each(Object.entries(NETS))('%s', (name, layers) => {
  test.each(FITS.filter(([, { batchSize }]) => name === 'dense' || batchSize !== 1))('%s', async (_, options) => {
    const run = async () => {
      using net = await Network.create({ inputs: 3, layers, loss: 'crossEntropy', seed: 1 });
      const { loss } = await net.fit(X, Y, { ...options, epochs: 6 });
      await net.partialFit(X, Y, { ...options, epochs: 2 });
      return { loss, weights: net.getWeights() };
    };
    const whole = await run();
    for (const lengths of [[1], [2, 3], [5, 1, 7]]) {
      let k = 0;
      vi.spyOn(TimeSlice.prototype, 'stride', 'get').mockImplementation(() => lengths[k++ % lengths.length]!);
      expect(await run()).toEqual(whole);
    }
  });
});
