// Curves as SVG.

import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH = 720;
const HEIGHT = 420;
/** More points than this are thinned out: nobody sees them. */
const POINTS = 200;

const rounded = (x) => Number(x.toPrecision(4));

function thinned(points) {
  if (points.length <= POINTS) return points;
  const step = (points.length - 1) / (POINTS - 1);
  return Array.from({ length: POINTS }, (_, k) => points[Math.round(k * step)]);
}

/** An SVG of series = { title, x, y, lines: [{ name, points, low, high }], log }. */
export function chart({ title, x, y, lines, log }) {
  const logarithmic = (axis) => log === axis || log === 'both';
  const shown = ([a, b]) => (logarithmic('x') ? a > 0 : true) && (logarithmic('y') ? b > 0 : true) && Number.isFinite(b);
  const axis = (name, which, gap) => ({
    type: logarithmic(which) ? 'log' : 'value',
    name,
    nameLocation: 'middle',
    nameGap: gap,
    scale: true,
  });
  const bounds = (points) => points && { points };
  const series = lines.flatMap(({ name, points, low, high }, i) => {
    const line = (data, style) => ({
      type: 'line',
      name,
      showSymbol: data.length <= 25,
      symbolSize: 5,
      data: thinned(data.filter(shown)).map((point) => point.map(rounded)),
      color: COLOURS[i % COLOURS.length],
      lineStyle: { width: 2, ...style },
      animation: false,
    });
    const edges = [bounds(low), bounds(high)].filter(Boolean);
    return [
      line(points, {}),
      ...edges.map((edge) => ({ ...line(edge.points, { width: 1, type: 'dashed', opacity: 0.5 }), showSymbol: false })),
    ];
  });
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  drawing.setOption({
    backgroundColor: '#fff',
    title: { text: title, left: 'center', top: 8, textStyle: { fontSize: 15 } },
    legend: { bottom: 4, data: lines.map(({ name }) => name) },
    grid: { left: 70, right: 30, top: 48, bottom: lines.length > 4 ? 96 : 78 },
    xAxis: axis(x, 'x', 28),
    yAxis: axis(y, 'y', 50),
    series,
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return renamed(svg);
}

/**
 * The library counts its class names and ids on from drawing to drawing; here they begin anew, so that a page depends on no
 * other.
 */
function renamed(svg) {
  const names = new Map();
  return svg.replace(/\bzr\d+-[a-z]+-?\d+\b/g, (name) => {
    if (!names.has(name)) names.set(name, `n${names.size}`);
    return names.get(name);
  });
}

const COLOURS = ['#3366cc', '#dc3912', '#109618', '#ff9900', '#990099', '#0099c6', '#7a7a7a', '#b82e2e'];
