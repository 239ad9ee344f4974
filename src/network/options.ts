// What a network is made of, checked.

import type { Numerics } from '../../bindings/core.js';
import type { Precision } from '../../bindings/memory.js';
import { type Layer, checkedLayer, isLayer } from '../layers/layers.js';
import type { CustomLoss } from '../layers/custom-loss.js';
import { LOSS_ALIASES, LOSS_NAMES, type LossAlias, type Loss, checkLayers } from '../layers/losses.js';
import { CUSTOM_LOSSES } from '../layers/loading.js';
import type { Architecture } from '../plan/plan.js';
import { OptionError } from '../runtime/errors.js';
import { NUMERICS } from '../runtime/numerics.js';
import { type Checked, type Field, checked, named, number, oneOf, value } from '../runtime/options.js';
import { SEED } from '../runtime/random.js';
import { THREADS, type Threads } from '../runtime/threads.js';
import { FIT_OPTIONS } from '../training/options.js';

const NAMED = named(LOSS_NAMES, LOSS_ALIASES, undefined);
const isCustom = (v: unknown): v is CustomLoss => typeof v === 'object' && v !== null;
/** One of the library's, or a function. */
const LOSS: Field<Loss | CustomLoss | undefined> = {
  ...NAMED,
  expected: `${NAMED.expected}, or { value, gradient }`,
  accepts: (v) => isCustom(v) || NAMED.accepts(v),
  read: (v) => (isCustom(v) ? v : NAMED.read!(v)),
};

const OPTIONS = {
  inputs: number({ min: 1, max: 2 ** 24, integer: true }, undefined),
  layers: value<readonly Layer[] | undefined>(
    'a non-empty array of layers, such as [dense(16), dense(1)]',
    (v) => Array.isArray(v) && v.length > 0,
    undefined,
  ),
  loss: LOSS,
  precision: oneOf(['float32', 'float64'], 'float32'),
  numerics: NUMERICS,
  threads: THREADS,
  seed: number(SEED, undefined),
};

/** What a network is made of. */
export interface NetworkOptions {
  /** I, the number of inputs. */
  inputs: number;
  /** The layers, from the first after the inputs to the output layer. */
  layers: readonly Layer[];
  /**
   * What training minimises. Short names such as 'mse' and 'mae' work too; `network.loss` gives the long name. For a loss of
   * your own, pass `{ name, value, gradient }`: functions of a row's outputs and targets.
   */
  loss: Loss | LossAlias | CustomLoss;
  /** Precision of parameters, data and arithmetic. Default 'float32'. */
  precision?: Precision;
  /** 'strict' gives the same bits on every machine. Default 'fast', which fuses multiply-adds where the machine can. */
  numerics?: Numerics;
  /**
   * How many threads compute: a number, or 'auto', which uses several if they have recently been faster. Default 'auto'. The
   * results have the same bits either way. A page that is not cross-origin isolated has only one thread.
   */
  threads?: Threads;
  /**
   * Seed of everything random: initial weights, shuffling, splits. The same seed gives the same bits. Default: drawn at random;
   * `network.seed` shows it.
   */
  seed?: number;
}

/** What a network's constructor takes. */
export type NetworkSettings = Pick<Checked<typeof OPTIONS>, 'numerics' | 'seed'> & { readonly threads?: Threads } & Architecture;

/**
 * The options of `Network.create`, with defaults.
 * @throws OptionError for unknown options, bad values, or a last activation that does not go with the loss
 */
export async function checkedNetwork(options: NetworkOptions): Promise<NetworkSettings & { readonly precision: Precision }> {
  const given = checked('Network.create', OPTIONS, options);
  for (const name of ['inputs', 'layers', 'loss'] as const) {
    if (given[name] === undefined) throw new OptionError(`Network.create.${name}`, undefined, OPTIONS[name].expected);
  }
  const layers = given.layers!.map((layer, i) => {
    if (isLayer(layer)) return checkedLayer(layer);
    throw new OptionError(`Network.create.layers[${i}]`, layer, 'a layer, such as dense(16)');
  });
  const custom = isCustom(given.loss)
    ? (await CUSTOM_LOSSES.load()).customLossFrom('Network.create.loss', given.loss)
    : undefined;
  if (custom && given.threads !== 'auto' && given.threads !== 1) {
    throw new OptionError('Network.create.threads', given.threads, '1 with a custom loss, whose functions only this thread has');
  }
  const whole = custom ? { ...given, layers, loss: 'custom', custom } : { ...given, layers };
  const complete = whole as Omit<typeof given, 'loss'> & Architecture;
  checkLayers(complete.loss, complete.layers);
  return complete;
}

/** Options of `evaluate` and `curvature`. */
const MEASURE = { sampleWeights: FIT_OPTIONS.sampleWeights };

/** The weights of samples among them. @throws OptionError */
export function measureWeights(call: 'evaluate' | 'curvature', options: unknown): ArrayLike<number> | undefined {
  return checked(call, MEASURE, options).sampleWeights;
}
