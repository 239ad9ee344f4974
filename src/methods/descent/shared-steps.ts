// Steps of a descent that threads share: kernels are packed, rows of a batch go through, then parts of the kernels move
// (assembly/tasks/step.ts).

import { JobKind, type JobKindCode } from '../../../build/codes.js';
import { type Reals, realBytes } from '../../../bindings/memory.js';
import type { SharedRun } from '../../../bindings/commands.js';
import { Plan, outputsOf, workOf } from '../../plan/plan.js';
import { Places, Sums } from '../../runtime/sums.js';
import { ThreadChoice } from '../../runtime/threads.js';
import type { Work } from '../../runtime/work.js';
import type { Task } from '../method.js';

/** Samples that a step has at least if it is shared. */
const LEAST_BATCH = 16;

/**
 * What packed kernels may take beside the place of the gradient, in parameters: copies of more take memory, and save less of a
 * step.
 */
const MOST_PACKED = 0.5;

/** Takes the steps of a run, on as many threads as are faster. */
export class SharedSteps {
  private readonly choice: ThreadChoice;
  private shared: { at: SharedRun; places: Places; sums: Sums | undefined } | undefined;

  /**
   * @param run in linear memory
   * @param gradient where its steps leave it
   */
  constructor(
    private readonly task: Task,
    private readonly run: number,
    private readonly gradient: Reals,
  ) {
    const { plan, rows, stream, epochs, threads } = task;
    const { core } = plan.engine;
    const batch = this.most;
    const work = 3 * workOf(plan.architecture); // forward, back, and the gradient
    const shares = core.sharesRows(plan.address) && batch >= LEAST_BATCH;
    const steps = stream ? 1e6 : Math.ceil(rows / batch) * Math.min(epochs, 1e6); // who streams has much
    this.choice = new ThreadChoice(shares ? threads : 1, work, batch, steps);
  }

  /** Whether there is anything to share. */
  get possible(): boolean {
    return this.choice.most > 1;
  }

  /** Takes up to `steps` steps of `batch` samples; comes to how many, or −1 where a loss is not finite. */
  *advance(steps: number, batch: number): Work<number> {
    const { run } = this;
    const { core } = this.task.plan.engine;
    const threads = batch === 1 ? 1 : this.choice.threads; // a growing batch may begin with one sample, which takes another path
    const before = performance.now();
    const position = core.runPosition(run);
    let done: number;
    if (threads === 1) done = yield { command: { kind: 'call', name: 'runSteps', args: [run, steps] }, threads };
    else {
      this.shared ??= this.share();
      const { at, places, sums } = this.shared;
      places.need(threads);
      sums?.need(threads);
      done = yield { command: { kind: 'steps', at, steps, threads }, threads };
    }
    const samples = core.runPosition(run) - position;
    if (batch > 1 && samples >= Math.min(batch, LEAST_BATCH)) this.choice.took(threads, performance.now() - before, samples);
    return done;
  }

  /** Lays the jobs out. */
  private share() {
    const { run, gradient, choice } = this;
    const { plan, arena } = this.task;
    const { slab, engine } = plan;
    const { core } = engine;
    const sharing = arena.allocate(core.sharingBytes(plan.address, choice.most));
    const deltas = arena.allocate(core.deltaBytes(plan.address));
    const bytes = core.packedOpen(plan.address, choice.most, 0, gradient.address) >>> 0;
    const packed = bytes && bytes <= MOST_PACKED * plan.parameters * realBytes(engine.precision) ? arena.allocate(bytes) : 0;
    if (packed) core.packedOpen(plan.address, choice.most, packed, gradient.address);
    const parts = core.sharingOpen(sharing, run, choice.most, deltas, packed);
    const places = new Places(engine, arena, choice.most, () => ({
      plan: arena.allocate(core.planBytes(plan.architecture.layers.length)),
      samples: arena.allocate(core.samplesBytes()),
      scratch: arena.allocate(core.stepScratch(plan.address, Math.min(slab, this.most))),
      kept: arena.allocate(core.keptBytes()),
    }));
    const job = (kind: JobKindCode) => {
      const at = arena.allocate(core.jobBytes());
      core.stepJob(at, kind, places.address, run);
      return at;
    };
    const jobs = { packJob: job(JobKind.stepPack), rowsJob: job(JobKind.stepRows), kernelsJob: job(JobKind.stepKernels) };
    const sums = this.most > slab ? this.sums() : undefined;
    const at = { run, slab, ...jobs, parts, sum: sums?.at, gradient: gradient.address };
    return { at, places, sums };
  }

  /** The most samples that a step may take. */
  private get most(): number {
    const { stream, size, rows } = this.task;
    return stream ? size.limit : Math.min(size.limit, rows);
  }

  /** For steps on more samples than the workspace holds. */
  private sums(): Sums {
    const { plan, arena, rows } = this.task;
    const { engine, architecture, theta } = plan;
    const data = rows * (architecture.inputs + outputsOf(architecture));
    return new Sums(engine, arena, this.most, plan.slab, data, this.choice.most, 0, 1, () => {
      const own = new Plan(engine, arena, architecture, theta, plan.slab, true);
      return {
        plan: own.address,
        samples: arena.allocate(engine.core.samplesBytes()),
        room: own.slabs,
        sums: plan.parameters,
      };
    });
  }
}
