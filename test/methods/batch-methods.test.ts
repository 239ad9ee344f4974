// Methods that watch signs or the loss, and what goes around a rule, against twins in float64.

import { describe, expect, it } from 'vitest';
import {
  type FitOptions,
  type Method,
  Network,
  OptionError,
  adam,
  deltaBarDelta,
  dense,
  gdx,
  murata,
  quickprop,
  rprop,
  schedules,
  sgd,
  superSAB,
} from '../../src/index.js';
import { matrixOf, numbers } from '../layers/training.js';

const next = numbers(3);
const X = matrixOf(30, 3, next);
const Y = X.map(([a, b, c]) => [Math.sin(2 * a!) + 0.5 * b!, b! * c!]);
const LAYERS = [dense(4, { activation: 'tanh', biasInit: 'zeros' }), dense(2)] as const;
const create = () => Network.create({ inputs: 3, layers: LAYERS, loss: 'meanSquaredError', precision: 'float64', seed: 5 });

/** Loss and gradient at flat weights, sample by sample. */
function objective(w: readonly number[], rows: readonly number[] = X.map((_, r) => r)): { E: number; g: number[] } {
  const K1 = (i: number, j: number) => i * 4 + j;
  const [b1, K2, b2] = [12, 16, 24];
  const g = w.map(() => 0);
  let E = 0;
  for (const r of rows) {
    const x = X[r]!;
    const h = [0, 1, 2, 3].map((j) => Math.tanh(w[b1 + j]! + x.reduce((s, v, i) => s + v * w[K1(i, j)]!, 0)));
    const e = [0, 1].map((o) => w[b2 + o]! + h.reduce((s, v, j) => s + v * w[K2 + j * 2 + o]!, 0) - Y[r]![o]!);
    E += e.reduce((s, v) => s + v * v, 0) / 2 / rows.length;
    const d = e.map((v) => v / rows.length);
    d.forEach((v, o) => {
      g[b2 + o]! += v;
      h.forEach((a, j) => {
        g[K2 + j * 2 + o]! += v * a;
      });
    });
    h.forEach((a, j) => {
      const back = (1 - a * a) * d.reduce((s, v, o) => s + v * w[K2 + j * 2 + o]!, 0);
      g[b1 + j]! += back;
      x.forEach((v, i) => {
        g[K1(i, j)]! += back * v;
      });
    });
  }
  return { E, g };
}

const KERNEL = Array.from({ length: 26 }, (_, k) => k < 12 || (k >= 16 && k < 24));
const flat = (net: Network) => net.getWeights().flatMap((w) => Array.from(w));

type Twin = (w: number[], g: number[], E: number, t: number) => number[];

