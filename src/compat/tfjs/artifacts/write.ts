// Models of this library as TensorFlow.js loads them.

import type { LabelCoding } from '../../../estimators/labels.js';
import type { NumberCoding } from '../../../estimators/numbers.js';
import type { Classifier, Network, Regressor } from '../../../index.js';
import type { Layer } from '../../../layers/layers.js';
import { OptionError } from '../../../runtime/errors.js';
import { checked, flag, number } from '../../../runtime/options.js';
import { type Around, standardChain } from './chain.js';
import type { OutputMap } from './fold.js';
import { standardInputs } from './inputs.js';
import { LOSS_NAME } from './standard.js';
import { averaged, sequential, weightsOf } from './topology.js';
import type { TfjsArtifacts, TfjsFiles, TfjsModelJSON } from './types.js';

/** A fitted Classifier of whatever labels, or a Regressor, or a Network. */
// biome-ignore lint/suspicious/noExplicitAny: of any labels
type Exportable = Network | Classifier<any> | Regressor<any>;

/** Options of `toTfjsArtifacts`. */
export interface TfjsOptions {
  /**
   * Whether you prepare rows as `userDefinedMetadata` says, before the model sees them. It is needed for a Classifier or
   * Regressor that learned from columns other than plain numbers: categories, dates, columns with indicators of missing cells,
   * held to limits, or drawn in. Default false: such a model is refused by the name of the column.
   */
  prepared?: boolean;
}

/** Options of `toTfjsFiles`. */
export interface TfjsFileOptions extends TfjsOptions {
  /** Bytes that a file of weights has at most; from 1. Default 4 MiB, as TensorFlow.js splits them. */
  shardBytes?: number;
}

const OPTIONS = { prepared: flag(false) };
const FILE_OPTIONS = { ...OPTIONS, shardBytes: number({ min: 1, integer: true }, 4 * 2 ** 20) };

/** What is exported of any model. */
interface Whole {
  readonly networks: readonly Network[];
  readonly around: Around;
  /** How many numbers a row has. */
  readonly inputs: number;
  /** What follows the last layer, or the mean of several. */
  readonly link: 'softmax' | undefined;
  /** By its standard name; a custom one has none. */
  readonly loss: string | undefined;
  /** What is known beside the layers. */
  readonly about: Record<string, unknown>;
}

/** Without the softmax at the end, which comes after the mean. */
function linkless(layers: readonly Layer[]): readonly Layer[] {
  const last = layers.at(-1)!;
  return last.type === 'dense' && last.activation === 'softmax'
    ? [...layers.slice(0, -1), { ...last, activation: 'linear' }]
    : layers;
}

function wholeNetwork(network: Network): Whole {
  const { inputs, loss } = network;
  return {
    networks: [network],
    around: {},
    inputs,
    link: undefined,
    loss: loss === 'custom' ? undefined : LOSS_NAME[loss],
    about: { kind: 'network' },
  };
}

function wholeEstimator(model: Exclude<Exportable, Network>, prepared: boolean): Whole {
  model.document(false); // refuses what is not fitted, or not there any more
  const { coding, members, inputs } = model.fitted!;
  const { inputs: fed, map } = standardInputs(inputs, prepared);
  const common = { networks: members.networks, inputs: fed.length };
  if (model.kind === 'regressor') {
    const { scalings } = coding as NumberCoding;
    const after: OutputMap = { scale: scalings.map(({ scale }) => scale), shift: scalings.map(({ mean }) => mean) };
    const about = { kind: 'regressor', inputs: fed, outputs: scalings.length };
    return { ...common, around: { before: map, after }, link: undefined, loss: LOSS_NAME.meanSquaredError, about };
  }
  const { classes, scale } = coding as LabelCoding;
  const n = classes.length;
  const after = scale === null ? undefined : { scale: new Array<number>(n).fill(scale), shift: new Array<number>(n).fill(0) };
  const about = { kind: 'classifier', inputs: fed, classes };
  return { ...common, around: { before: map, after }, link: 'softmax', loss: LOSS_NAME.crossEntropy, about };
}

