// Resilient backpropagation: against a twin in plain numbers, and by its laws.

import { describe, expect, test } from 'vitest';
import { Network, OptionError, type RpropVariant, dense, rprop, sgd } from '../../src/index.js';
import { ROWS, gradientAt, inputs, make, target } from './linear.js';

/** The rule on one weight, straight from Igel and Hüsken's listings. */
function twin(variant: RpropVariant, p: { w: number; before: number; size: number; last: number }, gradient: number): void {
  let g = gradient;
  const s = Math.sign(g) * Math.sign(p.before);
  if (s > 0) p.size = Math.min(p.size * 1.2, 50);
  else if (s < 0) p.size = Math.max(p.size * 0.5, 1e-6);
  let step = -Math.sign(g) * p.size;
  if (s < 0 && variant === 'rprop+') {
    step = -p.last;
    g = 0;
  } else if (s < 0 && variant === 'iRprop-') {
    step = 0;
    g = 0;
  }
  p.last = s < 0 && variant === 'rprop+' ? 0 : step;
  p.w += step;
  p.before = g;
}

describe.each(['rprop-', 'rprop+', 'iRprop-'] as const)('%s', (variant) => {
  test.each([1, 2, 3, 4, 5, 8, 13])('%i inputs: the steps are the twin’s', async (n) => {
    const X = inputs(n);
    const Y = X.map(target);
    const net = await make(n, 'float64');
    const parameters = net
      .getWeights()
      .flatMap((w) => [...w])
      .map((w) => ({ w, before: 0, size: 0.1, last: 0 }));
    for (let t = 0; t < 25; t++) {
      const gradient = gradientAt(
        X,
        Y,
        parameters.map(({ w }) => w),
      );
      for (const [i, p] of parameters.entries()) twin(variant, p, gradient[i]!);
    }
    await net.fit(X, Y, { method: rprop({ variant }), epochs: 25 });
    // Signs are exact, and steps are added up: a rounding each.
    for (const [i, w] of net
      .getWeights()
      .flatMap((a) => [...a])
      .entries())
      expect(Math.abs(w - parameters[i]!.w)).toBeLessThan(1e-12);
  });

  test('the scale of the loss does not matter', async () => {
    const X = inputs(5);
    const Y = X.map(target);
    const [a, b] = [await make(5, 'float64'), await make(5, 'float64')];
    await a.fit(X, Y, { method: rprop({ variant }), epochs: 30 });
    // Powers of two: gradients are the same but for their exponents. Weights divide by their sum, so targets have to grow.
    await b.fit(X, Y, { method: rprop({ variant }), epochs: 30, sampleWeights: Array.from({ length: ROWS }, () => 1024) });
    expect(b.getWeights()).toEqual(a.getWeights());
  });

  test('a fit that is continued gives the bits of a longer one', async () => {
    const X = inputs(7);
    const Y = X.map(target);
    const [whole, parts] = [await make(7, 'float32'), await make(7, 'float32')];
    const method = rprop({ variant });
    await whole.fit(X, Y, { method, epochs: 21 });
    const { state } = await parts.fitWithState(X, Y, { method, epochs: 8 }, undefined);
    await parts.fitWithState(X, Y, { method, epochs: 13 }, { resume: state });
    expect(parts.getWeights()).toEqual(whole.getWeights());
  });

  test('finds what a small network can learn', async () => {
    const X = [
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ];
    const Y = [-1, 1, 1, -1];
    let learned = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const net = await Network.create({
        inputs: 2,
        layers: [dense(6, { activation: 'lecunTanh' }), dense(1)],
        loss: 'meanSquaredError',
        seed,
      });
      await net.fit(X, Y, { method: rprop({ variant }), epochs: 150 });
      if (net.evaluate(X, Y).loss < 0.01) learned++;
      net.dispose();
    }
    expect(learned).toBeGreaterThanOrEqual(6);
  });
});

test('it takes the whole set unless told otherwise, and refuses to be', async () => {
  const X = inputs(3);
  const net = await make(3, 'float32');
  const before = net.getWeights();
  await expect(net.fit(X, X.map(target), { method: rprop(), batchSize: 1 })).rejects.toThrow(
    /fit\.batchSize is 1; expected 'full' with rprop/,
  );
  expect(net.getWeights()).toEqual(before);
  const history = await net.fit(X, X.map(target), { method: rprop(), epochs: 3, batchSize: ROWS });
  expect(history.epochs).toBe(3);
  await net.fit(X, X.map(target), { method: sgd(), epochs: 1 });
});

test.each([
  [() => rprop({ up: 0.9 }), /rprop\.up/],
  [() => rprop({ down: 1 }), /down/],
  [() => rprop({ least: 1, most: 0.5 }), /≤ most/],
  [() => rprop({ variant: 'irprop' as never }), /variant/],
  [() => rprop({ rate: 0.1 } as never), /no such option/],
])('%s is refused', (build, message) => {
  expect(build).toThrow(OptionError);
  expect(build).toThrow(message);
});
