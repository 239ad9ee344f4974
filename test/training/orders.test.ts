// The order of examples: interleaved classes, and emphasis on hard examples.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena, Reals, Words, heap } from '../../bindings/memory.js';
import { INSIDE } from '../kernels/inside.js';
import { type EmphasisOptions, Network, OptionError, dense, emphasize, rprop, sgd } from '../../src/index.js';

const engines = await Promise.all([engineOf('float32'), engineOf('float64')]);

/** An interleaved order of samples whose classes are given, from the kernel. */
function interleaved(classOf: readonly number[], subset: readonly number[], seed: number, epoch = 0): Uint32Array {
  const { core } = engines[0]!;
  const arena = new Arena();
  try {
    const n = subset.length;
    const count = Math.max(...classOf) + 1;
    const order = Words.of(arena, Uint32Array.from(subset));
    const bytes = core.interleaveBytes(n, count);
    const room = arena.allocate(bytes + 64);
    const classes = Words.of(arena, Uint32Array.from(classOf)).address;
    const guard = () => new Uint8Array(heap.memory.buffer, room + bytes, 64);
    guard().fill(0xa5);
    core.interleave(n, order.address, classes, count, seed, 0, 5, epoch, room);
    expect(guard().every((b) => b === 0xa5)).toBe(true);
    return order.view().slice();
  } finally {
    arena.dispose();
  }
}

const repeats = (order: ArrayLike<number>, classOf: readonly number[]) => {
  let n = 0;
  for (let k = 1; k < order.length; k++) if (classOf[order[k]!] === classOf[order[k - 1]!]) n++;
  return n;
};

describe('interleave', () => {
  it('deals each sample once, with the fewest neighbours of one class that there can be', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 120 }), fc.nat(1000), (classOf, seed) => {
        const all = classOf.map((_, i) => i);
        const order = interleaved(classOf, all, seed);
        expect([...order].sort((a, b) => a - b)).toEqual(all);
        const most = Math.max(...[0, 1, 2, 3, 4, 5, 6].map((c) => classOf.filter((k) => k === c).length));
        expect(repeats(order, classOf)).toBe(Math.max(0, most - (classOf.length - most) - 1));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('deals a subset', () => {
    const classOf = Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : 1));
    const subset = [31, 3, 35, 7, 9, 39];
    const order = interleaved(classOf, subset, 3);
    expect([...order].sort((a, b) => a - b)).toEqual([...subset].sort((a, b) => a - b));
    expect(repeats(order, classOf)).toBe(0);
  });

  it('breaks ties by chance: each class comes first about as often', () => {
    const classOf = Array.from({ length: 30 }, (_, i) => i % 3);
    const all = classOf.map((_, i) => i);
    const first = [0, 0, 0];
    const shuffled = (e: number) => all.map((i) => (i * 7 + e) % 30);
    for (let e = 0; e < 900; e++) first[classOf[interleaved(classOf, shuffled(e), 1, e)[0]!]!]!++;
    // Binomial(900, 1/3): deviation 14; five of them.
    for (const n of first) expect(Math.abs(n - 300)).toBeLessThan(71);
  });

  it('trains with the least number of repeats in each epoch, and refuses losses without classes', async () => {
    const X = Array.from({ length: 60 }, (_, i) => [Math.sin(i), i % 3]);
    const Y = X.map((_, i) => i % 3);
    const layers = [dense(3, { activation: 'softmax' })] as const;
    const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1 });
    const shuffled = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1 });
    const { loss } = await net.fit(X, Y, { order: 'interleave', epochs: 30, batchSize: 3, validation: 0.2 });
    await shuffled.fit(X, Y, { order: 'shuffle', epochs: 30, batchSize: 3, validation: 0.2 });
    expect(loss.at(-1)).toBeLessThan(loss[0]!);
    expect(net.getWeights()).not.toEqual(shuffled.getWeights());
    const regression = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError' });
    await expect(
      regression.fit(
        X,
        X.map(([a]) => a!),
        { order: 'interleave' },
      ),
    ).rejects.toThrow(/no classes to interleave/);
  });
});

interface Drawn {
  readonly counts: number[];
  readonly factors: number[];
}