/** A twin with the vectors and numbers that it keeps. */
const TWINS: Record<string, { method: Method; twin: () => Twin }> = {
  'iRprop+': {
    method: rprop({ variant: 'iRprop+', first: 0.05 }),
    twin() {
      let p: number[] = [];
      let before = Infinity;
      const size = KERNEL.map(() => 0.05);
      let last = KERNEL.map(() => 0);
      return (w, g, E) => {
        const rose = E > before;
        before = E;
        const kept = g.slice();
        const step = g.map((v, i) => {
          const s = Math.sign(v) * Math.sign(p[i] ?? 0);
          if (s > 0) size[i] = Math.min(size[i]! * 1.2, 50);
          if (s < 0) {
            size[i] = Math.max(size[i]! * 0.5, 1e-6);
            kept[i] = 0;
            return rose ? -last[i]! : 0;
          }
          return -Math.sign(v) * size[i]!;
        });
        last = step.map((v, i) => (kept[i] === 0 && g[i] !== 0 ? 0 : v));
        p = kept;
        return w.map((v, i) => v + step[i]!);
      };
    },
  },
  deltaBarDelta: {
    method: deltaBarDelta({ rate: 0.2, up: 0.1, most: 0.9 }),
    twin() {
      const bar = KERNEL.map(() => 0);
      const rate = KERNEL.map(() => 0.2);
      return (w, g) =>
        w.map((v, i) => {
          const agrees = bar[i]! * g[i]!;
          if (agrees > 0) rate[i] = Math.min(rate[i]! + 0.1, 0.9);
          if (agrees < 0) rate[i]! *= 0.5;
          bar[i] = 0.3 * g[i]! + 0.7 * bar[i]!;
          return v - rate[i]! * g[i]!;
        });
    },
  },
  superSAB: {
    method: superSAB({ rate: 0.1, most: 0.4 }),
    twin() {
      // With the weights of the step before at hand, to which a weight whose slope turned goes back.
      let before: (number | undefined)[] = KERNEL.map(() => undefined);
      let [last, rate] = [[] as number[], KERNEL.map(() => 0.1)];
      let moved = KERNEL.map(() => 0);
      return (w, g) => {
        const turned = g.map((v, i) => before[i] !== undefined && Math.sign(v) * Math.sign(before[i]) === -1);
        rate = rate.map((r, i) => {
          if (turned[i]) return r / 2;
          return before[i] !== undefined && before[i] !== 0 && g[i] !== 0 ? Math.min(1.05 * r, 0.4) : r;
        });
        const next = w.map((x, i) => (turned[i] ? last[i]! : x + 0.9 * moved[i]! - rate[i]! * g[i]!));
        moved = next.map((x, i) => (turned[i] ? 0 : x - w[i]!));
        before = g.map((v, i) => (turned[i] ? undefined : v));
        last = w;
        return next;
      };
    },
  },
  quickprop: {
    method: quickprop({ rate: 0.3, weightDecay: 1e-4 }),
    twin() {
      const before = KERNEL.map(() => 0);
      const last = KERNEL.map(() => 0);
      const shrink = 1.75 / 2.75;
      return (w, g) =>
        w.map((x, i) => {
          const s = g[i]! + (KERNEL[i] ? 1e-4 * x : 0);
          const [p, d] = [before[i]!, last[i]!];
          let step = 0;
          if (d > 0) {
            if (s < 0) step -= 0.3 * s;
            step += s <= shrink * p ? 1.75 * d : (d * s) / (p - s);
          } else if (d < 0) {
            if (s > 0) step -= 0.3 * s;
            step += s >= shrink * p ? 1.75 * d : (d * s) / (p - s);
          } else step = -0.3 * s;
          before[i] = s;
          last[i] = step;
          return x + step;
        });
    },
  },
  gdx: {
    method: gdx({ rate: 0.4, up: 1.2 }), // soon too fast, so that steps are taken back
    twin() {
      let [rate, kept, best, gradient] = [0.4, Infinity, [] as number[], [] as number[]];
      let v = KERNEL.map(() => 0);
      return (w, g, E) => {
        if (E > 1.04 * kept) {
          rate *= 0.7;
          v = KERNEL.map(() => 0);
        } else {
          if (E < kept && kept < Infinity) rate *= 1.2;
          [kept, best, gradient] = [E, w, g];
        }
        v = v.map((x, i) => 0.9 * x - rate * gradient[i]!);
        return best.map((x, i) => x + v[i]!);
      };
    },
  },
  murata: {
    method: murata({ rate: 0.05, alpha: 0.5, beta: 3, delta: 0.2 }),
    twin() {
      let rate = 0.05;
      let r = KERNEL.map(() => 0);
      return (w, g) => {
        r = r.map((x, i) => 0.8 * x + 0.2 * g[i]!);
        rate = Math.min(0.5, Math.max(5e-5, rate * Math.max(0.5, 1 + 0.5 * (3 * Math.hypot(...r) - rate))));
        return w.map((x, i) => x - rate * g[i]!);
      };
    },
  },
  'murata with β by itself': {
    method: murata({ rate: 0.4, delta: 0.05 }),
    twin() {
      // The leaky mean as a weighted mean of all gradients so far; from the fourth on it counts: 1 − 0.95⁴ > 1/6.
      let [rate, peak] = [0.4, 0];
      const all: number[][] = [];
      return (w, g) => {
        all.push(g);
        const shares = all.map((_, k) => 0.95 ** (all.length - 1 - k));
        const total = shares.reduce((s, v) => s + v, 0);
        const length = Math.hypot(...g.map((_, i) => all.reduce((s, one, k) => s + (shares[k]! * one[i]!) / total, 0)));
        if (all.length >= 4) {
          peak = Math.max(peak, length);
          rate *= 1 + (0.1 / 0.4) * ((0.4 / peak) * length - rate);
        }
        return w.map((x, i) => x - rate * g[i]!);
      };
    },
  },
};

