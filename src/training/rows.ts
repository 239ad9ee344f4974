// The rows that a fit learns from: which are set aside, and what they weigh.

import type { Engine } from '../../bindings/core.js';
import { type Arena, type Reals, Words } from '../../bindings/memory.js';
import { Part } from '../../bindings/part.js';
import { Dataset, type SampleBuffers } from '../data/dataset.js';
import { type MatrixLike, matrix } from '../data/matrix.js';
import { deal, permutation } from '../data/split.js';
import { DataError, OptionError, counted, thereAre } from '../runtime/errors.js';
import type { FitSettings } from './options.js';
import type { FitSubject } from './subject.js';
import { asksSeparately, classOf, classThreshold } from '../data/classes.js';
import { type Architecture, outputsOf } from '../plan/plan.js';
import { Purpose } from '../runtime/random.js';

/** What `learnedFrom` needs where targets are smoothed, or classes have weights. */
export const REWEIGHING = new Part('class weights and label smoothing', () => import('./reweighing.js'));

/** The classes of a dataset's rows, or undefined where its loss is about numbers. */
function classesOf(samples: SampleBuffers, architecture: Architecture, rows: number): Uint32Array | undefined {
  const { loss } = architecture;
  const threshold = classThreshold(loss);
  const outputs = outputsOf(architecture);
  if (threshold === undefined || asksSeparately(loss, outputs)) return undefined;
  const t = samples.t.view();
  return Uint32Array.from({ length: rows }, (_, r) => classOf(t, r * outputs, outputs, threshold));
}

/** A dataset for one network alone, kept as that needs it. @throws DataError, OutOfMemoryError */
export function datasetFor(
  { engine, architecture }: Pick<FitSubject, 'engine' | 'architecture'>,
  X: MatrixLike,
  Y: MatrixLike,
  weights: ArrayLike<number> | undefined,
): Dataset {
  const { precision } = engine;
  const { inputs } = architecture;
  if (inputs > 1 && matrix(X, 'X').columns === 1) {
    // Before the numbers of rows are compared, which a vector in the place of rows gets wrong as well.
    throw new DataError('X', `has 1 column, but the network has ${inputs} inputs; a row is an array of them, [[…], …]`);
  }
  const coding = { loss: architecture.loss, outputs: outputsOf(architecture) };
  return new Dataset(X, Y, weights ? { weights, precision } : { precision }, coding);
}

/** A dataset's samples as the network needs them; what has to be converted goes into the arena. */
export function samplesFor({ engine, architecture }: FitSubject, data: Dataset, what: string, arena: Arena): SampleBuffers {
  if (data.inputs !== architecture.inputs) {
    throw new DataError(
      what,
      `has ${counted(data.inputs, 'column')}, but the network has ${counted(architecture.inputs, 'input')}`,
    );
  }
  return data.samples(engine.precision, architecture.loss, outputsOf(architecture), arena);
}

/** Samples as training takes them: targets smoothed, weights multiplied by those of classes. */
export function learnedFrom(
  arena: Arena,
  samples: SampleBuffers,
  architecture: Architecture,
  rows: number,
  { labelSmoothing, classWeights }: FitSettings,
): SampleBuffers {
  const t = labelSmoothing > 0 ? REWEIGHING.here.smoothed(arena, samples.t, architecture, labelSmoothing) : samples.t;
  const w = classWeights
    ? REWEIGHING.here.classWeighted(arena, samples, classesOf(samples, architecture, rows), architecture, classWeights)
    : samples.w;
  return { x: samples.x, t, w };
}

/** The classes of all rows. @throws OptionError where the loss has none */
export function requiredClasses(samples: SampleBuffers, architecture: Architecture, rows: number): Uint32Array {
  const classes = classesOf(samples, architecture, rows);
  if (classes) return classes;
  const expected = `'shuffle', 'sequential' or emphasize(): the loss ${architecture.loss} has no classes to interleave`;
  throw new OptionError('fit.order', 'interleave', expected);
}

/** Sets a share of the rows aside for validation. */
export function split(
  engine: Engine,
  arena: Arena,
  data: Dataset,
  samples: SampleBuffers,
  architecture: Architecture,
  share: number,
  seed: number,
): { train: Words; held: Words } {
  const order = permutation(engine, data.rows, seed, Purpose.split);
  const [train, held] = deal(order, [1 - share, share], classesOf(samples, architecture, data.rows));
  if (train!.length === 0 || held!.length === 0) {
    throw new OptionError('fit.validation', share, `a share that leaves rows for both parts; ${thereAre(data.rows, 'row')}`);
  }
  return { train: Words.of(arena, train!), held: Words.of(arena, held!) };
}

/**
 * The mean weight of the rows picked.
 * @throws OptionError where there is none to take: their weights add up to nothing, or overflow
 */
export function meanWeight(
  w: Reals | undefined,
  picked: Words | undefined,
  blame: 'classWeights' | 'validation',
  settings: FitSettings,
): number {
  if (!w) return 1;
  const all = w.view();
  let sum = 0;
  if (picked) for (const i of picked.view()) sum += all[i]!;
  else for (const weight of all) sum += weight;
  if (sum > 0 && sum < Infinity) return sum / (picked ?? w).length;
  throw new OptionError(`fit.${blame}`, settings[blame], `one that leaves rows a finite weight > 0 in all; they have ${sum}`);
}
