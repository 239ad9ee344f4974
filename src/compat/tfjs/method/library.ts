// Fits by methods of this library that tfjs has none of: the model becomes a Network, and learns there, in float64.

import type { Tensor } from '@tensorflow/tfjs-core';
import { UnsupportedError } from '../../../../bindings/errors.js';
import type { Layer as LibraryLayer } from '../../../layers/layers.js';
import { levenbergMarquardt } from '../../../methods/levenberg-marquardt.js';
import { type Method, isMethod } from '../../../methods/method.js';
import { gaussNewton, newton } from '../../../methods/newton.js';
import { bfgs, conjugateGradient, lbfgs, scaledConjugateGradient } from '../../../methods/quasi-newton.js';
import { rprop } from '../../../methods/rprop.js';
import { Network } from '../../../network/network.js';
import { OptionError } from '../../../runtime/errors.js';
import type { FitOptions } from '../../../training/options.js';
import { Layers } from '../artifacts/read/layers.js';
import { LOSS_OF, plainName } from '../artifacts/standard.js';
import { Chain } from '../chain.js';
import { evaluated } from '../evaluate.js';
import { History, type Logs, enter, heldOut } from '../fit/history.js';
import { Listeners } from '../fit/listeners.js';
import type { FitArgs } from '../fit/args.js';
import { type Layer, type LayerVariable, type Model, engine } from '../inside.js';
import type { Standing } from '../layers/reading.js';
import { compiledLoss } from '../losses/compiled.js';
import { sizeOf } from '../shapes.js';
import { Lent, Loans, giveBackAll } from '../variables.js';

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

/** Methods that have a name here. */
export type MethodName = keyof typeof METHODS;

/** A method by its name, or as the library made it. @throws OptionError */
function methodOf(given: unknown): Method {
  if (isMethod(given)) return given;
  if (typeof given === 'string' && Object.hasOwn(METHODS, given)) return METHODS[given as MethodName]();
  const names = Object.keys(METHODS).map((name) => `'${name}'`);
  throw new OptionError('fit.method', given, `one of ${names.join(', ')}, or a method such as levenbergMarquardt({ mu: 0.1 })`);
}

function refused({ layer }: Pick<Standing, 'layer'>, why: string): UnsupportedError {
  return new UnsupportedError(
    `layer ${layer.name} (${layer.getClassName()}): ${why}; methods of this library train Dense layers and activations`,
  );
}

/** What is trained: layers that are the same in training as in use. */
const CLASSES = ['Dense', 'Activation', 'ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU', 'Softmax', 'Flatten', 'Reshape'];

/** A layer's configuration as files have it. */
function configOf(layer: Layer): Record<string, unknown> {
  const own = Object.entries(layer.getConfig());
  return Object.fromEntries(own.map(([key, value]) => [key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]));
}

/** A model as layers of a Network, and its weights in their order. */
function converted(
  { inputShape, layers }: Chain,
  trained: readonly LayerVariable[],
): { layers: readonly LibraryLayer[]; weights: LayerVariable[] } {
  const weights = new Map<string, LayerVariable>();
  for (const standing of layers) {
    const { layer } = standing;
    if (!CLASSES.includes(layer.getClassName())) throw refused(standing, 'a Network learns otherwise with one');
    for (const field of ['kernel', 'bias']) {
      const variable = layer[field] as LayerVariable | null | undefined;
      if (!variable) continue;
      if (layer[`${field}Regularizer`]) throw refused(standing, 'it has a regularizer');
      if (!variable.val.trainable || !trained.includes(variable)) throw refused(standing, 'it is not trainable');
      if (weights.has(`${layer.name}/${field}`)) throw refused(standing, 'another layer has its name');
      weights.set(`${layer.name}/${field}`, variable);
    }
  }
  const numbers = [...weights].map(([name, { val }]) => {
    return [name, { shape: val.shape, values: Float32Array.from(val.dataSync()) }] as const;
  });
  const network = new Layers('fit.method', new Map(numbers), 2);
  network.add({ className: 'InputLayer', name: 'inputs', config: { batch_input_shape: [null, ...inputShape] } });
  for (const { layer } of layers) {
    network.add({ className: layer.getClassName(), name: layer.name, config: configOf(layer) });
  }
  return { layers: network.finish().layers, weights: [...weights.values()] };
}

