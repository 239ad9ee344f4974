// Schedules: closed forms, laws, and what a fit makes of them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Moment, Network, OptionError, type Schedule, dense, schedules, sgd } from '../../src/index.js';
import { cosineOfPi } from '../../src/rates/schedules.js';

const at = (moment: Partial<Moment>): Moment => ({ samples: 0, step: 0, epoch: 0, share: 0, ...moment });

describe('closed forms', () => {
  test('inverse halves at τ and is c/t in the end', () => {
    const s = schedules.inverse({ rate: 0.2, tau: 500 });
    expect(s.rate(at({}))).toBe(0.2);
    expect(s.rate(at({ samples: 500 }))).toBeCloseTo(0.1, 15);
    const t = 1e9;
    expect((s.rate(at({ samples: t })) * t) / (0.2 * 500)).toBeCloseTo(1, 5);
  });

  test('searchThenConverge stays near its rate before τ, and is c/t after', () => {
    const s = schedules.searchThenConverge({ rate: 0.2, tau: 1000, c: 50 });
    expect(s.rate(at({}))).toBe(0.2);
    expect(s.rate(at({ samples: 10 }))).toBeGreaterThan(0.199);
    const t = 1e9;
    expect((s.rate(at({ samples: t })) * t) / 50).toBeCloseTo(1, 4);
    const plain = schedules.searchThenConverge({ rate: 0.2, tau: 1000 });
    expect((plain.rate(at({ samples: t })) * t) / (0.2 * 1000)).toBeCloseTo(1, 4);
  });

  test('step and exponential are powers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 20 }), (epoch, every) => {
        const s = schedules.step({ rate: 0.3, factor: 0.7, every });
        const exact = 0.3 * 0.7 ** Math.floor(epoch / every);
        // Squaring takes at most 2·log₂ n roundings, each of which later squarings double.
        expect(Math.abs(s.rate(at({ epoch })) / exact - 1)).toBeLessThan(600 * 2 ** -53);
        const e = schedules.exponential({ rate: 0.3, factor: 0.9 });
        expect(Math.abs(e.rate(at({ epoch })) / (0.3 * 0.9 ** epoch) - 1)).toBeLessThan(600 * 2 ** -53);
      }),
    );
    expect(schedules.exponential({ rate: 1, factor: 0.5, every: 'step' }).rate(at({ step: 3, epoch: 1 }))).toBe(0.125);
    expect(schedules.exponential({ rate: 1 }).rate(at({ epoch: 1 }))).toBe(0.95);
  });

  test('cosine rises, turns and ends where it was told to', () => {
    const s = schedules.cosine({ rate: 0.4, final: 0.1, warmup: 0.2 });
    expect(s.rate(at({ share: 0 }))).toBe(0);
    expect(s.rate(at({ share: 0.1 }))).toBeCloseTo(0.2, 15);
    expect(s.rate(at({ share: 0.2 }))).toBe(0.4);
    expect(s.rate(at({ share: 0.6 }))).toBeCloseTo(0.25, 15);
    expect(s.rate(at({ share: 1 }))).toBeCloseTo(0.1, 15);
  });

  test('the cosine is one, without the engine', () => {
    const x = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(x, (share) => {
        expect(Math.abs(cosineOfPi(share) - Math.cos(Math.PI * share))).toBeLessThan(1e-15);
      }),
    );
  });
});

test('rates never rise after the warm-up, and stay finite', () => {
  const all: Schedule[] = [
    schedules.constant(0.1),
    schedules.inverse({ rate: 0.1, tau: 50 }),
    schedules.searchThenConverge({ rate: 0.1, tau: 50 }),
    schedules.step({ rate: 0.1 }),
    schedules.exponential({ rate: 0.1 }),
    schedules.cosine({ rate: 0.1 }),
  ];
  for (const s of all) {
    let last = Infinity;
    for (let k = 0; k <= 1000; k++) {
      const rate = s.rate(at({ samples: 10 * k, step: k, epoch: Math.floor(k / 10), share: k / 1000 }));
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(last * (1 + 1e-15));
      last = rate;
    }
  }
});

