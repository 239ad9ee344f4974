// How good a network is on some of the samples at hand, beside the best constant.

import { LossTraits } from '../../build/codes.js';
import { Arena, Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import type { Loss } from '../layers/losses.js';
import { Plan, outputsOf, workOf } from '../plan/plan.js';
import type { Work } from '../runtime/work.js';
import type { FitSubject } from './subject.js';
import type { SampleSource } from './set-up.js';

/** Samples that a look takes at most, and what it may cost, in multiply-adds. */
const PROBE_SAMPLES = 256;
const PROBE_COST = 1e6;
/** Samples that run at a time: a look needs little memory. */
const PROBE_SLAB = 32;
/** Samples that it takes in any case. */
const LEAST_PROBED = 32;

/** Where samples are found that a fit learns from. */
type LearnedSamples = Pick<SampleSource, 'learned' | 'subset' | 'rows'>;

/** Which samples of a set to look at, evenly picked, at most so many. */
export function evenlyPicked({ subset, rows }: LearnedSamples, most: number): Uint32Array {
  const count = Math.min(rows, most);
  const list = subset?.view();
  return Uint32Array.from({ length: count }, (_, k) => {
    const r = Math.floor((k * rows) / count);
    return list ? list[r]! : r;
  });
}

/** Looks at some of the samples that are at hand then, at the weights of then. */
export class Probe {
  /** The rows of the samples that were at hand last. */
  private last: { readonly of: SampleBuffers; readonly rows: Uint32Array } | undefined;
  /** What the best constant loses on them. */
  private best: { readonly of: SampleBuffers; readonly loss: number } | undefined;

  constructor(
    private readonly subject: FitSubject,
    private readonly source: LearnedSamples,
  ) {}

  /** The samples at hand. */
  get at(): SampleBuffers {
    return this.source.learned;
  }

  /** Which samples a look takes. */
  get rows(): Uint32Array {
    const { source, last } = this;
    if (last?.of === source.learned) return last.rows;
    const affordable = Math.floor(PROBE_COST / workOf(this.subject.architecture));
    const rows = evenlyPicked(source, Math.min(PROBE_SAMPLES, Math.max(LEAST_PROBED, affordable)));
    this.last = { of: source.learned, rows };
    return rows;
  }

  /** The mean loss; undefined where these samples weigh nothing. */
  *loss(): Work<number | undefined> {
    const arena = new Arena();
    try {
      const { engine, architecture, theta } = this.subject;
      const plan = new Plan(engine, arena, architecture, theta, PROBE_SLAB, false);
      const set = plan.samples(arena, this.source.learned, Words.of(arena, this.rows));
      const weight = plan.weight(set);
      return weight > 0 ? (yield* plan.evaluate(set)) / weight : undefined;
    } finally {
      arena.dispose();
    }
  }

  /** The mean loss of the best constant outputs on the same samples. */
  get constant(): number {
    const { subject, at, best } = this;
    if (best?.of === at) return best.loss;
    const { architecture } = subject;
    const loss = lossOfBestConstant(architecture.loss, at, this.rows, outputsOf(architecture));
    this.best = { of: at, loss };
    return loss;
  }
}

/** What the best outputs that are the same for all samples lose on average. */
function lossOfBestConstant(loss: Loss, { t, w }: Pick<SampleBuffers, 't' | 'w'>, rows: Uint32Array, outputs: number): number {
  const targets = t.view();
  const weights = w?.view();
  const weightOf = (r: number) => (weights ? weights[r]! : 1);
  const all = rows.reduce((sum, r) => sum + weightOf(r), 0);
  let total = 0;
  for (let o = 0; o < outputs; o++) {
    const at = (r: number) => targets[r * outputs + o]!;
    const mean = rows.reduce((sum, r) => sum + weightOf(r) * at(r), 0) / all;
    total += LOSSES_OF_CONSTANTS[loss](rows, at, weightOf, mean, all);
  }
  return LossTraits[loss].averages ? total / outputs : total;
}

type LossOfConstant = (
  rows: Uint32Array,
  at: (r: number) => number,
  weightOf: (r: number) => number,
  mean: number,
  all: number,
) => number;

/** ln cosh e, which would overflow as it stands */
const logCosh = (e: number) => Math.abs(e) + Math.log1p(Math.exp(-2 * Math.abs(e))) - Math.LN2;

/** p·ln(1/p), continued to 0. */
const surprise = (p: number) => (p > 0 ? -p * Math.log(p) : 0);

/** Of one output, by the loss. */
const LOSSES_OF_CONSTANTS: Record<Loss, LossOfConstant> = {
  meanSquaredError: (rows, at, weightOf, mean, all) => rows.reduce((sum, r) => sum + weightOf(r) * (at(r) - mean) ** 2, 0) / all,
  meanAbsoluteError(rows, at, weightOf, _, all) {
    const sorted = rows.slice().sort((a, b) => at(a) - at(b));
    let below = 0;
    const median = at(sorted.find((r) => (below += weightOf(r)) >= all / 2) ?? sorted[0]!);
    return rows.reduce((sum, r) => sum + weightOf(r) * Math.abs(at(r) - median), 0) / all;
  },
  binaryCrossEntropy: (_, __, ___, mean) => surprise(mean) + surprise(1 - mean),
  // Between −1 and 1 the loss is a straight line: the best constant is one of the two.
  hinge: (_, __, ___, mean) => Math.min(1 - mean, 1 + mean),
  crossEntropy: (_, __, ___, mean) => surprise(mean),
  logCosh(rows, at, weightOf, mean, all) {
    const lost = (c: number) => rows.reduce((sum, r) => sum + weightOf(r) * logCosh(c - at(r)), 0) / all;
    // Between the extremes its slope, Σ w·tanh(c − t), rises through 0.
    let [low, high] = rows.reduce(([least, most], r) => [Math.min(least, at(r)), Math.max(most, at(r))], [mean, mean]);
    for (let i = 0; i < 60; i++) {
      const c = (low! + high!) / 2;
      if (rows.reduce((sum, r) => sum + weightOf(r) * Math.tanh(c - at(r)), 0) > 0) high = c;
      else low = c;
    }
    return lost((low! + high!) / 2);
  },
};
