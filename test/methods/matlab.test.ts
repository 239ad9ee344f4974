// Methods under MATLAB's names, against their published loops.

import { describe, expect, it } from 'vitest';
import { Network, OptionError, dense, gdx, rprop, schedules, sgd } from '../../src/index.js';
import { matrixOf, numbers } from '../layers/training.js';

const next = numbers(8);
const X = matrixOf(24, 3, next);
const Y = X.map(([a, b, c]) => [a! - 2 * b! + Math.sin(3 * c!)]);

/** A linear unit: its loss, and minus the gradient, at w₀, w₁, w₂ and the bias. */
function at(w: readonly number[], rows: readonly number[] = X.map((_, r) => r)): { perf: number; gX: number[] } {
  const gX = w.map(() => 0);
  let perf = 0;
  for (const r of rows) {
    const e = X[r]!.reduce((s, v, i) => s + v * w[i]!, w[3]!) - Y[r]![0]!;
    perf += (e * e) / rows.length;
    [...X[r]!, 1].forEach((v, i) => {
      gX[i]! -= (2 * e * v) / rows.length;
    });
  }
  return { perf, gX };
}

const create = (precision: 'float32' | 'float64' = 'float64') =>
  Network.create({ inputs: 3, layers: [dense(1)], loss: 'meanSquaredError', precision, seed: 2 });
const flat = (net: Network) => net.getWeights().flatMap((w) => Array.from(w));
const close = (a: readonly number[], b: readonly number[]) => {
  expect(a.length).toBe(b.length);
  a.forEach((v, i) => {
    expect(Math.abs(v - b[i]!)).toBeLessThan(1e-11);
  });
};

interface Settings {
  readonly lr: number;
  readonly mc: number;
}

/** traingdm: the weights after so many epochs, on rows that may differ from step to step. */
function traingdm(start: number[], steps: number, { lr, mc }: Settings, rows?: (t: number) => number[]): number[] {
  let w = start;
  let dX = at(w, rows?.(0)).gX.map((v) => lr * v);
  for (let t = 0; t < steps; t++) {
    const { gX } = at(w, rows?.(t));
    dX = dX.map((v, i) => mc * v + (1 - mc) * lr * gX[i]!);
    w = w.map((v, i) => v + dX[i]!);
  }
  return w;
}

/** traingdx: the weights after so many epochs, how many trials were refused before the last, and the rate of that. */
function traingdx(start: number[], epochs: number, { lr, mc, inc = 1.05 }: Settings & { inc?: number }) {
  let w = start;
  let { perf, gX } = at(w);
  let dX = gX.map((v) => lr * v);
  let refused = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    dX = dX.map((v, i) => mc * v + (1 - mc) * lr * gX[i]!);
    const trial = w.map((v, i) => v + dX[i]!);
    const tried = at(trial);
    if (epoch === epochs - 1) {
      if (tried.perf / perf <= 1.04) w = trial;
      break;
    }
    if (tried.perf / perf > 1.04) {
      lr *= 0.7;
      dX = gX.map((v) => lr * v);
      refused++;
    } else {
      if (tried.perf < perf) lr *= inc;
      w = trial;
      ({ perf, gX } = tried);
    }
  }
  return { w, refused, lr };
}

describe('traingdm', () => {
  it.each([
    { lr: 0.05, mc: 0.9 },
    { lr: 0.4, mc: 0.5 },
    { lr: 0.1, mc: 0 },
  ])('steps as MATLAB: %o', async ({ lr, mc }) => {
    for (const steps of [1, 2, 3, 40]) {
      const net = await create();
      const expected = traingdm(flat(net), steps, { lr, mc });
      await net.fit(X, Y, { method: sgd({ rate: lr, momentum: mc, matlab: true }), batchSize: 'full', epochs: steps });
      close(flat(net), expected);
    }
  });

  it.each([1, 5, 24])('the same in batches of %i, with a first step of its own', async (batchSize) => {
    const net = await create();
    const perEpoch = Math.ceil(24 / batchSize);
    const rows = (t: number) => {
      const from = (t % perEpoch) * 5;
      return batchSize === 1
        ? [t % 24]
        : batchSize === 24
          ? X.map((_, r) => r)
          : [0, 1, 2, 3, 4].map((k) => from + k).filter((r) => r < 24);
    };
    const expected = traingdm(flat(net), 3 * perEpoch, { lr: 0.1, mc: 0.8 }, rows);
    const method = sgd({ rate: 0.1, momentum: 0.8, matlab: true });
    await net.fit(X, Y, { method, batchSize, epochs: 3, order: 'sequential' });
    close(flat(net), expected);
  });

  it('goes on where it was, at the rate that is asked for', async () => {
    const rates: number[] = [];
    const options = {
      method: sgd({ rate: 0.1, matlab: true }),
      batchSize: 6,
      onEpoch: ({ rate }: { rate: number }) => {
        rates.push(rate);
      },
    };
    for (const precision of ['float32', 'float64'] as const) {
      const [whole, pieces] = [await create(precision), await create(precision)];
      await whole.fit(X, Y, { ...options, epochs: 7 });
      for (const epochs of [1, 4, 2]) await pieces.partialFit(X, Y, { ...options, epochs });
      expect(pieces.getWeights()).toEqual(whole.getWeights());
    }
    expect(new Set(rates)).toEqual(new Set([0.1]));
  });

  it('takes a tenth of the way of ours, on a schedule too, and the same way at a rate that is measured', async () => {
    for (const rate of [
      schedules.step({ rate: 0.2, every: 3 }),
      schedules.cosine({ rate: 0.2 }),
      (epoch: number) => 0.2 / (1 + epoch),
    ]) {
      const [theirs, ours] = [await create(), await create()];
      const tenth =
        typeof rate === 'function'
          ? (epoch: number) => rate(epoch) / 10
          : { ...rate, rate: (moment: Parameters<typeof rate.rate>[0]) => rate.rate(moment) / 10 };
      await theirs.partialFit(X, Y, { method: sgd({ rate: 0.2, matlab: true }), batchSize: 'full', epochs: 1 });
      await ours.partialFit(X, Y, { method: sgd({ rate: 0.2 }), batchSize: 'full', epochs: 1 });
      close(flat(theirs), flat(ours)); // the first step is −η·g in both
      await theirs.partialFit(X, Y, { method: sgd({ rate, matlab: true }), batchSize: 'full', epochs: 10 });
      await ours.partialFit(X, Y, { method: sgd({ rate: tenth }), batchSize: 'full', epochs: 10 });
      close(flat(theirs), flat(ours));
    }
    const rates: number[] = [];
    for (const matlab of [false, true]) {
      const net = await create();
      const onEpoch = ({ rate }: { rate: number }) => {
        rates.push(rate);
      };
      await net.fit(X, Y, { method: sgd({ rate: 'auto', matlab }), batchSize: 'full', epochs: 1, onEpoch });
    }
    expect(Math.abs(rates[1]! / rates[0]! - 10)).toBeLessThan(1e-9);
  });

  it('refuses nesterov', () => {
    expect(() => sgd({ matlab: true, nesterov: true })).toThrow(/sgd\.matlab.*nesterov/);
    expect(() => sgd({ matlab: 1 as unknown as boolean })).toThrow(OptionError);
  });
});

