// Signs that a fit might have gone better, looked for after every one.

import { LOSSES } from '../../layers/losses.js';
import { outputsOf } from '../../plan/plan.js';
import { Probe } from '../probe.js';
import { outOfRange } from './range.js';
import { mayBeUnscaled } from './scale.js';
import type { EndedFit } from './trial.js';
import { type Stuck, isLinear, stuckUnits } from './units.js';

/** A loss of this share of the best constant's, or more, shows that nothing was learned. */
const NOTHING_LEARNED = 0.9;
/** Below this share a fit has learned so well that units at their limits have their reasons: steps, or classes far apart. */
const WELL_LEARNED = 0.01;
/** A loss of this share or more says of a few samples, at most so many, that some were not learned. */
const HALFWAY = 0.1;
const FEW_SAMPLES = 16;
/** Fewer samples say nothing about what was learned. */
const LEAST_SAMPLES = 2;

/** What a look at a fit has found that ended without a divergence. */
export interface Signs {
  readonly loss: number;
  /** The loss of the best constant, and whether the fit did hardly better. */
  readonly constant: number;
  readonly nothing: boolean;
  /** Whether some of a few rows were learned, and some not, by a network that could know them all. */
  readonly halfway: boolean;
  readonly stuck: Stuck | undefined;
}

/** Those of a fit of so many epochs that ended with a loss; undefined where all looks well. */
export async function signsOf(setting: EndedFit, epochs: number, loss: number | undefined): Promise<Signs | undefined> {
  const { subject, source, perform, settings } = setting;
  if (loss === undefined || epochs === 0 || source.rows < LEAST_SAMPLES) return undefined;
  const { architecture, engine } = subject;
  const probe = new Probe(subject, source);
  const { constant } = probe;
  const nothing = constant > 0 && loss >= NOTHING_LEARNED * constant;
  const unlearned = loss >= WELL_LEARNED * constant;
  const stuck = await perform(stuckUnits(subject, source.learned, probe.rows));
  const { x, t } = source.samples;
  const numbers = LOSSES[architecture.loss].targets === 'numbers' && settings.method.precision !== 'float64';
  const hidden = architecture.layers.length > 1 && !isLinear(architecture.layers);
  const halfway = !nothing && hidden && source.rows <= FEW_SAMPLES && loss >= HALFWAY * constant && constant > 0;
  const seen =
    nothing ||
    halfway ||
    (stuck && unlearned) ||
    outOfRange(architecture, t.view()) ||
    mayBeUnscaled(engine.core, x) ||
    (numbers && mayBeUnscaled(engine.core, t));
  return seen ? { loss, constant, nothing, halfway, stuck: nothing || unlearned ? stuck : undefined } : undefined;
}

/** Whether each of several rows of targets is the first one again. */
export function areTargetsSame({ subject, source }: EndedFit): boolean {
  if (source.stream || source.rows < LEAST_SAMPLES) return false;
  const outputs = outputsOf(subject.architecture);
  const t = source.samples.t.view();
  return t.every((target, i) => target === t[i % outputs]);
}
