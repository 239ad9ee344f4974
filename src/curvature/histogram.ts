// How eigenvalues are distributed: counts in bins, and a picture of them (Efficient BackProp 8, Figure 20).

import { requireArray } from '../data/matrix.js';
import { DataError, counted, shown } from '../runtime/errors.js';
import { checked, number, value } from '../runtime/options.js';
import type { Spectrum } from './options.js';

/** Eigenvalues smaller than this share of the largest magnitude are axisLabel at it: they are rounding. */
const LEAST_SHOWN = 1e-12;

const isText = (v: unknown) => typeof v === 'string';

const HISTOGRAM = { bins: number({ min: 1, max: 1000, integer: true }, 30) };

const PICTURE = {
  title: value<string>('a text', isText, 'Spectrum of the Hessian'),
  width: number({ min: 200, max: 10_000 }, 760),
  height: number({ min: 120, max: 10_000 }, 340),
  bins: HISTOGRAM.bins,
};

/** Eigenvalues counted. */
export interface Histogram {
  /** One more than there are bins, ascending; a bin includes its lower edge, the last both. */
  readonly edges: Float64Array;
  readonly counts: Uint32Array;
}

/** Eigenvalues of what is given as a spectrum. @throws DataError for anything else, none, or one that is not finite */
function eigenvaluesOf(spectrum: Pick<Spectrum, 'eigenvalues'>): Float64Array {
  const eigenvalues = (spectrum as Spectrum | null | undefined)?.eigenvalues;
  requireArray(eigenvalues, 'spectrum', "{ eigenvalues }, as spectrum() of a network's curvature gives them");
  if (eigenvalues!.length === 0) throw new DataError('spectrum', 'has no eigenvalues');
  const odd = eigenvalues!.findIndex((v) => !Number.isFinite(v));
  if (odd >= 0) throw new DataError('spectrum', `eigenvalue ${odd} is ${shown(eigenvalues![odd])}; expected finite numbers`);
  return eigenvalues!;
}

/**
 * Eigenvalues in bins of equal width from the smallest to the largest.
 * @param options bins, default 30
 * @throws OptionError; DataError without eigenvalues, or where they are not finite numbers
 */
export function histogram(spectrum: Pick<Spectrum, 'eigenvalues'>, options?: { bins?: number }): Histogram {
  const { bins } = checked('histogram', HISTOGRAM, options);
  const eigenvalues = eigenvaluesOf(spectrum);
  const high = eigenvalues.reduce((a, b) => Math.max(a, b));
  const low = eigenvalues.reduce((a, b) => Math.min(a, b));
  const width = (high - low) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : Math.min(low + i * width, high)));
  const counts = new Uint32Array(bins);
  for (const v of eigenvalues) {
    let bin = width > 0 ? Math.min(Math.floor((v - low) / width), bins - 1) : 0;
    // Division may have rounded across an edge.
    while (bin > 0 && v < edges[bin]!) bin--;
    while (bin < bins - 1 && v >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, counts };
}

/** How many eigenvalues are negative beyond rounding. @internal */
export function negatives({ eigenvalues }: Pick<Spectrum, 'eigenvalues'>): number {
  const most = eigenvalues.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return eigenvalues.filter((v) => v < -most * eigenvalues.length * Number.EPSILON).length;
}

/** Options of spectrumPicture. */
export interface PictureOptions {
  /** Default 'Spectrum of the Hessian'. */
  title?: string;
  /** Pixels. Default 760. */
  width?: number;
  /** Pixels. Default 340. */
  height?: number;
  /** Of the histogram. Default 30. */
  bins?: number;
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

/** A number as an axis shows it. */
const axisLabel = (v: number) =>
  v === 0 ? '0' : Math.abs(v) >= 1e4 || Math.abs(v) < 1e-2 ? v.toExponential(0) : String(Number(v.toPrecision(2)));

const fixed = (v: number) => Number(v.toFixed(1));

/** A part of the picture: a frame, its axes and what is in it. */
interface Panel {
  readonly left: number;
  readonly width: number;
  readonly x: {
    readonly low: number;
    readonly high: number;
    readonly name: string;
    readonly ticks: readonly number[];
    label(v: number): string;
  };
  readonly y: {
    readonly low: number;
    readonly high: number;
    readonly name: string;
    readonly ticks: readonly number[];
    label(v: number): string;
  };
  marks(x: (v: number) => number, y: (v: number) => number): string;
}

const TOP = 36;
const BOTTOM = 44;

function panel({ left, width, x, y, marks }: Panel, height: number): string {
  const bottom = height - BOTTOM;
  const atX = (v: number) => fixed(left + (width * (v - x.low)) / (x.high - x.low || 1));
  const atY = (v: number) => fixed(bottom - ((bottom - TOP) * (v - y.low)) / (y.high - y.low || 1));
  const ticksX = x.ticks.map((v) => `<text x="${atX(v)}" y="${bottom + 15}" text-anchor="middle">${escaped(x.label(v))}</text>`);
  const ticksY = y.ticks.map((v) => `<text x="${left - 5}" y="${atY(v) + 4}" text-anchor="end">${escaped(y.label(v))}</text>`);
  return `<g>
<path d="M${left} ${TOP}V${bottom}H${left + width}" fill="none" stroke="currentColor"/>
${[...ticksX, ...ticksY].join('\n')}
<text x="${left + width / 2}" y="${height - 10}" text-anchor="middle">${escaped(x.name)}</text>
<text x="${left}" y="${TOP - 8}">${escaped(y.name)}</text>
${marks(atX, atY)}
</g>`;
}

/** Whole numbers from low to high, at most about six. */
function whole(low: number, high: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / 6));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
}

