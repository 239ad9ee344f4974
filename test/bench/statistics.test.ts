import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianInterval, pairedRatio, summary } from '../../src/bench/statistics.js';

const numbers = (minLength: number, maxLength = 60) =>
  fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength, maxLength });

describe('summary', () => {
  test('of numbers whose quartiles are known', () => {
    expect(summary([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, best: 1, samples: 5 });
    expect(summary([1, 2])).toEqual({ median: 1.5, low: 1.25, high: 1.75, best: 1, samples: 2 });
    expect(summary([7])).toEqual({ median: 7, low: 7, high: 7, best: 7, samples: 1 });
  });
});

describe('the interval of a median', () => {
  // From tables of the sign test's confidence interval, of at least 95 %: [n, which smallest and largest value].
  test.each([
    [6, 1],
    [8, 1],
    [9, 2],
    [10, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [25, 8],
    [50, 18],
  ])('of %i values lies between the %ith smallest and largest', (n, k) => {
    const values = Array.from({ length: n }, (_, i) => n - i);
    expect(medianInterval(values)).toMatchObject({ low: k, high: n + 1 - k, median: (n + 1) / 2 });
  });

  test('says how sure it is', () => {
    const confidence = (n: number) => medianInterval(Array.from({ length: n }, (_, i) => i)).confidence;
    expect(confidence(6)).toBeCloseTo(1 - 2 / 64, 12);
    expect(confidence(10)).toBeCloseTo(1 - (2 * (1 + 10)) / 1024, 12);
  });

  test('has no bounds where there are too few values', () => {
    expect(medianInterval([1, 2, 3, 4, 5])).toMatchObject({ median: 3, low: -Infinity, high: Infinity });
    expect(medianInterval([1, 2, 3, 4, 5], 0.9)).toMatchObject({ low: 1, high: 5, confidence: 1 - 2 / 32 });
  });

  test('holds the median of what values are drawn from as often as it says', () => {
    // Every one of 2ⁿ patterns of sides on which n values lie is equally likely: the interval holds 0 unless too many lie on one
    // side.
    for (const n of [6, 9, 12]) {
      let held = 0;
      let claimed = 0;
      for (let pattern = 0; pattern < 2 ** n; pattern++) {
        const values = Array.from({ length: n }, (_, i) => ((pattern >> i) & 1 ? i + 1 : -i - 1));
        const { low, high, confidence } = medianInterval(values);
        if (low < 0 && high > 0) held++;
        claimed = confidence;
      }
      expect(held / 2 ** n).toBeCloseTo(claimed, 12);
      expect(claimed).toBeGreaterThanOrEqual(0.95);
    }
  });

  test('holds the median of the values, does not depend on their order, and scales with them', () => {
    fc.assert(
      fc.property(numbers(1), fc.integer({ min: 1, max: 9 }), (values, factor) => {
        const { median, low, high } = medianInterval(values);
        expect(low).toBeLessThanOrEqual(median);
        expect(high).toBeGreaterThanOrEqual(median);
        expect(medianInterval([...values].reverse())).toEqual(medianInterval(values));
        const scaled = medianInterval(values.map((v) => v * factor));
        expect(scaled.low).toBeCloseTo(low * factor, 8);
        expect(scaled.high).toBeCloseTo(high * factor, 8);
      }),
    );
  });

  test('is wider where it is surer', () => {
    fc.assert(
      fc.property(numbers(6), (values) => {
        const [wide, narrow] = [medianInterval(values, 0.99), medianInterval(values, 0.8)];
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
      }),
    );
  });
});

describe('the ratio of pairs', () => {
  test('is 1 of equals, and what values are times base', () => {
    fc.assert(
      fc.property(numbers(6), fc.double({ min: 0.5, max: 2, noNaN: true }), (base, factor) => {
        expect(pairedRatio(base, base)).toMatchObject({ median: 1, low: 1, high: 1 });
        const { low, high } = pairedRatio(
          base.map((b) => b * factor),
          base,
        );
        expect(low).toBeCloseTo(factor, 10);
        expect(high).toBeCloseTo(factor, 10);
      }),
    );
  });

  test('sees through what slows both down alike', () => {
    const load = [1, 9, 2, 7, 1, 30, 3, 1, 2, 5];
    const { low, high } = pairedRatio(
      load.map((l, i) => l * 1.1 * (1 + 0.001 * (i % 3))),
      load,
    );
    expect(low).toBeGreaterThan(1.09);
    expect(high).toBeLessThan(1.11);
  });

  test('is refused where there are no pairs', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow(RangeError);
  });
});
