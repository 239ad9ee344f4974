// One process of a comparison: two builds of this package in turns.
// node bench/paired.mjs BASE/dist HERE/dist base|here ROUNDS RUNG
// prints JSON: [{ name, unit, base, here, ratio }], seconds and their ratio here/base, medians over pairs.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  ACTIVATIONS,
  DEFAULT,
  LADDER,
  LOSSES,
  PRECISIONS,
  calibrate,
  samples,
  prepareOwn,
  summary,
  timed,
  uniforms,
} from '../dist/bench.js';

const [baseFolder, hereFolder, first, rounds, part = ''] = process.argv.slice(2);
const folders = { base: baseFolder, here: hereFolder };

/** Which build is loaded, and begins, first: that matters to the engine, and turns from process to process. */
const order = first === 'here' ? ['here', 'base'] : ['base', 'here'];

/** Milliseconds of a call, and of warming up. */
const CALL = 8;
const WARMUP = 150;

/** From here on, a step is large enough to share. */
const SHARED = ['784-512-512-10 b128', '20-5-20-1 full'];

const results = [];

/** Runs two works in turns, A B B A; `units` are the same for both. */
async function pair(name, unit, works) {
  let units = Infinity;
  for (const who of order) units = Math.min(units, await calibrate(works[who], WARMUP, CALL));
  const times = { base: [], here: [] };
  const ratios = [];
  for (let r = 0; r < Number(rounds); r++) {
    const took = {};
    for (const who of r % 2 ? [...order].reverse() : order) times[who].push((took[who] = await timed(works[who], units)));
    ratios.push(took.here / took.base);
  }
  results.push({
    name,
    unit,
    base: summary(times.base).median,
    here: summary(times.here).median,
    ratio: summary(ratios).median,
  });
}

const libraries = {};
for (const who of order) libraries[who] = await import(pathToFileURL(path.join(folders[who], 'index.js')).href);

/** Whether a build knows the option `threads`. */
async function knowsThreads({ Network, dense }) {
  try {
    const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', threads: 1 });
    net.dispose();
    return true;
  } catch {
    return false;
  }
}
const threaded = { base: await knowsThreads(libraries.base), here: await knowsThreads(libraries.here) };

for (const rung of LADDER.filter(({ name }) => name.includes(part))) {
  const data = samples(rung);
  const settings = SHARED.includes(rung.name) && threaded.base && threaded.here ? [1, 'auto'] : [1];
  for (const threads of settings) {
    const works = {};
    for (const who of order) works[who] = await prepareOwn(libraries[who], rung, data, threaded[who] ? threads : undefined);
    await pair(threads === 1 ? rung.name : `${rung.name}, threads: '${threads}'`, 'step', works);
    for (const work of Object.values(works)) work.dispose();
  }
}

/** A build's binary over a memory of its own; undefined where it has none of this kind. */
async function engine(folder, precision) {
  const file = path.join(folder, 'wasm', `${precision}${DEFAULT === 'relaxed' ? '.relaxed' : ''}.wasm`);
  if (!existsSync(file)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
  const { instance } = await WebAssembly.instantiate(await readFile(file), { env: { memory, customLoss: () => Number.NaN } });
  return { memory, core: instance.exports };
}

const SIZES = [48, 128, 384];
const FORMS = { NN: [0, 0], NT: [0, 1], TN: [1, 0] };

if (!part) {
  for (const precision of PRECISIONS) {
    const engines = {};
    for (const who of order) engines[who] = await engine(folders[who], precision);
    if (!engines.base || !engines.here) continue;
    const Reals = precision === 'float32' ? Float32Array : Float64Array;
    const next = uniforms(5);
    const numbers = Reals.from({ length: 384 * 384 }, () => next() - 0.5);
    const [a, b, c, scratch] = [1, 2, 3, 4].map((i) => i * 2 ** 21);
    for (const { memory } of Object.values(engines))
      for (const at of [a, b]) new Reals(memory.buffer, at, numbers.length).set(numbers);
    const both = (call) =>
      Object.fromEntries(
        Object.entries(engines).map(([who, { core }]) => {
          const run = (units) => {
            for (let i = 0; i < units; i++) call(core);
          };
          return [who, { unit: 1, run }];
        }),
      );
    for (const [form, [ta, tb]] of Object.entries(FORMS)) {
      for (const n of SIZES) {
        const stride = n * Reals.BYTES_PER_ELEMENT;
        const call = (core) => core.gemm(ta, tb, n, n, n, a, stride, b, stride, c, stride, 0, 0, scratch);
        await pair(`product ${form} ${n}³, ${precision}`, 'product', both(call));
      }
    }
    // tanh: a layer of 1024 units with one input.
    const place = 2 ** 20;
    const [samples, theta, workspace] = [1, 2, 3].map((i) => place + i * 2 ** 16);
    for (const { core } of Object.values(engines)) {
      core.planOpen(place, 1, 1, LOSSES.meanSquaredError);
      core.planDense(place, 0, 1024, ACTIVATIONS.tanh, 0, 1);
      core.planBind(place, 1, 0, theta, workspace);
      // Older builds call samples patterns.
      (core.samplesOpen ?? core.patternsOpen)(samples, place, a, 0, 0, 0, 0);
    }
    const layer = both((core) => core.evaluate(place, samples, 0, 1, 0));
    await pair(`a layer of 1024 tanh units, ${precision}`, 'call', layer);
  }
}

process.stdout.write(JSON.stringify(results));
process.exit(0); // workers of two builds