/**
 * A spectrum as SVG text: to the left the logarithms of eigenvalues by order, relative to the largest (of negative ones those of
 * their magnitudes, as hollow marks), with the error bounds of Lanczos' method; to the right their histogram. Colours follow
 * `currentColor`.
 * @throws OptionError; DataError without eigenvalues
 */
export function spectrumPicture(spectrum: Spectrum, options?: PictureOptions): string {
  const { title, width, height, bins } = checked('spectrumPicture', PICTURE, options);
  const eigenvalues = eigenvaluesOf(spectrum);
  const { errors, complete } = spectrum;
  requireArray(errors, 'spectrum', "errors beside eigenvalues, as spectrum() of a network's curvature gives them");
  if (errors.length !== eigenvalues.length)
    throw new DataError('spectrum', `has ${counted(errors.length, 'error')} of ${counted(eigenvalues.length, 'eigenvalue')}`);
  const { edges, counts } = histogram(spectrum, { bins });
  const most = eigenvalues.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  // For a drawing the engine's logarithm will do.
  const order = (v: number) => Math.log10(Math.max(Math.abs(v) / most, LEAST_SHOWN));
  const lowest = Math.floor(eigenvalues.reduce((a, b) => Math.min(a, order(b)), -1));
  const share = (width - 130) / 2;
  const n = eigenvalues.length;
  const largest = counts.reduce((a, b) => Math.max(a, b));
  const orders: Panel = {
    left: 50,
    width: share,
    x: { low: 0, high: n, name: complete ? 'order' : `order, of the largest ${n}`, ticks: whole(0, n), label: String },
    y: { low: lowest, high: 0, name: 'log₁₀ |λ|/λ₁', ticks: whole(lowest, 0), label: String },
    marks: (x, y) =>
      Array.from(eigenvalues, (v, i) => {
        const bar =
          errors[i]! > 0
            ? `<path d="M${x(i + 0.5)} ${y(order(Math.abs(v) + errors[i]!))}V${y(order(Math.max(Math.abs(v) - errors[i]!, 0)))}" stroke="currentColor" opacity="0.5"/>`
            : '';
        return `${bar}<circle cx="${x(i + 0.5)}" cy="${y(order(v))}" r="1.8" ${v < 0 ? 'fill="none" stroke="#c33"' : 'fill="#36c"'}/>`;
      }).join('\n'),
  };
  const bars: Panel = {
    left: 100 + share,
    width: share,
    x: {
      low: edges[0]!,
      high: edges.at(-1)!,
      name: 'λ',
      ticks: [edges[0]!, (edges[0]! + edges.at(-1)!) / 2, edges.at(-1)!],
      label: axisLabel,
    },
    y: {
      low: 0,
      high: Math.log10(1 + largest),
      name: 'eigenvalues (logarithmic)',
      ticks: decades(largest).map((v) => Math.log10(1 + v)),
      label: (v) => String(Math.round(10 ** v - 1)),
    },
    marks: (x, y) =>
      Array.from(counts, (count, i) => {
        if (count === 0) return '';
        const [left, right, top] = [x(edges[i]!), x(edges[i + 1]!), y(Math.log10(1 + count))];
        return `<rect x="${left}" y="${top}" width="${fixed(Math.max(right - left - 1, 1))}" height="${fixed(height - BOTTOM - top)}" fill="#36c"/>`;
      }).join('\n'),
  };
  const text = `${n} eigenvalues from ${axisLabel(edges[0]!)} to ${axisLabel(edges.at(-1)!)}, ${negatives(spectrum)} negative`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="11" fill="currentColor">
<title>${escaped(title)}</title>
<desc>${escaped(text)}</desc>
<text x="${width / 2}" y="16" text-anchor="middle" font-size="13">${escaped(title)}</text>
${panel(orders, height)}
${panel(bars, height)}
</svg>
`;
}

/** 0, 1, 10, 100, … up to a number. */
function decades(most: number): number[] {
  const result = [0];
  for (let v = 1; v <= most; v *= 10) result.push(v);
  return result;
}
