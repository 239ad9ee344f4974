// What first-order methods remember beside vectors: lists of five numbers, as files of older versions have them, go on to the
// same bits.

import { expect, test } from 'vitest';
import { Network, dense } from '../../src/index.js';
import { memoryFrom } from '../../src/methods/descent/rule-memory.js';
import { VARIANTS, numbers } from '../training/methods.js';

const next = numbers(11);
const X = Array.from({ length: 24 }, () => [next(), next()]);
const Y = X.map(([a, b]) => Math.sin(2 * a!) + b!);
const FIRST_ORDER = VARIANTS.filter(({ make }) => make().precision === undefined);

async function begun() {
  return Network.create({ inputs: 2, layers: [dense(3, { activation: 'tanh' }), dense(1)], loss: 'meanSquaredError', seed: 2 });
}

/** As they were listed: steps stood in the place of the peak, the start in that of the loss. */
function ofOld(memory: readonly number[]): number[] {
  const { loss, rate, peak, averaged, power, steps, start } = memoryFrom(memory);
  return [Math.min(loss, start), rate, Math.max(peak, steps), averaged, power];
}

test.each(FIRST_ORDER)('$title', async ({ make }) => {
  const method = make();
  const options = { method, epochs: 3, batchSize: method.batch ?? 6, average: 'polyak' } as const;
  const results = [];
  for (const list of [(memory: readonly number[]) => memory, ofOld]) {
    const net = await begun();
    const { state } = await net.fitWithState(X, Y, options, undefined);
    expect(state!.memory).toHaveLength(7);
    await net.fitWithState(X, Y, options, { resume: { ...state!, memory: list(state!.memory) } });
    results.push(net.getWeights());
  }
  expect(results[1]).toEqual(results[0]);
});
