// What two threads could do at most: each its own steps at the same time, which share no work and wait for nobody; and what it
// takes to hand a word over.

import { once } from 'node:events';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { LADDER, calibrate, samples, prepareOwn, summary, timed } from '../dist/bench.js';
import * as library from '../dist/index.js';

const TURNS = 20_000;

/** Milliseconds of a call: both threads begin at about the same time. */
const CALL = 200;

const rungOf = (name) => LADDER.find((rung) => rung.name === name);

/** Two threads in turns: each waits, awake, for the word to be its own. Nanoseconds from one to the other. */
function handOver(words, own) {
  const begun = performance.now();
  for (let turn = 0; turn < TURNS; turn++) {
    while (Atomics.load(words, 0) !== 2 * turn + own);
    Atomics.store(words, 0, 2 * turn + own + 1);
  }
  return ((performance.now() - begun) * 1e6) / (2 * TURNS);
}

/** The other thread: does what it is told, and says how long it took. */
async function serve({ names, words }) {
  const contenders = new Map();
  for (const name of names) contenders.set(name, await prepareOwn(library, rungOf(name), samples(rungOf(name)), 1));
  parentPort.on('message', async ({ name, units }) => {
    if (name === undefined) parentPort.postMessage(handOver(words, 1));
    else parentPort.postMessage(await timed(contenders.get(name), units));
  });
  parentPort.postMessage('ready');
}

/**
 * @returns { handOver: ns, rungs: { name: how many times the steps of one thread that is alone, as an interval's quartiles } }
 */
export async function twoAtOnce(names, rounds) {
  const words = new Int32Array(new SharedArrayBuffer(64));
  const worker = new Worker(new URL(import.meta.url), { workerData: { names, words } });
  const answer = async () => (await once(worker, 'message'))[0];
  await answer();
  const turns = [];
  for (let r = 0; r < rounds; r++) {
    Atomics.store(words, 0, 0);
    const told = answer();
    worker.postMessage({});
    turns.push(handOver(words, 0));
    await told;
  }
  const rungs = {};
  for (const name of names) {
    const contender = await prepareOwn(library, rungOf(name), samples(rungOf(name)), 1);
    const units = await calibrate(contender, 300, CALL);
    const ratios = [];
    for (let r = 0; r < rounds; r++) {
      const alone = await timed(contender, units);
      const told = answer();
      worker.postMessage({ name, units });
      const here = await timed(contender, units);
      ratios.push(alone / here + alone / (await told));
    }
    contender.dispose();
    rungs[name] = summary(ratios);
  }
  await worker.terminate();
  return { handOver: summary(turns), rungs };
}

if (!isMainThread) await serve(workerData);