/** Rows of a tensor. */
function rowsOf(tensor: Tensor, data: ArrayLike<number>, from: number, to: number): Tensor {
  const [, ...shape] = tensor.shape;
  const size = sizeOf(shape);
  return engine().makeTensor(Float32Array.from(data).subarray(from * size, to * size), [to - from, ...shape], 'float32');
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

/** A network whose weights are those of a model: the variables are brought up to date when somebody looks. */
class Twin {
  private readonly loans = new Loans();
  private readonly lent: readonly Lent[];

  constructor(
    private readonly network: Network,
    private readonly weights: readonly LayerVariable[],
  ) {
    const current = (i: number) => () => Float32Array.from(network.getWeights()[i]!);
    this.lent = weights.map(({ val }, i) => new Lent(val, this.loans, true, current(i)));
    this.takeUp();
  }

  /** Whether somebody assigned weights since they were taken up. */
  get changed(): boolean {
    return this.lent.some(({ changed }) => changed);
  }

  /** The network takes the model's weights. */
  takeUp(): void {
    this.network.setWeights(this.weights.map(({ val }) => val.dataSync()));
    for (const each of this.lent) each.changed = false;
  }

  /** The model's weights are the network's. */
  step(): void {
    this.loans.step();
  }

  giveBack(): void {
    giveBackAll(this.lent);
  }
}

/** What a method that takes batches is told; others see all rows at once. */
function batches({ batch }: Method, { batchSize = 32, shuffle = true }: FitArgs): FitOptions {
  return batch === 'full' ? {} : { batchSize, lastBatch: 'short', order: shuffle ? 'shuffle' : 'sequential' };
}

/**
 * Fits by a method: whole epochs, of which callbacks hear; the model has its weights whenever somebody is told. Where somebody
 * assigns others, in a callback or in another fit, the method begins anew from those.
 */
export async function fitByMethod(
  model: Model,
  { train, held }: Split,
  sampleWeights: Float32Array | undefined,
  args: FitArgs,
): Promise<History> {
  const method = methodOf(args.method);
  const name = compiledLoss(model);
  const loss = LOSS_OF.get(plainName(name))!;
  const chain = new Chain(model);
  const { layers, weights } = converted(chain, model.collectedTrainableWeights);
  const labels = model.getDedupedMetricsNames();
  const listeners = new Listeners(args.callbacks, args.yieldEvery);
  const { epochs = 1, initialEpoch = 0, seed } = args;
  const [x, y] = train;
  const rows = x.shape[0]!;
  const options = { inputs: chain.inputs, layers, loss, precision: 'float64' as const, ...(seed !== undefined && { seed }) };
  const network = await Network.create(options);
  const { batchSize = rows, ...more } = batches(method, args);
  const history = new History({
    epochs,
    initialEpoch,
    samples: rows,
    steps: null,
    batchSize: batchSize as number,
    verbose: args.verbose ?? 1,
    doValidation: held !== undefined,
    metrics: held ? [...labels, ...heldOut(labels)] : [...labels],
  });
  let twin: Twin | undefined;
  try {
    const sizes = (n: number) => [rows, n] as [number, number];
    const X = { data: x.dataSync(), shape: sizes(chain.inputs) };
    const Y = { data: y.dataSync(), shape: sizes(y.size / rows) };
    const settings = { ...more, batchSize, method, ...(sampleWeights && { sampleWeights }) };
    twin = new Twin(network, weights);
    const own = twin;
    listeners.begin(history, model);
    await listeners.trainBegin();
    model.stopTraining_ = false;
    let epoch = initialEpoch;
    if (epoch < epochs) await listeners.epochBegin(epoch);
    while (epoch < epochs && !model.stopTraining_) {
      if (own.changed) own.takeUp();
      const ending = new AbortController();
      const onEpoch = async () => {
        own.step();
        const logs: Logs = {};
        if (held) enter(logs, heldOut(labels), evaluated(model, ...held, rows));
        enter(logs, labels, evaluated(model, x, y, rows, sampleWeights));
        await listeners.epochEnd(epoch, logs);
        history.add(epoch, logs);
        epoch++;
        if (epoch < epochs && !model.stopTraining_) await listeners.epochBegin(epoch);
        if (own.changed || model.stopTraining_) ending.abort();
      };
      await network.fit(X, Y, { ...settings, epochs: epochs - epoch, onEpoch, signal: ending.signal });
      if (own.changed) continue;
      own.step();
      break;
    }
    await listeners.trainEnd();
    return history;
  } finally {
    try {
      twin?.giveBack();
    } finally {
      network.dispose();
      listeners.dispose();
    }
  }
}
