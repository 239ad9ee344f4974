// A fit on data that are in memory.

import type { Background } from '../../bindings/background.js';
import { Arena } from '../../bindings/memory.js';
import type { Dataset } from '../data/dataset.js';
import type { MatrixLike } from '../data/matrix.js';
import { OptionError } from '../runtime/errors.js';
import type { MethodState } from '../methods/method.js';
import { requireReachable } from './advice/range.js';
import { Interruption } from './interruption.js';
import { Monitor } from './monitor.js';
import { type Outcome, loop } from './loop.js';
import { learnedFrom, meanWeight, requiredClasses, split } from './rows.js';
import type { FitSubject } from './subject.js';
import type { TakingUp } from './taking-up.js';
import { Datasets } from './datasets.js';
import { type OptionsWithMethod, begun, hired, settingsFrom } from './set-up.js';

/** Trains a network; see FitOptions. Whatever happens, training memory is freed and the weights are finite. */
export async function fit(
  subject: FitSubject,
  X: MatrixLike | Dataset,
  Y: MatrixLike | undefined,
  options: OptionsWithMethod,
  resume: MethodState | undefined,
  { from, resuming }: TakingUp,
): Promise<Outcome> {
  const { settings, stopping } = settingsFrom(options);
  if (settings.rows !== undefined) throw new OptionError('fit.rows', settings.rows, 'none: these data have their number of rows');
  const { engine, architecture } = subject;
  const interruption = new Interruption(settings.signal, settings.timeLimit);
  const arena = new Arena();
  const work = new Arena();
  let background: Background | undefined;
  const datasets = new Datasets(subject, arena);
  try {
    const { data, samples } = datasets.of(X, Y, settings.sampleWeights, 'X');
    if (!subject.remembers) requireReachable(architecture, samples);
    const seed = settings.seed ?? subject.seed;
    const { train, held } =
      typeof settings.validation === 'number'
        ? split(engine, arena, data, samples, architecture, settings.validation, seed)
        : { train: undefined, held: undefined };
    const learned = learnedFrom(arena, samples, architecture, data.rows, settings);
    const mean = meanWeight(learned.w, train, settings.classWeights ? 'classWeights' : 'validation', settings);
    if (held) meanWeight(samples.w, held, 'validation', settings);
    const source = {
      samples,
      learned,
      subset: train,
      rows: train?.length ?? data.rows,
      meanWeight: mean,
      classes: settings.order === 'interleave' ? requiredClasses(samples, architecture, data.rows) : undefined,
      stream: undefined,
    };
    const other = datasets.validation(settings);
    const words = resuming?.lazily(() => resuming.asked(settings, seed, { samples, rows: data.rows }, other));
    if (from) resuming!.goBack(subject, from, words!(), settings);
    const training = begun(subject, work, settings, source, seed, from ? from.method : resume);
    const monitor = new Monitor(subject, work, settings.metrics, Math.min(settings.epochs, 1e6));
    monitor.watch('training', samples, train);
    if (held) monitor.watch('validation', samples, held);
    else if (other) monitor.watch('validation', other, undefined);
    const check = () => {
      subject.check();
      datasets.check();
    };
    if (settings.background) background = await hired();
    check();
    return await loop({
      subject: { ...subject, check },
      training,
      resume,
      asked: words,
      from,
      resuming,
      source,
      monitor,
      settings,
      stopping,
      interruption,
      seed,
      background,
      release: () => work.dispose(),
    });
  } finally {
    background?.release();
    work.dispose();
    arena.dispose();
    datasets.dispose();
  }
}
