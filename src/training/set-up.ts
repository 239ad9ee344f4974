// What a fit is set up from: settings that go together, the method at work, what is measured between epochs.

import { ORDERING, SURROUNDING } from '../methods/descent/surround.js';
import type { Background } from '../../bindings/background.js';
import type { Arena } from '../../bindings/memory.js';
import { Part } from '../../bindings/part.js';
import { isGrowing } from '../data/batches.js';
import { isEmphasis } from '../data/orders.js';
import type { SampleBuffers } from '../data/dataset.js';
import { OptionError } from '../runtime/errors.js';
import type { BatchSize, Method, MethodState, SamplesAtHand, Task, Training } from '../methods/method.js';
import { isFrozen } from '../layers/layers.js';
import { checked } from '../runtime/options.js';
import { type Architecture, Plan } from '../plan/plan.js';
import { FIT_OPTIONS, type FitOptions, type FitSettings, type Stopping, checkedStopping } from './options.js';
import { OTHER_CONSTANTS, isUsual } from './best-constant.js';
import { REWEIGHING } from './rows.js';
import type { FitSubject } from './subject.js';

const STARTING = new Part('starts from data', () => import('../start/start.js'));
const GROWING = new Part('batches that grow', () => import('./growing-batches.js'));

const BACKGROUND = new Part('fits in the background', () => import('../../bindings/background.js'));

/** A worker to do the work; undefined where there can be none, which is said. */
export async function hired(): Promise<Background | undefined> {
  return (await BACKGROUND.load()).Background.hire();
}

type PartsOfOptions = Partial<
  Pick<FitSettings, 'method' | 'batchSize' | 'background' | 'labelSmoothing' | 'classWeights' | 'average' | 'order'>
>;

/**
 * What has to be loaded before a fit begins.
 * @param waits whether layers wait for data
 * @param shares whether threads may share steps
 */
export function neededFor(
  options: PartsOfOptions | undefined,
  { loss, layers }: Pick<Architecture, 'loss' | 'layers'>,
  waits: boolean,
  shares: boolean,
): Part<unknown>[] {
  const {
    method = FIT_OPTIONS.method.default as Method,
    batchSize,
    background,
    labelSmoothing,
    classWeights,
    average,
    order = 'shuffle',
  } = options ?? {};
  return [
    ...(method.needs?.(shares) ?? []),
    ...(waits ? [STARTING] : []),
    ...(isGrowing(batchSize) ? [GROWING] : []),
    ...(background ? [BACKGROUND] : []),
    ...(labelSmoothing || classWeights ? [REWEIGHING] : []),
    ...(isUsual(loss) ? [] : [OTHER_CONSTANTS]),
    ...(average || layers.some(isFrozen) ? [SURROUNDING] : []),
    ...(isPlain(order) ? [] : [ORDERING]),
  ];
}

const isPlain = (order: unknown) => order === 'shuffle' || order === 'sequential';

/** Whether the common binary has what a fit takes. @param shares whether threads may share steps */
export function isCommon(options: PartsOfOptions | undefined, shares: boolean): boolean {
  const { method = FIT_OPTIONS.method.default as Method, order = 'shuffle' } = options ?? {};
  return method.common === true && isPlain(order) && !shares;
}

/** Samples per step where neither the user nor the method says. */
export const BATCH_SIZE = 32;

/** Options of a fit, whose method is chosen. */
export type OptionsWithMethod = (FitOptions & { method?: Method }) | undefined;

/** @throws OptionError */
export function settingsFrom(options: OptionsWithMethod): { settings: FitSettings; stopping: Stopping | undefined } {
  const settings = checked('fit', FIT_OPTIONS, options) as FitSettings; // 'auto' has become a method
  const { patience } = settings.method;
  const asked = patience !== undefined && settings.validation !== undefined && !settings.earlyStopping;
  return { settings, stopping: checkedStopping('fit', asked ? { ...settings, earlyStopping: { patience } } : settings) };
}

/** Where samples come from: those that are there now, as they are and as training takes them. */
export interface SampleSource extends SamplesAtHand, Pick<Task, 'subset' | 'stream'> {
  /** With targets smoothed, and weights multiplied by those of classes. */
  get learned(): SampleBuffers;
}

/** How a trial differs from a fit. */
interface TrialSettings {
  /** A rate in the place of the method's own. */
  readonly rate?: number | undefined;
  /** How many samples run at a time, at most. */
  readonly slab: number;
}

/**
 * The method at work on a source, whose first samples are in place.
 * @throws OptionError, DataError, OutOfMemoryError
 */
