// Histograms and pictures of spectra; curvature of estimators.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  Classifier,
  DataError,
  OptionError,
  Regressor,
  type Spectrum,
  histogram,
  init,
  spectrumPicture,
} from '../../src/index.js';
import { numbers } from '../layers/training.js';

const spectrum = (values: number[], errors?: number[]): Spectrum => ({
  eigenvalues: Float64Array.from(values).sort().reverse(),
  errors: Float64Array.from(errors ?? values.map(() => 0)),
  complete: errors === undefined,
});

describe('histogram', () => {
  test('counts every eigenvalue once, in the bin whose edges hold it', () => {
    const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 40 }), (values, bins) => {
        const { edges, counts } = histogram(spectrum(values), { bins });
        expect(edges).toHaveLength(bins + 1);
        expect(counts.reduce((a, b) => a + b)).toBe(values.length);
        for (let i = 0; i < bins; i++) {
          expect(edges[i]!).toBeLessThanOrEqual(edges[i + 1]!);
          const last = i === bins - 1;
          const inside = values.filter((v) => v >= edges[i]! && (last ? v <= edges[i + 1]! : v < edges[i + 1]!)).length;
          if (edges[0]! < edges.at(-1)!) expect(counts[i]).toBe(inside);
        }
      }),
    );
  });

  test('refuses what has no bins', () => {
    expect(() => histogram(spectrum([]))).toThrow(DataError);
    expect(() => histogram(spectrum([1]), { bins: 0 })).toThrow(OptionError);
  });
});

describe('picture', () => {
  test('has a mark for each eigenvalue, negative ones hollow, and a bar for each bin in use', () => {
    const values = [4, 2, 1, 0.1, 1e-14, -0.5];
    const svg = spectrumPicture(spectrum(values), { title: 'a <b> & "c"', bins: 8 });
    expect(svg.match(/<circle/g)).toHaveLength(6);
    expect(svg.match(/fill="none" stroke="#c33"/g)).toHaveLength(1);
    expect(svg.match(/<rect/g)).toHaveLength(histogram(spectrum(values), { bins: 8 }).counts.filter((c) => c > 0).length);
    expect(svg).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title>');
    expect(svg).toContain('6 eigenvalues from -0.5 to 4, 1 negative');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('shows error bounds where there are some, and says that the rest is missing', () => {
    const svg = spectrumPicture(spectrum([3, 2], [0.1, 0.5]));
    expect(svg.match(/opacity="0.5"/g)).toHaveLength(2);
    expect(svg).toContain('of the largest 2');
  });

  test('stands even of one eigenvalue, or of none but 0', () => {
    for (const values of [[1], [0], [0, 0]]) expect(spectrumPicture(spectrum(values))).not.toMatch(/NaN|Infinity/);
    expect(() => spectrumPicture(spectrum([]))).toThrow(DataError);
    expect(() => spectrumPicture(spectrum([1]), { width: 10 })).toThrow(OptionError);
  });
});

describe('curvature of estimators', () => {
  beforeAll(() => init({ precision: 'float64' }));
  const next = numbers(4);
  const rows = Array.from({ length: 60 }, () => ({ a: next(), b: 100 * next(), kind: next() > 0 ? 'x' : 'y' }));

  test('is that of the loss they report, on rows as they come', async () => {
    const labels = rows.map(({ a, b }) => (a + b / 100 > 0 ? 'up' : 'down'));
    const classifier = await Classifier.fit(rows, labels, { seed: 1, hidden: 4, epochs: 20, weightDecay: 0.001 });
    const c = classifier.curvature(rows, labels);
    // float32 predictions against float64 ones.
    expect(c.loss()).toBeCloseTo(classifier.evaluate(rows, labels).logLoss!, 4);
    expect(c.optimalRate()).toBeGreaterThan(0);
    expect(c.spectrum().eigenvalues).toHaveLength(classifier.parameters);
    c.dispose();

    const targets = rows.map(({ a, b }) => 5 + 3 * a * a + b);
    const regressor = await Regressor.fit(rows, targets, { seed: 1, hidden: 4, epochs: 20, weightDecay: 0.001 });
    const r = regressor.curvature(rows, targets);
    const mean = targets.reduce((s, v) => s + v) / targets.length;
    const variance = targets.reduce((s, v) => s + (v - mean) ** 2, 0) / targets.length;
    expect(r.loss() / (regressor.evaluate(rows, targets).mse / variance)).toBeCloseTo(1, 3);
    r.dispose();
    expect(() => regressor.curvature(rows, targets.slice(1))).toThrow(DataError);
  });
});
