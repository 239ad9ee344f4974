// Bias and variance over bootstrap replicas: how far models are from the truth on average, and how much they differ (Geman,
// Bienenstock & Doursat 1992; of classes Domingos 2000).

import type { Engine } from '../../bindings/core.js';
import { engineOf } from '../runtime/engines.js';
import { Arena, Words } from '../../bindings/memory.js';
import type { Samples } from '../data/table.js';
import { answered } from '../runtime/callbacks.js';
import { DataError, OptionError } from '../runtime/errors.js';
import { Network } from '../network/network.js';
import { callback, checked, number, value } from '../runtime/options.js';
import { Purpose, halves } from '../runtime/random.js';
import { SHARED, type SharedOptions } from './cross-validate.js';
import { type Decomposition, type PredictionSpread, spreadFor } from './decomposition.js';
import { ArraySource, type Learner, type Make, type Truths, maker, predictions } from './subject.js';

const isEpochs = (v: unknown): v is number[] =>
  Array.isArray(v) && v.length > 0 && v.every((e, i) => Number.isInteger(e) && e > (i === 0 ? 0 : v[i - 1]));

const OPTIONS = {
  replicas: number({ min: 2, integer: true }, 20),
  test: value<readonly [Samples, Truths] | undefined>('[X, Y]', (v) => Array.isArray(v) && v.length === 2, undefined),
  epochs: value<readonly number[] | undefined>('an array of integers ≥ 1, ascending', isEpochs, undefined),
  ...SHARED,
  onReplica: callback<(replica: number, replicas: number) => unknown>('(replica, replicas) => void'),
};

/** Options of `biasVariance`. */
export interface BiasVarianceOptions extends SharedOptions {
  /** Models trained, each on as many rows as there are, drawn with replacement. Default 20. */
  replicas?: number;
  /**
   * [X, Y] to measure on; the bias is that of the models alone if Y has no noise. Default: out of bag, each row by the replicas
   * that did not draw it (about three in eight); the noise of Y then counts as bias.
   */
  test?: readonly [X: Samples, Y: Truths];
  /** Of networks: measures after these epochs as well as at the end, ascending; the last is when training ends. */
  epochs?: readonly number[];
  /**
   * Called after each training, with how many there have been. A promise that it returns is awaited; if it rejects, so does the
   * call.
   */
  onReplica?: (replica: number, replicas: number) => unknown;
}

/** The decomposition at the end of training, and on the way there. */
export interface BiasVariance extends Decomposition {
  readonly replicas: number;
  /** How many rows it was measured on. */
  readonly rows: number;
  /** One for each of `epochs`; empty without them. */
  readonly overTraining: readonly (Decomposition & { readonly epoch: number })[];
}

/**
 * The expected error, taken apart: error = bias + variance, exactly. Of numbers: the mean squared error is the squared distance
 * of the mean prediction from the truth, and the variance of predictions about their mean. Of classes: the error rate is that of
 * the most frequent prediction, and what deviations from it add (where it is right) less what they mend (where it is wrong).
 *
 * ```ts
 * const { bias, variance } = await biasVariance(() => new Regressor({ hidden: 20 }), rows, targets, { replicas: 30 });
 * ```
 *
 * @param make makes a fresh model for each replica; it is disposed of afterwards. With one seed for all, only the rows make them
 * differ
 * @throws OptionError, DataError
 */
export async function biasVariance<M extends Learner>(
  make: Make<M>,
  X: Samples,
  Y: Truths,
  options?: BiasVarianceOptions,
): Promise<BiasVariance> {
  const { replicas, test, epochs, seed, fit, sampleWeights, signal, onReplica } = checked('biasVariance', OPTIONS, options);
  const source = new ArraySource(X, Y, sampleWeights);
  const judged = test ? new ArraySource(test[0], test[1], undefined) : source;
  const fresh = maker('biasVariance', make);
  const engine = await engineOf('float32', 'fast', 'common');
  const spreads = new Map<number, PredictionSpread>();
  for (let replica = 0; replica < replicas; replica++) {
    signal?.throwIfAborted();
    const model = await fresh();
    try {
      const drawn = bootstrap(engine, source.rows, seed, replica);
      const left = test ? undefined : leftOut(drawn);
      const measure = (moment: number) => {
        if (!spreads.has(moment)) spreads.set(moment, spreadFor(model, judged));
        predictions(model, judged.X).forEach((prediction, row) => {
          if (!left || left[row]) spreads.get(moment)!.add(row, prediction);
        });
      };
      await source.fit(model, drawn, epochs ? atEpochs(model, fit, epochs, measure) : fit);
      measure(0);
    } finally {
      model.dispose();
    }
    await answered(onReplica?.(replica + 1, replicas), signal);
  }
  const end = spreads.get(0)!;
  const overTraining = (epochs ?? []).map((epoch) => {
    const found = spreads.get(epoch);
    if (!found) throw new OptionError('biasVariance.epochs', epoch, 'epochs that every training reaches');
    return { epoch, ...found.result().decomposition };
  });
  const { decomposition, rows } = end.result();
  if (rows === 0) throw new DataError('X', `no row was left out by two of ${replicas} replicas; take more, or give test: [X, Y]`);
  return { ...decomposition, replicas, rows, overTraining };
}

/** Options of a network's fit that measure on the way. */
function atEpochs(model: Learner, fit: object, epochs: readonly number[], measure: (epoch: number) => void): object {
  if (!(model instanceof Network))
    throw new OptionError('biasVariance.epochs', epochs, 'none except for networks, whose epochs can be observed');
  const { onEpoch } = fit as { onEpoch?: (progress: { epoch: number }) => unknown };
  const watched = (progress: { epoch: number }) => {
    if (epochs.includes(progress.epoch)) measure(progress.epoch);
    return onEpoch?.(progress);
  };
  return { ...fit, epochs: epochs.at(-1)!, onEpoch: watched };
}

/** As many indices as rows, drawn with replacement: ⌊rows·word/2³²⌋. */
function bootstrap(engine: Engine, rows: number, seed: number, replica: number): Uint32Array {
  const arena = new Arena();
  try {
    const words = new Words(arena, rows);
    const [low, high] = halves(seed);
    engine.core.words(rows, low, high, Purpose.bootstrap, replica, 0, words.address);
    return words.view().map((word) => Math.floor((rows * word) / 2 ** 32));
  } finally {
    arena.dispose();
  }
}

/** Whether each row was not drawn. */
function leftOut(drawn: Uint32Array): boolean[] {
  const left = new Array<boolean>(drawn.length).fill(true);
  for (const r of drawn) left[r] = false;
  return left;
}