const STEPS = 60;

describe.each(Object.entries(TWINS))('%s', (_, { method, twin }) => {
  it('follows its rule', async () => {
    const net = await create();
    let w = flat(net);
    const step = twin();
    for (let t = 0; t < STEPS; t++) {
      const { E, g } = objective(w);
      w = step(w, g, E, t);
    }
    await net.fit(X, Y, { method, batchSize: 'full', epochs: STEPS });
    // Errors of rounding grow along a trajectory, quickprop's most: its quotients of differences lose half of the digits near a
    // minimum.
    flat(net).forEach((v, i) => {
      expect(Math.abs(v - w[i]!)).toBeLessThan((method.name === 'quickprop' ? 1e-6 : 1e-9) * Math.max(1, Math.abs(v)));
    });
  });

  it.each(['float32', 'float64'] as const)('gives the same bits in pieces, in %s', async (precision) => {
    const make = () => Network.create({ inputs: 3, layers: LAYERS, loss: 'meanSquaredError', precision, seed: 5 });
    const [whole, pieces] = [await make(), await make()];
    await whole.fit(X, Y, { method, batchSize: 'full', epochs: 17 });
    for (const epochs of [5, 1, 11]) await pieces.partialFit(X, Y, { method, batchSize: 'full', epochs });
    expect(pieces.getWeights()).toEqual(whole.getWeights());
  });

  it('learns', async () => {
    const net = await create();
    const before = net.evaluate(X, Y).loss;
    const rates: number[] = [];
    const onEpoch = ({ rate }: { rate: number }) => {
      rates.push(rate);
    };
    await net.fit(X, Y, { method, batchSize: 'full', epochs: 400, onEpoch });
    expect(net.evaluate(X, Y).loss).toBeLessThan(before / 2);
    expect(Math.min(...rates)).toBeGreaterThan(0);
  });
});

describe('refusals', () => {
  it.each([rprop({ variant: 'iRprop+' }), deltaBarDelta(), superSAB(), quickprop(), gdx()])(
    '$name refuses mini-batches',
    async (method) => {
      const net = await create();
      await expect(net.fit(X, Y, { method, batchSize: 1 })).rejects.toThrow(/'full'/);
      await expect(net.fit(X, Y, { method, batchSize: 8 })).rejects.toThrow(OptionError);
    },
  );

  it.each([
    () => deltaBarDelta({ down: 1 }),
    () => deltaBarDelta({ rate: 0 }),
    () => superSAB({ up: 0.9 }),
    () => superSAB({ momentum: 1 }),
    () => quickprop({ growth: 1 }),
    () => quickprop({ mu: 2 } as object),
    () => gdx({ worse: 0.9 }),
    () => gdx({ momentum: 1.5 }),
    () => murata({ delta: 0 }),
    () => murata({ rate: -1 }),
    () => murata({ rate: 2, most: 1 }),
    () => murata({ least: 2 }),
    () => sgd({ perWeight: { exponent: 0.3 } }),
    () => sgd({ perWeight: { lower: 0 } }),
    () => sgd({ perWeight: { upper: 2 } as object }),
    () => sgd({ momentum: 1 }),
    () => adam({ rate: -1 }),
  ])('refuses nonsense: %s', (make) => {
    expect(make).toThrow(OptionError);
  });

  it('refuses nonsense around a rule', async () => {
    const net = await create();
    const bad: FitOptions[] = [
      { l1: -1 },
      { clip: {} },
      { clip: { norm: 0 } },
      { clip: { length: 1 } as object },
      { average: { decay: 1 } },
      { average: 'ema' as 'polyak' },
    ];
    for (const options of bad) await expect(net.fit(X, Y, options), JSON.stringify(options)).rejects.toThrow(OptionError);
  });
});

