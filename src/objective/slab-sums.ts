// What an objective sums over its samples slab by slab, shared by threads: each has a plan, samples and buffers of its own.

import type { DoubleEngine } from '../../bindings/core.js';
import { type Arena, Reals, type Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { Plan, type SampleSet, requireSecondDerivatives, workOf } from '../plan/plan.js';
import { type Place, type Sum, Sums } from '../runtime/sums.js';
import type { Threads } from '../runtime/threads.js';
import type { Work } from '../runtime/work.js';

/** How often a sum is asked for, about: methods iterate. */
const SUMS = 50;

/** The samples of an objective, and what they run through. */
export interface SlabbedObjective {
  readonly engine: DoubleEngine;
  readonly arena: Arena;
  readonly theta: Reals;
  readonly plan: Plan;
  readonly set: SampleSet;
  readonly samples: SampleBuffers;
  readonly subset: Words | undefined;
  readonly rows: number;
  readonly outputs: number;
  readonly parameters: number;
  readonly jacobianSlab: number;
}

/** Buffers for products with the Hessian over a plan. */
export function tangentBuffers({ core }: DoubleEngine, arena: Arena, { address, architecture }: Plan): number {
  requireSecondDerivatives(architecture, 'a product with the Hessian');
  const at = arena.allocate(core.tangentsBytes(address));
  core.tangentsOpen(at, address);
  return at;
}

/** The sums of an objective, by kind; what they need is made when they are first asked for. */
export class SlabSums {
  private readonly byKind = new Map<Sum['kind'], Sums>();
  private readonly seats: Pick<SlabbedObjective, 'plan' | 'set'>[] = [];

  constructor(
    private readonly of: SlabbedObjective,
    private readonly threads: Threads,
  ) {}

  /** @throws OutOfMemoryError */
  work(asked: Sum): Work<number> {
    const { kind } = asked;
    const { engine, arena, rows, parameters, outputs, plan, jacobianSlab } = this.of;
    let sums = this.byKind.get(kind);
    if (!sums) {
      const squares = kind === 'normalEquations';
      const forward = workOf(plan.architecture);
      const work = squares ? (outputs * (parameters * parameters)) / 2 : forward * (kind === 'evaluate' ? 1 : 3);
      const slab = squares ? jacobianSlab : plan.slab;
      const data = rows * (plan.architecture.inputs + outputs);
      sums = new Sums(engine, arena, rows, slab, data, this.threads, work, SUMS, (thread) => this.place(kind, thread));
      this.byKind.set(kind, sums);
    }
    return sums.work(asked);
  }

  /** What a thread needs for a kind of sum. */
  private place(kind: Sum['kind'], thread: number): Place {
    const { engine, arena, parameters, outputs, jacobianSlab: slab } = this.of;
    const { plan, set } = this.seat(thread);
    const vector = (size: number) => new Reals(arena, 'float64', size).address;
    const seat = { plan: plan.address, samples: set.address };
    switch (kind) {
      case 'gradient':
        return { ...seat, sums: parameters };
      case 'gradientAndDiagonal':
        return { ...seat, room: plan.diagonalBuffers(arena), sums: parameters, sumsB: parameters };
      case 'diagonal':
        return { ...seat, room: plan.diagonalBuffers(arena), sums: parameters };
      case 'product':
        return { ...seat, room: tangentBuffers(engine, arena, plan), sums: parameters };
      case 'normalEquations':
        return {
          ...seat,
          room: vector(slab * outputs * parameters),
          errors: vector(slab * outputs),
          scratch: arena.allocate(engine.core.factorScratch(slab * outputs, parameters)),
          sums: parameters * parameters,
          sumsB: parameters,
        };
      default:
        return seat;
    }
  }

  /** The plan and the samples of a thread; the first thread's are the objective's own. */
  private seat(thread: number): Pick<SlabbedObjective, 'plan' | 'set'> {
    if (thread === 0) return this.of;
    const { engine, arena, theta, rows, samples, subset, plan: first } = this.of;
    let seat = this.seats[thread];
    if (!seat) {
      const plan = new Plan(engine, arena, first.architecture, theta, rows, true);
      seat = { plan, set: plan.samples(arena, samples, subset) };
      this.seats[thread] = seat;
    }
    return seat;
  }
}