/** Draws from an emphasis whose samples have had these errors. */
function drawn(errors: readonly number[], draws: number, options: EmphasisOptions & { seed?: number } = {}): Drawn {
  const { core, precision } = engines[1]!;
  const inside = INSIDE[precision];
  const { seed = 1, ...rest } = options;
  const { exponent, memory, floor, cap, quantile, importance } = emphasize(rest);
  const n = errors.length;
  const arena = new Arena();
  try {
    const at = arena.allocate(core.emphasisBytes(n));
    const e = new Reals(arena, 'float64', n);
    e.view().set(errors);
    const factors = importance ? new Reals(arena, precision, n) : undefined;
    core.emphasisOpen(at, n, 0, e.address, 1, factors?.address ?? 0, exponent, memory, floor, cap, quantile, 6);
    const order = new Words(arena, n);
    const counts = errors.map(() => 0);
    const weights = errors.map(() => 0);
    for (let epoch = 0, left = draws; left > 0; epoch++, left -= n) {
      inside.emphasisEpoch(at, seed, 0, epoch);
      inside.draw(at, 0, n, order.address);
      order.view().forEach((i, k) => {
        counts[i]!++;
        if (factors) weights[i] = factors.view()[k]!;
      });
    }
    return { counts, factors: weights };
  } finally {
    arena.dispose();
  }
}

/** The probabilities that docs/mathematics.md, section 5.2, asks for, by water-filling in another way than the kernel's. */
function probabilities(
  errors: readonly number[],
  { exponent = 1, floor = 0.2, cap = 5 }: EmphasisOptions = {},
): { p: number[]; bounded: boolean } {
  const n = errors.length;
  let q = errors.map((e) => e ** exponent);
  const most = (cap - floor) / (1 - floor) / n; // of q/Σq
  const capped = new Set<number>();
  for (;;) {
    const free = q.reduce((s, v, i) => s + (capped.has(i) ? 0 : v), 0);
    const left = 1 - most * capped.size;
    const over = q.findIndex((v, i) => !capped.has(i) && (v / free) * left > most * (1 + 1e-12));
    if (over < 0) {
      q = q.map((v, i) => (capped.has(i) ? most : (v / free) * left));
      break;
    }
    capped.add(over);
  }
  return { p: q.map((v) => (1 - floor) * v + floor / n), bounded: capped.size > 0 };
}

