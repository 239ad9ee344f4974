// The kinds of pictures: lines, points, bars.

import { line } from 'd3-shape';
import { type Axis, type Frame, plot } from './axes.js';
import { figure } from './figures.js';
import { type Markup, element, picture, together } from './svg.js';
import { DASHES, SERIES, seriesColour } from './theme.js';

type Point = readonly [x: number, y: number];

/** A line of a chart. */
export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

/** The radius of a dot that stands for most. */
const LARGEST_DOT = 11;

/** More points than this are thinned out: nobody sees them. */
const MOST_POINTS = 600;

/** Evenly picked points, the last one among them. */
export function thinned<T>(points: readonly T[], most = MOST_POINTS): readonly T[] {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, k) => points[Math.round(k * step)]!);
}

/** How series i is drawn: colours alone would not tell all apart. */
export const strokeOf = (i: number) => ({ stroke: seriesColour(i), 'stroke-dasharray': i < SERIES ? DASHES[i] : undefined });

/**
 * Lines, the first eight in colours of their own; those beyond are drawn thin, and named together.
 * @param diagonal whether a dashed line says where x is y
 */
export function lineChart(frame: Omit<Frame, 'legend'>, lines: readonly Line[], diagonal = false): Markup {
  const own = lines.length > SERIES ? lines.slice(0, SERIES - 1) : lines;
  const others = lines.slice(own.length);
  const sample = (i: number) => element('path', { class: 'line', d: 'M0 8H24', ...strokeOf(i) });
  const named = own.map(({ name }, i) => ({ name, sample: sample(i) }));
  const rest = others.length > 0 ? [{ name: `${others.length} others`, sample: sample(SERIES) }] : [];
  const legend = lines.length > 1 ? [...named, ...rest] : [];
  return plot({ ...frame, legend }, (x, y) => {
    const path = line<Point>(
      ([at]) => x(at),
      ([, value]) => y(value),
    )
      .defined(([at, value]) => Number.isFinite(x(at)) && Number.isFinite(y(value)))
      .digits(1);
    const drawn = (points: readonly Point[], i: number) =>
      element('path', {
        class: i < SERIES ? 'line' : 'line thin',
        d: path(thinned(points)) ?? '',
        ...strokeOf(i),
      });
    return together(
      diagonal ? diagonalOf(frame.x, x, y) : undefined,
      others.map(({ points }) => drawn(points, SERIES)),
      own.map(({ points }, i) => drawn(points, i)),
    );
  });
}

/** Where x is y, from end to end. */
function diagonalOf({ from, to }: Axis, x: (x: number) => number, y: (y: number) => number): Markup {
  return element('path', {
    class: 'guide',
    d: `M${x(from).toFixed(1)} ${y(from).toFixed(1)}L${x(to).toFixed(1)} ${y(to).toFixed(1)}`,
  });
}

/** Points, and a dashed line where x is y. */
export function scatterChart(frame: Omit<Frame, 'legend'>, points: readonly Point[]): Markup {
  return plot(frame, (x, y) =>
    together(
      diagonalOf(frame.x, x, y),
      points.map(([a, b]) => element('circle', { class: 'dot', cx: x(a), cy: y(b), r: 2.5 })),
    ),
  );
}

/** Dots whose areas are shares of the largest, and a dashed line where x is y. */
export function bubbleChart(
  frame: Omit<Frame, 'legend'>,
  points: readonly { readonly x: number; readonly y: number; readonly share: number }[],
): Markup {
  return plot(frame, (x, y) =>
    together(
      diagonalOf(frame.x, x, y),
      points.map((point) =>
        element('circle', { class: 'dot', cx: x(point.x), cy: y(point.y), r: Math.max(3, LARGEST_DOT * Math.sqrt(point.share)) }),
      ),
    ),
  );
}

/** How often values fall into equally wide bins. */
export interface Bins {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** Values in equally wide bins between the least and the greatest. */
export function binned(values: readonly number[], most = 24): Bins {
  const finite = values.filter(Number.isFinite);
  const from = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const to = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const different = new Set(finite).size;
  const bins = Math.max(1, Math.min(most, different, Math.ceil(2 * Math.cbrt(finite.length))));
  const counts = new Array<number>(bins).fill(0);
  // By shares, since a range may overflow.
  for (const value of finite) counts[to > from ? Math.min(bins - 1, Math.floor(bins * shareOf(value, from, to))) : 0]!++;
  return { from, to, counts };
}

/** Where bin k begins, and the one before it ends. */
export const edgeOf = ({ from, to, counts }: Bins, k: number) => from * (1 - k / counts.length) + to * (k / counts.length);

const shareOf = (x: number, from: number, to: number) => (x / 2 - from / 2) / (to / 2 - from / 2);

/** Bars of a histogram, which begin at 0. @param axis what is binned */
export function histogramChart(frame: Omit<Frame, 'legend' | 'x' | 'y'>, bins: Bins, axis: Pick<Axis, 'title'>): Markup {
  const { from, to, counts } = bins;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const x: Axis = { ...axis, from, to };
  const y: Axis = { title: 'rows', from: 0, to: most, whole: true };
  return plot({ ...frame, x, y }, (across, up) => {
    const edge = (k: number) => across(edgeOf(bins, k));
    return together(
      counts.map((count, k) => {
        const [left, right] = to > from ? [edge(k), edge(k + 1)] : [across(from) - 12, across(from) + 12];
        return element('rect', {
          class: 'bar',
          x: left,
          width: Math.max(right - left - 1, 1),
          y: up(count),
          height: up(0) - up(count),
        });
      }),
    );
  });
}

/** Bars as small as a line of text, without axes. @param label what they show, in words */
export function smallBars(counts: readonly number[], label: string, width = 120, height = 26): Markup {
  const most = Math.max(1, ...counts);
  const each = width / counts.length;
  return picture(
    width,
    height,
    label,
    element('path', { class: 'axis', d: `M0 ${height - 0.5}H${width}` }),
    counts.map((count, k) => {
      const tall = (count / most) * (height - 2);
      return element('rect', { class: 'bar', x: k * each, width: Math.max(each - 1, 0.5), y: height - 1 - tall, height: tall });
    }),
  );
}

/** One bar from 0, whose whole width is 1. */
export function shareBar(share: number, label: string, width = 160, height = 12): Markup {
  const long = Math.min(Math.max(share, 0), 1) * width;
  return picture(width, height, label, element('rect', { class: 'bar', x: 0, y: 1, width: long, height: height - 2 }));
}

/** A range of numbers, in words. */
export const rangeText = (from: number, to: number): string => (from === to ? figure(from) : `${figure(from)} to ${figure(to)}`);
