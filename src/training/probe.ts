// How good a network is on some of the samples at hand, beside the best constant.

import { Arena, Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { Plan, outputsOf, workOf } from '../plan/plan.js';
import type { Work } from '../runtime/work.js';
import { lossOfBestConstant } from './best-constant.js';
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