describe('emphasis', () => {
  const errors = [0.1, 5, 0.4, 0.01, 0, 2, 0.7, 0.3, 0.2, 1, 0.05, 0.9, 0.15];

  it.each([
    {},
    { exponent: 0.5 },
    { exponent: 0.3, floor: 0 },
    { cap: 2 },
    { floor: 0.5, cap: 1.5 },
    { exponent: 0 },
    { floor: 1, cap: 3 },
  ] satisfies EmphasisOptions[])('draws by the probabilities of %o', (options) => {
    const draws = 13 * 4000;
    const { counts } = drawn(errors, draws, options);
    const { p } = options.floor === 1 ? { p: errors.map(() => 1 / 13) } : probabilities(errors, options);
    p.forEach((share, i) => {
      // Five standard deviations of a binomial.
      expect(Math.abs(counts[i]! - draws * share)).toBeLessThan(5 * Math.sqrt(draws * share * (1 - share)) + 1e-9);
    });
  });

  it('weighs draws by 1/(n·p) where asked, so that sums stay unbiased', () => {
    const { factors, counts } = drawn(errors, 13 * 500, { importance: true, floor: 0.3, cap: 4 });
    const { p, bounded } = probabilities(errors, { floor: 0.3, cap: 4 });
    expect(bounded).toBe(true);
    p.forEach((share, i) => {
      if (counts[i]! > 0) expect(factors[i]!).toBeCloseTo(1 / (13 * share), 9);
    });
    expect(counts.filter((c) => c > 0).length).toBe(13);
  });

  it('does not follow outliers past a quantile', () => {
    const withOutlier = [...Array.from({ length: 19 }, (_, i) => 1 + i / 100), 1000];
    const { counts } = drawn(withOutlier, 20 * 1000, { quantile: 0.9, cap: 20 });
    const { counts: unguarded } = drawn(withOutlier, 20 * 1000, { cap: 20 });
    expect(counts[19]! / 20000).toBeLessThan(0.06); // 1/20, and what the quantile's error has over the mean
    expect(unguarded[19]! / 20000).toBeGreaterThan(0.7);
  });

  it('follows errors as they change', () => {
    const { core, precision } = engines[0]!;
    const inside = INSIDE[precision];
    const arena = new Arena();
    const n = 7;
    const at = arena.allocate(core.emphasisBytes(n));
    const e = new Reals(arena, 'float64', n);
    e.view().fill(0);
    core.emphasisOpen(at, n, 0, e.address, 0, 0, 1, 0.25, 0, 100, 1, 6);
    const order = Words.of(arena, Uint32Array.from([3, 1, 2, 0, 6, 5, 4]));
    inside.emphasisEpoch(at, 1, 0, 0);
    inside.draw(at, 0, n, order.address);
    expect([...order.view()]).toEqual([3, 1, 2, 0, 6, 5, 4]); // the first epoch takes each once
    for (let k = 0; k < n; k++) inside.noteLoss(at, k, order.view()[k]! + 1);
    expect([...e.view()]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    inside.emphasisEpoch(at, 1, 0, 1);
    const twin = [1, 2, 3, 4, 5, 6, 7];
    for (let k = 0; k < n; k++) {
      inside.draw(at, k, 1, order.address);
      const i = order.view()[k]!;
      inside.noteLoss(at, k, 0);
      twin[i] = twin[i]! * 0.75;
    }
    for (const [i, error] of e.view().entries()) expect(error).toBeCloseTo(twin[i]!, 12);
    arena.dispose();
  });

  const data = () => {
    const X = Array.from({ length: 90 }, (_, i) => [Math.sin(i * 1.7), Math.cos(i * 0.9)]);
    return { X, Y: X.map(([a, b], i) => (i % 30 === 0 ? 2 : a! * b! > 0 ? 1 : 0)) };
  };
  const layers = [dense(8, { activation: 'tanh' }), dense(3, { activation: 'softmax' })] as const;

  it.each(['float32', 'float64'] as const)('continues to the same bits in %s', async (precision) => {
    const { X, Y } = data();
    const create = () => Network.create({ inputs: 2, layers, loss: 'crossEntropy', precision, seed: 4 });
    const options = { order: emphasize({ quantile: 0.95 }), batchSize: 4, method: sgd({ rate: 0.05 }) };
    const [whole, halves] = [await create(), await create()];
    await whole.fit(X, Y, { ...options, epochs: 7 });
    const { state } = await halves.fitWithState(X, Y, { ...options, epochs: 3 });
    await halves.fitWithState(X, Y, { ...options, epochs: 4 }, { resume: state });
    expect(halves.getWeights()).toEqual(whole.getWeights());
  });

  it('presents a rare class more often than its share, by single samples as by batches', async () => {
    const { X, Y } = data();
    for (const batchSize of [1, 8]) {
      const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 4 });
      const plain = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 4 });
      const common = { batchSize, epochs: 20, method: sgd({ rate: 0.02 }) };
      await net.fit(X, Y, { ...common, order: 'emphasize' });
      await plain.fit(X, Y, common);
      const rare = (n: Network) => X.reduce((s, x, i) => s + (Y[i] === 2 ? n.predict([x])[2]! : 0), 0);
      expect(rare(net)).toBeGreaterThan(rare(plain));
    }
  });

  it('estimates the loss without bias with importance weights and sample weights', async () => {
    const { X, Y } = data();
    const sampleWeights = X.map((_, i) => 1 + (i % 4));
    const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', precision: 'float64', seed: 4 });
    // A rate too small to change anything: the epochs' losses scatter around the loss of the set.
    const method = sgd({ rate: 1e-12, momentum: 0 });
    const { loss } = await net.fit(X, Y, {
      order: emphasize({ importance: true }),
      batchSize: 1,
      epochs: 400,
      method,
      sampleWeights,
    });
    const exact = net.evaluate(X, Y, { sampleWeights }).loss;
    const mean = loss.reduce((a, b) => a + b) / loss.length;
    const deviation = Math.sqrt(loss.reduce((s, l) => s + (l - mean) ** 2, 0) / loss.length / loss.length);
    expect(Math.abs(mean - exact)).toBeLessThan(5 * deviation + exact / 90); // the ratio's own bias is of order 1/N
  });

  it('refuses full batches, and settings that cannot be', async () => {
    const { X, Y } = data();
    const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 4 });
    await expect(net.fit(X, Y, { order: 'emphasize', batchSize: 'full' })).rejects.toThrow(/smaller than the number of rows/);
    await expect(net.fit(X, Y, { order: emphasize(), batchSize: 500 })).rejects.toThrow(OptionError);
    await expect(net.fit(X, Y, { order: emphasize(), method: rprop() })).rejects.toThrow(OptionError);
    await expect(net.fit(X, Y, { order: 'interlaced' as 'interleave' })).rejects.toThrow(/interleave/);
    for (const bad of [{ cap: 1 }, { floor: -0.1 }, { exponent: 2 }, { quantile: 0 }, { memory: 0 }, { caps: 3 }]) {
      expect(() => emphasize(bad as EmphasisOptions), JSON.stringify(bad)).toThrow(OptionError);
    }
  });
});
