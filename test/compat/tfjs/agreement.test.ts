// Models end where TensorFlow.js's own training takes them, from the same weights in the same order: within 10⁻⁵ of the weights'
// norm after 100 steps, or three times what lies between TensorFlow.js's own two backends. Trainings that are chaotic are listed:
// they end within ten times what TensorFlow.js itself goes astray from weights that are the next numbers, above or below.
// `npm test` samples the combinations of product.ts.

import { beforeAll, expect, test } from 'vitest';
import { accelerate } from '../../../src/compat/tfjs/index.js';
import { runs } from '../../thorough.js';
import {
  CHAOTIC,
  type Combination,
  OPTIMIZERS,
  RANDOM,
  UNTRAINABLE,
  combinations,
  distance,
  isNotANumber,
  modelOf,
  modelWith,
  nameOf,
  nudge,
  shuffled,
  trained,
} from './product.js';
import * as tf from './union.js';

beforeAll(() => tf.ready());

async function trainedBy(backend: string, combination: Combination, { ours = false, nudged = 0 } = {}) {
  await tf.setBackend(backend);
  const model = modelOf(combination);
  if (nudged) nudge(model, nudged);
  const weights = await trained(ours ? accelerate(model) : model, combination.loss);
  model.dispose();
  return weights;
}

/** How often a chaotic training is begun from other weights. */
const NUDGES = 8;

const finite = (weights: Float32Array) => weights.every(Number.isFinite);

/** What is wrong with how a combination is trained, if something is. */
async function fault(combination: Combination): Promise<string | undefined> {
  const theirs = await trainedBy('cpu', combination);
  if (isNotANumber(combination)) return finite(theirs) ? 'listed as NaN with TensorFlow.js, and is none' : undefined;
  if (!finite(theirs)) return 'NaN with TensorFlow.js, and not listed';
  const apart = distance(theirs, await trainedBy('cpu', combination, { ours: true }));
  if (apart <= 1e-5) return undefined;
  const backends = distance(theirs, await trainedBy('wasm', combination));
  if (apart <= 3 * backends) return undefined;
  const said = `${apart.toExponential(1)} apart, TensorFlow.js's backends ${backends.toExponential(1)}`;
  if (!CHAOTIC.has(nameOf(combination))) return said;
  let astray = 0;
  for (let nudged = 1; nudged <= NUDGES && apart > 10 * astray; nudged++) {
    astray = Math.max(astray, distance(theirs, await trainedBy('cpu', combination, { nudged })));
  }
  return apart <= 10 * astray ? undefined : `${said}, and goes astray by ${astray.toExponential(1)}`;
}

test('what is listed as chaotic is there', () => {
  const names = new Set(combinations().map(nameOf));
  for (const name of CHAOTIC) expect(names).toContain(name);
});

const sample = shuffled(combinations(), 22).slice(0, runs(60, Infinity));

test.each(Object.keys(OPTIMIZERS))(
  'the weights of TensorFlow.js after 100 steps of %s',
  async (optimizer) => {
    const faults: string[] = [];
    for (const combination of sample.filter((each) => each.optimizer === optimizer)) {
      const found = await fault(combination);
      if (found) faults.push(`${nameOf(combination)}: ${found}`);
    }
    expect(faults).toEqual([]);
  },
  1_200_000,
);

const sgd = { optimizer: 'sgd', loss: 'meanSquaredError' };

test.each(Object.entries(RANDOM))('left out: %s, with which no two trainings of TensorFlow.js end alike', async (_, layer) => {
  await tf.setBackend('cpu');
  const train = () => trained(modelWith([layer()], 'linear', sgd), sgd.loss);
  expect(distance(await train(), await train())).toBeGreaterThan(1e-3);
});

test.each(Object.entries(UNTRAINABLE))('left out: %s, which TensorFlow.js fails to train', async (_, layer) => {
  await tf.setBackend('cpu');
  const model = modelWith([tf.layers.dense({ units: 5 }), layer()], 'linear', sgd);
  await expect(trained(model, sgd.loss)).rejects.toThrow();
});
