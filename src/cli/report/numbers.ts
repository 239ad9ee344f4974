// How well numbers were met: predicted against true, and what is left.

import { binned, histogramChart, scatterChart, thinned } from '../picture/charts.js';
import { figure } from '../picture/figures.js';
import { type Markup, element } from '../picture/svg.js';
import type { HeldOut } from './held-out.js';
import { captioned, section } from './page.js';

/** Points drawn: more would be a blot. */
const MOST_POINTS = 1500;

export function numbersSections({ list }: HeldOut, target: string): Markup[] {
  const points = list.map(({ truth, said }) => [truth, said[0]!] as const);
  const all = points.flat();
  const from = all.reduce((a, b) => Math.min(a, b));
  const to = all.reduce((a, b) => Math.max(a, b));
  const residuals = points.map(([truth, said]) => said - truth);
  const sorted = [...residuals].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const middle = `half of them between ${figure(at(0.25))} and ${figure(at(0.75))}`;
  const bins = binned(residuals);
  const scatter = scatterChart(
    {
      x: { title: `true ${target}`, from, to },
      y: { title: `predicted ${target}`, from, to },
      width: 420,
      height: 360,
      label: `Predicted against true: ${figure(points.length)} points between ${figure(from)} and ${figure(to)}`,
    },
    thinned(points, MOST_POINTS),
  );
  const left = histogramChart(
    { width: 420, height: 320, label: `Histogram of predicted minus true, from ${figure(at(0))} to ${figure(at(1))}, ${middle}` },
    bins,
    { title: 'predicted minus true' },
  );
  return [
    section(
      'Predictions',
      element(
        'div',
        { class: 'figures' },
        captioned('Predicted against true', 'Each point is a row. On the dashed line, predictions are right.', scatter),
        captioned('Residuals', `Predicted minus true: ${middle}.`, left),
      ),
    ),
  ];
}
