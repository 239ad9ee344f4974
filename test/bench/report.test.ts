// What benchmarks keep and publish, without measuring anything.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { requireBuilt } from '../cli/command.js';

const load = (name: string) => import(path.resolve('bench', name));

beforeAll(requireBuilt, 120_000);

describe('docs/performance.md', () => {
  test('has the tables of what is in bench/results', async () => {
    const { written } = await load('report.mjs');
    expect(await written()).toBe(readFileSync('docs/performance.md', 'utf8'));
  });

  test('shows pictures of what is in bench/results', async () => {
    const { drawn } = await load('report.mjs');
    const pictures = Object.entries((await drawn()) as Record<string, string>);
    expect(pictures.length).toBeGreaterThan(10);
    for (const [name, svg] of pictures) expect(readFileSync(`bench/results/${name}`, 'utf8'), name).toBe(svg);
  });

  test('is replaced between its markers, and only there', async () => {
    const { replaced } = await load('report.mjs');
    const page = readFileSync('docs/performance.md', 'utf8');
    const once = replaced(page, 'new');
    expect(once).toContain('from bench/results -->\n\nnew\n\n<!-- end');
    expect(replaced(once, 'new')).toBe(once);
    expect(once.split('## What was measured')[0]).toBe(page.split('## What was measured')[0]);
    expect(() => replaced('nothing', 'new')).toThrow('there is no');
  });

  test('a run becomes tables', async () => {
    const { runSection } = await load('report.mjs');
    const time = (median: number) => ({ median, low: median * 0.9, high: median * 1.1 });
    const text = runSection('some-2c-node20', {
      date: '2026-01-02T03:04:05Z',
      rounds: 12,
      machine: { cpu: 'Some', cores: 2, runtime: 'node', version: '20.1.0' },
      limit: { strict: { float32: 60, float64: 30 } },
      ladder: [
        {
          rung: '784-128-10 b1',
          bound: 'bandwidth',
          share: 0.2,
          bandwidthShare: 0.71,
          updateShare: 0.52,
          times: { 'efficient-backprop': time(20e-6), 'tfjs-wasm': time(1000e-6) },
        },
      ],
      products: [{ numerics: 'strict', precision: 'float32', form: 'NN', size: 48, share: 0.8 }],
      tanh: [{ numerics: 'strict', precision: 'float32', rate: time(1.5e9), share: time(0.05) }],
      vectors: [{ name: 'copy', workingSet: 16384, rate: time(1e11), share: time(0.9) }],
      bandwidth: [{ bytes: 8192, read: time(100), update: time(150) }],
      targets: [{ what: 'something', found: 12.3, least: 10, unit: '×', met: true }],
    });
    expect(text).toContain('| 784-128-10 b1 | bandwidth | 71 % | 20 | 18 – 22 |  |  | 50× |  |  |');
    expect(text).toContain('reads and writes takes 52 % of the step');
    expect(text).toContain('| float32 strict NN | 80 % |');
    expect(text).toContain('1/20 of the limit');
    expect(text).toContain('| something | 12.3× | ≥ 10× | yes |');
    expect(text).not.toMatch(/undefined|NaN/);
  });
});

describe('targets', () => {
  const judged = async (ladder: object[]) => {
    const { checks, judge } = await load('targets.mjs');
    const { list, add } = checks();
    judge({ ladder }, add);
    return Object.fromEntries(list.map(({ what, met }: { what: string; met: boolean }) => [what, met]));
  };
  const rung = (name: string, more: object) => ({
    rung: name,
    sizes: name.split(' ')[0]!.split('-').map(Number),
    batch: Number(name.split(' b')[1]),
    bound: 'latency',
    limit: 60,
    ...more,
  });
  const took = (seconds: number) => ({ times: { 'efficient-backprop': { median: seconds } } });

  test('of online steps scale with the limit', async () => {
    const what = '4-16-3 b1: a step, where the limit is 60 GFLOP/s';
    expect((await judged([rung('4-16-3 b1', took(0.27e-6))]))[what]).toBe(true);
    expect((await judged([rung('4-16-3 b1', { ...took(0.27e-6), limit: 70 })]))[what]).toBe(false);
    expect((await judged([rung('4-16-3 b1', { ...took(0.5e-6), limit: 30 })]))[what]).toBe(true);
  });

  test("of threads: 'auto' is slower only where the whole interval is", async () => {
    const what = "8-64-64-1 b64: threads 'auto', times one thread, at least";
    const found = async (low: number) =>
      (await judged([rung('8-64-64-1 b64', { ...took(1), auto: { median: 1.1, low } })]))[what];
    expect(await found(0.99)).toBe(true);
    expect(await found(1.04)).toBe(false);
    expect(await found(Number.NEGATIVE_INFINITY)).toBeUndefined(); // too few rounds to say
  });

  test('of growth are of the largest and the least', async () => {
    const { checks, judgeGrowth } = await load('targets.mjs');
    const { list, add } = checks();
    const points = (medians: number[]) => medians.map((median) => ({ median }));
    const threads = [1, 2, 3].map((n) => ({ rung: '784-128-10 b128', threads: n, speedup: { median: 0.6 + 0.4 * n } }));
    judgeGrowth({ rows: points([1, 1.09, 1.05]), rowsOfMore: points([1, 1.2]), parameters: points([2, 1.5]), threads }, add);
    expect(list.map(({ met }: { met: boolean }) => met)).toEqual([true, false, false, false]);
  });
});

test('a comparison fails where the whole interval is beyond 5 %', async () => {
  const { verdictOf } = await load('compare.mjs');
  expect(verdictOf({ low: 1.06, high: 1.2 })).toBe('SLOWER');
  expect(verdictOf({ low: 1.04, high: 1.2 })).toBe('slower');
  expect(verdictOf({ low: 0.9, high: 1.2 })).toBe('');
  expect(verdictOf({ low: 0.8, high: 0.99 })).toBe('faster');
  expect(verdictOf({ low: -Infinity, high: Infinity })).toBe('');
});

test('a comparison’s process gives a ratio for each rung of two builds', () => {
  const out = execFileSync(process.execPath, ['bench/paired.mjs', 'dist', 'dist', 'here', '2', '1-10-1'], { encoding: 'utf8' });
  const found = JSON.parse(out);
  expect(found.map(({ name }: { name: string }) => name)).toEqual(['1-10-1 b1', '1-10-1 b100']);
  for (const { base, here, ratio } of found) {
    expect(base).toBeGreaterThan(0);
    expect(here).toBeGreaterThan(0);
    expect(ratio).toBeGreaterThan(0.1);
    expect(ratio).toBeLessThan(10);
  }
}, 60_000);
