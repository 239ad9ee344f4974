// Metrics against the values that scikit-learn's documentation publishes, and against laws.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as metrics from '../../src/metrics/index.js';
import { DataError, OptionError } from '../../src/index.js';

const {
  accuracy,
  averagePrecision,
  balancedAccuracy,
  brierScore,
  calibrationCurve,
  cohenKappa,
  confusionMatrix,
  explainedVariance,
  f1,
  fBeta,
  logLoss,
  matthewsCorrelation,
  maxError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogError,
  medianAbsoluteError,
  poissonDeviance,
  precision,
  precisionRecallCurve,
  quantileLoss,
  r2,
  recall,
  rocAuc,
  rocCurve,
  rootMeanSquaredError,
  topKAccuracy,
} = metrics;

const BINARY = { truths: [0, 0, 1, 1], scores: [0.1, 0.4, 0.35, 0.8] };
const THREE = { truths: [0, 1, 2, 0, 1, 2], predictions: [0, 2, 1, 0, 0, 1] };
const NUMBERS = { truths: [3, -0.5, 2, 7], predictions: [2.5, 0, 2, 8] };

describe('the values of scikit-learn’s documentation', () => {
  test.each<[string, () => number, number]>([
    ['accuracy', () => accuracy([0, 1, 2, 3], [0, 2, 1, 3]), 0.5],
    ['balanced accuracy', () => balancedAccuracy([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]), 0.625],
    ['precision, macro', () => precision(THREE.truths, THREE.predictions, { average: 'macro' }), 2 / 9],
    ['precision, micro', () => precision(THREE.truths, THREE.predictions, { average: 'micro' }), 1 / 3],
    ['precision, weighted', () => precision(THREE.truths, THREE.predictions, { average: 'weighted' }), 2 / 9],
    ['recall, macro', () => recall(THREE.truths, THREE.predictions), 1 / 3],
    ['F1, macro', () => f1(THREE.truths, THREE.predictions), 0.2666666667],
    ['F1, micro', () => f1(THREE.truths, THREE.predictions, { average: 'micro' }), 1 / 3],
    ['F0.5, macro', () => fBeta(THREE.truths, THREE.predictions, { beta: 0.5 }), 0.2380952381],
    ['κ', () => cohenKappa(['n', 'p', 'n', 'u', 'p'], ['n', 'p', 'n', 'u', 'n']), 0.6875],
    ['Matthews', () => matthewsCorrelation([1, 1, 1, -1], [1, -1, 1, 1]), -1 / 3],
    ['ROC AUC', () => rocAuc(BINARY.truths, BINARY.scores), 0.75],
    ['average precision', () => averagePrecision(BINARY.truths, BINARY.scores), 0.8333333333],
    ['Brier', () => brierScore(['spam', 'ham', 'ham', 'spam'], [0.1, 0.9, 0.8, 0.3], { positive: 'ham' }), 0.0375],
    [
      'log loss',
      () =>
        logLoss(
          ['spam', 'ham', 'ham', 'spam'],
          [
            [0.1, 0.9],
            [0.9, 0.1],
            [0.8, 0.2],
            [0.35, 0.65],
          ],
        ),
      -(2 * Math.log(0.9) + Math.log(0.8) + Math.log(0.65)) / 4,
    ],
    [
      'top-k',
      () =>
        topKAccuracy(
          [0, 1, 2, 2],
          [
            [0.5, 0.2, 0.2],
            [0.3, 0.4, 0.2],
            [0.2, 0.4, 0.3],
            [0.7, 0.2, 0.1],
          ],
        ),
      0.75,
    ],
    ['R²', () => r2(NUMBERS.truths, NUMBERS.predictions), 0.948608137],
    ['explained variance', () => explainedVariance(NUMBERS.truths, NUMBERS.predictions), 0.9571734475],
    ['mean squared error', () => meanSquaredError(NUMBERS.truths, NUMBERS.predictions), 0.375],
    ['its root', () => rootMeanSquaredError(NUMBERS.truths, NUMBERS.predictions), 0.6123724357],
    ['mean absolute error', () => meanAbsoluteError(NUMBERS.truths, NUMBERS.predictions), 0.5],
    ['median absolute error', () => medianAbsoluteError(NUMBERS.truths, NUMBERS.predictions), 0.5],
    ['percentage error', () => meanAbsolutePercentageError(NUMBERS.truths, NUMBERS.predictions), 0.3273809524],
    ['logarithmic error', () => meanSquaredLogError([3, 5, 2.5, 7], [2.5, 5, 4, 8]), 0.0397301225],
    ['largest error', () => maxError([3, 2, 7, 1], [4, 2, 7, 1]), 1],
    ['pinball, 0.1', () => quantileLoss([1, 2, 3], [0, 2, 3], { quantile: 0.1 }), 0.0333333333],
    ['pinball, 0.9', () => quantileLoss([1, 2, 3], [0, 2, 3], { quantile: 0.9 }), 0.3],
    ['Poisson deviance', () => poissonDeviance([2, 0, 1, 4], [0.5, 0.5, 2, 2]), 1.4260151319],
  ])('%s', (_, found, expected) => {
    expect(found()).toBeCloseTo(expected, 9);
  });

  test('curves', () => {
    const roc = rocCurve(BINARY.truths, BINARY.scores);
    expect(roc.falsePositives).toEqual([0, 0, 0.5, 0.5, 1]);
    expect(roc.truePositives).toEqual([0, 0.5, 0.5, 1, 1]);
    expect(roc.thresholds).toEqual([Infinity, 0.8, 0.4, 0.35, 0.1]);
    const curve = precisionRecallCurve(BINARY.truths, BINARY.scores);
    expect(curve.precision).toEqual([0.5, 2 / 3, 0.5, 1, 1]);
    expect(curve.recall).toEqual([1, 1, 0.5, 0.5, 0]);
    expect(curve.thresholds).toEqual([0.1, 0.35, 0.4, 0.8]);
    const { bins } = calibrationCurve([0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1], { bins: 3 });
    expect(bins.map(({ frequency }) => frequency)).toEqual([0, 0.5, 1]);
    expect(bins.map(({ probability }) => Number(probability.toFixed(9)))).toEqual([0.2, 0.525, 0.85]);
  });

  test('a confusion matrix, in an order of one’s own too', () => {
    const [truths, predictions] = [
      ['cat', 'ant', 'cat', 'cat', 'ant', 'bird'],
      ['ant', 'ant', 'cat', 'cat', 'ant', 'cat'],
    ];
    const { classes, matrix } = confusionMatrix(truths, predictions);
    expect(classes).toEqual(['ant', 'bird', 'cat']);
    expect(matrix).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ]);
    expect(confusionMatrix(truths, predictions, { classes: ['cat', 'ant', 'bird'] }).matrix[0]).toEqual([2, 1, 0]);
  });
});

