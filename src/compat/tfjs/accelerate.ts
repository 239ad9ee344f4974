// accelerate: a model whose methods train here.

import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { History, LayersModel, ModelFitArgs, ModelFitDatasetArgs } from '@tensorflow/tfjs-layers';
import { UnsupportedError } from '../../../bindings/errors.js';
import { tensors } from '../../../bindings/tensors.js';
import { type Checked, checked, oneOf } from '../../runtime/options.js';
import type { Batches, Dataset } from './batches.js';
import { disposeOthers, numbersOf } from './data.js';
import { evaluated, evaluatedDataset, predicted } from './evaluate.js';
import type { FitArgs } from './fit/args.js';
import { fit } from './fit/fit.js';
import { type FitDatasetArgs, fitDataset } from './fit/fit-dataset.js';
import type { SampleWeight } from './fit/weights.js';
import { type Model, engine } from './inside.js';
import { CustomLossError } from './losses/compiled.js';
import { Trainer } from './trainer.js';

/** How a model is accelerated. */
export interface AccelerateOptions {
  /**
   * What becomes of a model that cannot be trained here: 'error' refuses it before anything changes, by an UnsupportedError that
   * names what is in the way; 'tfjs' lets TensorFlow.js train it, and says so once. Default 'error', so that nobody waits for a
   * slow training without knowing why. A loss that is a function of your own always goes that way.
   */
  fallback?: 'error' | 'tfjs';
}

const OPTIONS = { fallback: oneOf(['error', 'tfjs'], 'error') };

/** What `fit` takes besides TensorFlow.js's arguments. */
export interface MoreFitArgs {
  /** A weight for each sample: the gradient is Σ w·g over a batch, divided by its number of rows. Default: all are 1. */
  sampleWeight?: SampleWeight;
  /** An integer from 0 to 2^53 − 1, from which the order of samples and random layers follow. Default: Math.random. */
  seed?: number;
  /**
   * A method of this library, by its name, as 'levenbergMarquardt', or as the library makes it. The model learns as a Network
   * then, in whole epochs; only Dense layers and activations can. Default: the optimizer that the model was compiled with.
   */
  method?: string | object;
}

/** Inputs and targets as TensorFlow.js's fit takes them. */
type FitData = Parameters<LayersModel['fit']>[0];

/** What an accelerated model's methods take besides. */
export interface Accelerated {
  fit(x: FitData, y: FitData, args?: Omit<ModelFitArgs, 'sampleWeight'> & MoreFitArgs): Promise<History>;
  fitDataset<T>(
    dataset: Parameters<LayersModel['fitDataset']>[0],
    args: ModelFitDatasetArgs<T> & Pick<MoreFitArgs, 'seed'>,
  ): Promise<History>;
}

/** The model that does the work: a Sequential has one inside once it is compiled. */
function innerOf(model: LayersModel): Model | undefined {
  if (model.getClassName() !== 'Sequential') return model as unknown as Model;
  const { built, model: inner } = model as unknown as { built: boolean; model?: Model };
  return built ? inner : undefined;
}

/** Models whose user has been told that tfjs trains them. */
const told = new WeakSet<LayersModel>();

/** Tries a method here; what cannot be done here tfjs does, if it may. */
class Methods {
  constructor(
    private readonly model: LayersModel,
    private options: Checked<typeof OPTIONS>,
  ) {}

  /** tfjs's own method. */
  private own(name: string): (...args: unknown[]) => unknown {
    const method = (Object.getPrototypeOf(this.model) as Record<string, (...args: unknown[]) => unknown>)[name]!;
    return method.bind(this.model);
  }

  /** Whether tfjs may do what `error` says cannot be done here. It is said once. */
  private mayFallBack(error: unknown): boolean {
    if (!(error instanceof UnsupportedError)) return false;
    if (this.options.fallback !== 'tfjs' && !(error instanceof CustomLossError)) return false;
    if (!told.has(this.model)) {
      told.add(this.model);
      console.warn(`TensorFlow.js trains ${this.model.name} itself: ${error.message}`);
    }
    return true;
  }

  /** Training: refused before anything has changed. */
  private async train<T>(name: string, args: unknown[], here: (model: Model) => Promise<T>): Promise<T> {
    const inner = innerOf(this.model);
    if (!inner) return (await this.own(name)(...args)) as T;
    try {
      return await here(inner);
    } catch (error) {
      if (this.mayFallBack(error)) return (await this.own(name)(...args)) as T;
      throw error;
    }
  }

  fit = (x: unknown, y: unknown, args?: FitArgs) => this.train('fit', [x, y, args], (model) => fit(model, x, y, args));

  fitDataset = (dataset: unknown, args: FitDatasetArgs) =>
    this.train('fitDataset', [dataset, args], (model) => fitDataset(model, dataset as Dataset, args));

