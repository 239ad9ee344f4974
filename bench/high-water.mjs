// How much linear memory a fit takes at most, in processes of their own: a memory that has grown never shrinks.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LADDER, parameters, samples, prepareOwn } from '../dist/bench.js';

const script = fileURLToPath(import.meta.url);

/** Data large beside the network, a network large beside the data, and both in between. */
const CASES = [
  { rung: '20-5-20-1 full', as: { batch: 32, full: false, name: '20-5-20-1 b32, 100,000 rows' } },
  { rung: '20-5-20-1 full', as: {} },
  { rung: '784-128-10 b128', as: { rows: 10_240, name: '784-128-10 b128, 10,240 rows' } },
  { rung: '784-512-512-10 b128', as: { sizes: [784, 2790, 2790, 10], name: '784-2790-2790-10 b128' } },
];

/** Bytes: of the data, four times the parameters and the activations of a batch; float32. */
function expected({ sizes, batch }, { rows }) {
  const data = rows * (sizes[0] + sizes.at(-1));
  const activations = batch * sizes.slice(1).reduce((sum, units) => sum + units, 0);
  return 4 * (data + 4 * parameters({ sizes }) + activations);
}

/** A process: bytes of all linear memories after a fit. */
async function one(index, threads) {
  const { rung, as } = CASES[index];
  const memories = [];
  // Before the library is loaded: it makes its memory then.
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(Memory, [descriptor]) {
      const memory = new Memory(descriptor);
      memories.push(memory);
      return memory;
    },
  });
  const library = await import('../dist/index.js');
  const base = LADDER.find(({ name }) => name === rung);
  const step = { ...base, ...as };
  const full = base.full || as.rows !== undefined;
  const data = samples({ ...step, full, batch: as.rows ?? (base.full ? base.batch : step.batch) });
  const contender = await prepareOwn(library, step, data, threads);
  await contender.run(2);
  const bytes = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { name: step.name, threads, rows: data.rows, bytes, expected: expected(step, data) };
}

/** For every case, on one thread and on two: [{ name, threads, rows, bytes, expected }]. */
export function highWater() {
  return CASES.flatMap((_, i) =>
    [1, 2].map((threads) =>
      JSON.parse(execFileSync(process.execPath, [script, String(i), String(threads)], { encoding: 'utf8' })),
    ),
  );
}

if (process.argv[1] === script) {
  console.log(JSON.stringify(await one(Number(process.argv[2]), Number(process.argv[3]))));
  process.exit(0);
}