describe('laws', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const labels = fc.array(fc.tuple(label, label, fc.integer({ min: 0, max: 3 })), { minLength: 2, maxLength: 30 });

  test('a weight of n is a sample n times', () => {
    fc.assert(
      fc.property(labels, (samples) => {
        const some = samples.filter(([, , weight]) => weight > 0);
        fc.pre(new Set(some.map(([truth]) => truth)).size > 1);
        const repeated = samples.flatMap(([truth, prediction, weight]) =>
          Array.from({ length: weight }, () => [truth, prediction]),
        );
        const weighted = { sampleWeights: samples.map(([, , weight]) => weight) };
        const [t, p] = [samples.map(([truth]) => truth), samples.map(([, prediction]) => prediction)];
        const [ts, ps] = [repeated.map(([truth]) => truth!), repeated.map(([, prediction]) => prediction!)];
        for (const metric of [accuracy, balancedAccuracy, matthewsCorrelation])
          expect(metric(t, p, weighted)).toBeCloseTo(metric(ts, ps), 12);
        for (const average of ['micro', 'weighted'] as const)
          expect(f1(t, p, { ...weighted, average })).toBeCloseTo(f1(ts, ps, { average }), 12);
      }),
    );
  });

  test('the area is the chance of the right order', () => {
    const sample = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 2, maxLength: 20 }), (samples) => {
        const [yes, no] = [samples.filter(([is]) => is), samples.filter(([is]) => !is)];
        fc.pre(yes.length > 0 && no.length > 0);
        const right = yes.flatMap(([, a]) => no.map(([, b]) => (a > b ? 1 : a === b ? 0.5 : 0)));
        const chance = right.reduce((a: number, b) => a + b, 0) / right.length;
        const [truths, scores] = [samples.map(([is]) => is), samples.map(([, score]) => score)];
        expect(rocAuc(truths, scores)).toBeCloseTo(chance, 12);
        expect(rocAuc(truths, scores, { positive: false })).toBeCloseTo(1 - chance, 12);
      }),
    );
  });

  test('the q-quantile has the least quantile loss', () => {
    const values = Array.from({ length: 101 }, (_, i) => i);
    const loss = (at: number) => quantileLoss(values, new Array(101).fill(at), { quantile: 0.9 });
    expect(loss(90)).toBeLessThan(loss(89));
    expect(loss(90)).toBeLessThan(loss(91));
    expect(quantileLoss(NUMBERS.truths, NUMBERS.predictions)).toBeCloseTo(
      meanAbsoluteError(NUMBERS.truths, NUMBERS.predictions) / 2,
      12,
    );
  });

  test('several classes: the area is the mean over the classes', () => {
    const truths = ['a', 'b', 'c', 'a'];
    const scores = [
      [0.7, 0.2, 0.1],
      [0.3, 0.4, 0.3],
      [0.2, 0.5, 0.3],
      [0.1, 0.5, 0.4],
    ];
    const each = ['a', 'b', 'c'].map((label, c) =>
      rocAuc(
        truths.map((truth) => truth === label),
        scores.map((row) => row[c]!),
      ),
    );
    expect(rocAuc(truths, scores)).toBeCloseTo(each.reduce((a, b) => a + b, 0) / 3, 12);
  });

  test('the median by weight', () => {
    expect(medianAbsoluteError([0, 0, 0], [1, 2, 3], { sampleWeights: [1, 1, 5] })).toBe(3);
    expect(medianAbsoluteError([0, 0, 0, 0], [1, 2, 3, 4])).toBe(2.5);
  });
});

