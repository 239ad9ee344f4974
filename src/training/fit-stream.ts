// A fit on data that come in chunks.

import type { Background } from '../../bindings/background.js';
import { Arena } from '../../bindings/memory.js';
import { isGrowing } from '../data/batches.js';
import { isEmphasis } from '../data/orders.js';
import { OptionError } from '../runtime/errors.js';
import type { MethodState } from '../methods/method.js';
import { type Chunks, wholeSetMethods } from './chunks.js';
import { emptyHistory } from './history.js';
import { Interruption } from './interruption.js';
import { Monitor } from './monitor.js';
import { type Outcome, loop } from './loop.js';
import type { FitSettings } from './options.js';
import type { FitSubject } from './subject.js';
import type { TakingUp } from './taking-up.js';
import { Datasets } from './datasets.js';
import { type OptionsWithMethod, begun, hired, settingsFrom } from './set-up.js';
import { Stream } from './stream.js';

/**
 * Trains a network on chunks, one after another; see FitOptions. Whatever happens, training memory is freed, the weights are
 * finite, and the iterator is told to end.
 */
export async function fitStream(
  subject: FitSubject,
  chunks: Chunks,
  options: OptionsWithMethod,
  resume: MethodState | undefined,
  { from, resuming }: TakingUp,
): Promise<Outcome> {
  // Without a number of epochs, what can be read once is read once.
  const once = typeof chunks !== 'function';
  const { settings, stopping } = settingsFrom(once ? { ...options, epochs: options?.epochs ?? 1 } : options);
  requireStreamable(settings, once);
  const interruption = new Interruption(settings.signal, settings.timeLimit);
  const arena = new Arena();
  const work = new Arena();
  const datasets = new Datasets(subject, arena);
  const stream = new Stream(subject, chunks, settings, interruption);
  let background: Background | undefined;
  const train = async (): Promise<Outcome> => {
    const seed = settings.seed ?? subject.seed;
    const monitor = new Monitor(subject, work, settings.metrics, Math.min(settings.epochs, 1e6));
    const held = datasets.validation(settings);
    if (held) monitor.watch('validation', held, undefined);
    const words = resuming?.lazily(() => resuming.asked(settings, seed, undefined, held));
    if (from) {
      resuming!.requireSame(from.asked, words!(), settings);
      stream.recall(from.parts.stream, from.parts.record.numbers[0]!);
    }
    const reason = await stream.begin();
    if (reason) {
      const history = from ? resuming!.recordFrom(from.parts.record, seed) : emptyHistory(seed);
      return { history: { ...history, reason, time: interruption.elapsed }, state: resume, taken: from };
    }
    if (from) resuming!.goBack(subject, from, words!(), settings);
    const training = begun(subject, work, settings, stream, seed, from ? from.method : resume);
    const check = () => {
      subject.check();
      datasets.check();
      stream.check();
    };
    if (settings.background) background = await hired();
    check();
    const whole = {
      subject: { ...subject, check },
      training,
      resume,
      asked: words,
      from,
      resuming,
      source: stream,
      stream,
      monitor,
      settings,
      stopping,
      interruption,
      seed,
    };
    return loop({ ...whole, background, release: () => work.dispose() });
  };
  try {
    const outcome = await train();
    await stream.close();
    return outcome;
  } catch (error) {
    await stream.close().catch(() => {}); // what went wrong first counts
    throw error;
  } finally {
    background?.release();
    work.dispose();
    arena.dispose();
    datasets.dispose();
  }
}

/**
 * Refuses what takes the whole set.
 * @throws OptionError that says what would be right
 */
function requireStreamable(settings: FitSettings, once: boolean): void {
  const { method, batchSize, order, validation, sampleWeights, classWeights, minGradient, metrics, epochs } = settings;
  const refuse = (name: string, value: unknown, expected: string) => {
    throw new OptionError(`fit.${name}`, value, expected);
  };
  if (method.batch === 'full') refuse('method', method.name, wholeSetMethods(method.name));
  if (batchSize === 'full')
    refuse('batchSize', batchSize, 'a number with chunks: a step on all rows would need them all in memory');
  if (isGrowing(batchSize) && batchSize.by === 'variance') {
    refuse('batchSize', batchSize, "a number, or growing({ by: 'epoch' }), with chunks: the variance is that of the whole set");
  }
  if (order === 'emphasize' || isEmphasis(order)) {
    refuse('order', order, "'shuffle', 'interleave' or 'sequential' with chunks: emphasis picks from all rows");
  }
  if (typeof validation === 'number') {
    refuse('validation', validation, 'a dataset, or [X, Y], with chunks: which rows a share takes depends on all of them');
  }
  if (sampleWeights) refuse('sampleWeights', sampleWeights, 'none beside chunks; give them as { X, Y, sampleWeights }');
  if (classWeights === 'balanced') {
    refuse('classWeights', classWeights, 'an array of weights with chunks: how frequent classes are is known at the end only');
  }
  if (minGradient > 0) refuse('minGradient', minGradient, '0 with chunks: no step has the gradient of the whole set');
  if (metrics.length > 0 && validation === undefined) {
    refuse('metrics', metrics, 'none without validation, with chunks: they are measured on the validation set');
  }
  if (once && epochs > 1) {
    refuse(
      'epochs',
      epochs,
      '1 with an iterable, which can be read once; a function that returns a fresh one is called for each epoch',
    );
  }
}
