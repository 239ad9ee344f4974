// Pictures as files of their own, for documents: a chart described by data, with its title, style and background.

import { area, line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle, symbolWye } from 'd3-shape';
import { type Axis, plot } from './axes.js';
import { strokeOf } from './charts.js';
import { figure } from './figures.js';
import { type Markup, element, together } from './svg.js';
import { fitted, widthOf } from './text.js';
import { PICTURE_STYLE, TYPE, seriesColour } from './theme.js';

type Point = readonly [x: number, y: number];
type Log = 'x' | 'y' | 'both';

/** Lines, each named at its right end, with the range about it where there is one. */
export interface LinesChart {
  readonly kind?: 'lines';
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly log?: Log | undefined;
  /** Whether y begins at 0. */
  readonly fromZero?: boolean;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly Point[];
    readonly low?: readonly Point[];
    readonly high?: readonly Point[];
  }[];
}

/** A number and an interval about it. */
export interface DotRow {
  readonly label: string;
  readonly series?: string;
  readonly estimate: number | string;
  readonly low?: number | string;
  readonly high?: number | string;
}

/** Numbers with their intervals as dots: rows of a label stand below it, or, `compact`, on one line. */
export interface DotsChart {
  readonly kind: 'dots';
  readonly title: string;
  readonly x: string;
  readonly log?: 'x' | undefined;
  /** Where a line stands that numbers are compared with. */
  readonly guide?: number;
  readonly compact?: boolean;
  readonly rows: readonly DotRow[];
}

export type Chart = LinesChart | DotsChart;

/** Units of the view box, and pixels of the page that they take. */
const WIDTH = 640;
const SHOWN = 830;
const TITLE = 30;
const { label: SIZE, gap: GAP } = TYPE;
const ROW = SIZE + 7;
/** The widest that names beside a plot may be. */
const NAMES = 210;

const STYLE = `${PICTURE_STYLE}
.paper{fill:var(--paper)}
.title{font-weight:600;font-size:${SIZE + 2}px}
.area{stroke:none;fill-opacity:.13}
.head{font-weight:600}
.interval{fill:none;stroke-width:2.5;stroke-linecap:round}
.leader{fill:none;stroke-width:1;stroke-opacity:.6}
`.replace(/\n/g, '');

/** A chart as an SVG document, in light or dark as its reader has it. */
export function chartDocument(chart: Chart): string {
  const { text, height } = chart.kind === 'dots' ? dots(chart) : lines(chart);
  const whole = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'picture',
      role: 'img',
      'aria-label': chart.title,
      viewBox: `0 0 ${WIDTH} ${height + TITLE}`,
      width: SHOWN,
      height: Math.round(((height + TITLE) * SHOWN) / WIDTH),
    },
    element('style', {}, STYLE),
    element('rect', { class: 'paper', x: 0, y: 0, width: WIDTH, height: height + TITLE }),
    element('text', { class: 'title', x: 8, y: SIZE + 8 }, fitted(chart.title, SIZE + 3, WIDTH - 16)),
    element('g', { transform: `translate(4 ${TITLE})` }, text),
  );
  return `${whole}\n`;
}

const extent = (values: readonly number[]): [number, number] => [
  values.reduce((a, b) => Math.min(a, b), Infinity),
  values.reduce((a, b) => Math.max(a, b), -Infinity),
];

