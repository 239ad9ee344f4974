// Pages of experiments are what their programs write: the pages from the numbers that are kept, and these from a run.

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
// @ts-expect-error: plain JavaScript
import { adviceOf, supported } from '../../experiments/guide.mjs';
// @ts-expect-error: plain JavaScript
import { gradientOf, lossOf, packed, plainNetwork } from '../../experiments/plain-network.mjs';
// @ts-expect-error: plain JavaScript
import { keptOf, keptText } from '../../experiments/report.mjs';
// @ts-expect-error: plain JavaScript
import { experiments, pagesOf } from '../../experiments/run.mjs';
// @ts-expect-error: plain JavaScript
import { geometricMean, median, medianOf, ratioOf, shareOf } from '../../experiments/sample.mjs';
// @ts-expect-error: plain JavaScript
import { dependsOn, judged, part } from '../../experiments/verdict.mjs';
import { thorough } from '../thorough.js';

interface Experiment {
  readonly name: string;
  run(options: { quick: boolean }): Promise<object>;
}

const all = (await experiments()) as Experiment[];
const pages = new URL('../../docs/experiments/', import.meta.url);
const kept = new URL('../../experiments/results/', import.meta.url);
const text = (name: string, folder = pages) => readFileSync(new URL(name, folder), 'utf8');

/** Those that take no more than a second or two. */
const SHORT = new Set([
  'eta-max',
  'figure-11',
  'figure-12',
  'figures-13-14',
  'interleaving',
  'momentum',
  'parity-nine-trainers',
  'stochastic-against-batch',
]);

describe.each(all.map((experiment) => [experiment.name, experiment] as const))('%s', (name, experiment) => {
  (SHORT.has(name) ? it : thorough)('has the numbers that its program finds', { timeout: 300_000 }, async () => {
    expect(keptText(keptOf(await experiment.run({ quick: false })))).toBe(text(`${name}.json`, kept));
  });
});

it('pages, drawings and the guide are what the kept numbers make, and there are no others', async () => {
  const written = (await pagesOf(all)) as Record<string, string>;
  for (const [name, contents] of Object.entries(written)) expect(text(name), name).toBe(contents);
  expect(readdirSync(pages).sort()).toEqual(Object.keys(written).sort());
  expect(readdirSync(kept).sort()).toEqual(all.map(({ name }) => `${name}.json`).sort());
});

it('the guide advises nothing that the experiments speak against', () => {
  const results = Object.fromEntries(all.map(({ name }) => [name, JSON.parse(text(`${name}.json`, kept))]));
  for (const advice of adviceOf(results)) expect(supported(advice), advice.text).toBe(true);
});

test('medians count what diverged among the largest, and intervals are those of the binomial distribution', () => {
  expect(median([1, Number.NaN, 2])).toBe(2);
  expect(median([1, Infinity, Number.NaN])).toBe(Infinity);
  expect(median([1, 2, 3, Infinity])).toBe(2.5);
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  // Tables of nonparametric statistics: 1st and 6th of 6, 2nd and 8th of 9, 3rd and 10th of 12, 7th and 19th of 25.
  for (const [n, low, high] of [
    [5, 1, 5],
    [6, 1, 6],
    [9, 2, 8],
    [12, 3, 10],
    [25, 8, 18],
  ] as const)
    expect(medianOf(upTo(n)), String(n)).toEqual({ estimate: (n + 1) / 2, low, high });
  expect(ratioOf([Infinity, 2, 0], [Infinity, 1, 0])).toEqual({ estimate: 1, low: 1, high: 2 });
  expect(geometricMean([1, 100])).toBeCloseTo(10, 12);
  expect(geometricMean([0.5, 0, 3])).toBe(0);
  // Wilson 1927, 10 of 40.
  const { low, high } = shareOf(10, 40);
  expect([low, high]).toEqual([expect.closeTo(0.1419, 4), expect.closeTo(0.4019, 4)]);
});

test('a claim is confirmed if all its parts hold, refuted if none does, and else depends', () => {
  const holds = part('a', { estimate: 0.5, low: 0.4, high: 0.6 }, { below: 0.9 });
  const open = part('b', { estimate: 0.8, low: 0.7, high: 1 }, { below: 0.9 });
  const fails = part('c', { estimate: 0.5, low: 0.4, high: 0.6 }, { above: 0.9 });
  expect([holds, open, fails].map(({ outcome }) => outcome)).toEqual(['yes', 'not shown', 'no']);
  expect(judged([holds]).verdict).toBe('confirmed');
  expect(judged([open, fails]).verdict).toBe('refuted');
  expect(judged([holds, open])).toMatchObject({ verdict: 'depends' });
  expect(dependsOn([holds, open])).toBe('1 of 2 parts hold, all but these: b');
  expect(dependsOn([open, holds, fails])).toBe('1 of 3 parts hold, only these: a. The opposite holds of 1');
  const named = (what: string, of: object) => ({ ...of, what: `${what}: error` });
  expect(dependsOn([named('tanh', holds), named('x: ReLU', open)])).toBe('1 of 2 parts hold, all but these: x: ReLU');
});

test.each([{}, { centre: true }, { scale: true }, { centre: true, scale: true }])(
  'gradients of the plain network are those of its loss, %j between layers',
  (between) => {
    const connected = (layer: number, input: number, unit: number) => layer > 0 || input <= unit;
    const net = plainNetwork({ sizes: [3, 4, 4, 1], seed: 3, activation: 'smooth rectifier', between, connected });
    const data = packed({
      X: [
        [1, 2, 0.3],
        [0.1, -1, 0.5],
        [-0.4, 0.2, -2],
        [0.7, 0.7, 0.1],
      ],
      Y: [[1], [0], [0.5], [-1]],
    });
    const gradients = gradientOf(net, data) as Float64Array[];
    for (const [k, { weights, there }] of (net.layers as { weights: Float64Array; there: Uint8Array }[]).entries()) {
      for (let j = 0; j < weights.length; j++) {
        const [w, h] = [weights[j]!, 1e-5];
        weights[j] = w + h;
        const above = lossOf(net, data);
        weights[j] = w - h;
        const slope = (above - lossOf(net, data)) / (2 * h);
        weights[j] = w;
        expect(gradients[k]![j]).toBeCloseTo(there[j] ? slope : 0, 7);
      }
    }
  },
);
