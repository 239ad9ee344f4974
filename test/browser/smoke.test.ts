import { expect, test } from 'vitest';
import { Classifier, Network, dense } from '../../src/index.js';

test('a network learns XOR in a page', async () => {
  const net = await Network.create({
    inputs: 2,
    layers: [dense(8, { activation: 'lecunTanh' }), dense(2, { activation: 'softmax' })],
    loss: 'crossEntropy',
    seed: 1,
  });
  const X = [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ];
  const Y = [0, 1, 1, 0];
  await net.fit(X, Y, { epochs: 300, batchSize: 'full' });
  expect(net.evaluate(X, Y)).toMatchObject({ accuracy: 1 });
  net.dispose();
});

test('a long fit leaves the page its frames', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => [i % 7, i % 11, i % 13]);
  const labels = rows.map(([a, b]) => (a! > b! ? 'yes' : 'no'));
  let frames = 0;
  let done = false;
  const count = () => {
    frames++;
    if (!done) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  const model = await Classifier.fit(rows, labels, { seed: 1, hidden: 64, weightDecay: 1e-4, epochs: 600 });
  done = true;
  expect(frames).toBeGreaterThan(2);
  expect(model.evaluate(rows, labels).accuracy).toBeGreaterThan(0.95);
});
