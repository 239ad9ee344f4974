// The kernels beside products: tanh beside the limit of multiply-adds, and vectors beside the bandwidth of the machine.

import { ACTIVATIONS, NUMERICS, PRECISIONS, summary, uniforms } from '../dist/bench.js';
import { engine, inside } from './products.mjs';

/** Numbers of a call: with their results they fit into the first cache. */
const NUMBERS = 1024;
const CALLS = 400;
const TRIES = 3;

const KB = 1024;
const WORKING_SETS = [16 * KB, 256 * KB, 8192 * KB];

const fastest = (work) => {
  let best = Infinity;
  for (let i = 0; i < TRIES; i++) {
    const before = performance.now();
    work();
    best = Math.min(best, performance.now() - before);
  }
  return best / 1000;
};

/** For each binary: tanh a second, and the share of the limit's multiply-adds a second, in turns with it. */
export async function measureTanh(limit, rounds) {
  const results = [];
  for (const numerics of NUMERICS) {
    for (const precision of PRECISIONS) {
      const { memory, Reals } = await engine(precision, numerics);
      const core = await inside(memory, precision, numerics);
      const [from, to] = [1 << 16, 1 << 17];
      const next = uniforms(3);
      new Reals(memory.buffer, from, NUMBERS).set(Array.from({ length: NUMBERS }, () => 6 * next() - 3));
      const run = () => {
        for (let i = 0; i < CALLS; i++) core.activate(ACTIVATIONS.tanh, NUMBERS, from, to, 0);
      };
      for (let i = 0; i < 30; i++) run();
      const [rates, shares] = [[], []];
      for (let r = 0; r < rounds; r++) {
        limit.measure(precision, numerics);
        const rate = (NUMBERS * CALLS) / fastest(run);
        rates.push(rate);
        shares.push(rate / (limit.samples[numerics][precision].at(-1) * 0.5e9)); // a multiply-add is two operations
      }
      results.push({ numerics, precision, rate: summary(rates), share: summary(shares) });
    }
  }
  return results;
}

/** Bytes a second of `copy` and `axpy`, and the share of what loops that do the same reach. */
export async function measureVectors(bandwidth, rounds) {
  const { memory, core } = await engine('float32');
  const results = [];
  for (const workingSet of WORKING_SETS) {
    const n = workingSet / 8;
    const from = 1 << 16;
    const to = from + workingSet / 2;
    new Float32Array(memory.buffer, from, 2 * n).fill(1);
    const calls = Math.ceil(4e6 / n);
    const works = {
      copy: { bytes: 8, call: () => core.copy(n, from, to) },
      axpy: { bytes: 12, call: () => core.axpy(n, 0, from, to) },
    };
    for (const [name, { bytes, call }] of Object.entries(works)) {
      const run = () => {
        for (let i = 0; i < calls; i++) call();
      };
      for (let i = 0; i < 5; i++) run();
      const [rates, shares] = [[], []];
      for (let r = 0; r < rounds; r++) {
        const most = bandwidth.measure(name, workingSet);
        const rate = (bytes * n * calls) / fastest(run);
        rates.push(rate);
        shares.push(rate / most);
      }
      results.push({ name, workingSet, rate: summary(rates), share: summary(shares) });
    }
  }
  return results;
}

/** GB/s of reading and of updating in place, from working sets of 8 KB to 64 MB. */
export function measureBandwidth(bandwidth, rounds) {
  const sizes = Array.from({ length: 14 }, (_, i) => (8 * KB) << i);
  const samples = sizes.map(() => ({ read: [], update: [] }));
  for (let r = 0; r < rounds; r++) {
    for (const [i, size] of sizes.entries())
      for (const access of ['read', 'update']) samples[i][access].push(bandwidth.measure(access, size) / 1e9);
  }
  return sizes.map((bytes, i) => ({ bytes, read: summary(samples[i].read), update: summary(samples[i].update) }));
}
