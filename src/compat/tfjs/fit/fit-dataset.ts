// fitDataset: training on batches that come one after the other.

import type { Tensor } from '@tensorflow/tfjs-core';
import { OptionError } from '../../../runtime/errors.js';
import { type Batch, type Dataset, batchOf, isDataset } from '../batches.js';
import { notImplemented } from '../errors.js';
import { evaluated, evaluatedDataset } from '../evaluate.js';
import type { Model } from '../inside.js';
import { checkClassWeights } from '../losses/compiled.js';
import { Settings } from '../settings.js';
import { Trainer } from '../trainer.js';
import { type FitArgs, checkSeed } from './args.js';
import type { YieldEvery } from './frames.js';
import { History, type Logs, Totals, enter, heldOut } from './history.js';
import { Listeners } from './listeners.js';
import { weightsOf } from './weights.js';

/** What fitDataset takes, as tfjs does, and a seed. */
export interface FitDatasetArgs {
  batchesPerEpoch?: number;
  epochs?: number;
  verbose?: number;
  initialEpoch?: number;
  callbacks?: unknown;
  validationData?: unknown;
  validationBatchSize?: number;
  validationBatches?: number;
  classWeight?: unknown;
  yieldEvery?: YieldEvery;
  seed?: number;
}

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0;

function assert(holds: boolean, message: () => string): void {
  if (!holds) throw new Error(message());
}

/** @throws Error in tfjs's words */
function check(model: Model, args: FitDatasetArgs | null | undefined): asserts args is FitDatasetArgs & { epochs: number } {
  assert(
    Boolean(model.optimizer_),
    () => 'You must compile a model before training/testing. Use LayersModel.compile(modelCompileConfig).',
  );
  if (args === null || args === undefined) {
    throw new Error('For fitDataset(), the 2nd argument (config) is required, but it is not provided in this call.');
  }
  const { epochs, batchesPerEpoch, validationData, validationBatches } = args;
  assert(isCount(epochs), () => `For fitDataset(), config.epochs is expected to be a positive integer, but got ${epochs}`);
  assert(
    (batchesPerEpoch ?? undefined) === undefined || isCount(batchesPerEpoch),
    () =>
      `For fitDataset(), config.batchesPerEpoch is expected to be a positive integer if specified, but got ${batchesPerEpoch}`,
  );
  assert(
    ((args as { validationSplit?: unknown }).validationSplit ?? undefined) === undefined,
    () => '`validationSplit` is not supported by `fitDataset()`. Use validationData instead.',
  );
  if (model.isTraining) throw new Error('Cannot start training because another fit() call is ongoing.');
  assert(
    !isDataset(validationData) || (validationBatches ?? undefined) === undefined || isCount(validationBatches),
    () =>
      'For fitDataset() with dataset-based validation, config.validationBatches is expected not to be provided, ' +
      `or to be a positive integer, but got ${validationBatches}`,
  );
}

/** Steps on batches, whatever their size: a trainer is made for the largest so far. */
class Steps {
  private trainer: Trainer | undefined;
  private settings: Settings | undefined;
  private rows = 0;

  constructor(
    private readonly model: Model,
    private readonly args: FitDatasetArgs,
  ) {}

  async take({ x, y, rows }: Batch): Promise<number[]> {
    const { model, args } = this;
    let weights: Float32Array | undefined;
    if (args.classWeight !== null && args.classWeight !== undefined) {
      const [, , ofClasses] = await model.standardizeUserData(x, y, null, args.classWeight, true);
      weights = await weightsOf(ofClasses, undefined, rows);
    }
    const [xs, ts] = await Promise.all([x.data(), y.data()]);
    if (!this.trainer || rows > this.rows) {
      const steps = this.trainer?.steps ?? 0;
      this.trainer?.dispose();
      this.rows = rows;
      const work = { rows, training: true, compares: true, dtype: y.dtype, seed: args.seed, steps };
      this.trainer = new Trainer(model, work);
      this.settings = new Settings(model, this.trainer.chain);
    }
    const { trainer } = this;
    trainer.takeUp();
    trainer.load(xs, ts, weights);
    return trainer.step(rows, weights !== undefined);
  }

  /** Takes up what callbacks have changed of the model. */
  renew(): void {
    if (!this.trainer || this.settings!.areCurrent) return;
    this.rows = 0; // the next batch makes another trainer
  }

