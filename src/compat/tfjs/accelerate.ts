// accelerate: a model whose methods train here.

import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { History, LayersModel, ModelFitArgs, ModelFitDatasetArgs } from '@tensorflow/tfjs-layers';
import { UnsupportedError } from '../../../bindings/errors.js';
import { tensors } from '../../../bindings/tensors.js';
import type { Method } from '../../methods/method.js';
import { OptionError } from '../../runtime/errors.js';
import { type Checked, checked, oneOf } from '../../runtime/options.js';
import type { Batches, Dataset } from './batches.js';
import { disposeOthers, numbersOf } from './data.js';
import { evaluated, evaluatedDataset, predicted } from './evaluate.js';
import type { FitArgs } from './fit/args.js';
import { fit } from './fit/fit.js';
import { type FitDatasetArgs, fitDataset } from './fit/fit-dataset.js';
import type { SampleWeight } from './fit/weights.js';
import { type Model, engine } from './inside.js';
import type { MethodName } from './method/library.js';
import { CustomLossError } from './losses/compiled.js';
import { changedMethod, modelClassOf } from './own.js';
import { Trainer } from './trainer.js';

/** How a model is accelerated. */
export interface AccelerateOptions {
  /**
   * What becomes of a model that cannot be trained here: 'error' refuses it before anything changes, by an UnsupportedError that
   * names what is in the way; 'tfjs' lets TensorFlow.js train it, and says so once. Default 'error', so that nobody waits for a
   * slow training without knowing why. TensorFlow.js always trains a model whose loss is a function of your own, and says so
   * once. Neither can follow a `method` of this library: such a fit is refused.
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
  method?: MethodName | Method;
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
  if (modelClassOf(model) === 'Model') return model as unknown as Model;
  const { built, model: inner } = model as unknown as { built: boolean; model?: Model };
  return built ? inner : undefined;
}

/** What users of each model have been told. */
const told = new WeakMap<LayersModel, Set<string>>();

function tellOnce(model: LayersModel, message: string): void {
  const before = told.get(model) ?? new Set();
  told.set(model, before);
  if (before.has(message)) return;
  before.add(message);
  console.warn(message);
}

const FALLBACK = "accelerate(model, { fallback: 'tfjs' }) lets TensorFlow.js train it";

/** What this library adds to the arguments of fit, and tfjs knows nothing of. */
type Asked = Pick<FitArgs, 'seed' | 'method' | 'callbacks'>;

/** Tries a method here; what cannot be done here tfjs does, if it may. */
class Methods {
  /** @param advice what to do about a model that cannot be trained here */
  constructor(
    private readonly model: LayersModel,
    private options: Checked<typeof OPTIONS>,
    private readonly advice = FALLBACK,
  ) {}

  /** tfjs's own method. */
  private own(name: string): (...args: unknown[]) => unknown {
    const method = (Object.getPrototypeOf(this.model) as Record<string, (...args: unknown[]) => unknown>)[name]!;
    return method.bind(this.model);
  }

  /** That tfjs does what `error` says cannot be done here, which is said once. @throws UnsupportedError where it may not */
  private fallBack(error: UnsupportedError, { seed, method }: Asked): void {
    const { model, options, advice } = this;
    const { message } = error;
    const isOfLoss = error instanceof CustomLossError;
    if (method !== undefined && method !== null) {
      if (!isOfLoss) throw error;
      throw new UnsupportedError(`model '${model.name}': ${message}, and fit.method needs a loss that has a name`, {
        cause: error,
      });
    }
    if (options.fallback !== 'tfjs' && !isOfLoss) throw new UnsupportedError(`${message}; ${advice}`, { cause: error });
    const unheard = seed === undefined || seed === null ? '' : '; it knows no seed, and draws from Math.random';
    tellOnce(model, `TensorFlow.js trains model '${model.name}' itself: ${message}${unheard}`);
  }

