// Models of TensorFlow.js and Keras as networks of this library.

import type { Network, NetworkOptions } from '../../../../index.js';
import { type Layer, activationOf } from '../../../../layers/layers.js';
import { type Loss, LOSS_NAMES, checkLayers, legalActivation } from '../../../../layers/losses.js';
import { NETWORK } from '../loading.js';
import { ModelFileError, OptionError, UnsupportedError } from '../../../../runtime/errors.js';
import { NUMERICS } from '../../../../runtime/numerics.js';
import { checked, number, oneOf } from '../../../../runtime/options.js';
import { SEED } from '../../../../runtime/random.js';
import { THREADS } from '../../../../runtime/threads.js';
import { LOSS_OF, plainName } from '../standard.js';
import type { TfjsFiles, TfjsReadable } from '../types.js';
import { type Source, sourceOf } from './files.js';
import { Layers } from './layers.js';
import { kerasOf, stagesOf } from './topology.js';
import { weightsIn } from './weights.js';

/** Options of `Network.create` that a model's files do not decide. */
export interface FromTfjsOptions extends Partial<Pick<NetworkOptions, 'loss' | 'precision' | 'numerics' | 'threads' | 'seed'>> {}

const OPTIONS = {
  loss: oneOf(LOSS_NAMES, undefined),
  precision: oneOf(['float32', 'float64'], 'float32'),
  numerics: NUMERICS,
  threads: THREADS,
  seed: number(SEED, undefined),
};

/** The loss that a model was trained with, where it says so by a name that this library knows. */
function lossIn({ topology, training }: Source): Loss | undefined {
  const config = training ?? (topology as { training_config?: unknown } | null)?.training_config;
  let loss: unknown = (config as { loss?: unknown } | null | undefined)?.loss;
  if (Array.isArray(loss) && loss.length === 1) [loss] = loss;
  if (typeof loss === 'object' && loss !== null && 'class_name' in loss) loss = loss.class_name;
  return typeof loss === 'string' ? LOSS_OF.get(plainName(loss)) : undefined;
}

/** The loss that goes with the last activation, where nothing else is said. */
function usualLoss(layers: readonly Layer[]): Loss {
  const activation = activationOf(layers.at(-1)!);
  if (activation === 'softmax') return 'crossEntropy';
  return activation === 'sigmoid' ? 'binaryCrossEntropy' : 'meanSquaredError';
}

/**
 * The network of a model that TensorFlow.js has saved, or Keras's converter has written: what a handler of `model.save` is given,
 * or its files by their paths (`model.json` as text or bytes). Of Sequential models and functional ones that are a chain: Dense,
 * Activation, ReLU, LeakyReLU, ELU, ThresholdedReLU, Softmax, BatchNormalization, LayerNormalization, Dropout, GaussianNoise,
 * InputLayer, Flatten and Reshape. Weights may be quantised, and split into any number of files. Regularisers, constraints and
 * optimisers are left out.
 *
 * The loss is the one that the files name, if there is one of that name that goes with the last activation; else crossEntropy
 * above softmax, binaryCrossEntropy above sigmoid, meanSquaredError above all others.
 * @throws UnsupportedError for what this library has no layer for, by its name and class; ModelFileError for damaged files;
 *   OptionError. Nothing has been made by then
 */
export async function fromTfjsArtifacts(model: TfjsReadable | TfjsFiles, options?: FromTfjsOptions): Promise<Network> {
  const { loss: asked, seed, threads, ...rest } = checked('fromTfjsArtifacts', OPTIONS, options);
  const source = sourceOf(model);
  const stages = stagesOf(source.topology);
  const chain = new Layers('fromTfjsArtifacts', weightsIn(source.groups), kerasOf(source.topology));
  for (const stage of stages) chain.add(stage);
  const { inputs, layers, weights } = chain.finish();
  if (layers.length === 0) throw new UnsupportedError('fromTfjsArtifacts: the model has no layers with units');
  const saved = lossIn(source);
  const loss = asked ?? (saved && legalActivation(saved, activationOf(layers.at(-1)!)) ? saved : usualLoss(layers));
  try {
    checkLayers(loss, layers);
  } catch (cause) {
    if (!(cause instanceof OptionError) || asked) throw cause;
    throw new UnsupportedError(`fromTfjsArtifacts: ${cause.message}`, { cause });
  }
  const common = {
    inputs,
    layers,
    loss,
    ...rest,
    ...(seed !== undefined && { seed }),
    ...(threads !== undefined && { threads }),
  };
  const { Network } = await NETWORK.load();
  const network = await Network.create(common);
  try {
    network.setWeights(weights);
  } catch (cause) {
    network.dispose();
    throw new ModelFileError(`damaged: ${(cause as Error).message}`, { cause });
  }
  return network;
}
