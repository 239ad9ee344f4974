// The machine's limit: how fast one core multiplies and adds in WebAssembly SIMD with everything in registers.
//
// Loops of several shapes are written in AssemblyScript, compiled here, and the best counts. In a ring, accumulators take
// products of registers that rotate, so that no product can be hoisted or shared; in a chain, each accumulator is c ← c·b + a.
// There are 16 registers, of which V8 keeps one.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const LANES = { float32: 4, float64: 2 };
const REALS = { float32: 'f32', float64: 'f64' };

/** [accumulators, registers of the ring]; no ring: a chain. */
const SHAPES = [
  [4, 7],
  [5, 7],
  [6, 7],
  [7, 7],
  [8, 7],
  [9, 0],
  [10, 0],
  [11, 0],
  [12, 0],
  [13, 0],
  [14, 0],
];

/** Products per turn of the loop, at least: V8 unrolls shorter loops, and could then share products between the copies. */
const PRODUCTS = 24;

const range = (n) => Array.from({ length: n }, (_, i) => i);

function source(precision, [accumulators, ring]) {
  const real = REALS[precision];
  const mul = (a, b) => `v128.mul<${real}>(${a}, ${b})`;
  const add = (a, b) => `v128.add<${real}>(${a}, ${b})`;
  const load = (name, i) => `let ${name} = v128.load(p, ${16 * i});`;
  const rounds = Math.ceil(PRODUCTS / accumulators);
  const pairs = range(ring).flatMap((i) => range(i + 1).map((j) => [i, j]));
  const body = range(rounds * accumulators).map((k) => {
    const c = `c${k % accumulators}`;
    if (ring === 0) return `${c} = ${add(mul(c, 'b'), 'a')};`;
    const [i, j] = pairs[k]; // all different within a turn
    return `${c} = ${add(c, mul(`r${i}`, `r${j}`))};`;
  });
  if (ring > 0)
    body.push(
      `t = r0; ${range(ring - 1)
        .map((i) => `r${i} = r${i + 1};`)
        .join(' ')} r${ring - 1} = t;`,
    );
  const registers = [
    ...range(accumulators).map((i) => load(`c${i}`, i)),
    ...(ring === 0 ? [load('a', 20), load('b', 21)] : [...range(ring).map((i) => load(`r${i}`, 20 + i)), 'let t = r0;']),
  ];
  const stores = range(accumulators).map((i) => `v128.store(p, c${i}, ${16 * i});`);
  const name = `${precision}_${accumulators}_${ring}`;
  return {
    name,
    flops: 2 * LANES[precision] * rounds * accumulators,
    text: `export function ${name}(n: i32, p: usize): void { ${registers.join(' ')} for (let i = 0; i < n; i++) { ${body.join(' ')} } ${stores.join(' ')} }`,
  };
}

/** Compiles the loops; `measure()` runs them all once for a few milliseconds each and keeps the best. */
export async function limitLoops() {
  const loops = Object.keys(LANES).flatMap((precision) =>
    SHAPES.map((shape) => ({ precision, shape, ...source(precision, shape) })),
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'limit-'));
  await writeFile(path.join(folder, 'limit.ts'), loops.map(({ text }) => text).join('\n'));
  const options = ['--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert', '--initialMemory', '1'];
  const { error, stderr } = await asc.main(['limit.ts', '--baseDir', folder, '-o', 'limit.wasm', ...options]);
  if (error) throw new Error(`the limit loops do not compile: ${stderr}`);
  const { instance } = await WebAssembly.instantiate(await readFile(path.join(folder, 'limit.wasm')));
  await rm(folder, { recursive: true });
  const { exports } = instance;
  const best = { float32: 0, float64: 0 };
  const samples = { float32: [], float64: [] };
  const P = 4096; // anywhere: nothing else is in this memory
  const TURNS = 20_000;
  const reset = (precision) => {
    const Reals = precision === 'float32' ? Float32Array : Float64Array;
    const view = new Reals(exports.memory.buffer, P, (64 * 16) / Reals.BYTES_PER_ELEMENT);
    view.fill(0);
    // Ring registers and the chain's factors: products neither grow nor become subnormal.
    view.fill(0.5, (20 * 16) / Reals.BYTES_PER_ELEMENT);
  };
  for (const { name, precision } of loops) {
    for (let i = 0; i < 40; i++) {
      reset(precision);
      exports[name](2000, P);
    }
  }
  return {
    best,
    /** One round of all loops of a precision (of both). */
    measure(only) {
      for (const precision of only ? [only] : Object.keys(LANES)) {
        let round = 0;
        for (const loop of loops) {
          if (loop.precision !== precision) continue;
          for (let i = 0; i < 3; i++) {
            reset(precision);
            const before = performance.now();
            exports[loop.name](TURNS, P);
            const rate = (loop.flops * TURNS) / (performance.now() - before) / 1e6;
            if (rate > round) round = rate;
            if (rate > best[precision]) {
              best[precision] = rate;
              best[`${precision}Loop`] = loop.shape[1]
                ? `${loop.shape[0]} accumulators, ring of ${loop.shape[1]}`
                : `${loop.shape[0]} chains`;
            }
          }
        }
        samples[precision].push(round);
      }
    },
    samples,
  };
}