  /** Training: refused before anything has changed. `here` tells when it begins: what callbacks throw is theirs. */
  private async train<T>(
    name: string,
    args: unknown[],
    asked: Asked,
    here: (model: Model, begin: () => void) => Promise<T>,
  ): Promise<T> {
    const inner = innerOf(this.model);
    if (!inner) return (await this.own(name)(...args)) as T;
    let begun = false;
    try {
      return await here(inner, () => {
        begun = true;
      });
    } catch (error) {
      if (begun || !(error instanceof UnsupportedError)) throw error;
      this.fallBack(error, asked);
    }
    introduce(inner, asked.callbacks);
    return (await this.own(name)(...args)) as T;
  }

  fit = (x: unknown, y: unknown, args?: FitArgs) =>
    this.train('fit', [x, y, args], args ?? {}, (model, begin) => fit(model, x, y, args ?? {}, begin));

  fitDataset = (dataset: unknown, args: FitDatasetArgs) =>
    this.train('fitDataset', [dataset, args], args ?? {}, (model, begin) => fitDataset(model, dataset as Dataset, args, begin));

  trainOnBatch = (x: unknown, y: unknown) => this.train('trainOnBatch', [x, y], {}, (model) => trainedOnBatch(model, x, y));

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

/** Tells plain objects which model is trained, as fits here do: tfjs tells only objects of its own classes. */
function introduce(model: Model, callbacks: unknown): void {
  for (const each of [callbacks].flat() as ({ setModel?(model: Model): void; setParams?: unknown } | null | undefined)[])
    if (each && !each.setParams) each.setModel?.(model);
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

const TRAINING = ['fit', 'fitDataset', 'trainOnBatch'] as const;
const NAMES = [...TRAINING, 'predict', 'predictOnBatch', 'evaluate', 'evaluateDataset'] as const;

/** @throws OptionError for what is no model that tfjs can train */
function checkModel(call: string, model: LayersModel): void {
  const isModel = typeof model === 'object' && model !== null && NAMES.every((name) => typeof model[name] === 'function');
  if (!isModel)
    throw new OptionError(`${call}.model`, model, 'a LayersModel, as tf.sequential, tf.model and tf.loadLayersModel make them');
}

/** The methods that are replaced: somebody's own are left. @throws UnsupportedError where that would be one that trains */
function replaceable(model: LayersModel, { fallback }: Checked<typeof OPTIONS>): readonly (typeof NAMES)[number][] {
  const className = modelClassOf(model);
  return NAMES.filter((name) => {
    if (changedMethod(model, className, [name]) === undefined) return true;
    if (!(TRAINING as readonly string[]).includes(name)) return false;
    const why = `model '${model.name}': its ${name} is not that of TensorFlow.js's ${className}`;
    if (fallback !== 'tfjs') throw new UnsupportedError(`${why}, and would be replaced; ${FALLBACK}`);
    tellOnce(model, `${why}: it is left as it is`);
    return false;
  });
}

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
 * @throws OptionError for what is no LayersModel; UnsupportedError for one whose methods are not TensorFlow.js's own
 */
export function accelerate<T extends LayersModel>(model: T, options?: AccelerateOptions): T & Accelerated {
  checkModel('accelerate', model);
  const settings = checked('accelerate', OPTIONS, options);
  prepare();
  const known = methods.get(model);
  if (known) known.set(settings);
  else {
    const made = new Methods(model, settings);
    const names = replaceable(model, settings);
    methods.set(model, made);
    for (const name of names) Object.defineProperty(model, name, { configurable: true, writable: true, value: made[name] });
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
  checkModel('fitLayersModel', model);
  const advice = "TensorFlow.js trains it by the model's own fit";
  const known = methods.get(model) ?? new Methods(model, checked('fitLayersModel', OPTIONS, undefined), advice);
  return (await known.fit(x, y, args as FitArgs)) as unknown as History;
}