function whole(model: unknown, prepared: boolean): Whole {
  const given = model as Exportable;
  const kind =
    typeof model === 'object' && model !== null && 'document' in model ? ('kind' in model ? model.kind : 'network') : '';
  if (kind === 'network') return wholeNetwork(given as Network);
  if (kind === 'classifier' || kind === 'regressor') return wholeEstimator(given as Exclude<Exportable, Network>, prepared);
  throw new OptionError('toTfjsArtifacts.model', model, 'a Network, a Classifier or a Regressor of this library');
}

function artifacts(model: Exportable, prepared: boolean): TfjsArtifacts & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const { networks, around, inputs, link, loss, about } = whole(model, prepared);
  const several = networks.length > 1;
  const chains = networks.map((network, k) => {
    const layers = link ? linkless(network.layers) : network.layers;
    const exported = { inputs: network.inputs, layers, weights: network.getWeights() };
    return standardChain(exported, several ? { ...around, prefix: `member_${k + 1}_` } : around);
  });
  if (!several && link) chains[0]!.at(-1)!.config['activation'] = link;
  const { specs, bytes } = weightsOf(chains.flat());
  return {
    modelTopology: several ? averaged(inputs, chains, link) : sequential(inputs, chains[0]!),
    weightSpecs: specs,
    weightData: bytes.buffer,
    bytes,
    format: 'layers-model',
    generatedBy: 'efficient-backprop',
    convertedBy: null,
    ...(loss && {
      trainingConfig: {
        loss,
        metrics: link ? ['accuracy'] : [],
        optimizer_config: { class_name: 'SGD', config: { learning_rate: 0.01 } },
      },
    }),
    userDefinedMetadata: { 'efficient-backprop': { ...about, notes: { ...model.metadata } } },
  };
}

/**
 * The model as `tf.loadLayersModel(tf.io.fromMemory(artifacts))` loads it: a LayersModel that predicts the same, but for the
 * rounding of float32. Input scaling, decorrelation, lecunTanh and the scaling of targets are part of its dense layers; several
 * networks are averaged by its layers. TensorFlow.js is not needed for it.
 *
 * Inputs are rows as `predict` takes them, their columns in order; `userDefinedMetadata['efficient-backprop']` lists them, and a
 * classifier's `classes`, whose probabilities are the outputs.
 * @throws UnsupportedError for rbf layers, and activations and columns that TensorFlow.js has nothing for, by their names;
 *   NotFittedError, DisposedError, OptionError
 */
export function toTfjsArtifacts(model: Exportable, options?: TfjsOptions): TfjsArtifacts {
  const { prepared } = checked('toTfjsArtifacts', OPTIONS, options);
  const { bytes: _, ...result } = artifacts(model, prepared);
  return result;
}

/**
 * The same as files: `model.json`, and weights in files of 4 MiB at most, to be written to disk or served side by side.
 * @throws as toTfjsArtifacts
 */
export function toTfjsFiles(model: Exportable, options?: TfjsFileOptions): TfjsFiles & { 'model.json': string } {
  const { prepared, shardBytes } = checked('toTfjsFiles', FILE_OPTIONS, options);
  const { bytes, weightData: _, weightSpecs, ...rest } = artifacts(model, prepared);
  const count = Math.ceil(bytes.length / shardBytes);
  const shards = Array.from({ length: count }, (_, i) => {
    const path = `group1-shard${i + 1}of${count}.bin`;
    return [path, bytes.slice(i * shardBytes, (i + 1) * shardBytes)] as const;
  });
  const weightsManifest = [{ paths: shards.map(([path]) => path), weights: weightSpecs }];
  const json: TfjsModelJSON = { ...rest, weightsManifest };
  return { 'model.json': JSON.stringify(json), ...Object.fromEntries(shards) };
}
