// ROC curves and reliability, beside naive twins.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rocCurve } from '../../src/evaluation/ranking.js';
import { reliability } from '../../src/evaluation/reliability.js';

/** Scores with many ties, and whether each is of the class. */
const cases = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 6 }).map((k) => k / 6),
    fc.boolean(),
  ),
  { minLength: 1, maxLength: 40 },
);

test('the area is the chance that one of the class scores higher than another, ties counting half', () => {
  fc.assert(
    fc.property(cases, (pairs) => {
      const of = pairs.filter(([, is]) => is).map(([score]) => score);
      const others = pairs.filter(([, is]) => !is).map(([score]) => score);
      const { area } = rocCurve(
        pairs.map(([score]) => score),
        pairs.map(([, is]) => is),
      );
      let wins = 0;
      for (const a of of) for (const b of others) wins += a > b ? 1 : a === b ? 0.5 : 0;
      if (of.length === 0 || others.length === 0) expect(area).toBeNaN();
      else expect(area).toBeCloseTo(wins / (of.length * others.length), 12);
    }),
  );
});

test('a point of the curve is what its threshold finds', () => {
  fc.assert(
    fc.property(cases, (pairs) => {
      const scores = pairs.map(([score]) => score);
      const truths = pairs.map(([, is]) => is);
      const { falsePositives, truePositives, thresholds } = rocCurve(scores, truths);
      expect(thresholds).toEqual([Infinity, ...[...new Set(scores)].sort((a, b) => b - a)]);
      const share = (wanted: boolean, threshold: number) => {
        const those = pairs.filter(([, is]) => is === wanted);
        return those.filter(([score]) => score >= threshold).length / those.length;
      };
      thresholds.slice(1).forEach((threshold, i) => {
        expect(truePositives[i + 1]).toEqual(share(true, threshold));
        expect(falsePositives[i + 1]).toEqual(share(false, threshold));
      });
      expect([falsePositives[0], truePositives[0]]).toEqual([0, 0]);
    }),
  );
});

test('perfect, reversed and random scores; a transformation that keeps the order changes nothing', () => {
  const truths = [true, true, false, false];
  expect(rocCurve([0.9, 0.8, 0.3, 0.1], truths).area).toBe(1);
  expect(rocCurve([0.1, 0.2, 0.8, 0.9], truths).area).toBe(0);
  expect(rocCurve([0.5, 0.5, 0.5, 0.5], truths)).toMatchObject({ area: 0.5, falsePositives: [0, 1], truePositives: [0, 1] });
  const scores = [0.2, 0.7, 0.4, 0.1];
  expect(
    rocCurve(
      scores.map((s) => Math.exp(9 * s)),
      truths,
    ).area,
  ).toBe(rocCurve(scores, truths).area);
});

test('bins of reliability have all cases, with their mean probability and how many came true', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(probability, fc.boolean()), { minLength: 1, maxLength: 60 }), (pairs) => {
      const { bins, expectedError } = reliability(
        pairs.map(([p]) => p),
        pairs.map(([, is]) => is),
        5,
      );
      const naive = [0, 1, 2, 3, 4].flatMap((k) => {
        const those = pairs.filter(([p]) => Math.min(Math.floor(p * 5), 4) === k);
        if (those.length === 0) return [];
        const mean = those.reduce((sum, [p]) => sum + p, 0) / those.length;
        return [{ count: those.length, probability: mean, frequency: those.filter(([, is]) => is).length / those.length }];
      });
      expect(bins).toEqual(naive);
      const distance = naive.reduce((sum, b) => sum + (b.count / pairs.length) * Math.abs(b.probability - b.frequency), 0);
      expect(expectedError).toBeCloseTo(distance, 12);
    }),
  );
  expect(reliability([0, 1, 1], [false, true, true]).expectedError).toBe(0);
});
