// What `npm run test:tfjs` bundles with a program of tfjs-examples: a page without pixels, one training, and what came of it.

import { writeFileSync } from 'node:fs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { uniforms } from '../src/bench/ladder.js';

/** An element that takes everything, and remembers who listens. */
function element() {
  const listeners = {};
  const own = {
    addEventListener: (type, listener) => {
      listeners[type] = listener;
    },
    heard: (type) => listeners[type]?.(),
  };
  const get = (target, key) => (key in target ? target[key] : key === Symbol.toPrimitive ? () => '' : element());
  return new Proxy(own, { get });
}

/**
 * Runs a program in a process of its own, which is told where TensorFlow.js's binaries are, where the report is to go, and which
 * backend to take.
 * @param load imports the program
 * @param train begins its training, and awaits the end
 * @param histories to which trainings add theirs
 */
export async function drive({ tf, load, train, histories }) {
  const [binaries, report, backend] = process.argv.slice(2);
  const elements = new Map();
  const named = (name) => elements.get(name) ?? elements.set(name, element()).get(name);
  const loaded = [];
  globalThis.document = {
    ...element(),
    getElementById: named,
    querySelector: named,
    addEventListener: (_, listener) => loaded.push(listener),
  };
  console.warn = console.log = () => {};
  Math.random = uniforms(1);
  setWasmPaths(binaries);
  await tf.setBackend(backend);
  const program = await load();
  for (const listener of loaded) await listener();
  await train(program, named);
  writeFileSync(report, JSON.stringify({ histories }));
  process.exit(0);
}
