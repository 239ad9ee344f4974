// Workers that end or fail: no fit hangs, and its bits stay the same.

import { Decay, UpdateRule } from '../../build/codes.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { engineOf } from '../../bindings/load.js';
import { Arena, Reals } from '../../bindings/memory.js';
import { endThreads, runJob } from '../../bindings/pool.js';
import { type FitOptions, Network, WorkerLostError, adam, dense, lbfgs, rprop } from '../../src/index.js';
import { begun, leader } from './late-leader.js';
import { LAYERS, fitted, problem, watchWorkers, workersFor } from './support.js';

vi.mock('../../bindings/team.js', () => import('./late-leader.js'));

leader.waits = 5; // not for one that is gone
const workers = watchWorkers();
const { X, labels } = problem(1100, 7, 3);

/** Those that help, not those in the background. */
let helpers: typeof workers;

beforeEach(async () => {
  endThreads();
  const before = [...workers];
  await workersFor(3);
  helpers = workers.filter((worker) => !before.includes(worker));
});

const FITS: [string, FitOptions][] = [
  ['momentum', { batchSize: 64, epochs: 60, validation: 0.2 }],
  ['adam', { batchSize: 64, epochs: 60, method: adam() }],
  ['rprop, full batches', { method: rprop(), epochs: 300 }],
  ['lbfgs', { method: lbfgs(), epochs: 60 }],
];

test.each(FITS)('one that helps ends in the midst of a background fit: %s', async (_, options) => {
  const alone = await fitted({ threads: 1 }, X, labels, options);
  let last: Promise<number> | undefined;
  const onEpoch = () => {
    last ??= helpers[0]!.terminate(); // takes effect while the worker in the background goes on
  };
  expect(await fitted({ threads: 3 }, X, labels, { ...options, background: true, onEpoch })).toEqual(alone);
  await last;
});

test('one that helps ends between the steps of a fit, and another takes its place', async () => {
  const options: FitOptions = { batchSize: 64, epochs: 8 };
  const alone = await fitted({ threads: 1 }, X, labels, options);
  let epochs = 0;
  let last = Promise.resolve(0);
  const onEpoch = () => {
    if (++epochs === 2) last = helpers[0]!.terminate();
  };
  expect(await fitted({ threads: 2 }, X, labels, { ...options, onEpoch })).toEqual(alone);
  await last;
  const before = begun.jobs;
  expect(await fitted({ threads: 2 }, X, labels, options)).toEqual(alone);
  await workersFor(2);
  expect(await fitted({ threads: 2 }, X, labels, options)).toEqual(alone);
  expect(begun.jobs).toBeGreaterThan(before);
});

test.each<[string, FitOptions]>([
  ['steps', { batchSize: 64 }],
  ['evaluations', { method: lbfgs() }],
])(
  'the one in the background ends amid %s: an error says so, and the weights are those of the last epoch',
  async (_, options) => {
    using net = await Network.create({ inputs: 7, layers: LAYERS, loss: 'crossEntropy', seed: 1, threads: 2 });
    let done = 0;
    const onEpoch = ({ epoch }: { epoch: number }) => {
      done = epoch;
      if (epoch === 3) for (const worker of workers.filter((one) => !helpers.includes(one))) void worker.terminate();
    };
    const fit = net.fit(X, labels, { ...options, epochs: 100_000, background: true, onEpoch });
    await expect(fit).rejects.toThrow(WorkerLostError);
    const epochs = await fitted({ threads: 1 }, X, labels, { ...options, epochs: done });
    expect(net.getWeights()).toEqual(epochs.weights);
    // The next one gets another worker.
    const again = await fitted({ threads: 2 }, X, labels, { ...options, epochs: 3, background: true });
    expect(again).toEqual(await fitted({ threads: 1 }, X, labels, { ...options, epochs: 3 }));
  },
);

test.each([true, false])('an error inside a task comes out, wherever it was (ordered: %s)', async (ordered) => {
  const engine = await engineOf('float32');
  const { core } = engine;
  const arena = new Arena();
  const job = arena.allocate(core.jobBytes());
  const far = 2 ** 31; // no place is there
  core.jobSet(job, 0, far, 0, 8, 1, 0, 0, 0, 0, 0, 0);
  for (let k = 0; k < 3; k++) expect(() => runJob(engine, job, 8, ordered, 3)).toThrow(WebAssembly.RuntimeError);
  arena.dispose();
  const options: FitOptions = { batchSize: 64, epochs: 3 };
  expect(await fitted({ threads: 3 }, X, labels, options)).toEqual(await fitted({ threads: 1 }, X, labels, options));
});

