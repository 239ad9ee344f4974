// Workers that take a task and never come back, which nothing announces: they are given up after a while, and their work is done
// once more.

import { expect, test, vi } from 'vitest';
import { type FitOptions, adam, dense } from '../../src/index.js';
import { endThreads } from '../../bindings/pool.js';
import { leader } from './late-leader.js';
import { LAYERS, fitted, problem, workersFor } from './support.js';
import { some } from '../thorough.js';

vi.mock('../../bindings/team.js', () => import('./late-leader.js'));

leader.waits = 400; // for a worker to be scheduled, on a busy machine

/** What workers that are started from now on do: they get stuck in a job, the first or a later one; or help with none. */
const STUCK = 'STUCK_IN_JOB';

vi.mock('../../build/worker.text.js', async () => {
  const team = await vi.importActual<typeof import('../../bindings/team.js')>('../../bindings/team.js');
  const words = Object.fromEntries(Object.entries(team).filter(([, value]) => typeof value === 'number'));
  return {
    default: `
        const { SERIAL, ACTIVE, NEXT, MESSAGES } = ${JSON.stringify(words)};
        require('node:worker_threads').parentPort.on('message', ({ words, messages }) => {
          for (let jobs = 0; Atomics.load(words, MESSAGES) === messages; ) {
            const serial = Atomics.load(words, SERIAL);
            if (serial % 2 === 0) continue;
            Atomics.add(words, ACTIVE, 1);
            if (Atomics.load(words, SERIAL) === serial && jobs++ === Number(process.env.STUCK_IN_JOB)) {
              Atomics.add(words, NEXT, 1);
              for (;;) Atomics.wait(words, ACTIVE + 1, 0);
            }
            Atomics.sub(words, ACTIVE, 1);
            while (Atomics.load(words, SERIAL) === serial);
          }
        });`,
  };
});

/** A kernel that is packed for all threads, and its transpose. */
const WIDE = [dense(70), dense(70, { activation: 'tanh' }), dense(3, { activation: 'softmax' })];

// Of a step on a batch the first job is for rows, the second for kernels; where kernels are packed, that is a job before these.
// Of one on more than fits a workspace there is one, whose sums have an order, and then validation, whose sums have none.
test.each(
  some(2, [
    [4, 'rows, kernels packed', 70, 130, { batchSize: 64, method: adam() }],
    [1, 'validation', 7, 5000, { batchSize: 'full', validation: 0.5 }],
    [0, 'rows', 7, 400, { batchSize: 64 }],
    [3, 'kernels', 7, 400, { batchSize: 64, method: adam() }],
    [0, 'packing', 70, 130, { batchSize: 64 }],
    [0, 'slabs', 7, 5000, { batchSize: 'full' }],
  ] as [number, string, number, number, FitOptions][]),
)('in job %i: %s', async (job, _, inputs, rows, options) => {
  const { X, labels } = problem(rows, inputs, 3);
  const layers = inputs === 70 ? WIDE : LAYERS;
  const alone = await fitted({ layers, threads: 1 }, X, labels, { epochs: 2, ...options });
  endThreads();
  process.env[STUCK] = String(job);
  await workersFor(2);
  process.env[STUCK] = 'none';
  const started = performance.now();
  expect(await fitted({ layers, threads: 2 }, X, labels, { epochs: 2, ...options })).toEqual(alone);
  expect(performance.now() - started).toBeGreaterThan(2900); // it was stuck indeed
});
