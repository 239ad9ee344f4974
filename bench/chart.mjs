// Results as pictures: the ladder as bars, curves with their quartiles.

import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

function drawn(option, width, height) {
  const picture = init(null, null, { renderer: 'svg', ssr: true, width, height });
  picture.setOption({ animation: false, ...option });
  const svg = picture.renderToSVGString();
  picture.dispose();
  return svg;
}

/** @param results [{ rung, times: { contender: { median } } }] @returns an SVG document */
export function chart(results) {
  const names = [...new Set(results.flatMap(({ times }) => Object.keys(times)))];
  return drawn(
    {
      title: { text: 'One training step, microseconds (logarithmic)', left: 'center' },
      legend: { bottom: 0 },
      grid: { left: 70, right: 20, top: 50, bottom: 90 },
      xAxis: { type: 'category', data: results.map(({ rung }) => rung), axisLabel: { interval: 0, rotate: 20 } },
      yAxis: { type: 'log', name: 'µs' },
      series: names.map((name) => ({
        name,
        type: 'bar',
        data: results.map(({ times }) => (times[name] ? Number((times[name].median * 1e6).toPrecision(4)) : null)),
      })),
    },
    1000,
    520,
  );
}

const COLOURS = ['#3366bb', '#cc6633', '#339966', '#9944aa', '#887722', '#555555', '#cc3366', '#33aaaa'];

/**
 * Curves: medians as a line, quartiles as thin ones.
 * @param curves [{ name, points: [{ x, median, low, high }] }]
 * @param axes { title, x, y, scale }: names of the axes, and what y is multiplied by; `logarithmic` where y is, `linear` where x
 * is not
 */
export function lines(curves, { title, x, y, scale = 1, logarithmic = false, linear = false }) {
  const series = curves.flatMap(({ name, points }, i) => {
    const line = (of, width, symbol) => ({
      name,
      type: 'line',
      showSymbol: symbol,
      symbolSize: 6,
      lineStyle: { width, color: COLOURS[i % COLOURS.length] },
      itemStyle: { color: COLOURS[i % COLOURS.length] },
      data: points.map((point) => [point.x, Number((point[of] * scale).toPrecision(4))]),
    });
    return [line('median', 2, true), line('low', 0.5, false), line('high', 0.5, false)];
  });
  return drawn(
    {
      title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
      ...(curves.length > 1 && { legend: { bottom: 0 } }),
      grid: { left: 60, right: 30, top: 60, bottom: curves.length > 1 ? 75 : 50 },
      xAxis: {
        type: linear ? 'value' : 'log',
        name: x,
        nameLocation: 'middle',
        nameGap: 28,
        ...(linear && { min: 1, minInterval: 1 }),
      },
      yAxis: { type: logarithmic ? 'log' : 'value', name: y, ...(!logarithmic && { min: 0 }) },
      series,
    },
    520,
    340,
  );
}

/**
 * Bars side by side, on a logarithmic scale.
 * @param rows [{ label, group, value }]; a value may be missing
 */
export function bars(rows, { title, y }) {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const groups = [...new Set(rows.map(({ group }) => group))];
  return drawn(
    {
      title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
      legend: { bottom: 0 },
      grid: { left: 60, right: 20, top: 60, bottom: 110 },
      xAxis: { type: 'category', data: labels, axisLabel: { interval: 0, rotate: 30 } },
      yAxis: { type: 'log', name: y },
      series: groups.map((group, i) => ({
        name: group,
        type: 'bar',
        itemStyle: { color: COLOURS[i % COLOURS.length] },
        data: labels.map((label) => rows.find((row) => row.label === label && row.group === group)?.value ?? null),
      })),
    },
    620,
    380,
  );
}