export function begun(
  subject: FitSubject,
  arena: Arena,
  settings: FitSettings,
  source: SampleSource,
  seed: number,
  resume: MethodState | undefined,
  trial?: TrialSettings,
): Training {
  return settings.method.start(taskOf(subject, arena, settings, source, seed, resume, trial), resume);
}

/** The same number of samples in every step. */
function fixedSize(size: number): BatchSize {
  return { first: size, continues: false, least: size, limit: size };
}

/** What a method trains on. @throws OptionError, DataError, OutOfMemoryError */
export function taskOf(
  subject: FitSubject,
  arena: Arena,
  settings: FitSettings,
  source: SampleSource,
  seed: number,
  resume?: MethodState,
  trial?: TrialSettings,
): Task {
  const { engine, architecture, theta, threads } = subject;
  const { order, lastBatch, weighting, epochs, clip, l1, average } = settings;
  const { subset, rows, learned, stream } = source;
  requireTrained(architecture);
  const { wanted, most } = batchSizeOf(settings, architecture, rows, stream !== undefined);
  const plan = new Plan(engine, arena, architecture, theta, Math.min(most, trial?.slab ?? Infinity), true);
  if (subject.start) {
    STARTING.here.startFromData(subject, learned, subset, rows);
    subject.start();
  }
  const meanWeight = () => (weighting === 'samples' ? 1 : source.meanWeight);
  const size =
    typeof wanted === 'number'
      ? fixedSize(wanted)
      : GROWING.here.growingSize(
          wanted,
          { plan, arena, samples: learned, subset, rows, meanWeight: meanWeight(), seed },
          resume?.batchSize,
        );
  const extras = {
    l1,
    clipNorm: clip?.norm ?? Infinity,
    clipValue: clip?.value ?? Infinity,
    average: average === 'polyak' ? 1 : average?.decay,
  };
  return {
    plan,
    arena,
    get samples() {
      return source.learned;
    },
    get rows() {
      return source.rows;
    },
    get meanWeight() {
      return meanWeight();
    },
    get classes() {
      return source.classes;
    },
    subset,
    stream,
    size,
    lastBatch,
    order,
    extras,
    epochs,
    rate: trial?.rate,
    seed,
    threads,
    background: settings.background,
  };
}

/** @throws OptionError where no parameter would move */
function requireTrained({ layers }: Architecture): void {
  if (layers.some((layer) => !isFrozen(layer) && layer.type !== 'dropout' && layer.type !== 'gaussianNoise')) return;
  throw new OptionError('layers', layers, 'at least one layer that is not frozen, or there is nothing to train');
}

/**
 * Samples per step: a number of them or how they grow, and the most there may be.
 * @param streams whether `rows` are those of a first chunk only
 * @throws OptionError where the method, the order or minGradient do not go with it
 */
function batchSizeOf(
  { method, batchSize, lastBatch, order, minGradient }: FitSettings,
  { layers }: Architecture,
  rows: number,
  streams: boolean,
) {
  const given = batchSize ?? method.batch ?? BATCH_SIZE;
  const wanted = isGrowing(given) ? given : given === 'full' ? rows : streams ? given : Math.min(given, rows);
  if (lastBatch === 'drop' && typeof given === 'number' && given > rows && !streams) {
    const expected = `'even' or 'short', or batchSize at most ${rows}: ${rows} rows do not fill a batch of ${given}`;
    throw new OptionError('fit.lastBatch', lastBatch, expected);
  }
  const full = typeof wanted === 'number' && wanted >= rows && !streams;
  if (method.batch === 'full' && !full) {
    throw new OptionError('fit.batchSize', given, `'full' with ${method.name}, which compares gradients of the whole set`);
  }
  if (minGradient > 0 && !full) {
    const expected = "0 with mini-batches; batchSize 'full' has a gradient of the whole set";
    throw new OptionError('fit.minGradient', minGradient, expected);
  }
  if (full && (order === 'emphasize' || isEmphasis(order))) {
    const expected = "a number smaller than the number of rows with order 'emphasize', which picks some of them for each step";
    throw new OptionError('fit.batchSize', given, expected);
  }
  if (given === 1 && rows > 1 && layers.some(({ type }) => type === 'batchNorm')) {
    throw new OptionError('fit.batchSize', given, 'at least 2 with batchNorm layers, which need means over a batch');
  }
  return { wanted, most: typeof wanted === 'number' ? wanted : Math.min(wanted.limit, rows) };
}
