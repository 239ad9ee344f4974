// Which loss a model was compiled with, and its value and slopes in linear memory.

import type { TensorCore } from '../../../../bindings/tensors.js';
import { type LossOrMetric, type Model, engine } from '../inside.js';

/** The losses of tfjs's layers, by their names there: exports of the binary, all of one form. */
export const LOSSES = [
  'meanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'squaredHinge',
  'hinge',
  'categoricalHinge',
  'logcosh',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'binaryCrossentropy',
  'kullbackLeiblerDivergence',
  'poisson',
  'cosineProximity',
] as const satisfies readonly (keyof TensorCore)[];

export type LossName = (typeof LOSSES)[number];

const isLoss = (name: string): name is LossName => (LOSSES as readonly string[]).includes(name);

/** Other names of the same functions. */
const ALIASES: Record<string, LossName> = {
  mse: 'meanSquaredError',
  MSE: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  MAE: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  MAPE: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  MSLE: 'meanSquaredLogarithmicError',
  kld: 'kullbackLeiblerDivergence',
  KLD: 'kullbackLeiblerDivergence',
  cosine: 'cosineProximity',
  absoluteDifference: 'meanAbsoluteError',
};

/** The loss of a name as tfjs, Keras, or tfjs's operations (`meanSquaredError__op`) write it. */
export function lossNamed(name: string): LossName | undefined {
  const bare = name.replace(/__op$|_$/, '').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return isLoss(bare) ? bare : ALIASES[bare];
}

/** Targets and outputs at which functions that have a name in common show whether they are the same. */
const TARGETS = [0, 1, 0, 1, 0, 0];
const OUTPUTS = [0.2, 0.5, 0.3, 0.6, 0.3, 0.1];
const ROWS = 2;

const ANOTHER = String.raw`(?:[\w$.]+|\(0\s*,\s*[\w$.]+\))`;
/** A function that hands what it is given to another, and does nothing else: so is every one of `tf.metrics`, minified or not. */
const HANDS_ON = new RegExp(
  String.raw`^function\s*\w*\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)\s*\{\s*return\s*${ANOTHER}\(\1\s*,\s*\2\);?\s*\}$`,
);

/**
 * Whether a function may be one of tfjs's: of `tf.metrics` by its text, of `tf.losses` by its name, which its wrapper gives it.
 * One of somebody's own with a loss's name may do the same for some numbers and not for others, or not tomorrow.
 */
const mayBeTheirs = (f: LossOrMetric) => f.name.endsWith('__op') || HANDS_ON.test(Function.prototype.toString.call(f));

const recognized = new WeakMap<LossOrMetric, LossName | null>();

/** Those that return one number for all rows, as the functions of `tf.losses` do. */
const scalars = new WeakSet<LossOrMetric>();

/** Whether a function that has a loss's name computes what the loss does: somebody's own may be called like tfjs's. */
export function lossOf(f: LossOrMetric, core: TensorCore, scratch: (numbers: readonly number[]) => number): LossName | undefined {
  const known = recognized.get(f);
  if (known !== undefined) return known ?? undefined;
  const name = mayBeTheirs(f) ? lossNamed(f.name) : undefined;
  let same = false;
  if (name) {
    const sparse = name === 'sparseCategoricalCrossentropy';
    const targets = sparse ? [1, 0] : TARGETS;
    const n = OUTPUTS.length / ROWS;
    const tf = engine();
    try {
      const theirs = tf.tidy(() => {
        const t = tf.makeTensor(Float32Array.from(targets), [ROWS, targets.length / ROWS], 'float32');
        const found = f(t, tf.makeTensor(Float32Array.from(OUTPUTS), [ROWS, n], 'float32'));
        if (found.shape.length === 0) scalars.add(f);
        const values = found.dataSync() as Float32Array;
        return values.reduce((sum, v) => sum + v, 0) / values.length;
      });
      const ours = core[name](ROWS, n, scratch(targets), scratch(OUTPUTS), 0, tf.backend.epsilon(), 0);
      same = Math.abs(theirs - ours) < 1e-5 * (1 + Math.abs(ours));
    } catch {} // one that takes no such tensors is another
  }
  recognized.set(f, same ? name! : null);
  return same ? name : undefined;
}

/** Whether a model's loss is one number for all rows: class weights then scale all of it, and no row's share. */
export function isOfAllRows(model: Model): boolean {
  const given = givenLoss(model);
  return typeof given === 'function' && scalars.has(given);
}

/** What a model's loss was given as: a name, or a function. */
export function givenLoss(model: Model): string | LossOrMetric {
  const [own] = model.outputNames;
  const { loss } = model;
  const given = Array.isArray(loss)
    ? loss[0]
    : typeof loss === 'object' && loss !== null
      ? (loss as Record<string, unknown>)[own!]
      : loss;
  return typeof given === 'string' ? given : model.lossFunctions[0]!;
}
