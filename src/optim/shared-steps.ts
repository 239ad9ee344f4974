// Steps of a descent that threads share: rows of a batch first, then parts of the kernels (assembly/tasks/step.ts).

import { runJob } from '../../bindings/pool.js';
import { Reals } from '../../bindings/memory.js';
import { multiplyAdds, Plan } from '../plan.js';
import { JOBS, Places, Sums } from '../sums.js';
import { ThreadChoice } from '../threads.js';
import type { Task } from './method.js';

/** Rows of a task are multiples of this, as those of a product's tile. */
const GRAIN = 4;

/** Patterns that a step has at least if it is shared. */
const LEAST_BATCH = 16;

/** Takes the steps of a run, on as many threads as are faster. */
export class SharedSteps {
  private readonly choice: ThreadChoice;
  private readonly rowsJob: number;
  private readonly kernelsJob: number;
  private readonly places: Places;
  private parts = 0;
  private sums: Sums | undefined;

  /**
   * @param run in linear memory
   * @param gradient where its steps leave it
   */
  constructor(
    private readonly task: Task,
    private readonly run: number,
    private readonly gradient: Reals,
  ) {
    const { plan, arena, rows, stream, epochs, threads, size } = task;
    const { core } = plan.engine;
    const batch = stream ? size.limit : Math.min(size.limit, rows);
    const work = 3 * multiplyAdds(plan.architecture); // forward, back, and the gradient
    const shares = core.sharesRows(plan.address) && batch >= LEAST_BATCH;
    const steps = stream ? 1e6 : Math.ceil(rows / batch) * Math.min(epochs, 1e6); // who streams has much
    this.choice = new ThreadChoice(shares ? threads : 1, work * batch, steps);
    this.rowsJob = arena.allocate(core.jobBytes());
    this.kernelsJob = arena.allocate(core.jobBytes());
    this.places = new Places(plan.engine, arena, this.choice.most, () => ({
      plan: arena.allocate(core.planBytes(plan.architecture.layers.length)),
      patterns: arena.allocate(core.patternsBytes()),
      scratch: arena.allocate(core.stepScratch(plan.address, plan.slab)),
    }));
    if (this.possible) this.share();
  }

  /** Whether there is anything to share. */
  get possible(): boolean {
    return this.choice.most > 1;
  }

  /**
   * Takes up to `steps` steps of `batch` patterns, as runSteps does: returns how many, or −1 where a loss is not finite.
   */
  advance(steps: number, batch: number): number {
    const { plan, rows } = this.task;
    const { core } = plan.engine;
    const { threads } = this.choice;
    const before = performance.now();
    const position = core.runPosition(this.run);
    let done: number;
    if (threads === 1) done = core.runSteps(this.run, steps);
    else {
      for (done = 0; done < steps && core.runPosition(this.run) < rows; done++) {
        const count = core.stepTake(this.run, done);
        if (count === 0) continue;
        const value = count > plan.slab ? this.bySlabs(count) : this.byRows(count, threads);
        if (!Number.isFinite(value)) {
          done = -1;
          break;
        }
      }
    }
    const patterns = core.runPosition(this.run) - position;
    if (patterns >= batch) this.choice.took(threads, (performance.now() - before) / patterns);
    return done;
  }

  /** One step on patterns that are in the workspace together; returns Σ w·l. */
  private byRows(count: number, threads: number): number {
    const { run, rowsJob, kernelsJob } = this;
    const { engine } = this.task.plan;
    const { core } = engine;
    this.places.need(threads);
    // At least 2·GRAIN rows each; the last task also has what is left.
    const slab = Math.ceil(Math.max(count / threads, 2 * GRAIN) / GRAIN) * GRAIN;
    const tasks = Math.max(1, Math.floor(count / slab));
    core.stepRows(rowsJob, slab, tasks);
    runJob(engine, rowsJob, tasks, false, threads);
    const value = core.stepValue(run);
    if (!Number.isFinite(value)) return value;
    runJob(engine, kernelsJob, this.parts, false, threads);
    core.stepUpdate(run, value);
    return value;
  }

  /** Lays the jobs out. */
  private share(): void {
    const { plan, arena } = this.task;
    const { core } = plan.engine;
    const sharing = arena.allocate(core.sharingBytes(plan.address, this.choice.most));
    const deltas = arena.allocate(core.deltaBytes(plan.address));
    this.parts = core.sharingOpen(sharing, this.run, this.choice.most, deltas);
    core.stepJob(this.rowsJob, JOBS.stepRows, this.places.address, this.run);
    core.stepJob(this.kernelsJob, JOBS.stepKernels, this.places.address, this.run);
  }

  /** One step on more patterns than the workspace holds; returns Σ w·l. */
  private bySlabs(count: number): number {
    const { plan, arena, size } = this.task;
    const { engine, architecture, theta } = plan;
    const { core } = engine;
    this.sums ??= new Sums(engine, arena, Math.max(size.limit, count), plan.slab, this.choice.most, 0, 1, () => {
      const own = new Plan(engine, arena, architecture, theta, plan.slab, true);
      return {
        plan: own.address,
        patterns: arena.allocate(core.patternsBytes()),
        room: own.slabs,
        part: new Reals(arena, engine.precision, plan.parameters).address,
      };
    });
    const value = this.sums.run({
      kind: 'gradient',
      first: core.stepFirst(this.run),
      rows: count,
      scale: core.stepScale(this.run),
      out: this.gradient.address,
      run: this.run,
    });
    core.stepUpdateAll(this.run, value);
    return value;
  }
}
