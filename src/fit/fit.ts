// A fit on data that are in memory.

import { Background } from '../../bindings/background.js';
import { Arena } from '../../bindings/memory.js';
import type { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { OptionError } from '../errors.js';
import type { MethodState } from '../optim/method.js';
import { Interruption } from './interruption.js';
import { Judge } from './judge.js';
import { type Outcome, loop } from './loop.js';
import { type Subject, learnedFrom, meanWeight, requiredClasses, split } from './rows.js';
import { Datasets, type Given, adviser, begun, settingsFrom } from './set-up.js';

/** Trains a network; see FitOptions. Whatever happens, training memory is freed and the weights are finite. */
export async function fit(
  subject: Subject,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  options: Given,
  resume?: MethodState,
): Promise<Outcome> {
  const { settings, stopping } = settingsFrom(options);
  if (settings.rows !== undefined) throw new OptionError('fit.rows', settings.rows, 'none: these data have their number of rows');
  const { engine, architecture } = subject;
  const interruption = new Interruption(settings.signal, settings.timeLimit);
  const arena = new Arena();
  let background: Background | undefined;
  const datasets = new Datasets(subject, arena);
  try {
    const { data, patterns } = datasets.of(X, Y, settings.sampleWeights, 'X');
    const seed = settings.seed ?? subject.seed;
    const { train, held } =
      typeof settings.validation === 'number'
        ? split(engine, arena, data, patterns, architecture, settings.validation, seed)
        : { train: undefined, held: undefined };
    const learned = learnedFrom(arena, patterns, architecture, data.rows, settings);
    const mean = meanWeight(learned.w, train, settings.classWeights ? 'classWeights' : 'validation', settings);
    if (held) meanWeight(patterns.w, held, 'validation', settings);
    const source = {
      patterns,
      learned,
      subset: train,
      rows: train?.length ?? data.rows,
      meanWeight: mean,
      classes: settings.order === 'interleave' ? requiredClasses(patterns, architecture, data.rows) : undefined,
      stream: undefined,
    };
    const training = begun(subject, arena, settings, source, seed, resume);
    const judge = new Judge(subject, arena, settings.metrics, Math.min(settings.epochs, 1e6));
    judge.watch('training', patterns, train);
    const other = datasets.validation(settings);
    if (held) judge.watch('validation', patterns, held);
    else if (other) judge.watch('validation', other, undefined);
    const check = () => {
      subject.check();
      datasets.check();
    };
    const advise = adviser(subject, source, settings);
    if (settings.background) background = await Background.hire();
    check();
    return await loop({
      subject: { ...subject, check },
      training,
      judge,
      settings,
      stopping,
      interruption,
      seed,
      advise,
      background,
    });
  } finally {
    background?.release();
    arena.dispose();
    datasets.dispose();
  }
}
