// Numbers, colours and axes of pictures.

import { describe, expect, test } from 'vitest';
import { plot } from '../../src/cli/picture/axes.js';
import { binned, histogramChart, lineChart } from '../../src/cli/picture/charts.js';
import { chartDocument } from '../../src/cli/picture/document.js';
import { decimal, figure, percent } from '../../src/cli/picture/figures.js';
import { element, escaped } from '../../src/cli/picture/svg.js';
import { cut, fitted, widthOf } from '../../src/cli/picture/text.js';
import { COLOURS, PICTURE_STYLE, SERIES } from '../../src/cli/picture/theme.js';

test('figures have the digits that matter, and powers of ten where zeros would stand in rows', () => {
  const told: [number, string][] = [
    [0, '0'],
    [-0, '0'],
    [7, '7'],
    [12345, '12,345'],
    [1e6, '10⁶'],
    [2.5e9, '2.5 × 10⁹'],
    [0.1 + 0.2, '0.3'],
    [0.0000999999999, '10⁻⁴'],
    [0.000123456, '0.0001235'],
    [-1234.5678, '−1,235'],
    [-2.5e-7, '−2.5 × 10⁻⁷'],
    [99999.99, '100,000'],
    [Number.MAX_VALUE, '1.798 × 10³⁰⁸'],
    [Number.MIN_VALUE, '4.941 × 10⁻³²⁴'],
    [Number.NaN, '–'],
    [-Infinity, '−∞'],
  ];
  for (const [x, text] of told) expect(figure(x), String(x)).toBe(text);
  expect(percent(0.12345)).toBe('12.3 %');
  expect(percent(Number.NaN)).toBe('–');
  expect(decimal(-0.00001, 2)).toBe('0.00');
  expect(decimal(-1.255, 1)).toBe('−1.3');
});

test('long names lose their middle, long texts their end', () => {
  expect(cut('short', 5)).toBe('short');
  expect(cut('number one hundred and 12', 12)).toBe('number …d 12');
  expect(Array.from(cut('🐧'.repeat(50), 10))).toHaveLength(10);
  expect(fitted('wwwwwwwwww', 10, 60).length).toBeLessThan(7);
  expect(widthOf(fitted('wwwwwwwwww', 10, 60), 10)).toBeLessThanOrEqual(60);
});

test('nothing from a file becomes markup, or turns text around', () => {
  expect(escaped(`<a href="x" b='c'>&`)).toBe('&lt;a href=&quot;x&quot; b=&#39;c&#39;&gt;&amp;');
  expect(escaped('\u0007\u001b[31m\u202eevil\ud800')).toBe('��[31m�evil�');
  expect(element('p', { title: '"><script>' }, '<b>').text).toBe('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;</p>');
});