  trainOnBatch = (x: unknown, y: unknown) => this.train('trainOnBatch', [x, y], (model) => trainedOnBatch(model, x, y));

  /** What is only looked at: where it cannot be done here, tfjs does it, without a word. */
  private use<T>(here: (model: Model) => T | undefined, theirs: () => T): T {
    const inner = innerOf(this.model);
    try {
      const found = inner && here(inner);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
    }
    return theirs();
  }

  predict = (x: unknown, args?: { batchSize?: number; verbose?: boolean }) =>
    this.use(
      (model) => (args?.batchSize === undefined || args.batchSize > 0 ? predicted(model, x) : undefined),
      () => this.own('predict')(x, args) as Tensor,
    );

  predictOnBatch = (x: unknown) =>
    this.use(
      (model) => predicted(model, x),
      () => this.own('predictOnBatch')(x) as Tensor,
    );

  evaluate = (x: unknown, y: unknown, args: { batchSize?: number; verbose?: number; steps?: number } = {}) =>
    this.use<Scalar | Scalar[]>(
      (model) => (args.verbose || args.steps ? undefined : scalars(evaluated(model, x, y, args.batchSize))),
      () => this.own('evaluate')(x, y, args) as Scalar,
    );

  evaluateDataset = async (dataset: unknown, args: { batches?: number; verbose?: number } = {}) => {
    const inner = innerOf(this.model);
    const theirs = () => this.own('evaluateDataset')(dataset, args) as Promise<Scalar>;
    if (!inner || args.verbose) return theirs();
    try {
      new Trainer(inner, { rows: 1, training: false, compares: true }).dispose();
    } catch (error) {
      if (error instanceof UnsupportedError) return theirs();
      throw error;
    }
    return scalars(await evaluatedDataset(inner, dataset as Dataset | Batches, args.batches));
  };

  set(options: Checked<typeof OPTIONS>): void {
    this.options = options;
  }
}

/** Numbers as tfjs returns them: one scalar, or several. */
function scalars(values: readonly number[]): Scalar | Scalar[] {
  const tf = engine();
  const made = values.map((value) => tf.makeTensor(Float32Array.of(value), [], 'float32') as Scalar);
  return made.length === 1 ? made[0]! : made;
}

async function trainedOnBatch(model: Model, x: unknown, y: unknown): Promise<number | number[]> {
  const [xs, ys] = await model.standardizeUserData(x, y, null, undefined, true);
  try {
    const [inputs, targets] = [xs[0]!, ys[0]!];
    const [inputsNow, targetsNow] = await Promise.all([numbersOf('x', inputs), numbersOf('y', targets)]);
    const rows = inputs.shape[0]!;
    const trainer = new Trainer(model, { rows, training: true, compares: true, dtype: targets.dtype });
    try {
      trainer.load(inputsNow(), targetsNow());
      trainer.takeUp();
      const values = trainer.step(rows, false);
      return values.length === 1 ? values[0]! : values;
    } finally {
      trainer.dispose();
    }
  } finally {
    disposeOthers(xs, x);
    disposeOthers(ys, y);
  }
}

const NAMES = ['fit', 'fitDataset', 'trainOnBatch', 'predict', 'predictOnBatch', 'evaluate', 'evaluateDataset'] as const;

const methods = new WeakMap<LayersModel, Methods>();

/** Compiles the kernels, so that the first fit need not wait for them. What is in the way of that the first fit says. */
function prepare(): void {
  try {
    tensors();
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
  }
}

/**
 * Lets a model train here. The model is changed, and returned: its methods fit, fitDataset, trainOnBatch, evaluate,
 * evaluateDataset, predict and predictOnBatch take the same arguments as before, and do the same, faster. It may be built and
 * compiled before or after.
 */
export function accelerate<T extends LayersModel>(model: T, options?: AccelerateOptions): T & Accelerated {
  const settings = checked('accelerate', OPTIONS, options);
  prepare();
  const known = methods.get(model);
  if (known) known.set(settings);
  else {
    const made = new Methods(model, settings);
    methods.set(model, made);
    for (const name of NAMES) Object.defineProperty(model, name, { configurable: true, writable: true, value: made[name] });
  }
  return model as T & Accelerated;
}

/** Trains a model here, once, and leaves its methods as they are: `accelerate(model).fit(x, y, args)` without a change. */
export async function fitLayersModel(
  model: LayersModel,
  x: FitData,
  y: FitData,
  args?: Omit<ModelFitArgs, 'sampleWeight'> & MoreFitArgs,
): Promise<History> {
  const known = methods.get(model) ?? new Methods(model, checked('fitLayersModel', OPTIONS, undefined));
  return (await known.fit(x, y, args as FitArgs)) as unknown as History;
}
