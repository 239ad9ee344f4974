// `efficient-backprop bench`, as users run it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workplace, requireBuilt } from '../cli/command.js';

const place = new Workplace();
beforeAll(requireBuilt, 120_000);
afterAll(() => place.remove());

describe('bench', () => {
  test('prints what rungs take and their shares of the limit', async () => {
    const { code, out, err } = await place.run(['bench', '--seconds', '0.3', '--rung', '4-16-3']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/limits of one core: [\d.]+ GFLOP\/s \((strict SIMD|fused multiply-adds)\)/);
    expect(out).toMatch(/4-16-3 b1 +[\d.]+ .*%/);
    expect(out).toMatch(/4-16-3 b16 +[\d.]+ .*%/);
    expect(out).not.toContain('784');
  });

  test('says the same for machines', async () => {
    const { code, out } = await place.run(['bench', '--json', '--seconds', '0.3', '--rung', '784-128-10 b1']);
    expect(code).toBe(0);
    const { kind, machine, limit, bandwidth, rungs } = JSON.parse(out);
    expect(kind).toMatch(new RegExp(`-${machine.cores}c-node${Number.parseInt(process.versions.node, 10)}$`));
    expect(limit).toBeGreaterThan(0.1);
    expect(bandwidth.map(({ bytes }: { bytes: number }) => bytes / 1024)).toEqual([16, 256, 4096, 65536]);
    expect(rungs.map(({ rung }: { rung: string }) => rung)).toEqual(['784-128-10 b1', '784-128-10 b128']);
    for (const { microseconds, auto, share } of rungs) {
      expect(microseconds.low).toBeLessThanOrEqual(microseconds.median);
      expect(microseconds.median).toBeLessThanOrEqual(microseconds.high);
      expect(auto).toBeGreaterThan(0);
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(10); // a percentage, say, or µs taken for seconds, would be beyond
    }
    expect(rungs[0].bandwidthShare).toBeGreaterThan(0);
    expect(rungs[1].bandwidthShare).toBeUndefined();
  });

  test('knows its rungs, and what a time is', async () => {
    const wrong = await place.run(['bench', '--rung', '9-9-9']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('784-512-512-10 b128');
    expect((await place.run(['bench', '--seconds', '0'])).code).toBe(2);
    const { code, out } = await place.run(['bench', '--rung', '9-9-9', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(out).error.type).toBe('UsageError');
  });
});