describe('colours', () => {
  type Colour = [number, number, number];
  const linear = (hex: string) =>
    [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as Colour;
  const times = (m: number[][], v: Colour) =>
    m.map(([a, b, c]) => Math.min(1, Math.max(0, a! * v[0] + b! * v[1] + c! * v[2]))) as Colour;
  /** What eyes see: all, and without one kind of cones. Machado, Oliveira, Fernandes, IEEE TVCG 15 (2009), table 1. */
  const eyes = {
    all: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritanopia: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };
  /** OKLab, in which a distance of 0.02 is just noticed. https://bottosson.github.io/posts/oklab/ */
  const lab = ([r, g, b]: Colour) => {
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  const luminance = ([r, g, b]: Colour) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

  test.each(Object.entries(COLOURS))('of eight series are told apart by all eyes, in %s', (mode, colours) => {
    expect(new Set(colours).size).toBe(SERIES);
    const paper = luminance(
      linear(/--paper:(#\w+)/g.exec(PICTURE_STYLE.slice(mode === 'dark' ? PICTURE_STYLE.indexOf('dark)') : 0))![1]!),
    );
    for (const [eye, matrix] of Object.entries(eyes)) {
      const seen = colours.map((colour) => lab(times(matrix, linear(colour))));
      seen.forEach((a, i) => {
        for (const b of seen.slice(0, i))
          expect(Math.hypot(...a.map((v, k) => v - b[k]!)), `${eye}, ${colours[i]}`).toBeGreaterThan(0.12);
      });
    }
    for (const colour of colours) {
      const own = luminance(linear(colour));
      expect((Math.max(own, paper) + 0.05) / (Math.min(own, paper) + 0.05)).toBeGreaterThanOrEqual(3);
    }
  });

  test('never repeat: beyond eight series the rest is drawn as others', () => {
    const lines = Array.from({ length: 12 }, (_, i) => ({
      name: `line ${i}`,
      points: [
        [0, i],
        [1, i],
      ] as [number, number][],
    }));
    const axis = { title: 't', from: 0, to: 12 };
    const { text } = lineChart({ x: axis, y: axis, label: 'l' }, lines);
    expect(text.match(/stroke="var\(--other\)"/g)).toHaveLength(6); // five lines, and what the legend shows of them
    for (let i = 0; i < 7; i++) expect(text.match(new RegExp(`stroke="var\\(--series-${i}\\)"`, 'g'))).toHaveLength(2);
    expect(text).toContain('5 others');
    expect(text).not.toContain('series-7');
  });
});

describe('axes', () => {
  const ticks = (text: string) => [...text.matchAll(/class="tick"[^>]*>([^<]*)</g)].map(([, tick]) => tick);
  const drawn = (from: number, to: number, logarithmic: boolean) => {
    const y = { title: 'y', from, to, logarithmic };
    const { text } = plot({ x: { title: 'x', from: 0, to: 1, exact: true }, y, label: 'l' }, () => element('g'));
    return ticks(text).slice(0, -2);
  };

  test('ticks are round, of any size', () => {
    expect(drawn(0, 1e-5, false).join(' ')).toMatch(/^0 2 × 10⁻⁶ .* 10⁻⁵/);
    expect(drawn(0, 0.3, false).join(' ')).toMatch(/^0 0\.05 0\.1 0\.15 0\.2 0\.25 0\.3/);
    expect(drawn(1e-6, 2, true).join(' ')).toContain('10⁻⁶');
    expect(drawn(0.3, 30, true).join(' ')).toMatch(/^0\.1 1 10 100/);
    for (const [from, to] of [
      [5, 5],
      [0, 0],
      [-3, -3],
      [-1e300, 1e300],
      [1e-300, 2e-300],
    ] as const) {
      const found = drawn(from, to, false);
      expect(found.length).toBeGreaterThan(1);
      expect(found.join(' ')).not.toMatch(/NaN|undefined|0{5}|9{5}/);
    }
  });

  test('bars of a histogram begin at 0, and their heights are counts', () => {
    const bins = binned([1, 1, 1, 2, 3, 3, 4, 4, 4, 4], 4);
    expect(bins).toEqual({ from: 1, to: 4, counts: [3, 1, 2, 4] });
    const { text } = histogramChart({ label: 'l' }, bins, { title: 'x' });
    const bars = [...text.matchAll(/class="bar" x="[\d.]+" width="[\d.]+" y="([\d.]+)" height="([\d.]+)"/g)];
    const tall = bars.map(([, , height]) => Number(height));
    const ends = bars.map(([, y, height]) => Number(y) + Number(height));
    expect(tall.map((h) => h / tall[1]!)).toEqual([3, 1, 2, 4].map((n) => expect.closeTo(n, 1)));
    for (const end of ends) expect(end).toBeCloseTo(ends[0]!, 1);
    expect(ticks(text)[0]).toBe('0');
    expect(binned([7, 7]).counts).toEqual([2]);
    expect(binned([-1e308, 1e308, 0, Number.NaN]).counts.reduce((a, b) => a + b)).toBe(3);
  });
});

describe('charts of documents', () => {
  const textsOf = (svg: string) => Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text);
  const numbersOf = (svg: string, pattern: RegExp) => Array.from(svg.matchAll(pattern), ([, number]) => Number(number));

  test('name lines at their ends, no two names on top of each other, and leave out what no scale has', () => {
    const lines = ['a', 'b', 'c', 'd'].map((name, i) => ({
      name,
      points: [
        [1, 0.001 * (1 + i)],
        [10, 0.1 + 1e-6 * i],
        [100, Number.NaN],
        [1000, 0],
      ] as [number, number][],
    }));
    const svg = chartDocument({ title: 'Falls', x: 'epoch', y: 'error', log: 'both', lines });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['Falls', 'epoch', 'error', 'a', 'b', 'c', 'd', '0.01', '0.1']));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const places = numbersOf(svg, /y="([\d.]+)" style="fill:var\(--series/g).sort((p, q) => p - q);
    expect(places).toHaveLength(4);
    for (const [i, at] of places.slice(1).entries()) expect(at - places[i]!).toBeGreaterThanOrEqual(12);
    // Of its own, in light and in dark.
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*<style>.*prefers-color-scheme:dark.*<\/style>/);
  });

  test('draw a number with its interval in the scale, and what diverged as such', () => {
    const svg = chartDocument({
      kind: 'dots',
      title: 'Ratios',
      x: 'times',
      log: 'x',
      guide: 1,
      rows: [
        { label: 'one & two', series: 'half', estimate: 0.5, low: 0.1, high: 10 },
        { label: 'one & two', series: 'never', estimate: 'Infinity', low: 1, high: 'Infinity' },
      ],
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['one &amp; two', 'half', 'never', '∞ →', '0.1', '1', '10']));
    expect(svg).not.toMatch(/NaN|[^ ]Infinity|undefined/);
    const [, left, right] = /class="interval"[^>]*d="M([\d.]+) [\d.]+H([\d.]+)"/.exec(svg)!.map(Number) as [
      number,
      number,
      number,
    ];
    const dot = numbersOf(svg, /translate\(([\d.]+) [\d.]+\)"><path d="[^"]+" fill="var\(--series-0\)/g)[0]!;
    // log₁₀ of 0.1, 0.5 and 10.
    expect((dot - left) / (right - left)).toBeCloseTo((Math.log10(0.5) + 1) / 2, 2);
  });
});