function lines({ title, x, y, log, lines: given, fromZero }: LinesChart): { text: Markup; height: number } {
  const logarithmic = (which: 'x' | 'y') => log === which || log === 'both';
  const drawable = ([a, b]: Point) =>
    Number.isFinite(a) && Number.isFinite(b) && (!logarithmic('x') || a > 0) && (!logarithmic('y') || b > 0);
  const shown = given.map((each) => ({
    ...each,
    points: each.points.filter(drawable),
    low: each.low?.filter(drawable),
    high: each.high?.filter(drawable),
  }));
  const all = shown.flatMap(({ points, low, high }) => [...points, ...(low ?? []), ...(high ?? [])]);
  const axis = (name: string, which: 'x' | 'y'): Axis => {
    const values = all.map(([a, b]) => (which === 'x' ? a : b));
    const [from, to] = extent(values);
    const begin = fromZero && which === 'y' ? 0 : from;
    return {
      title: name,
      from: begin,
      to,
      logarithmic: logarithmic(which),
      exact: which === 'x',
      whole: values.every(Number.isInteger),
    };
  };
  const names = shown.map(({ name }) => fitted(name, SIZE, NAMES));
  const room = shown.length > 1 ? Math.max(...names.map((name) => widthOf(name, SIZE))) + 4 * GAP : undefined;
  const height = Math.max(330, 60 + names.length * (SIZE + 6));
  const right = WIDTH - 8 - (room ?? 3 * GAP);
  const text = plot(
    { x: axis(x, 'x'), y: axis(y, 'y'), width: WIDTH - 8, height, label: title, ...(room && { room }) },
    (across, up) => {
      const path = line<Point>(
        ([a]) => across(a),
        ([, b]) => up(b),
      ).digits(1);
      const ends = shown.map(({ points }) => points.at(-1)).map((end) => (end ? up(end[1]) : 0));
      const places = apart(ends, SIZE + 3, 2 * SIZE, height - 2 * SIZE);
      return together(
        shown.map(({ low, high }, i) => (low && high ? areaBetween(low, high, across, up, i) : undefined)),
        shown.map(({ points }, i) =>
          together(
            element('path', {
              class: 'line',
              d: path(points) ?? '',
              ...strokeOf(i),
            }),
            points.length <= 25
              ? points.map(([a, b]) => element('circle', { cx: across(a), cy: up(b), r: 2.5, fill: seriesColour(i) }))
              : undefined,
          ),
        ),
        shown.length > 1
          ? shown.map(({ points }, i) => {
              const end = points.at(-1);
              if (!end) return undefined;
              const at = places[i]!;
              return together(
                element('path', {
                  class: 'leader',
                  stroke: seriesColour(i),
                  d: `M${across(end[0]).toFixed(1)} ${ends[i]!.toFixed(1)}L${right + 4} ${at.toFixed(1)}h${GAP}`,
                }),
                element('text', { x: right + 3 * GAP, y: at + SIZE / 3, style: `fill:${seriesColour(i)}` }, names[i]),
              );
            })
          : undefined,
      );
    },
  );
  return { text, height };
}

function areaBetween(
  low: readonly Point[],
  high: readonly Point[],
  across: (x: number) => number,
  up: (y: number) => number,
  i: number,
): Markup {
  const upper = new Map(high.map(([a, b]) => [a, b]));
  const both = low.filter(([a]) => upper.has(a));
  const between = area<Point>(
    ([a]) => across(a),
    ([, b]) => up(b),
    ([a]) => up(upper.get(a)!),
  ).digits(1);
  return element('path', { class: 'area', d: between(both) ?? '', fill: seriesColour(i) });
}

/** Places near those wanted, in their order, no two closer than this, between two ends. */
function apart(wanted: readonly number[], distance: number, from: number, to: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = [...wanted];
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    places[i] = Math.max(wanted[i]!, last + distance, from);
    last = places[i]!;
  }
  // Back up where they ran over the end.
  let next = to + distance;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i]!, next - distance);
    next = places[i]!;
  }
  return places;
}

const SYMBOLS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolWye];

/** A row of a plot of dots: a heading, or what is drawn. */
interface Row {
  readonly heading?: string;
  readonly name?: string;
  readonly dots: readonly (DotRow & { readonly colour: number })[];
}

