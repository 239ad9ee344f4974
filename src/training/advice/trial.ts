// Short fits that try out what is to be advised: nobody is told what was not seen to work, where it can be seen.

import { Arena, Reals, Words } from '../../../bindings/memory.js';
import { loadAll } from '../../../bindings/part.js';
import { ACTIVATIONS, type Activation } from '../../layers/activations.js';
import type { SampleBuffers } from '../../data/dataset.js';
import { type Layer, dense } from '../../layers/layers.js';
import type { Method } from '../../methods/method.js';
import { isLinear } from './units.js';
import { PrincipalCurvature } from '../../methods/descent/measured-rate.js';
import { type Architecture, outputsOf, parameterShapes, workOf } from '../../plan/plan.js';
import { extentFor } from '../../plan/extent.js';
import { wholeOf } from '../../runtime/engines.js';
import { startsFromData } from '../../start/waits.js';
import { drawWeights, neededToDraw } from '../../plan/weights.js';
import type { Interruption } from '../interruption.js';
import type { FitSettings } from '../options.js';
import { TimeSlice } from '../time-slice.js';
import { Probe, evenlyPicked } from '../probe.js';
import type { FitSubject } from '../subject.js';
import { type SampleSource, begun, isCommon, neededFor, taskOf } from '../set-up.js';
import type { Snapshot } from '../snapshot.js';
import { type Perform, takeSteps } from '../steps.js';
import { meanAndSpread } from './scale.js';

/** What is done differently. */
export interface Remedy {
  /** A rate in the place of the method's. */
  readonly rate?: number;
  readonly method?: Method;
  readonly epochs?: number;
  /** Begins with the weights of another seed. */
  readonly seed?: number;
  /** The activation of hidden layers in the place of those that are replaceable. */
  readonly hidden?: Activation;
  /** Whether the last layer becomes linear. */
  readonly linear?: boolean;
  /** Whether inputs, or targets, are brought to mean 0 and variance 1. */
  readonly inputs?: boolean;
  readonly targets?: boolean;
}

/** What came of a trial, on samples of it: losses before and after, and that of the best constant. */
export interface Result {
  readonly before: number;
  readonly after: number;
  readonly constant: number;
}

/** What trials are made with: a fit that has ended. */
export interface EndedFit {
  readonly subject: FitSubject;
  readonly source: SampleSource;
  readonly settings: FitSettings;
  readonly seed: number;
  readonly snapshot: Snapshot;
  readonly interruption: Interruption;
  readonly perform: Perform;
  /** The same by another engine. */
  readonly performs: (by: FitSubject) => Perform;
}

/** Samples that a trial takes at most. */
const TRIAL_SAMPLES = 500;
/** Samples that run at a time: trials need little memory. */
const TRIAL_SLAB = 32;
/** What it costs in multiply-adds: as much as the fit did, within these bounds. */
const TRIAL_COST = { least: 2e7, most: 2e9 };
/** Passes over a sample of a gradient. */
const PASSES = 3;
/** Steps that a trial takes in any case: fewer tell nothing of a rate. */
const LEAST_STEPS = 50;

/** Whether another activation may take the place of a hidden layer's. */
export function replaced(layers: readonly Layer[], activation: Activation): boolean {
  return ACTIVATIONS[activation].replaceable || isLinear(layers);
}

/** An architecture with a change. */
function changed({ layers, ...rest }: Architecture, { hidden, linear }: Remedy): Architecture {
  const top = layers.length - 1;
  const other = (layer: Layer, i: number): Layer => {
    if (i === top) return linear && 'units' in layer ? dense(layer.units) : layer;
    if (!hidden || layer.type !== 'dense' || !replaced(layers, layer.activation)) return layer;
    return dense(layer.units, { activation: hidden, bias: layer.bias });
  };
  return { ...rest, layers: layers.map(other) };
}

/**
 * Fits of up to so many multiply-adds are over in an instant, and so are their trials; those of so many and more take far longer
 * than trials do. Between them, where fits are made by the hundred, trials would be most of the time.
 */
const AFFORDS = { most: 1e8, least: 3e10 };

/** Whether trials after a fit of so many epochs cost little, in itself or beside the fit. */
export function affordsTrials({ subject, source }: EndedFit, epochs: number): boolean {
  const work = PASSES * workOf(subject.architecture) * source.rows * epochs;
  return work <= AFFORDS.most || work >= AFFORDS.least;
}

/**
 * Does a fit over again, in short, with a change. Undefined where it was interrupted, or came to nothing finite. The weights are
 * afterwards what they were.
 */
export function trial(setting: EndedFit, change: Remedy): Promise<Result | undefined> {
  return besides(setting, (bare, arena) => tried(bare, change, arena));
}

/** Does something with a network's weights that leaves them as they were. */
async function besides<T>(setting: EndedFit, what: (bare: EndedFit, arena: Arena) => Promise<T>): Promise<T> {
  const { start: _, ...subject } = setting.subject;
  const { theta } = subject;
  const now = theta.read();
  const arena = new Arena();
  try {
    return await what({ ...setting, subject }, arena);
  } finally {
    arena.dispose();
    if (subject.lives()) theta.view().set(now);
  }
}