describe('edges', () => {
  test('nothing said of a class, or nothing of it there, counts 0', () => {
    expect(precision([0, 0, 1], [0, 0, 0])).toBe(0);
    expect(recall([0, 0, 0], [0, 1, 0], { positive: 1 })).toBe(0);
  });

  test('true is the positive class, and 1, and the later in the alphabet', () => {
    expect(recall([true, true, false], [true, false, false])).toBe(0.5);
    expect(recall([1, 1, 0], [1, 0, 0])).toBe(0.5);
    expect(recall(['yes', 'yes', 'no'], ['yes', 'no', 'no'])).toBe(0.5);
  });

  test('a probability of 0 costs much, and not everything', () => {
    expect(logLoss([1, 0], [0, 0.5])).toBeCloseTo((52 * Math.LN2 + Math.LN2) / 2, 12);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['lengths', () => accuracy([1, 2], [1]), /predictions: has 1 sample, but truths has 2/],
    ['nothing', () => accuracy([], []), /truths: has no samples/],
    ['no arrays', () => accuracy('ab' as never, [1]), /expected an array/],
    ['NaN', () => r2([1, 2], [1, Number.NaN]), /predictions, row 1: NaN is not a finite number/],
    ['three classes', () => rocCurve([0, 1, 2], [1, 2, 3]), /3 classes; the option positive/],
    ['one class', () => rocCurve([1, 1], [1, 2]), /one class only/],
    ['no such class', () => f1([0, 1], [0, 1], { positive: 7 }), /has no 7/],
    ['probabilities', () => brierScore([0, 1], [0.5, 1.5]), /probabilities, row 1: 1.5 is not a probability/],
    ['columns', () => logLoss(['a', 'b'], [[0.5, 0.5], [1]]), /row 1: has 1 number; expected 2/],
    [
      'labels beyond',
      () =>
        logLoss(
          ['a', 'c'],
          [
            [0.5, 0.5],
            [0.5, 0.5],
          ],
          { classes: ['a', 'b'] },
        ),
      /"c" is not one of the classes/,
    ],
    ['no label', () => accuracy([Number.NaN, 1], [Number.NaN, 1]), /NaN is not a label/],
    [
      'labels of two types',
      () => accuracy([1, 2], ['1', '2'] as never),
      /^predictions, row 0: "1" is a string, but row 0 has a number/,
    ],
    [
      'scores of NaN',
      () =>
        topKAccuracy(
          [0, 1],
          [
            [0.5, 0.5],
            [0.1, Number.NaN],
          ],
        ),
      /row 1: NaN is not a finite number/,
    ],
    ['weights', () => accuracy([1, 2], [1, 2], { sampleWeights: [1, -1] }), /sampleWeights, row 1: -1/],
    ['no weight', () => accuracy([1, 2], [1, 2], { sampleWeights: [0, 0] }), /are all 0/],
    ['a truth of 0', () => meanAbsolutePercentageError([1, 0], [1, 1]), /truths, row 1: is 0/],
    ['logarithms', () => meanSquaredLogError([1], [-1]), /predictions, row 0: -1/],
    ['counts', () => poissonDeviance([1], [0]), /0 is no mean of counts/],
    ['all the same', () => cohenKappa([1, 1], [1, 1]), /nothing to agree about/],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(DataError);
  });

  test('options', () => {
    expect(() => f1([0, 1], [0, 1], { average: 'mean' as never })).toThrow(OptionError);
    expect(() => quantileLoss([1], [1], { quantile: 1 })).toThrow(OptionError);
    expect(() =>
      topKAccuracy(
        [0, 1],
        [
          [1, 0],
          [0, 1],
        ],
        { k: 3 },
      ),
    ).toThrow('topKAccuracy.k is 3; expected an integer from 1 to 2');
    expect(() => fBeta([0, 1], [0, 1], {} as never)).toThrow('fBeta.beta is undefined; expected a number > 0');
    expect(() => accuracy([1], [1], { weights: [1] } as never)).toThrow(OptionError);
  });
});
