// The ladder as a picture: step times on a logarithmic scale.

import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** @param results [{ rung, times: { contender: { median } } }] @returns an SVG document */
export function chart(results) {
  const names = [...new Set(results.flatMap(({ times }) => Object.keys(times)))];
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: 1000, height: 520 });
  picture.setOption({
    animation: false,
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
  });
  const svg = picture.renderToSVGString();
  picture.dispose();
  return svg;
}
