// What to try after a divergence.

import type { Core } from '../../bindings/core.js';
import type { Patterns } from '../data/dataset.js';

/** Inputs of unit variance rarely are larger than this. */
const LARGE = 10;

/** To so many digits. */
const round = (x: number) => Number(x.toPrecision(2));

/** Names what is likely to help: what is out of scale in the data, a lower rate, a bound of the gradient. */
export function adviceFor(
  core: Core,
  { x, t }: Patterns,
  numbers: boolean,
  epoch: number,
  rate: number,
  clipped: boolean,
): string {
  const inputs = core.largestMagnitude(x.length, x.address);
  const targets = core.largestMagnitude(t.length, t.address);
  const ways: string[] = [];
  if (inputs > LARGE) ways.push(`inputs of mean 0 and variance 1, by normalize.scale() (the largest is ${round(inputs)})`);
  if (numbers && targets > LARGE) ways.push(`targets of about that size (the largest is ${round(targets)})`);
  if (rate > 0) ways.push(`a rate of ${round(rate / 3)} or less (it was ${round(rate)})`);
  if (!clipped) ways.push('clip: { norm: 1 }');
  return `the loss ceased to be finite in epoch ${epoch}; try ${ways.join(', or ')}`;
}