describe('in a fit', () => {
  const X = Array.from({ length: 23 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  const Y = X.map(([a, b]) => a! - 2 * b!);
  const make = () =>
    Network.create({
      inputs: 2,
      layers: [dense(3, { activation: 'tanh' }), dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 4,
    });

  test.each([1, 4, 23])('batches of %i: each step takes the rate of its moment', async (batchSize) => {
    const moments: Moment[] = [];
    const rate = (m: Moment) => 0.05 / (1 + m.samples / 30) + 0.001 * m.epoch + 0.01 * m.share;
    const schedule: Schedule = { name: 'own', every: 'step', rate: (m) => rate(moments[moments.push({ ...m }) - 1]!) };
    const together = await make();
    await together.fit(X, Y, { method: sgd({ rate: schedule, momentum: 0 }), epochs: 3, batchSize, order: 'sequential' });
    // The same by hand: a fit for each batch, at a constant rate.
    const apart = await make();
    let samples = 0;
    for (let epoch = 0; epoch < 3; epoch++) {
      for (let first = 0; first < 23; first += batchSize) {
        const share = samples / (3 * 23);
        const now = rate({ samples, step: 0, epoch, share });
        const [x, y] = [X.slice(first, first + batchSize), Y.slice(first, first + batchSize)];
        await apart.fit(x, y, { method: sgd({ rate: now, momentum: 0 }), epochs: 1, batchSize: 'full' });
        samples += x.length;
      }
    }
    expect(together.getWeights()).toEqual(apart.getWeights());
    const perEpoch = Math.ceil(23 / batchSize);
    expect(Math.max(...moments.map(({ step }) => step))).toBe(3 * perEpoch - 1);
  });

  test('a function of the step sees every step once, in order', async () => {
    const seen = new Set<number>();
    const net = await make();
    const history = await net.fit(X, Y, {
      method: sgd({ rate: schedules.ofStep((k) => (seen.add(k).has(k) ? 0.01 : 0)) }),
      epochs: 200,
      batchSize: 2,
    });
    expect(history.reason).toBe('epochs');
    expect([...seen]).toEqual(Array.from({ length: 200 * 12 }, (_, k) => k));
  });

  test('onEpoch hears the rate of the epoch', async () => {
    const heard: number[] = [];
    const net = await make();
    await net.fit(X, Y, {
      method: sgd({ rate: schedules.step({ rate: 0.08, every: 2 }) }),
      epochs: 5,
      onEpoch: ({ rate }) => heard.push(rate),
    });
    expect(heard).toEqual([0.08, 0.08, 0.04, 0.04, 0.02]);
  });

  test('a constant schedule gives the bits of the number', async () => {
    const [a, b] = [await make(), await make()];
    await a.fit(X, Y, { method: sgd({ rate: 0.03 }), epochs: 4, batchSize: 5 });
    await b.fit(X, Y, { method: sgd({ rate: schedules.ofStep(() => 0.03) }), epochs: 4, batchSize: 5 });
    expect(b.getWeights()).toEqual(a.getWeights());
  });

  test('a rate that is none stops the fit with its step', async () => {
    const net = await make();
    const method = sgd({ rate: schedules.ofStep((k) => (k === 5 ? Number.NaN : 0.01)) });
    await expect(net.fit(X, Y, { method, batchSize: 1 })).rejects.toThrow(/step 5/);
  });
});

test.each([
  [() => schedules.constant(0), /rate/],
  [() => schedules.inverse({ rate: -1 }), /rate/],
  [() => schedules.inverse({ tau: 5 } as never), /inverse\.rate is undefined/],
  [() => schedules.inverse({ rate: 1, tau: 0 }), /tau/],
  [() => schedules.searchThenConverge({ rate: 1, c: -1 }), /c is -1/],
  [() => schedules.step({ rate: 1, factor: 2 }), /factor/],
  [() => schedules.step({ rate: 1, every: 0 }), /every/],
  [() => schedules.exponential({ rate: 1, every: 'day' as never }), /every/],
  [() => schedules.cosine({ rate: 0.1, final: 0.2 }), /≤ rate/],
  [() => schedules.cosine({ rate: 0.1, warmup: 1 }), /warmup/],
  [() => schedules.ofStep(0.1 as never), /function/],
  [() => sgd({ rate: {} as never }), /schedules/],
])('%s is refused', (make, message) => {
  expect(make).toThrow(OptionError);
  expect(make).toThrow(message);
});