async function tried(setting: EndedFit, change: Remedy, arena: Arena): Promise<Result | undefined> {
  const { source, settings, seed, snapshot, interruption, performs } = setting;
  const { seed: own, theta } = setting.subject;
  const { rate, epochs = settings.epochs, method = settings.method } = change;
  const from = change.seed ?? seed;
  const same = !change.inputs && !change.targets && !change.hidden && !change.linear && change.seed === undefined;
  const architecture = changed(setting.subject.architecture, change);
  const waits = !same && startsFromData(architecture.layers);
  const batchSize = method.batch === 'full' ? ('full' as const) : settings.batchSize;
  const order = settings.order === 'sequential' ? settings.order : 'shuffle';
  const common = extentFor(architecture) === 'common' && isCommon({ method, order }, false);
  const engine = common ? setting.subject.engine : await wholeOf(setting.subject.engine);
  const subject: FitSubject = { ...setting.subject, engine, architecture, threads: 1, ...(waits && { start: () => {} }) };
  if (same) theta.view().set(snapshot.start);
  else {
    await loadAll(neededToDraw(architecture.layers));
    subject.check();
    drawWeights(engine.core, arena, theta, architecture, parameterShapes(architecture), change.seed ?? own);
  }
  const work = PASSES * workOf(architecture);
  const budget = Math.min(Math.max(work * source.rows * settings.epochs, TRIAL_COST.least), TRIAL_COST.most) / work;
  const at = samplesOf(setting, change, arena, Math.min(TRIAL_SAMPLES, Math.max(Math.floor(budget / 20), 1)));
  const passes = Math.max(1, Math.min(epochs, Math.ceil(budget / at.rows)));
  const differing = { ...settings, method, epochs: passes, batchSize, order, minGradient: 0 } as FitSettings;
  await loadAll(neededFor(differing, architecture, waits, false));
  subject.check();
  const training = begun(subject, arena, differing, at, from, undefined, { rate, slab: TRIAL_SLAB });
  const probe = new Probe(subject, at);
  const perform = performs(subject);
  const before = await perform(probe.loss());
  subject.check();
  const slice = new TimeSlice(settings.background);
  const least = Math.min(Math.ceil(LEAST_STEPS / training.stepsPerEpoch), epochs);
  for (let pass = 0; pass < Math.max(passes, least); pass++) {
    const beginning = training.begin();
    if (beginning) await perform(beginning);
    subject.check();
    const stop = await takeSteps({ subject, training, interruption }, slice, perform);
    training.expose();
    if (stop === 'diverged' || interruption.reason) return undefined;
    if (stop) break;
  }
  const after = await perform(probe.loss());
  subject.check();
  if (before === undefined || after === undefined || !Number.isFinite(after)) return undefined;
  return { before, after, constant: probe.constant };
}

/** The samples of a trial: those of the fit, or some of them, with columns of mean 0 and variance 1 where that is the change. */
function samplesOf({ source, subject }: EndedFit, { inputs, targets }: Remedy, arena: Arena, most: number): SampleSource {
  const { learned, subset, rows, meanWeight } = source;
  const plain = { meanWeight, classes: undefined, stream: undefined };
  const some = evenlyPicked(source, most);
  if (!inputs && !targets) {
    const whole = some.length === rows;
    return { ...plain, samples: learned, learned, subset: whole ? subset : Words.of(arena, some), rows: some.length };
  }
  const { architecture } = subject;
  const taken = (a: Reals, columns: number, scaled: boolean): Reals => {
    const made = new Reals(arena, a.precision, some.length * columns);
    const [from, to] = [a.view(), made.view()];
    for (let c = 0; c < columns; c++) {
      const { mean, spread } = scaled ? meanAndSpread(from, columns, c, some) : { mean: 0, spread: 1 };
      some.forEach((r, k) => {
        to[k * columns + c] = (from[r * columns + c]! - mean) / (spread || 1);
      });
    }
    return made;
  };
  const samples: SampleBuffers = {
    x: taken(learned.x, architecture.inputs, inputs === true),
    t: taken(learned.t, outputsOf(architecture), targets === true),
    w: learned.w && taken(learned.w, 1, false),
  };
  return { ...plain, samples, learned: samples, subset: undefined, rows: some.length };
}

/** The largest curvature that steps of a fit meet at its start: of the whole set, and of some batches. */
export function startCurvature(setting: EndedFit): Promise<number> {
  return besides(setting, async ({ subject, source, settings, seed, snapshot, perform }, arena) => {
    subject.theta.view().set(snapshot.start);
    const { learned, subset, rows, meanWeight } = source;
    const at: SampleSource = { samples: learned, learned, subset, rows, meanWeight, classes: undefined, stream: undefined };
    const task = taskOf(subject, arena, { ...settings, order: 'sequential', minGradient: 0 }, at, seed, undefined, {
      slab: TRIAL_SLAB,
    });
    const most = Math.max(20, Math.floor(TRIAL_COST.least / (60 * PASSES * workOf(subject.architecture))));
    let largest = await perform(new PrincipalCurvature(task, Math.min(500, most)).measure(0));
    const batches = new PrincipalCurvature(task, Math.min(task.size.first, most));
    for (let round = 1; round <= 4; round++) largest = Math.max(largest, await perform(batches.measure(round)));
    return largest;
  });
}