describe('trainrp', () => {
  it('is rprop- from 1.2·delta0 on, without a least step', async () => {
    for (const epochs of [1, 2, 30]) {
      const net = await create();
      let w = flat(net);
      let deltaX = w.map(() => 0.07);
      let before: number[] | undefined;
      for (let epoch = 0; epoch < epochs; epoch++) {
        const { gX } = at(w);
        const ggX = gX.map((v, i) => v * (before ?? gX)[i]!);
        deltaX = deltaX.map((d, i) => Math.min(d * (ggX[i]! > 0 ? 1.2 : ggX[i]! < 0 ? 0.5 : 1), 50));
        w = w.map((v, i) => v + deltaX[i]! * Math.sign(gX[i]!));
        before = gX;
      }
      await net.fit(X, Y, { method: rprop({ variant: 'rprop-', first: 0.084, least: 1e-300 }), epochs });
      close(flat(net), w);
    }
  });
});

describe('traingdx', () => {
  it.each([
    { lr: 0.01, mc: 0.9 },
    { lr: 1.2, mc: 0.9 },
    { lr: 2, mc: 0.5, inc: 1.3 },
    { lr: 1, mc: 0 },
  ])('steps as MATLAB: %o', async (settings) => {
    const { lr, mc, inc = 1.05 } = settings;
    let refusals = 0;
    for (const epochs of [1, 2, 3, 10, 60]) {
      const net = await create();
      const { w, refused, lr: rate } = traingdx(flat(net), epochs, settings);
      let last = 0;
      await net.fit(X, Y, {
        method: gdx({ rate: lr, momentum: mc, up: inc, matlab: true }),
        epochs,
        onEpoch: (progress) => {
          last = progress.rate;
        },
      });
      close(flat(net), w);
      if (epochs > 1) expect(Math.abs(last / rate - 1)).toBeLessThan(1e-12);
      refusals += refused;
    }
    if (lr >= 1) expect(refusals).toBeGreaterThan(0);
  });

  it('ends with weights that it keeps', async () => {
    const method = gdx({ rate: 2, matlab: true });
    const [whole, pieces] = [await create(), await create()];
    const { loss } = await whole.fit(X, Y, { method, epochs: 60 });
    let least = Infinity; // of what a step was kept from
    let back = 0;
    for (let epoch = 0; epoch < 60; epoch++) {
      const net = await create();
      const record = await net.fit(X, Y, { method, epochs: epoch + 1 });
      expect(record.loss).toEqual(loss.slice(0, epoch + 1));
      const kept = loss[epoch]! > 1.04 * least ? least : loss[epoch]!;
      least = kept;
      const found = net.evaluate(X, Y).loss;
      expect(found).toBeLessThanOrEqual(1.04 * kept * (1 + 1e-12));
      const { bestEpoch } = record;
      if (bestEpoch <= epoch) {
        back++;
        expect(Math.abs(found / loss[bestEpoch]! - 1)).toBeLessThan(1e-12);
      }
      expect((await pieces.partialFit(X, Y, { method })).loss).toEqual([loss[epoch]]);
      expect(pieces.getWeights()).toEqual(net.getWeights());
    }
    expect(back).toBeGreaterThan(2);
  });

  it('goes on where it was', async () => {
    const method = gdx({ rate: 2, matlab: true });
    for (const precision of ['float32', 'float64'] as const) {
      const [whole, pieces] = [await create(precision), await create(precision)];
      await whole.fit(X, Y, { method, epochs: 17 });
      for (const epochs of [5, 1, 11]) await pieces.partialFit(X, Y, { method, epochs });
      expect(pieces.getWeights()).toEqual(whole.getWeights());
    }
  });
});
