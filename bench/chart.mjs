// Results as pictures: the ladder and methods as dots, curves with their quartiles.

import { chartDocument } from '../build/pictures.js';

/** The curves of a run of bench:scaling: how they are shown and drawn. */
export const CURVES = {
  rows: { title: 'Time per row of an epoch, 20-32-1, batch 32', x: 'rows', y: 'ns', scale: 1e9 },
  rowsOfMore: { title: 'Time per row of an epoch, 8-64-64-1, batch 64', x: 'rows', y: 'ns', scale: 1e9 },
  parameters: { title: 'Time per operation of a step, batch 128', x: 'parameters', y: 'ps/FLOP', scale: 1e12 },
  batch: { title: 'Time per sample, 784-128-10', x: 'samples a batch', y: 'µs', scale: 1e6, logarithmic: true },
};

/** @param ladder [{ rung, times: { contender: { median, low, high } } }] */
const ladderChart = (ladder) =>
  chartDocument({
    kind: 'dots',
    title: 'One training step, medians with half of the rounds between',
    x: 'microseconds',
    log: 'x',
    compact: true,
    rows: ladder.flatMap(({ rung, times }) =>
      Object.entries(times).map(([series, { median, low, high }]) => ({
        label: rung,
        series,
        estimate: 1e6 * median,
        low: 1e6 * low,
        high: 1e6 * high,
      })),
    ),
  });

/**
 * Curves: medians as a line, quartiles about it.
 * @param curves [{ name, points: [{ x, median, low, high }] }]
 * @param axes of CURVES; y is multiplied by `scale` and logarithmic or from 0 on, `linear` says that x is not logarithmic
 */
function curvesChart(curves, { title, x, y, scale = 1, logarithmic = false, linear = false }) {
  const line = (points, of) => points.map((point) => [point.x, scale * point[of]]);
  return chartDocument({
    title,
    x,
    y,
    log: [linear ? '' : 'x', logarithmic ? 'y' : ''].join('').replace('xy', 'both') || undefined,
    fromZero: !logarithmic,
    lines: curves.map(({ name, points }) => ({
      name,
      points: line(points, 'median'),
      low: line(points, 'low'),
      high: line(points, 'high'),
    })),
  });
}

const threadsChart = (threads) =>
  curvesChart(
    [...new Set(threads.map(({ rung }) => rung))].map((rung) => ({
      name: rung,
      points: threads.filter((p) => p.rung === rung).map(({ threads: x, speedup }) => ({ x, ...speedup })),
    })),
    { title: 'Times faster than one thread', x: 'threads', y: '×', linear: true },
  );

const methodsChart = (methods) =>
  chartDocument({
    kind: 'dots',
    title: 'Until the training loss is reached, 5-20-1, 500 rows',
    x: 'milliseconds',
    log: 'x',
    compact: true,
    rows: methods
      .filter(({ milliseconds }) => milliseconds)
      .map(({ method, goal, milliseconds: { median, low, high } }) => ({
        label: method,
        series: `loss ${goal}`,
        estimate: median,
        low,
        high,
      })),
  });

/** The pictures of a run, of either kind: SVG documents, by what is added to the result's name. */
export function picturesOf(result) {
  const curves = Object.entries(CURVES).filter(([name]) => result[name]);
  return {
    ...(result.ladder?.length > 0 && { '.svg': ladderChart(result.ladder) }),
    ...Object.fromEntries(curves.map(([name, axes]) => [`.${name}.svg`, curvesChart([{ name, points: result[name] }], axes)])),
    ...(result.threads && { '.threads.svg': threadsChart(result.threads) }),
    ...(result.methods && { '.methods.svg': methodsChart(result.methods) }),
  };
}
