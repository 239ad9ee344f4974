// inspect --spectrum: how a model's loss curves on the rows of a file.

import { histogram, negatives, spectrumPicture } from '../curvature/histogram.js';
import type { Curvature } from '../curvature/curvature.js';
import { Classifier } from '../estimators/classifier.js';
import { init } from '../runtime/init.js';
import { requireApart, requireExtension, requireWritable, writeText } from './output.js';
import { located } from './located.js';
import { counted } from '../runtime/errors.js';
import type { ReadingOptions } from './reading.js';
import { grid, short } from './show.js';
import { labelsOf, numbersOf } from './target.js';
import { FileConformer, loadEstimator, rowsFor, targetOf, tellNotes } from './use.js';

export interface SpectrumCommandOptions extends ReadingOptions {
  readonly target?: string;
  readonly svg?: string;
  readonly quiet?: boolean;
}

/** Eigenvalues listed, bins of the histogram and the longest of its bars, in a terminal. */
const LISTED = 10;
const BINS = 12;
const BAR = 40;

/** The spectrum of a model's Hessian on a file's rows, for JSON and as text; drawn as well where that is asked for. */
export async function spectrumOf(modelFile: string, file: string, options: SpectrumCommandOptions) {
  requireApart({ '--svg': options.svg }, [modelFile, file]);
  if (options.svg) {
    requireExtension('--svg', options.svg, 'pictures are', ['.svg']);
    await requireWritable(options.svg);
  }
  const model = await loadEstimator(modelFile);
  const target = targetOf(model, modelFile, options.target);
  const conformer = new FileConformer(model, options);
  const { sheet, table } = await rowsFor(conformer, file);
  if (!options.quiet) tellNotes(conformer.notes);
  await init({ precision: 'float64' });
  const cells = conformer.target(sheet, target);
  const curvature = located(
    sheet,
    () =>
      model instanceof Classifier
        ? model.curvature(table, labelsOf(cells))
        : model.curvature(table, numbersOf(sheet, target, cells)),
    { target },
  );
  try {
    const found = measured(curvature);
    if (options.svg) {
      const title = `Hessian of ${modelFile} on ${sheet.file}, ${counted(sheet.rows, 'row')}`;
      await writeText(options.svg, spectrumPicture(found.spectrum, { title }));
    }
    const { spectrum, ...rest } = found;
    const result = { rows: sheet.rows, target, complete: spectrum.complete, eigenvalues: [...spectrum.eigenvalues], ...rest };
    const text = `${spectrumText(found, sheet.rows, sheet.file)}${options.svg ? `\npicture: ${options.svg}` : ''}`;
    return { result, text };
  } finally {
    curvature.dispose();
  }
}

function measured(curvature: Curvature) {
  const spectrum = curvature.spectrum();
  return {
    spectrum,
    parameters: curvature.parameters,
    loss: curvature.loss(),
    largest: curvature.largestEigenvalue(),
    optimalRate: curvature.optimalRate(),
    ...(spectrum.complete && { conditionNumber: curvature.conditionNumber() }),
    layers: curvature.byLayer(),
  };
}

function spectrumText(found: ReturnType<typeof measured>, rows: number, file: string): string {
  const { spectrum, parameters, loss, largest, optimalRate, conditionNumber, layers } = found;
  const { eigenvalues, complete } = spectrum;
  const negative = negatives(spectrum);
  const { edges, counts } = histogram(spectrum, { bins: BINS });
  const most = counts.reduce((a, b) => Math.max(a, b));
  const bars = Array.from(counts, (count, i) => [
    `${short(edges[i]!)} to ${short(edges[i + 1]!)}`,
    `${count}`,
    // Logarithms: a handful of large eigenvalues stands beside hundreds of small ones.
    '█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((BAR * Math.log(1 + count)) / Math.log(1 + most)))).padEnd(BAR),
  ]);
  return [
    `\nHessian of the loss on ${file}, ${counted(rows, 'row')}: ${parameters} parameters, loss ${short(loss)}`,
    complete
      ? `all eigenvalues: ${negative} of them negative`
      : `the largest ${eigenvalues.length} eigenvalues, by Lanczos' method (the whole spectrum is for up to 3000 parameters)`,
    `largest: ${Array.from(eigenvalues.subarray(0, LISTED), short).join(', ')}`,
    `best rate for batches, 1/λmax: ${short(optimalRate)} (λmax ${short(largest)}); they diverge from ${short(2 * optimalRate)} on`,
    ...(conditionNumber === undefined ? [] : [`condition number: ${short(conditionNumber)}`]),
    grid([['eigenvalues', 'count', ''], ...bars].map((row) => row.map(String))),
    grid([
      ['parameters', 'mean second derivative', 'largest'],
      ...layers.map(({ name, mean, largest: top }) => [name, short(mean), short(top)]),
    ]),
  ].join('\n');
}
