// Fits by methods of this library that tfjs has none of: the model becomes a Network, and learns there, in float64.

import type { Tensor } from '@tensorflow/tfjs-core';
import { UnsupportedError } from '../../../../bindings/errors.js';
import { Activation, type ActivationName } from '../../../../build/codes.js';
import { type Layer as LibraryLayer, dense } from '../../../layers/layers.js';
import type { Loss } from '../../../layers/losses.js';
import { levenbergMarquardt } from '../../../methods/levenberg-marquardt.js';
import { type Method, isMethod } from '../../../methods/method.js';
import { gaussNewton, newton } from '../../../methods/newton.js';
import { bfgs, conjugateGradient, lbfgs, scaledConjugateGradient } from '../../../methods/quasi-newton.js';
import { rprop } from '../../../methods/rprop.js';
import { Network } from '../../../network/network.js';
import { OptionError } from '../../../runtime/errors.js';
import { Chain } from '../chain.js';
import { evaluated } from '../evaluate.js';
import { History, type Logs, enter, heldOut } from '../fit/history.js';
import { Listeners } from '../fit/listeners.js';
import type { FitArgs } from '../fit/args.js';
import { type LayerVariable, type Model, assign, engine } from '../inside.js';
import type { Standing } from '../layers/reading.js';
import { compiledLoss } from '../losses/compiled.js';
import type { LossName } from '../losses/losses.js';
import { sizeOf } from '../shapes.js';

const METHODS = {
  levenbergMarquardt,
  gaussNewton,
  newton,
  bfgs,
  lbfgs,
  conjugateGradient,
  scaledConjugateGradient,
  rprop,
} as const satisfies Record<string, () => Method>;

/** A method by its name, or as the library made it. @throws OptionError */
function methodOf(given: unknown): Method {
  if (isMethod(given)) return given;
  if (typeof given === 'string' && Object.hasOwn(METHODS, given)) return METHODS[given as keyof typeof METHODS]();
  const names = Object.keys(METHODS).map((name) => `'${name}'`);
  throw new OptionError('fit.method', given, `one of ${names.join(', ')}, or a method such as levenbergMarquardt({ mu: 0.1 })`);
}

/** What each loss is called in a Network, where it has it. */
const LOSSES: Partial<Record<LossName, Loss>> = {
  meanSquaredError: 'meanSquaredError',
  meanAbsoluteError: 'meanAbsoluteError',
  binaryCrossentropy: 'binaryCrossEntropy',
  categoricalCrossentropy: 'crossEntropy',
  sparseCategoricalCrossentropy: 'crossEntropy',
  hinge: 'hinge',
  logcosh: 'logCosh',
};

function refused({ layer }: Pick<Standing, 'layer'>, why: string): UnsupportedError {
  return new UnsupportedError(
    `layer ${layer.name} (${layer.getClassName()}): ${why}; methods of this library train Dense layers and activations`,
  );
}

/** Layers that are an activation of the one before, and its name in a Network. */
const ACTIVATIONS: Record<string, (standing: Standing) => string> = {
  Activation: ({ layer }) => layer.activation!.getClassName(),
  Softmax: () => 'softmax',
  ReLU: (standing) => {
    const { maxValue } = standing.layer as { maxValue?: number | null };
    if (maxValue !== undefined && maxValue !== null) throw refused(standing, 'it has a maxValue');
    return 'relu';
  },
  ELU: () => 'elu',
};

function activationOf(standing: Standing, name: string): ActivationName {
  if (!Object.hasOwn(Activation, name)) throw refused(standing, `a Network has no activation ${name}`);
  return name as ActivationName;
}

/** A model as layers of a Network, and its weights in their order. */
function converted(chain: Chain): { layers: LibraryLayer[]; weights: LayerVariable[] } {
  const made: { units: number; bias: boolean; activation: ActivationName }[] = [];
  const weights: LayerVariable[] = [];
  for (const standing of chain.layers) {
    const { layer, inputShape } = standing;
    const name = layer.getClassName();
    if (['Flatten', 'Reshape'].includes(name)) continue;
    const last = made.at(-1);
    if (name === 'Dense') {
      if (inputShape.length !== 1) throw refused(standing, 'its inputs have more than one axis');
      if (layer['kernelRegularizer'] || layer['biasRegularizer']) throw refused(standing, 'it has a regularizer');
      const own = [layer['kernel'], layer['bias']].filter(Boolean) as LayerVariable[];
      if (own.some(({ val }) => !val.trainable)) throw refused(standing, 'it is not trainable');
      const activation = activationOf(standing, layer.activation?.getClassName() ?? 'linear');
      made.push({ units: layer['units'] as number, bias: own.length === 2, activation });
      weights.push(...own);
    } else if (Object.hasOwn(ACTIVATIONS, name) && last?.activation === 'linear') {
      last.activation = activationOf(standing, ACTIVATIONS[name]!(standing));
    } else throw refused(standing, 'a Network has none like it in this place');
  }
  return { layers: made.map(({ units, ...options }) => dense(units, options)), weights };
}

