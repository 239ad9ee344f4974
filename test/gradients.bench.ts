// What tests of the gradient stand on: random problems, problems in linear memory, and distances in units of a bound.

import { engineOf } from '../bindings/load.js';
import { Arena, type Precision, Reals, Words } from '../bindings/memory.js';
import type { Activation } from '../src/layers/activations.js';
import { dense } from '../src/layers/layers.js';
import { LOSSES, type Loss } from '../src/layers/losses.js';
import { type Architecture, Plan, outputsOf, parameterShapes } from '../src/plan/plan.js';
import { workHere } from '../src/runtime/work.js';
import type { Opinion, Problem } from './gradients.twin.js';

/** Half the distance from 1 to the next number. */
export const ROUNDING = { float32: 2 ** -24, float64: 2 ** -53 } as const;

export const engines = { float32: await engineOf('float32'), float64: await engineOf('float64') };

/** A generator of float32 numbers, uniform in [−1, 1) (xorshift, 24 bits). */
function uniform(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >> 8) / 2 ** 23;
  };
}

export function architectureOf(
  inputs: number,
  units: readonly number[],
  activations: readonly Activation[],
  loss: Loss,
): Architecture {
  // Of thresholds at 1 most units would be below.
  const options = (activation: Activation) => ({ activation, ...(activation === 'thresholdedRelu' && { slope: 0.125 }) });
  return { inputs, layers: units.map((n, i) => dense(n, options(activations[i]!))), loss };
}

/** Random parameters and samples, targets as the loss wants them, weights from ½ to 1½. */
export function problemOf(architecture: Architecture, rows: number, seed: number): Problem {
  const draw = uniform(seed);
  const { inputs, loss } = architecture;
  const outputs = outputsOf(architecture);
  const some = (n: number, f: () => number) => Array.from({ length: n }, f);
  const size = parameterShapes(architecture).reduce((sum, shape) => sum + shape.size, 0);
  const meaning = LOSSES[loss].targets;
  const targets = (): number[] => {
    if (meaning === 'numbers' || meaning === 'directions') return some(outputs, () => 2 * draw());
    if (meaning === 'amounts') return some(outputs, () => 1 + draw());
    if (meaning === 'signs') return some(outputs, () => (draw() < 0 ? -1 : 1));
    if (meaning === 'probabilities') return some(outputs, () => (1 + draw()) / 2);
    // Multiples of 1/16 that sum to 1: soft classes, exact in float32.
    const shares = new Array<number>(outputs).fill(0);
    for (let i = 0; i < 16; i++) shares[Math.floor(((1 + draw()) / 2) * outputs)]! += 1 / 16;
    return shares;
  };
  return {
    architecture,
    rows,
    theta: some(size, draw),
    x: some(rows * inputs, draw),
    t: Array.from({ length: rows }, targets).flat(),
    w: some(rows, () => Math.fround(1 + draw() / 2)),
  };
}

/** What is picked of a problem's samples, and how. */
interface Choice {
  weighted?: boolean;
  indices?: readonly number[];
  /** Samples that the plan's workspace holds. */
  capacity?: number;
  scale?: number;
}

/** A problem in linear memory. */
export class Bench {
  readonly arena = new Arena();
  private readonly theta: Reals;
  private readonly samples: { x: Reals; t: Reals; w: Reals };

  constructor(
    readonly precision: Precision,
    readonly problem: Problem,
  ) {
    this.theta = this.place(problem.theta);
    this.samples = { x: this.place(problem.x), t: this.place(problem.t), w: this.place(problem.w) };
  }

  private place(values: readonly number[]): Reals {
    const reals = new Reals(this.arena, this.precision, values.length);
    reals.view().set(values);
    return reals;
  }

  open({ weighted = true, indices, capacity = this.problem.rows }: Choice = {}) {
    const { x, t, w } = this.samples;
    const plan = new Plan(engines[this.precision], this.arena, this.problem.architecture, this.theta, capacity, true);
    const list = indices && Words.of(this.arena, Uint32Array.from(indices));
    const set = plan.samples(this.arena, weighted ? { x, t, w } : { x, t }, list);
    const gradient = new Reals(this.arena, this.precision, this.problem.theta.length);
    gradient.view().fill(Number.NaN); // replaced, never added to
    return { plan, set, gradient };
  }

  gradient(choice: Choice = {}): { loss: number; gradient: Float64Array } {
    const { plan, set, gradient } = this.open(choice);
    const loss = workHere(plan.engine, plan.gradient(set, choice.scale ?? 1, gradient));
    return { loss, gradient: Float64Array.from(gradient.view()) };
  }
}

export function on<T>(precision: Precision, problem: Problem, use: (bench: Bench) => T): T {
  const bench = new Bench(precision, problem);
  try {
    return use(bench);
  } finally {
    bench.arena.dispose();
  }
}

export const largest = (values: ArrayLike<number>) => Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0);

/** The largest |a − b| in units of its bound; NaN counts as ∞. */
export function excess(a: ArrayLike<number>, b: ArrayLike<number>, bound: (i: number) => number): number {
  return Array.from(a).reduce((worst, value, i) => {
    const error = Math.abs(value - b[i]!);
    return Math.max(worst, error === 0 ? 0 : Number.isNaN(error) ? Infinity : error / bound(i));
  }, 0);
}

/**
 * How far two gradients may be apart that were computed in these precisions: twice the first-order bound for each, of which the
 * second half is for terms of second order.
 */
export function apart({ spread }: Pick<Opinion, 'spread'>, ...precisions: Precision[]): (i: number) => number {
  const rounding = precisions.reduce((sum, precision) => sum + ROUNDING[precision], 0);
  return (i) => 2 * rounding * spread[i]!;
}
