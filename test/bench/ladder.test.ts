import { describe, expect, test } from 'vitest';
import { LADDER, parameters, samples, products, traffic } from '../../src/bench/ladder.js';
import { DEFAULT, NUMERICS, bandwidthLoops, limitLoops } from '../../src/bench/limit.js';
import { bytesOfText } from '../../bindings/text.js';
import { relaxed, strict } from '../../build/loops.text.js';
import { slugOf } from '../../src/bench/machine.js';
import { shortRungs } from '../../src/bench/short.js';

describe('what a step takes', () => {
  test('counted by hand for 3-4-2', () => {
    const sizes = [3, 4, 2];
    // Forward 3·4 + 4·2, weight gradients the same, the input gradient of the second layer 4·2.
    expect(products({ sizes, batch: 5 })).toBe(5 * (2 * 12 + 3 * 8));
    expect(parameters({ sizes })).toBe(4 * 4 + 5 * 2);
    // 26 parameters read forward, 10 backward, and all of them and their velocities read and written.
    expect(traffic({ sizes })).toEqual({ read: 4 * (26 + 10), updated: 4 * 26 * 4, workingSet: 2 * 26 * 4 });
  });

  test('the names of rungs are their own', () => {
    expect(new Set(LADDER.map(({ name }) => name)).size).toBe(LADDER.length);
    expect(shortRungs().every(({ full }) => !full)).toBe(true);
    expect(shortRungs({ rung: '784-128-10' }).map(({ batch }) => batch)).toEqual([1, 32, 128]);
  });

  test('samples come in whole batches, inputs with mean 0 and variance 1, targets that fit the loss', () => {
    for (const rung of LADDER) {
      const { x, y, rows, inputs, outputs } = samples(rung);
      expect(rows % rung.batch).toBe(0);
      expect([x.length, y.length]).toEqual([rows * inputs, rows * outputs]);
      if (x.length > 2e6) continue;
      const mean = x.reduce((s, v) => s + v, 0) / x.length;
      expect(Math.abs(mean)).toBeLessThan(0.15);
      expect(x.reduce((s, v) => s + (v - mean) ** 2, 0) / x.length).toBeCloseTo(1, 0);
      if (rung.loss !== 'crossEntropy') continue;
      for (let r = 0; r < rows; r++) expect(y.subarray(r * outputs, (r + 1) * outputs).reduce((s, v) => s + v, 0)).toBe(1);
    }
  });
});

describe('the machine', () => {
  test('its loops over memory do what they say', async () => {
    const { instance } = await WebAssembly.instantiate(bytesOfText(strict.binary));
    const { memory, read, copy, axpy, update } = instance.exports as unknown as { memory: WebAssembly.Memory } & Record<
      'read' | 'copy' | 'axpy' | 'update',
      (n: number, p: number, q: number) => number
    >;
    const [n, p, q] = [3, 4096, 8192]; // 3 × 128 bytes: 96 numbers
    new Float32Array(memory.buffer, 64, 8).set([0.5, 0.5, 0.5, 0.5, 2, 2, 2, 2]);
    const x = new Float32Array(memory.buffer, p, 100);
    const y = new Float32Array(memory.buffer, q, 100);
    const start = () => {
      x.set(Float32Array.from(x, (_, i) => i + 1));
      y.fill(1000);
    };
    new Int32Array(memory.buffer, p, 100).set(Int32Array.from({ length: 100 }, (_, i) => i));
    expect(read(n, p, 0)).toBe((95 * 96) / 2);
    start();
    copy(n, p, q);
    expect([y[0], y[95], y[96]]).toEqual([1, 96, 1000]);
    start();
    axpy(n, p, q);
    expect([y[0], y[95], y[96]]).toEqual([1002, 1192, 1000]);
    start();
    update(n, p, q);
    expect([x[0], x[95], x[96]]).toEqual([1, 48.5, 97]);
    expect([y[0], y[95], y[96]]).toEqual([1001, 1048.5, 1000]);
  });

  test('its loops of multiply-adds are in their binaries', async () => {
    const module = await WebAssembly.compile(bytesOfText(strict.binary));
    const names = WebAssembly.Module.exports(module).map(({ name }) => name);
    for (const { name, flops, precision } of strict.loops) {
      expect(names).toContain(name);
      expect(flops % (precision === 'float32' ? 8 : 4)).toBe(0); // two for each lane of a vector
    }
    const fused = new Set(relaxed.loops.map(({ name }) => name));
    expect(fused.size).toBe(relaxed.loops.length);
    for (const { name } of strict.loops) expect(fused.has(name)).toBe(false);
  });

  test('its loops run', async () => {
    const limit = await limitLoops(['float32'], [DEFAULT]);
    limit.measure('float32', DEFAULT);
    limit.measure();
    expect(NUMERICS).toContain(DEFAULT);
    expect(limit.samples[DEFAULT].float32).toHaveLength(2);
    expect(limit.best[DEFAULT].float32).toBe(Math.max(...limit.samples[DEFAULT].float32));
    expect(limit.best[DEFAULT].float32).toBeGreaterThan(0);
    expect(limit.loop[DEFAULT].float32).toMatch(/^\d+ (neighbours|chains)$/);
    const bandwidth = await bandwidthLoops();
    for (const access of ['read', 'copy', 'axpy', 'update'] as const) {
      const rate = bandwidth.measure(access, 100_000);
      expect(rate).toBeGreaterThan(0);
      expect(rate).toBeLessThan(1e13);
    }
  });

  test.each([
    [{ cpu: 'AMD EPYC', cores: 2, runtime: 'node', version: '20.20.2' }, 'amd-epyc-2c-node20'],
    [{ cpu: 'AMD EPYC 7763 64-Core Processor', cores: 4, runtime: 'node', version: '22.1.0' }, 'amd-epyc-7763-4c-node22'],
    [
      { cpu: 'Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz', cores: 8, runtime: 'node', version: '24.0.1' },
      'intel-xeon-platinum-8481c-8c-node24',
    ],
    [
      { cpu: 'Intel(R) Core(TM) i7-1185G7 @ 3.00GHz', cores: 8, runtime: 'bun', version: '1.4.5' },
      'intel-core-i7-1185g7-8c-bun1',
    ],
    [{ cpu: 'Apple M3 Pro', cores: 12, runtime: 'node', version: 'v26.10.0' }, 'apple-m3-pro-12c-node26'],
    [{ cpu: '', cores: 1, runtime: 'Google Chrome', version: '' }, 'unknown-1c-googlechrome'],
  ])('kinds have names for files: %o', (machine, slug) => {
    expect(slugOf(machine)).toBe(slug);
    expect(slug).toMatch(/^[a-z0-9-]+$/);
  });
});