describe('a step that was left half done is finished', () => {
  const arenas: Arena[] = [];
  afterEach(() => {
    for (const arena of arenas.splice(0)) arena.dispose();
  });

  const UNITS = 97;
  const INPUTS = 120;
  const ROWS = 64;
  const BYTES_OF_PART = 20;

  /** A step of Adam whose gradients are still to come, on two places. */
  async function step(precision: 'float32' | 'float64') {
    const { Plan } = await import('../../src/plan/plan.js');
    const engine = await engineOf(precision);
    const { core } = engine;
    const arena = new Arena();
    arenas.push(arena);
    const layers = [dense(UNITS, { activation: 'tanh' }), dense(3, { activation: 'softmax' })];
    const parameters = (INPUTS + 1) * UNITS + (UNITS + 1) * 3;
    const vectors = Array.from({ length: 3 }, () => new Reals(arena, precision, parameters));
    const [theta, first, second] = vectors as [Reals, Reals, Reals];
    const { X: x } = problem(ROWS, INPUTS, 3);
    theta.view().set(problem(1, parameters, 3, 2).X.data.map((v) => v / 8));
    for (const moment of [first, second]) moment.view().fill(0.01);
    const [inputs, targets] = [new Reals(arena, precision, ROWS * INPUTS), new Reals(arena, precision, ROWS * 3)];
    inputs.view().set(x.data);
    targets.view().set(Float64Array.from({ length: ROWS * 3 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3)));
    const plan = new Plan(engine, arena, { inputs: INPUTS, layers, loss: 'crossEntropy' }, theta, ROWS, true);
    const run = arena.allocate(core.runBytes());
    const gradient = new Reals(arena, precision, parameters);
    core.runOpen(run, plan.address, ROWS, ROWS, 0, inputs.address, targets.address, 0, 0, 0, gradient.address, 0);
    const [mean, square] = [first.address, second.address];
    core.adaptiveOpen(
      core.runUpdate(run),
      UpdateRule.adam,
      0.1,
      0.9,
      0.99,
      1e-8,
      0,
      0,
      1e-3,
      Decay.throughGradient,
      1,
      1,
      mean,
      square,
      0,
    );
    core.runEpoch(run, 1, 2, 3, 0);
    const places = arena.allocate(2 * core.placeBytes());
    for (let i = 0; i < 2; i++) {
      const [own, set] = [arena.allocate(core.planBytes(2)), arena.allocate(core.samplesBytes())];
      const scratch = arena.allocate(core.stepScratch(plan.address, ROWS));
      core.placeSet(places, i, own, set, 0, 0, scratch, 0, 0, 0, 0, arena.allocate(core.keptBytes()));
    }
    const bytes = core.sharingBytes(plan.address, 2);
    const sharing = arena.allocate(bytes);
    const parts = core.sharingOpen(sharing, run, 2, arena.allocate(core.deltaBytes(plan.address)), 0);
    const [rowsJob, kernelsJob] = [arena.allocate(core.jobBytes()), arena.allocate(core.jobBytes())];
    core.stepJob(rowsJob, 6, places, run);
    core.stepJob(kernelsJob, 7, places, run);
    core.stepTake(run, 0);
    core.stepRows(rowsJob, 1);
    core.taskRun(rowsJob, 0, 0);
    expect(core.stepValue(run)).toBeGreaterThan(0);
    /** Part k of the table: layer, from, to, progress, thread. */
    const part = (k: number) => new Int32Array(theta.view().buffer, sharing + bytes - (parts - k) * BYTES_OF_PART, 5);
    const read = () => vectors.map((vector) => vector.read());
    return { core, parts, kernelsJob, part, vectors, read };
  }

  test.each(['float32', 'float64'] as const)('%s', async (precision) => {
    const whole = await step(precision);
    const before = whole.read();
    for (let k = 0; k < whole.parts; k++) whole.core.taskRun(whole.kernelsJob, 0, k);
    const after = whole.read();
    expect(after).not.toEqual(before);
    const resume = ({ core, parts, kernelsJob }: typeof whole) => {
      for (let k = 0; k < parts; k++) core.taskResume(kernelsJob, k);
    };
    // Nothing, or one part, was done by another thread.
    for (const done of [[], [0], [1], [0, 1, 2]]) {
      const some = await step(precision);
      for (const k of done) some.core.taskRun(some.kernelsJob, 1, Math.min(k, some.parts - 1));
      resume(some);
      expect(some.read()).toEqual(after);
      resume(some);
      expect(some.read()).toEqual(after);
    }
    // The last 1024 parameters of a part, or fewer, were about to be updated, or being updated.
    for (const changing of [0, 1]) {
      for (let k = 0; k < whole.parts; k++) {
        const half = await step(precision);
        half.core.taskRun(half.kernelsJob, 1, k);
        const [layer, from, to, progress] = half.part(k) as unknown as [number, number, number, number];
        if (from === to) continue; // threads have as many parts each, some of them empty
        const units = layer === 0 ? UNITS : 3;
        const start = from * units;
        const end = progress / 2;
        expect(end).toBe(to * units + (to === (layer === 0 ? INPUTS : UNITS) ? units : 0));
        const at = start + Math.floor((end - start - 1) / 1024) * 1024;
        const first = layer === 0 ? 0 : (INPUTS + 1) * UNITS;
        half.vectors.forEach((vector, i) => {
          const view = vector.view();
          for (let p = at; p < end; p++) view[first + p] = changing ? Number.NaN : before[i]![first + p]!;
        });
        half.part(k)[3] = 2 * at + changing;
        resume(half);
        expect(half.read()).toEqual(after);
      }
    }
  });
});