describe('laws', () => {
  it('murata anneals as 1/(α·t) without noise', async () => {
    // One weight, E = w²: g = 2w; with β‖r‖ → 0 the rate obeys η ← η − αη².
    const net = await Network.create({
      inputs: 1,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    net.setWeights([[1]]);
    let rate = 0;
    for (const [epochs, tolerance] of [
      [1000, 0.1],
      [9000, 0.05],
    ] as const) {
      await net.partialFit([[1]], [[0]], {
        method: murata({ rate: 0.5, alpha: 2, beta: 1, delta: 0.05, least: 1e-9 }),
        batchSize: 'full',
        epochs,
        onEpoch: (progress) => {
          rate = progress.rate;
        },
      });
      const t = epochs === 1000 ? 1000 : 10_000;
      expect(Math.abs(rate * t * 2 - 1)).toBeLessThan(tolerance);
    }
  });

  it('murata raises its rate again when the target changes', async () => {
    const net = await create();
    const method = murata({ rate: 0.1, alpha: 0.05, beta: 2, delta: 0.05 });
    let rate = 0;
    const onEpoch = (progress: { rate: number }) => {
      rate = progress.rate;
    };
    await net.partialFit(X, Y, { method, epochs: 300, batchSize: 'full', onEpoch });
    const settled = rate;
    const turned = Y.map(([a, b]) => [-3 * a!, 2 - b!]);
    await net.partialFit(X, turned, { method, epochs: 40, batchSize: 'full', onEpoch });
    expect(rate).toBeGreaterThan(2 * settled);
  });

  it('gdx never goes on from a step that raised the loss by more than 4 %', async () => {
    const net = await create();
    const { loss } = await net.fit(X, Y, { method: gdx({ rate: 1, up: 1.3 }), epochs: 300 });
    let kept = loss[0]!;
    let refused = 0;
    for (const E of loss.slice(1)) {
      if (E <= 1.04 * kept) kept = E;
      else refused++;
    }
    expect(refused).toBeGreaterThan(0);
    expect(kept).toBeLessThan(loss[0]! / 2);
  });

  it('quickprop reaches the minimum of separable parabolas in a few steps', async () => {
    // Inputs that are unit vectors: each weight has a parabola of its own.
    const eye = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 + i : 0)));
    const net = await Network.create({
      inputs: 3,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
    });
    const { loss } = await net.fit(eye, [[1], [-2], [3]], { method: quickprop({ rate: 0.05 }), epochs: 30 });
    expect(loss.at(-1)).toBeLessThan(1e-20);
    const slow = await Network.create({
      inputs: 3,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      precision: 'float64',
    });
    const plain = await slow.fit(eye, [[1], [-2], [3]], {
      method: sgd({ rate: 0.05, momentum: 0 }),
      batchSize: 'full',
      epochs: 30,
    });
    expect(plain.loss.at(-1)).toBeGreaterThan(1e-4);
  });
});

