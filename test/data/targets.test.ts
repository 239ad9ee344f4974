// Target values, coding and decoding, and confidences learned from outputs.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError, type Label, Network, OptionError, dense, targets } from '../../src/index.js';
import { randoms } from '../kernels/support.js';

describe('values', () => {
  test('where the second derivative is largest (Efficient BackProp 4.5)', () => {
    expect(targets.values('lecunTanh')).toEqual({ low: -1, high: 1 });
    expect(targets.values('sigmoid').low).toBeCloseTo(0.2113, 4);
    expect(targets.values('sigmoid').high).toBeCloseTo(0.7887, 4);
    expect(targets.values('tanh').high).toBeCloseTo(0.57735, 5);
  });

  test.each([
    ['tanh', (y: number) => Math.tanh(y)],
    ['sigmoid', (y: number) => 1 / (1 + Math.exp(-y))],
  ] as const)('%s: |f″| by differences has its maximum there', (name, f) => {
    const h = 1e-3;
    const bend = (y: number) => Math.abs(f(y + h) - 2 * f(y) + f(y - h));
    let best = 0;
    for (let y = 0; y < 4; y += 1e-3) if (bend(y) > bend(best)) best = y;
    expect(f(best)).toBeCloseTo(targets.values(name).high, 3);
    expect(f(-best)).toBeCloseTo(targets.values(name).low, 3);
  });

  test.each(['relu', 'softmax', 'gelu'] as const)('%s has none', (name) => {
    expect(() => targets.values(name)).toThrow(OptionError);
  });
});

describe('encode and decode', () => {
  test('labels come back, whatever they are', () => {
    const label: fc.Arbitrary<Label[]> = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      fc.array(fc.boolean(), { minLength: 1 }),
    );
    fc.assert(
      fc.property(label, fc.constantFrom('lecunTanh', 'sigmoid', 'linear'), (labels, activation) => {
        const { data, shape, classes } = targets.encode(labels, { activation: activation as 'sigmoid' });
        expect(shape).toEqual([labels.length, classes.length]);
        expect(targets.decode({ data, shape }, classes)).toEqual(labels);
        const { low, high } = targets.values(activation as 'sigmoid');
        for (let r = 0; r < labels.length; r++) {
          const row = [...data.subarray(r * classes.length, (r + 1) * classes.length)];
          expect(row.filter((v) => v === high)).toHaveLength(1);
          expect(row.filter((v) => v === low)).toHaveLength(classes.length - 1);
        }
      }),
    );
  });

  test('classes in a given order, values of one’s own, flat outputs', () => {
    const { data, classes } = targets.encode(['b', 'a'], { classes: ['c', 'b', 'a'], values: { low: 0.1, high: 0.9 } });
    expect([...data]).toEqual([0.1, 0.9, 0.1, 0.1, 0.1, 0.9]);
    expect(targets.decode(data, classes)).toEqual(['b', 'a']);
  });

  test('refusals', () => {
    expect(() => targets.encode([])).toThrow(DataError);
    expect(() => targets.encode(['a', 1])).toThrow(DataError);
    expect(() => targets.encode(['d'], { classes: ['a', 'b'] })).toThrow(expect.objectContaining({ row: 0 }));
    expect(() => targets.encode(['a'], { values: { low: 1, high: 0 } })).toThrow(OptionError);
    expect(() => targets.encode(['a'], { activation: 'relu' })).toThrow(OptionError);
    expect(() => targets.decode([[1, 2, 3]], ['a', 'b'])).toThrow(DataError);
  });
});

