// How much linear memory a fit takes: what it learns from, what it learns, one batch at work, and a fifth of that for everything
// else.

import { describe, expect, test, vi } from 'vitest';
import type { Chunk, FitOptions } from '../../src/index.js';

/** A library whose memory has held nothing yet. Memory never shrinks, so that its size is the most that was ever in it. */
async function fresh() {
  vi.resetModules();
  await import('../binaries.js');
  const library = await import('../../src/index.js');
  const { heap } = await import('../../bindings/memory.js');
  return { ...library, size: () => heap.size };
}

/** Memory grows by pages. */
const PAGE = 65536;

interface Case {
  readonly units: readonly [inputs: number, ...layers: number[]];
  readonly rows: number;
  readonly batchSize: number;
  readonly precision?: 'float32' | 'float64';
  readonly threads?: number;
  /** Whether targets are indices of classes. */
  readonly classes?: boolean;
  readonly adam?: boolean;
  readonly options?: FitOptions;
}

async function network({ units: [inputs, ...layers], precision = 'float32', threads = 1, classes }: Case) {
  const library = await fresh();
  const top = layers.length - 1;
  const net = await library.Network.create({
    inputs,
    layers: layers.map((units, i) => library.dense(units, { activation: i < top ? 'tanh' : classes ? 'softmax' : 'linear' })),
    loss: classes ? 'crossEntropy' : 'meanSquaredError',
    precision,
    threads,
    seed: 1,
  });
  return { net, library };
}

const numbers = (rows: number, columns: number, modulus: number) => ({
  data: new Float32Array(rows * columns).map((_, i) => ((i * 7919) % modulus) / (modulus > 50 ? modulus : 1)),
  shape: [rows, columns] as const,
});

/** Inputs, and targets: an index of a class, or a number for each output. */
function rowsOf({ units, classes }: Case, rows: number): [ReturnType<typeof numbers>, ReturnType<typeof numbers>] {
  const outputs = units.at(-1)!;
  return [numbers(rows, units[0], 101), numbers(rows, classes ? 1 : outputs, classes ? outputs : 3)];
}

/** Bytes that a fit cannot do without: the data, four vectors of parameters, the activations of a batch. */
function needed({ units, batchSize, precision }: Case, parameters: number, rows: number): number {
  const reals = rows * (units[0] + units.at(-1)!) + 4 * parameters + Math.min(batchSize, rows) * units.reduce((a, b) => a + b);
  return reals * (precision === 'float64' ? 8 : 4);
}

const digits = [784, 128, 10] as const;
const table = [20, 50, 1] as const;
const wide = [784, 512, 512, 10] as const;

describe('at most 1.2 times what is needed', () => {
  test.each<Case>([
    { units: digits, rows: 10_000, batchSize: 128, classes: true },
    { units: digits, rows: 10_000, batchSize: 128, classes: true, threads: 2 },
    { units: digits, rows: 1000, batchSize: 32, classes: true, adam: true },
    { units: table, rows: 100_000, batchSize: 32 },
    { units: table, rows: 100_000, batchSize: 1 },
    { units: table, rows: 100_000, batchSize: 100_000, threads: 2 },
    { units: table, rows: 50_000, batchSize: 1000, precision: 'float64' },
    { units: table, rows: 1000, batchSize: 32 },
    { units: table, rows: 100_000, batchSize: 32, options: { validation: 0.2, earlyStopping: true } },
    { units: wide, rows: 300, batchSize: 32 },
    { units: wide, rows: 300, batchSize: 128, threads: 2 },
    { units: wide, rows: 300, batchSize: 32, precision: 'float64' },
    { units: wide, rows: 300, batchSize: 32, adam: true },
    { units: [4, 16, 3], rows: 100_000, batchSize: 16, classes: true },
    { units: [8, 64, 64, 1], rows: 2000, batchSize: 2000 },
  ])('$units, $rows rows, batches of $batchSize: %o', async (c) => {
    const { net, library } = await network(c);
    const method = c.adam ? { method: library.adam() } : {};
    await net.fit(...rowsOf(c, c.rows), { epochs: 2, batchSize: c.batchSize, ...method, ...c.options });
    expect(library.size()).toBeLessThanOrEqual(1.2 * needed(c, net.parameters, c.rows) + PAGE);
  });
});

test('of chunks two are there at a time, however many come', async () => {
  const c: Case = { units: table, rows: 10_000, batchSize: 32 };
  const { net, library } = await network(c);
  let chunks = 0;
  async function* reading(): AsyncGenerator<Chunk> {
    for (; chunks < 12; chunks++) yield rowsOf(c, c.rows);
  }
  await net.fit(reading(), { batchSize: c.batchSize });
  expect(chunks).toBe(12);
  expect(library.size()).toBeLessThanOrEqual(1.2 * needed(c, net.parameters, 2 * c.rows) + PAGE);
});

test('a dataset of the other precision is converted only while a fit needs it', async () => {
  const { net, library } = await network({ units: table, rows: 1000, batchSize: 32 });
  const { heap } = await import('../../bindings/memory.js');
  const [x, y] = rowsOf({ units: table, rows: 0, batchSize: 0 }, 1000);
  const data = library.dataset(x, y, { precision: 'float64' });
  const used = heap.used;
  await net.fit(data, { epochs: 1 });
  net.evaluate(data);
  expect(heap.used).toBe(used);
});
