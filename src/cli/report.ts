// A report as one HTML file with its pictures inside: no scripts, nothing to load.

import { HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ClassifierEvaluation } from '../estimators/classifier.js';

use([HeatmapChart, LineChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, VisualMapComponent, SVGRenderer]);

/** What a report shows. */
interface ReportContents {
  readonly title: string;
  /** Blocks of text, as in the terminal, under headings. */
  readonly sections: readonly (readonly [heading: string, text: string])[];
  readonly loss?: readonly number[];
  readonly validationLoss?: readonly number[];
  readonly evaluation?: ClassifierEvaluation;
  /** True and predicted numbers. */
  readonly points?: readonly (readonly [truth: number, predicted: number])[];
}

/** Points beyond this many are thinned out: the picture would be a blot and the file large. */
const MOST_POINTS = 2000;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function svg(option: EChartsCoreOption, width = 640, height = 400): string {
  const picture = init(null, null, { renderer: 'svg', ssr: true, width, height });
  picture.setOption({ animation: false, ...option });
  const text = picture.renderToSVGString();
  picture.dispose();
  return text;
}

function lossPicture(loss: readonly number[], validationLoss: readonly number[] | undefined): string {
  const series = (name: string, values: readonly number[]) => ({
    name,
    type: 'line',
    showSymbol: false,
    data: values.map((v, i) => [i + 1, Number.isFinite(v) ? v : null]),
  });
  return svg({
    title: { text: 'Loss by epoch', left: 'center' },
    legend: { bottom: 0 },
    grid: { left: 70, right: 20, top: 45, bottom: 60 },
    xAxis: { type: 'value', name: 'epoch', nameLocation: 'middle', nameGap: 25, min: 1, minInterval: 1 },
    yAxis: { type: 'value', name: 'loss', scale: true },
    series: [series('training', loss), ...(validationLoss?.length ? [series('validation', validationLoss)] : [])],
  });
}

function confusionPicture({ classes, confusionMatrix }: ClassifierEvaluation): string {
  const names = classes.map(String);
  const cells = confusionMatrix.flatMap((row, truth) => row.map((count, said) => [said, truth, count]));
  const size = Math.min(900, 220 + 60 * names.length);
  return svg(
    {
      title: { text: 'Confusion matrix', left: 'center' },
      grid: { left: 120, right: 30, top: 50, bottom: 80 },
      xAxis: { type: 'category', data: names, name: 'predicted', nameLocation: 'middle', nameGap: 40, splitArea: { show: true } },
      yAxis: {
        type: 'category',
        data: names,
        name: 'true',
        inverse: true,
        nameLocation: 'middle',
        nameGap: 90,
        splitArea: { show: true },
      },
      visualMap: { show: false, min: 0, max: Math.max(1, ...confusionMatrix.flat()), inRange: { color: ['#ffffff', '#4c78a8'] } },
      series: [{ type: 'heatmap', data: cells, label: { show: true } }],
    },
    size,
    size,
  );
}

function pointsPicture(points: readonly (readonly [number, number])[]): string {
  const step = Math.ceil(points.length / MOST_POINTS);
  const shownPoints = points.filter((_, i) => i % step === 0);
  const values = shownPoints.flat();
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return svg(
    {
      title: { text: 'Predicted against true', left: 'center' },
      grid: { left: 70, right: 30, top: 45, bottom: 60 },
      xAxis: { type: 'value', name: 'true', nameLocation: 'middle', nameGap: 28, scale: true },
      yAxis: { type: 'value', name: 'predicted', scale: true },
      series: [
        { type: 'scatter', data: shownPoints, symbolSize: 5, itemStyle: { opacity: 0.6 } },
        {
          type: 'line',
          data: [
            [low, low],
            [high, high],
          ],
          showSymbol: false,
          lineStyle: { type: 'dashed', color: '#888888' },
        },
      ],
    },
    520,
    500,
  );
}

/** The whole document. */
export function reportHtml({ title, sections, loss, validationLoss, evaluation, points }: ReportContents): string {
  const pictures = [
    loss && loss.length > 1 ? lossPicture(loss, validationLoss) : '',
    evaluation ? confusionPicture(evaluation) : '',
    points?.length ? pointsPicture(points) : '',
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222222; }
pre { background: #f5f5f5; padding: 1rem; overflow-x: auto; }
svg { max-width: 100%; height: auto; }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${sections.map(([heading, text]) => `<h2>${escaped(heading)}</h2>\n<pre>${escaped(text)}</pre>`).join('\n')}
${pictures.filter(Boolean).join('\n')}
</body>
</html>
`;
}
