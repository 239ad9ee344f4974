// Matrix products by themselves, as a share of the machine's limit measured in turns with them.

import { readFile } from 'node:fs/promises';
import { DEFAULT, NUMERICS, summary, uniforms } from '../dist/bench.js';
import compile from '../test/assembly/compile.mjs';

const SIZES = [48, 96, 128, 192, 256, 384, 512];

/** Whether A, and B, are stored transposed. */
const FORMS = { NN: [0, 0], NT: [0, 1], TN: [1, 0] };

/** Tries a round; the best counts, as it does for the limit. */
const TRIES = 3;

/** A binary over a memory of its own, of 32 MiB. */
export async function engine(precision, numerics = 'strict') {
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 65536 });
  const bytes = await readFile(
    new URL(`../dist/wasm/${precision}${numerics === 'relaxed' ? '.relaxed' : ''}.wasm`, import.meta.url),
  );
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, customLoss: () => Number.NaN } });
  return { memory, core: instance.exports, Reals: precision === 'float32' ? Float32Array : Float64Array };
}

/** What a binary keeps inside, over a memory. */
export async function inside(memory, precision, numerics = 'strict') {
  await compile();
  const bytes = await readFile(
    new URL(`../build/inside.${precision}${numerics === 'relaxed' ? '.relaxed' : ''}.wasm`, import.meta.url),
  );
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, customLoss: () => Number.NaN } });
  return instance.exports;
}

/** The binary of float64, with 256 MiB to itself. */
export async function doubleCore() {
  const { core, memory } = await engine('float64', DEFAULT);
  memory.grow(3584);
  return { core, memory };
}

/** For each binary, form and size the best rate in GFLOP/s and the median share of the limit of the same round. */
export async function measureProducts(limit, rounds) {
  const results = [];
  const binaries = NUMERICS.flatMap((numerics) => ['float32', 'float64'].map((precision) => ({ numerics, precision })));
  for (const { numerics, precision } of binaries) {
    const { memory, core, Reals } = await engine(precision, numerics);
    const entries = Object.keys(FORMS).flatMap((form) =>
      SIZES.map((size) => ({ form, size, calls: Math.ceil(4e6 / size ** 3), shares: [], rate: 0 })),
    );
    const place = 512 * 512 * 8;
    const [a, b, c, scratch] = [1, 2, 3, 4].map((i) => i * place);
    const next = uniforms(5);
    for (const at of [a, b]) {
      const view = new Reals(memory.buffer, at, 512 * 512);
      for (let i = 0; i < view.length; i++) view[i] = next() - 0.5;
    }
    const run = ({ form, size, calls }) => {
      const stride = size * Reals.BYTES_PER_ELEMENT;
      const [transposedA, transposedB] = FORMS[form];
      for (let i = 0; i < calls; i++) {
        core.gemm(transposedA, transposedB, size, size, size, a, stride, b, stride, c, stride, 0, 0, scratch);
      }
    };
    for (const entry of entries) for (let i = 0; i < 10; i++) run(entry);
    for (let r = 0; r < rounds; r++) {
      for (const entry of entries) {
        if (entry.form === 'NN') limit.measure(precision, numerics);
        let best = Infinity;
        for (let i = 0; i < TRIES; i++) {
          const before = performance.now();
          run(entry);
          best = Math.min(best, performance.now() - before);
        }
        const rate = (2 * entry.size ** 3 * entry.calls) / best / 1e6;
        entry.rate = Math.max(entry.rate, rate);
        entry.shares.push(rate / limit.samples[numerics][precision].at(-1));
      }
    }
    for (const { form, size, rate, shares } of entries)
      results.push({ numerics, precision, form, size, rate, share: summary(shares).median });
  }
  return results;
}