describe('around the rule', () => {
  const rows = (t: number) => [0, 1, 2, 3, 4].map((k) => (t * 5 + k) % 30);
  const method = sgd({ rate: 0.1, momentum: 0.8 });
  const common = { method, batchSize: 5, order: 'sequential', epochs: 4 } as const;

  /** What momentum does with gradients that are changed on the way. */
  function twin(
    start: number[],
    change: (g: number[], w: number[]) => number[],
    each?: (w: number[], t: number) => void,
  ): number[] {
    let w = start;
    let v = w.map(() => 0);
    for (let t = 0; t < 24; t++) {
      const g = change(objective(w, rows(t)).g, w);
      v = v.map((x, i) => 0.8 * x - 0.1 * g[i]!);
      w = w.map((x, i) => x + v[i]!);
      each?.(w, t);
    }
    return w;
  }

  const close = (a: readonly number[], b: readonly number[]) => {
    a.forEach((v, i) => {
      expect(Math.abs(v - b[i]!)).toBeLessThan(1e-11);
    });
  };

  it('clips by the norm', async () => {
    const net = await create();
    let clipped = 0;
    const expected = twin(flat(net), (g) => {
      const norm = Math.hypot(...g);
      if (norm > 0.9) clipped++;
      return g.map((v) => v * Math.min(1, 0.9 / norm));
    });
    await net.fit(X, Y, { ...common, clip: { norm: 0.9 } });
    close(flat(net), expected);
    expect(clipped).toBeGreaterThan(3);
    expect(clipped).toBeLessThan(24);
  });

  it('clips by value', async () => {
    const net = await create();
    const expected = twin(flat(net), (g) => g.map((v) => Math.max(-0.1, Math.min(0.1, v))));
    await net.fit(X, Y, { ...common, clip: { value: 0.1 } });
    close(flat(net), expected);
  });

  it('adds the slope of L1, and drives weights of useless inputs to 0', async () => {
    const net = await create();
    const expected = twin(flat(net), (g, w) => g.map((v, i) => v + (KERNEL[i] ? 0.02 * Math.sign(w[i]!) : 0)));
    await net.fit(X, Y, { ...common, l1: 0.02 });
    close(flat(net), expected);
    const linear = await Network.create({
      inputs: 3,
      layers: [dense(1)],
      loss: 'meanSquaredError',
      precision: 'float64',
      seed: 1,
    });
    const target = X.map(([a]) => 2 * a!);
    await linear.fit(X, target, {
      method: sgd({ rate: schedules.cosine({ rate: 0.05 }) }),
      batchSize: 'full',
      epochs: 2000,
      l1: 0.5,
    });
    const [a, b, c] = linear.getWeights()[0]!;
    expect(a!).toBeGreaterThan(1);
    expect(Math.abs(b!)).toBeLessThan(0.01);
    expect(Math.abs(c!)).toBeLessThan(0.01);
  });

  it('multiplies rates by √fan-in and by layer, on average by 1', async () => {
    const net = await create();
    const raw = KERNEL.map((_, i) => (i < 16 ? Math.sqrt(3) * 2 : Math.sqrt(4)));
    const mean = raw.reduce((a, b) => a + b) / 26;
    const decay = 0.01;
    const expected = twin(flat(net), (g, w) => g.map((v, i) => (raw[i]! / mean) * (v + (KERNEL[i] ? decay * w[i]! : 0))));
    await net.fit(X, Y, { ...common, method: sgd({ rate: 0.1, momentum: 0.8, weightDecay: decay, perWeight: { lower: 2 } }) });
    close(flat(net), expected);
  });

  it('averages weights, and goes on from the weights themselves', async () => {
    for (const average of ['polyak', { decay: 0.9 }] as const) {
      const net = await create();
      let mean = KERNEL.map(() => 0);
      twin(
        flat(net),
        (g) => g,
        (w, t) => {
          const share = average === 'polyak' ? 1 / (t + 1) : Math.max(0.1, 1 / (t + 1));
          mean = mean.map((m, i) => m + share * (w[i]! - m));
        },
      );
      const history = await net.fit(X, Y, { ...common, average, validation: [X, Y] });
      close(flat(net), mean);
      expect(history.validationLoss.at(-1)).toBeCloseTo(net.evaluate(X, Y).loss, 12); // of the average
      const [whole, pieces] = [await create(), await create()];
      await whole.fit(X, Y, { ...common, average });
      for (const epochs of [1, 2, 1]) await pieces.partialFit(X, Y, { ...common, average, epochs });
      expect(pieces.getWeights()).toEqual(whole.getWeights());
    }
  });

  it('averages where single samples would step at once, and with early stopping', async () => {
    const layers = [dense(300, { activation: 'tanh' }), dense(2)] as const; // more than a small network's parameters
    const make = () => Network.create({ inputs: 3, layers, loss: 'meanSquaredError', seed: 1 });
    const [plain, averaged] = [await make(), await make()];
    const options = { method: sgd({ rate: 0.005 }), batchSize: 1, epochs: 12 };
    await plain.fit(X, Y, options);
    const history = await averaged.fit(X, Y, { ...options, average: { decay: 0.99 }, validation: [X, Y], earlyStopping: true });
    expect(averaged.evaluate(X, Y).loss).toBeLessThan(plain.evaluate(X, Y).loss);
    expect(averaged.evaluate(X, Y).loss).toBeCloseTo(Math.min(...history.validationLoss), 6);
  });
});