describe('calibrate', () => {
  /** Outputs a, and classes drawn with probabilities softmax(s·a). */
  function drawn(rows: number, n: number, scale: number, seed: number) {
    const next = randoms(seed);
    const outputs: number[][] = [];
    const labels: number[] = [];
    for (let r = 0; r < rows; r++) {
      const a = Array.from({ length: n }, next);
      const e = a.map((v) => Math.exp(scale * v));
      let u = ((next() + 1) / 2) * e.reduce((x, y) => x + y, 0);
      const c = e.findIndex((v) => (u -= v) < 0);
      outputs.push(a);
      labels.push(c < 0 ? n - 1 : c);
    }
    return { outputs, labels };
  }

  test.each([
    [2, 1.5],
    [3, 3],
    [5, 0.5],
  ])('finds the scale that classes were drawn with (%i classes, %d)', async (n, scale) => {
    const { outputs, labels } = drawn(20_000, n, scale, n);
    const found = await targets.calibrate(outputs, labels, [...Array(n).keys()]);
    // The standard error of the scale is 1/√(N·mean variance of a under p), below 0.03 here.
    expect(Math.abs(found.scale - scale)).toBeLessThan(0.12);
    const p = found.probabilities(outputs);
    for (const row of p.slice(0, 100)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test('the slope of the cross-entropy vanishes at the scale', async () => {
    const { outputs, labels } = drawn(300, 3, 2, 9);
    const { scale } = await targets.calibrate(outputs, labels, [0, 1, 2]);
    const members = [0, 1, 2].map((c) => labels.filter((l) => l === c).length);
    const loss = (s: number) =>
      outputs.reduce((sum, a, r) => {
        const all = Math.log(a.reduce((t, v) => t + Math.exp(s * v), 0));
        const own = (members[labels[r]!]! + 1) / (members[labels[r]!]! + 3);
        return sum - a.reduce((t, v, c) => t + (c === labels[r] ? own : (1 - own) / 2) * (s * v - all), 0);
      }, 0);
    const h = 1e-4;
    expect(Math.abs(loss(scale + h) - loss(scale - h)) / (2 * h)).toBeLessThan(1e-5 * outputs.length);
    expect(loss(scale)).toBeLessThan(loss(scale * 1.01));
    expect(loss(scale)).toBeLessThan(loss(scale * 0.99));
  });

  test('perfect outputs do not become certain; useless or wrong ones become even', async () => {
    const perfect = await targets.calibrate(
      [
        [1, -1],
        [1, -1],
        [-1, 1],
        [-1, 1],
      ],
      [0, 0, 1, 1],
      [0, 1],
    );
    // (2 + 1)/(2 + 2), by Platt's targets
    expect(perfect.probabilities([[1, -1]])[0]![0]).toBeCloseTo(0.75, 6);
    const wrong = await targets.calibrate(
      [
        [-1, 1],
        [1, -1],
      ],
      [0, 1],
      [0, 1],
    );
    expect(wrong.scale).toBeLessThan(1e-6);
    const even = await targets.calibrate(
      [
        [1, 1],
        [1, 1],
      ],
      ['a', 'b'],
      ['a', 'b'],
    );
    expect(even.probabilities([1, 1])[0]).toEqual([0.5, 0.5]);
  });

  test('through a network with sigmoid outputs', async () => {
    const next = randoms(4);
    const X = Array.from({ length: 300 }, () => [2 * next(), 2 * next()]);
    const labels = X.map(([a, b]) => (a! + b! + next() > 0 ? 'yes' : 'no'));
    const { classes, ...Y } = targets.encode(labels);
    using net = await Network.create({
      inputs: 2,
      layers: [dense(2, { activation: 'lecunTanh' })],
      loss: 'meanSquaredError',
      seed: 1,
    });
    await net.fit(X, Y, { epochs: 40 });
    const outputs = net.predict(X);
    const right = targets.decode(outputs, classes).filter((l, r) => l === labels[r]).length / 300;
    expect(right).toBeGreaterThan(0.8);
    const p = (await targets.calibrate(outputs, labels, classes)).probabilities(outputs);
    const sure = p.reduce((s, row) => s + Math.max(...row), 0) / 300;
    expect(Math.abs(sure - right)).toBeLessThan(0.06);
  });

  test('refusals', async () => {
    await expect(targets.calibrate([[1, 2]], ['a', 'b'], ['a', 'b'])).rejects.toThrow(DataError);
    await expect(targets.calibrate([[1, Number.NaN]], ['a'], ['a', 'b'])).rejects.toThrow(DataError);
    await expect(targets.calibrate([[1, 2]], ['z'], ['a', 'b'])).rejects.toThrow(DataError);
  });
});
