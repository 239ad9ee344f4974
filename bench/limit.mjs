// The machine's limit: how fast one core multiplies and adds in WebAssembly SIMD with everything in registers.
//
// Loops of several shapes are written in AssemblyScript, compiled here, and the best counts. In one, an accumulator takes the product of
// its neighbour and a factor, in the other each is c ← c·b + a: nothing can be hoisted, or shared between turns that an engine unrolls.
// There are 16 registers, of which V8 keeps one. Where the runtime has relaxed SIMD, the same is measured with fused multiply-adds.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const LANES = { float32: 4, float64: 2 };
const REALS = { float32: 'f32', float64: 'f64' };

const PRECISIONS = Object.keys(LANES);

/** Whether this runtime runs relaxed SIMD: v128.const, three times, and f32x4.relaxed_madd. */
export const FUSES = WebAssembly.validate(
  // biome-ignore format: a module
  Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11),
);

/** The binaries that can be measured here. */
export const NUMERICS = FUSES ? ['strict', 'relaxed'] : ['strict'];

/** The one that networks use unless told otherwise. */
export const DEFAULT = NUMERICS.at(-1);

/** [how, accumulators]: the loops tried. */
const SHAPES = {
  strict: [8, 9, 10, 11, 12, 13].map((n) => ['neighbours', n]).concat([9, 10, 11, 12, 13].map((n) => ['chains', n])),
  relaxed: [8, 9, 10, 11, 12, 13].map((n) => ['neighbours', n]).concat([8, 9, 10, 11, 12, 13].map((n) => ['chains', n])),
};

/** Products per turn of the loop, at least. */
const PRODUCTS = 24;

const range = (n) => Array.from({ length: n }, (_, i) => i);

function source(precision, numerics, [how, accumulators]) {
  const real = REALS[precision];
  const multiplyAdd = (a, b, c) =>
    numerics === 'relaxed'
      ? `v128.relaxed_madd<${real}>(${a}, ${b}, ${c})`
      : `v128.add<${real}>(${c}, v128.mul<${real}>(${a}, ${b}))`;
  const load = (name, i) => `let ${name} = v128.load(p, ${16 * i});`;
  const rounds = Math.ceil(PRODUCTS / accumulators);
  const body = range(rounds * accumulators).map((k) => {
    const c = `c${k % accumulators}`;
    return `${c} = ${how === 'chains' ? multiplyAdd(c, 'b', 'a') : multiplyAdd(`c${(k + 1) % accumulators}`, 'b', c)};`;
  });
  const registers = range(accumulators).map((i) => load(`c${i}`, i));
  registers.push(load('b', 20));
  if (how === 'chains') registers.push(load('a', 21));
  const stores = range(accumulators).map((i) => `v128.store(p, c${i}, ${16 * i});`);
  const name = `${precision}_${numerics}_${how}_${accumulators}`;
  return {
    name,
    flops: 2 * LANES[precision] * rounds * accumulators,
    text: `export function ${name}(n: i32, p: usize): void { ${registers.join(' ')} for (let i = 0; i < n; i++) { ${body.join(' ')} } ${stores.join(' ')} }`,
  };
}

/**
 * Compiles the loops. `measure(precision, numerics)` runs them once for a few milliseconds each (all of them without arguments); the best
 * counts. Rates are in GFLOP/s: `best` overall and `samples` by round, under [numerics][precision]; `loop` says which was the best.
 */
export async function limitLoops() {
  const loops = NUMERICS.flatMap((numerics) =>
    PRECISIONS.flatMap((precision) =>
      SHAPES[numerics].map((shape) => ({ numerics, precision, shape, ...source(precision, numerics, shape) })),
    ),
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'limit-'));
  await writeFile(path.join(folder, 'limit.ts'), loops.map(({ text }) => text).join('\n'));
  const options = ['--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert', '--initialMemory', '1'];
  if (FUSES) options.push('--enable', 'relaxed-simd');
  const { error, stderr } = await asc.main(['limit.ts', '--baseDir', folder, '-o', 'limit.wasm', ...options]);
  if (error) throw new Error(`the limit loops do not compile: ${stderr}`);
  const { instance } = await WebAssembly.instantiate(await readFile(path.join(folder, 'limit.wasm')));
  await rm(folder, { recursive: true });
  const { exports } = instance;
  const table = (make) => Object.fromEntries(NUMERICS.map((n) => [n, Object.fromEntries(PRECISIONS.map((p) => [p, make()]))]));
  const best = table(() => 0);
  const loop = table(() => '');
  const samples = table(() => []);
  const P = 4096; // anywhere: nothing else is in this memory
  const TURNS = 20_000;
  const reset = (precision) => {
    const Reals = precision === 'float32' ? Float32Array : Float64Array;
    const view = new Reals(exports.memory.buffer, P, (64 * 16) / Reals.BYTES_PER_ELEMENT);
    // Numbers neither grow nor become subnormal: c + c·0, and c·0 + 0.5.
    view.fill(0.5);
    view.fill(0, (20 * 16) / Reals.BYTES_PER_ELEMENT, (21 * 16) / Reals.BYTES_PER_ELEMENT);
  };
  for (const { name, precision } of loops) {
    for (let i = 0; i < 40; i++) {
      reset(precision);
      exports[name](2000, P);
    }
  }
  const round = (precision, numerics) => {
    let fastest = 0;
    for (const { name, shape, flops, ...of } of loops) {
      if (of.precision !== precision || of.numerics !== numerics) continue;
      for (let i = 0; i < 3; i++) {
        reset(precision);
        const before = performance.now();
        exports[name](TURNS, P);
        const rate = (flops * TURNS) / (performance.now() - before) / 1e6;
        if (rate > fastest) fastest = rate;
        if (rate > best[numerics][precision]) {
          best[numerics][precision] = rate;
          loop[numerics][precision] = `${shape[1]} ${shape[0]}`;
        }
      }
    }
    samples[numerics][precision].push(fastest);
    return fastest;
  };
  return {
    best,
    loop,
    samples,
    measure(precision, numerics) {
      for (const n of numerics ? [numerics] : NUMERICS) for (const p of precision ? [precision] : PRECISIONS) round(p, n);
    },
  };
}
