// What `npm run test:tfjs` bundles with a program of tfjs-examples: a page without pixels, one training, and what came of it. It
// runs in Node.js, in a page and in a worker.

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

const elements = new Map();
const named = (name) => elements.get(name) ?? elements.set(name, element()).get(name);
const loaded = [];

/** What programs take for their page. */
export const document = {
  ...element(),
  getElementById: named,
  querySelector: named,
  addEventListener: (_, listener) => loaded.push(listener),
};

/**
 * Trains a program.
 * @param backend of TensorFlow.js
 * @param load imports the program's files
 * @param train begins its training, awaits the end, and says what came of it
 * @param histories to which fits add theirs
 * @returns the histories
 */
export async function drive({ tf, backend, load, train, histories }) {
  console.warn = console.log = () => {};
  Math.random = uniforms(1);
  await tf.setBackend(backend);
  const program = Object.assign({}, ...(await load()));
  for (const listener of loaded) await listener();
  const more = await train({ program, named, tf, ended: globalThis.ended });
  return more ? [...histories, more] : histories;
}
