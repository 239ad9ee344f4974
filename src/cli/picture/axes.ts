// A plot's frame: scales, ticks, grid and titles around what is drawn, each text where there is room for it.

import { scaleLinear, scaleLog } from 'd3-scale';
import { figure } from './figures.js';
import { type Markup, element, picture, together } from './svg.js';
import { fitted, widthOf } from './text.js';
import { TYPE } from './theme.js';

/** What an axis measures. */
export interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly logarithmic?: boolean;
  /** Whether the ends are the numbers as given, not round ones. */
  readonly exact?: boolean;
  readonly format?: (x: number) => string;
  /** Whether there is nothing between integers. */
  readonly whole?: boolean;
  /** Texts at places of their own, in the place of round numbers; without lines. */
  readonly ticks?: readonly Tick[];
}

interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  readonly width?: number;
  readonly height?: number;
  /** Room at the right, for what is drawn there. */
  readonly room?: number;
  /** What the picture shows, in words. */
  readonly label: string;
  /** Names of series, with a sample of each, 24 by 12. */
  readonly legend?: readonly { readonly name: string; readonly sample: Markup }[];
}

type Scale = (x: number) => number;

const { label: SIZE, gap: GAP } = TYPE;
const LINE = SIZE + 6;
const SAMPLE = 24;

/** Ends that are apart, where data are all the same. */
function apart({ from, to, logarithmic }: Axis): [number, number] {
  if (from < to) return [from, to];
  if (logarithmic) return [from / 2, from * 2];
  const room = from === 0 ? 1 : Math.abs(from) / 2;
  return [from - room, from + room];
}

interface Measured {
  readonly scale: (range: [number, number]) => Scale;
  readonly ticks: readonly Tick[];
}

/** An axis with round ends and ticks, as many as there is room for. */
function measured(axis: Axis, most: number): Measured {
  const { logarithmic, exact, whole, format = (x: number) => figure(x) } = axis;
  const base = logarithmic ? scaleLog(apart(axis), [0, 1]) : scaleLinear(apart(axis), [0, 1]);
  if (!exact) base.nice();
  const [low, high] = base.domain() as [number, number];
  if (axis.ticks) return { scale: (range) => base.copy().range(range), ticks: axis.ticks };
  const all = logarithmic ? decades(low, high, most) : base.ticks(most);
  const ticks = whole ? all.filter(Number.isInteger) : all;
  return {
    scale: (range) => base.copy().range(range),
    // By the precision of the step: 0.1 + 0.2 is no tick.
    ticks: ticks.map((at) => ({ at, text: format(Number(at.toPrecision(10))) })),
  };
}

/** Powers of ten, not too many; where there are one or two, also some between. */
function decades(low: number, high: number, most: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first) / most));
  const factors = last - first <= 1 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let e = first - (factors.length > 1 ? 1 : 0); e <= last; e += step) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${e}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}

/** Rows of a legend that are no wider than this. */
function legendRows(names: readonly string[], width: number): { name: string; x: number; row: number }[] {
  let [x, row] = [0, 0];
  return names.map((whole) => {
    const name = fitted(whole, SIZE, width - SAMPLE - GAP);
    const taken = SAMPLE + GAP + widthOf(name, SIZE) + 2 * GAP;
    if (x > 0 && x + taken > width) [x, row] = [0, row + 1];
    const place = { name, x, row };
    x += taken;
    return place;
  });
}

/** A plot. @param draw what is in it, in its coordinates */
export function plot(
  { x, y, width = 460, height = 320, room = 3 * GAP, label, legend = [] }: Frame,
  draw: (x: Scale, y: Scale) => Markup,
): Markup {
  const vertical = measured(y, 6);
  const left = Math.ceil(Math.max(...vertical.ticks.map(({ text }) => widthOf(text, SIZE)), 2 * SIZE)) + 2 * GAP;
  const right = room;
  const inner = width - left - right;
  // As many ticks as texts of this length fit, with as much room between them.
  const widest = (ticks: Measured['ticks']) => Math.max(...ticks.map(({ text }) => widthOf(text, SIZE)), SIZE);
  let horizontal = measured(x, 8);
  for (let most = 7; most > 1 && (widest(horizontal.ticks) + 2 * GAP) * horizontal.ticks.length > inner; most--) {
    horizontal = measured(x, most);
  }
  const places = legendRows(
    legend.map(({ name }) => name),
    width - left - GAP,
  );
  const rows = places.length > 0 ? places.at(-1)!.row + 1 : 0;
  const top = LINE * (1 + rows) + GAP;
  const bottom = height + LINE * rows - 2 * LINE - GAP;
  const across = horizontal.scale([left, width - right]);
  const up = vertical.scale([bottom, top]);
  const heading = element('text', { x: 2, y: SIZE }, fitted(y.title, SIZE, width - 4));
  const under = fitted(x.title, SIZE, inner);
  return picture(
    width,
    height + LINE * rows,
    label,
    heading,
    places.map(({ name, x: at, row }, i) =>
      element(
        'g',
        { transform: `translate(${(left + at).toFixed(1)} ${LINE * (row + 1)})` },
        legend[i]!.sample,
        element('text', { x: SAMPLE + GAP, y: SIZE }, name),
      ),
    ),
    vertical.ticks.map(({ at, text }) =>
      together(
        y.ticks ? undefined : element('path', { class: 'grid', d: `M${left} ${up(at).toFixed(1)}H${width - right}` }),
        element('text', { class: 'tick', x: left - GAP, y: up(at) + SIZE / 3, 'text-anchor': 'end' }, text),
      ),
    ),
    horizontal.ticks.map(({ at, text }) => {
      // Not beyond the edges.
      const half = widthOf(text, SIZE) / 2;
      const middle = Math.min(Math.max(across(at), half), width - half);
      return together(
        element('path', { class: 'axis', d: `M${across(at).toFixed(1)} ${bottom}v4` }),
        element('text', { class: 'tick', x: middle, y: bottom + SIZE + GAP, 'text-anchor': 'middle' }, text),
      );
    }),
    element('path', { class: 'axis', d: `M${left} ${bottom}H${width - right}` }),
    element('text', { x: left + inner / 2, y: bottom + 2 * LINE, 'text-anchor': 'middle' }, under),
    draw(across, up),
  );
}
