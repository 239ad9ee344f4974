// In a file of its own: what a process's first network of float64 comes with is decided once.

import { expect, test } from 'vitest';
import { Network, dense } from '../../src/index.js';

test('the first network of all, in float64, can measure its curvature', async () => {
  const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64', seed: 1 });
  const c = net.curvature([[1], [2]], [[1], [0]]);
  expect(c.hessianVector([0, 1])[1]).toBeCloseTo(2, 12); // of Σ(b − y)²/2 by b
  c.dispose();
  net.dispose();
});
