// The update of a run: a rule in linear memory, with its vectors, what it remembers, and what goes around it.

import type { RememberedName } from '../../../build/codes.js';
import type { Core } from '../../../bindings/core.js';
import { type RealArray, Reals } from '../../../bindings/memory.js';
import type { DescentRule, DiagonalPlace } from './descent-rule.js';
import type { MethodState, Task } from '../method.js';
import { type RuleMemory, listed, memoryFrom, nothingYet, recall, remembered } from './rule-memory.js';
import { SURROUNDING } from './surround.js';
import type { WeightAverage } from './weight-average.js';

/** What holds the weights after a step that the next one would take back, in a method's state. */
const TRIED = 'weights tried';

/** A rule at work on a run's parameters. */
export class RunUpdate {
  private readonly core: Core;
  private readonly address: number;
  /** What the rule keeps of each parameter, by name. */
  private readonly vectors: ReadonlyMap<string, Reals>;
  /** Whether the rule goes on with all vectors of a fit before this one. */
  readonly continues: boolean;
  private readonly average: WeightAverage | undefined;
  /** The weights that steps are taken with, while others stand in their place. */
  private aside: RealArray | undefined;
  private readonly diagonals: DiagonalPlace = { buffers: 0, diagonal: 0 };

  /**
   * @param run in linear memory, opened
   * @throws OutOfMemoryError
   */
  constructor(
    private readonly rule: DescentRule,
    private readonly task: Task,
    run: number,
    state: MethodState | undefined,
  ) {
    const { plan, arena, extras } = task;
    const { core, precision } = plan.engine;
    this.core = core;
    this.address = core.runUpdate(run);
    this.vectors = new Map(rule.vectors.map((name) => [name, this.vectorFrom(name, state)]));
    this.continues = rule.vectors.every((name) => state?.vectors[name]?.length === plan.parameters);
    if (rule.diagonals && 'everyStep' in rule.diagonals) {
      const buffers = plan.diagonalBuffers(arena);
      this.diagonals = { buffers, diagonal: new Reals(arena, precision, plan.parameters).address };
    }
    const goesOn = state?.method === rule.name && this.continues;
    const memory = goesOn ? memoryFrom(state.memory) : nothingYet(typeof rule.rate === 'number' ? rule.rate : 0);
    if (extras.average !== undefined) this.average = new SURROUNDING.here.WeightAverage(task, state);
    const averaged = this.average?.continues ? memoryFrom(state!.memory).averaged : 0;
    this.recall({ ...memory, averaged });
    this.surround();
    const tried = goesOn ? state.vectors[TRIED] : undefined;
    if (rule.takesBackTo && !this.average && tried?.length === plan.parameters) this.aside = tried;
  }

  private vectorFrom(name: string, state: MethodState | undefined): Reals {
    const { plan, arena } = this.task;
    const { core, precision } = plan.engine;
    const vector = new Reals(arena, precision, plan.parameters);
    const kept = state?.vectors[name];
    if (kept?.length === vector.length) vector.view().set(kept);
    else core.fill(vector.length, this.rule.first?.[name] ?? 0, vector.address);
    return vector;
  }

  /** Sets up what goes around the rule. */
  private surround(): void {
    const { plan, arena, extras } = this.task;
    const { l1, clipNorm, clipValue, average } = extras;
    let multipliers = 0;
    const given = SURROUNDING.exports?.multipliersOf(this.rule, this.task);
    if (given) {
      const m = new Reals(arena, plan.engine.precision, plan.parameters);
      m.view().set(given);
      multipliers = m.address;
    }
    this.core.updateExtras(this.address, l1, clipNorm, clipValue, multipliers, this.average?.address ?? 0, average ?? 0);
  }

  /** One of the vectors that the rule keeps. */
  vector(name: string): Reals | undefined {
    return this.vectors.get(name);
  }

  /** Tells it the rule for the epoch to come, at a rate, after so many steps. */
  open(rate: number, step: number): void {
    const { core, address, rule, diagonals } = this;
    const start = this.remembers('start');
    rule.open(core, address, { rate, step, start, at: (name) => this.vectors.get(name)?.address ?? 0, diagonals });
  }

  remembers(name: RememberedName): number {
    return remembered(this.core, this.address, name);
  }

  recall(memory: Partial<RuleMemory>): void {
    recall(this.core, this.address, memory);
  }

  /** Puts the average in the place of the weights, once there is one. */
  expose(): void {
    if (this.average && this.remembers('averaged') > 0) this.show(this.average.view(), true);
  }

  /** Puts other weights in the place of those that steps are taken with. @param comesBack whether `takeBack` undoes it */
  show(weights: RealArray, comesBack: boolean): void {
    const theta = this.task.plan.theta.view();
    if (comesBack) this.aside = theta.slice(0, weights.length);
    theta.set(weights);
  }

  /** Puts the weights back that steps are taken with. */
  takeBack(): void {
    if (this.aside) this.task.plan.theta.view().set(this.aside);
    this.aside = undefined;
  }

  /** Whether the next step may find that the last one is to be taken back. */
  get mayTakeBack(): boolean {
    return this.rule.takesBackTo !== undefined && !this.average && !this.aside && this.remembers('loss') < Infinity;
  }

  /** Weights to go back to, where the rule keeps them. */
  get kept(): RealArray | undefined {
    const { takesBackTo } = this.rule;
    return takesBackTo === undefined ? undefined : this.vectors.get(takesBackTo)!.read();
  }

  /** Notes everything as it is, some vectors beside; comes to a function that puts it back. */
  note(beside: readonly Reals[]): () => void {
    const vectors = [...beside, ...this.vectors.values()].map((vector) => ({ vector, before: vector.read() }));
    const memory = memoryFrom(listed(this.core, this.address));
    return () => {
      for (const { vector, before } of vectors) vector.view().set(before);
      this.recall(memory);
    };
  }

  /**
   * What a fit that continues this one needs. @param whole whether vectors come that have overflowed, and would spoil every such
   * fit
   */
  state(whole: boolean): Pick<MethodState, 'memory' | 'vectors'> {
    const { core, address, average, aside, task } = this;
    const { theta, parameters } = task.plan;
    const finite = ({ length, address: at }: Reals) => Number.isFinite(core.largestMagnitude(length, at));
    const vectors: Record<string, RealArray> = {};
    for (const [name, vector] of this.vectors) if (whole || finite(vector)) vectors[name] = vector.read();
    if (average) Object.assign(vectors, average.vectors(aside ?? theta.view().slice(0, parameters)));
    else if (aside) vectors[TRIED] = aside;
    return { memory: listed(core, address), vectors };
  }
}