  dispose(): void {
    this.trainer?.dispose();
  }
}

/** Loss and metrics of what is held out. */
async function validated(model: Model, args: FitDatasetArgs): Promise<readonly number[]> {
  const { validationData } = args;
  if (isDataset(validationData)) return evaluatedDataset(model, validationData, args.validationBatches);
  const [x, y] = validationData as readonly [unknown, unknown];
  return evaluated(model, x, y, args.validationBatchSize ?? 32);
}

/** That a dataset was shorter than it had to be. */
function ranOut(batches: number, epochs: number, done: number): void {
  console.warn(
    `You provided \`batchesPerEpoch\` as ${batches}, but your dataset iterator ran out of data after ${done} batches; ` +
      'interrupting training. Make sure that your dataset can generate at least `batchesPerEpoch * epochs` ' +
      `batches (in this case, ${batches * epochs} batches). You may need to use the repeat() function when building your dataset.`,
  );
}

/** tfjs's fitDataset, on a model that has been built. */
export async function fitDataset(model: Model, dataset: Dataset, args: FitDatasetArgs, begin: () => void): Promise<History> {
  check(model, args);
  checkSeed('fitDataset', args.seed ?? undefined);
  for (const name of ['method', 'sampleWeight'] as const) {
    const value = (args as FitArgs)[name];
    if (value !== undefined && value !== null)
      throw new OptionError(`fitDataset.${name}`, value, 'none: fit, which takes tensors, has this option');
  }
  const held = args.validationData;
  const validates = held !== null && held !== undefined;
  if (validates && !isDataset(held) && (held as readonly unknown[]).length === 3) {
    throw notImplemented('Validation with sample weights is not implemented yet.');
  }
  new Trainer(model, { rows: 1, training: true, compares: true }).dispose(); // what cannot be trained is refused now
  checkClassWeights(model, args.classWeight);
  const steps = new Steps(model, args);
  const listeners = new Listeners(args.callbacks, args.yieldEvery);
  model.isTraining = true;
  begin();
  try {
    return await run(model, dataset, args, steps, listeners, validates);
  } finally {
    model.isTraining = false;
    steps.dispose();
    listeners.dispose();
  }
}

async function run(
  model: Model,
  dataset: Dataset,
  args: FitDatasetArgs & { epochs: number },
  steps: Steps,
  listeners: Listeners,
  validates: boolean,
): Promise<History> {
  const { epochs } = args;
  const batches = args.batchesPerEpoch ?? undefined;
  const labels = model.getDedupedMetricsNames();
  const history = new History({
    epochs,
    initialEpoch: null,
    samples: null,
    steps: batches ?? (Number.isFinite(dataset.size) ? dataset.size! : null),
    batchSize: null,
    verbose: args.verbose ?? 1,
    doValidation: validates,
    metrics: validates ? [...labels, ...heldOut(labels)] : [...labels],
  });
  listeners.begin(history, model);
  const totals = new Totals(labels);
  await listeners.trainBegin();
  model.stopTraining_ = false;
  let iterator = await dataset.iterator();
  for (let epoch = args.initialEpoch ?? 0; epoch < epochs; epoch++) {
    const logs: Logs = {};
    await listeners.epochBegin(epoch);
    steps.renew();
    totals.begin();
    if (!batches) iterator = await dataset.iterator();
    for (let done = 0; batches === undefined || done < batches; ) {
      const next = await iterator.next();
      if (batches && next.done) {
        ranOut(batches, epochs, done);
        break;
      }
      if (next.value !== null && next.value !== undefined) {
        const batch = batchOf(model, next.value);
        const batchLogs: Logs = { batch: done, size: batch.rows };
        await listeners.batchBegin(done, batchLogs);
        const values = await steps.take(batch);
        for (const tensor of [batch.x, batch.y] as Tensor[]) tensor.dispose();
        enter(batchLogs, labels, values);
        totals.add(batch.rows, values);
        await listeners.batchEnd(done, batchLogs);
        done++;
      }
      if (batches ? done >= batches : next.done) {
        if (validates) enter(logs, heldOut(model.metricsNames), await validated(model, args));
        break;
      }
      if (model.stopTraining_) break;
    }
    totals.end(logs);
    await listeners.epochEnd(epoch, logs);
    history.add(epoch, logs);
    if (model.stopTraining_) break;
  }
  await listeners.trainEnd();
  return history;
}