function rowsOf({ rows, compact }: DotsChart): { rows: Row[]; series: string[] } {
  const series = [...new Set(rows.flatMap((row) => row.series ?? []))];
  const coloured = rows.map((row) => ({ ...row, colour: row.series === undefined ? 0 : series.indexOf(row.series) }));
  const labels = [...new Set(rows.map(({ label }) => label))];
  const of = (label: string) => coloured.filter((row) => row.label === label);
  if (compact || series.length === 0) return { rows: labels.map((label) => ({ name: label, dots: of(label) })), series };
  return {
    rows: labels.flatMap((label) => [
      { heading: label, dots: [] },
      ...[...new Set(of(label).map((row) => row.series!))].map((name) => ({
        name,
        dots: of(label).filter((row) => row.series === name),
      })),
    ]),
    series,
  };
}

function dots(chart: DotsChart): { text: Markup; height: number } {
  const { title, x, log, guide, compact } = chart;
  const { rows, series } = rowsOf(chart);
  const usable = (value: number | string | undefined): value is number =>
    typeof value === 'number' && Number.isFinite(value) && (log !== 'x' || value > 0);
  const numbers = chart.rows.flatMap((row) => [row.estimate, row.low, row.high]).filter(usable);
  const [least, most] = extent(guide === undefined ? numbers : [...numbers, guide]);
  // A little room, in the place of whole decades.
  const [from, to] = log === 'x' ? [least / 1.15, most * 1.15] : [least, most];
  const names = rows.map(({ name, heading }) => (heading ? '' : fitted(name ?? '', SIZE, 300)));
  const legend = compact
    ? series.map((name, i) => ({ name, sample: element('g', { transform: 'translate(12 8)' }, mark(i)) }))
    : [];
  // The frame takes a line above, which is the title's here, and two below.
  const height = rows.length * ROW + 4 * ROW;
  const n = rows.length;
  const text = plot(
    {
      x: { title: x, from, to, logarithmic: log === 'x', exact: log === 'x' },
      y: {
        title: '',
        from: 0,
        to: n,
        exact: true,
        ticks: names.flatMap((name, i) => (name ? [{ at: n - i - 0.5, text: name }] : [])),
      },
      width: WIDTH - 8,
      height,
      label: title,
      legend,
    },
    (across, up) => {
      const [left, right] = [across(from), across(to)];
      const place = (value: number | string | undefined, edge: number) => (usable(value) ? across(value) : edge);
      return together(
        guide === undefined
          ? undefined
          : element('path', { class: 'guide', d: `M${across(guide).toFixed(1)} ${up(0)}V${up(n)}` }),
        rows.map(({ heading, dots: own }, i) => {
          const middle = up(n - i - 0.5);
          if (heading)
            return element('text', { class: 'head', x: 4, y: middle + SIZE / 2 }, fitted(heading, SIZE + 1, WIDTH - 16));
          return own.map(({ estimate, low, high, colour }) => {
            // Those on one line do not hide each other.
            const at = middle + (compact ? 2 * (colour - (series.length - 1) / 2) : 0);
            return together(
              low === undefined
                ? undefined
                : element('path', {
                    class: 'interval',
                    stroke: seriesColour(colour),
                    d: `M${place(low, left).toFixed(1)} ${at.toFixed(1)}H${place(high, right).toFixed(1)}`,
                  }),
              usable(estimate)
                ? element('g', { transform: `translate(${across(estimate).toFixed(1)} ${at.toFixed(1)})` }, mark(colour))
                : element('text', { x: right, y: at + SIZE / 3, 'text-anchor': 'end' }, endless(estimate)),
            );
          });
        }),
      );
    },
  );
  const lines = legend.length > 0 ? 1 + Math.floor(legend.reduce((sum, { name }) => sum + widthOf(name, SIZE) + 48, 0) / 500) : 0;
  return { text: element('g', { transform: `translate(0 ${-ROW})` }, text), height: height + lines * (SIZE + 6) - ROW };
}

const endless = (value: number | string) => (value === 'Infinity' ? '∞ →' : figure(Number(value)));

function mark(i: number): Markup {
  const shape = symbol(SYMBOLS[i % SYMBOLS.length]!, 62).digits(1);
  return element('path', { d: shape() ?? '', fill: seriesColour(i) });
}