/** Rows of a tensor. */
function rowsOf(tensor: Tensor, data: ArrayLike<number>, from: number, to: number): Tensor {
  const [, ...shape] = tensor.shape;
  const size = sizeOf(shape);
  return engine().makeTensor(Float32Array.from(data).subarray(from * size, to * size), [to - from, ...shape], 'float32');
}

/** Gives a model the weights of a network. */
function adopt(weights: readonly LayerVariable[], network: Network): void {
  network.getWeights().forEach((values, i) => {
    assign(weights[i]!.val, Float32Array.from(values));
  });
}

/** Rows that are trained on, and rows that are held out: each inputs and targets. */
export interface Split {
  readonly train: readonly [Tensor, Tensor];
  readonly held: readonly [Tensor, Tensor] | undefined;
}

/** The rows of a fit, the last of which may be held out. What is made of them is the caller's to dispose of. */
export async function splitRows(x: Tensor, y: Tensor, rows: number): Promise<Split> {
  const count = x.shape[0]!;
  const [xs, ys] = (await Promise.all([x.data(), y.data()])) as [ArrayLike<number>, ArrayLike<number>];
  const part = (from: number, to: number) => [rowsOf(x, xs, from, to), rowsOf(y, ys, from, to)] as const;
  return { train: part(0, rows), held: rows < count ? part(rows, count) : undefined };
}

/** Fits by a method: whole epochs, of which callbacks hear; the model has its weights whenever somebody is told. */
export async function fitByMethod(model: Model, { train, held }: Split, args: FitArgs): Promise<History> {
  const method = methodOf(args.method);
  const name = compiledLoss(model);
  const loss = LOSSES[name];
  if (!loss) throw new UnsupportedError(`loss ${name}: methods of this library take ${Object.keys(LOSSES).join(', ')}`);
  const chain = new Chain(model);
  const { layers, weights } = converted(chain);
  const labels = model.getDedupedMetricsNames();
  const listeners = new Listeners(args.callbacks, args.yieldEvery);
  const { epochs = 1, seed } = args;
  const [x, y] = train;
  const rows = x.shape[0]!;
  const options = { inputs: chain.inputs, layers, loss, precision: 'float64' as const, ...(seed !== undefined && { seed }) };
  const network = await Network.create(options);
  const history = new History({
    epochs,
    initialEpoch: 0,
    samples: rows,
    steps: null,
    batchSize: rows,
    verbose: args.verbose ?? 1,
    doValidation: held !== undefined,
    metrics: held ? [...labels, ...heldOut(labels)] : [...labels],
  });
  listeners.begin(history, model);
  const ending = new AbortController();
  try {
    network.setWeights(weights.map(({ val }) => val.dataSync()));
    await listeners.trainBegin();
    model.stopTraining_ = false;
    await listeners.epochBegin(0);
    const onEpoch = async ({ epoch }: { epoch: number }) => {
      adopt(weights, network);
      const logs: Logs = {};
      if (held) enter(logs, heldOut(labels), evaluated(model, ...held, rows));
      enter(logs, labels, evaluated(model, x, y, rows));
      await listeners.epochEnd(epoch - 1, logs);
      history.add(epoch - 1, logs);
      if (model.stopTraining_) ending.abort();
      else if (epoch < epochs) await listeners.epochBegin(epoch);
    };
    const sizes = (n: number) => [rows, n] as [number, number];
    const X = { data: x.dataSync(), shape: sizes(chain.inputs) };
    const Y = { data: y.dataSync(), shape: sizes(y.size / rows) };
    await network.fit(X, Y, { method, epochs, onEpoch, signal: ending.signal });
    adopt(weights, network);
    await listeners.trainEnd();
    return history;
  } finally {
    network.dispose();
    listeners.dispose();
  }
}
