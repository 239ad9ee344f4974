// How well classes were told apart: class by class, the confusions, ROC curves, and whether probabilities are to be believed.

import type { ClassifierEvaluation } from '../../estimators/classifier.js';
import { type RocCurve, rocCurve } from '../../evaluation/ranking.js';
import { reliability } from '../../evaluation/reliability.js';
import { type Line, bubbleChart, lineChart } from '../picture/charts.js';
import { decimal, figure, percent } from '../picture/figures.js';
import { type Markup, element } from '../picture/svg.js';
import { cut } from '../picture/text.js';
import { SERIES } from '../picture/theme.js';
import type { HeldOut } from './held-out.js';
import { captioned, numberCell, rowOf, section, tableOf, textCell } from './page.js';

/** Classes that a matrix has room for; of more, the confusions are listed. */
const MOST_CLASSES = 25;
const MOST_CONFUSIONS = 30;
/** Characters of a class's name in a matrix or a legend. */
const LONGEST = 24;
/** How much of a cell's ground is coloured at most, in per cent: what stands in it must stay readable. */
const DEEPEST = 40;

interface ClassCurve {
  readonly index: number;
  readonly name: string;
  readonly curve: RocCurve;
}

/** The curve of each class against all others; of two classes those of the second, which the first mirrors. */
function curves(names: readonly string[], { list }: HeldOut): ClassCurve[] {
  const which = names.length === 2 ? [1] : names.map((_, i) => i);
  return which.map((c) => ({
    index: c,
    name: names[c]!,
    curve: rocCurve(
      list.map(({ said }) => said[c]!),
      list.map(({ truth }) => truth === c),
    ),
  }));
}

function perClass(evaluation: ClassifierEvaluation, areas: ReadonlyMap<number, number>): Markup {
  const { classes, precision, recall, f1, confusionMatrix } = evaluation;
  const several = areas.size > 1;
  const rows = classes.map(String).map((name, i) => {
    const count = confusionMatrix[i]!.reduce((a, b) => a + b, 0);
    const area = areas.get(i);
    return rowOf(
      name,
      numberCell(figure(count)),
      ...[precision, recall, f1].map((of) => numberCell(count > 0 ? percent(of[i]!) : '–')),
      several ? numberCell(area === undefined ? '–' : decimal(area, 3)) : undefined,
    );
  });
  const names = ['rows', 'precision', 'recall', 'F1', ...(several ? ['AUC'] : [])];
  const heads = [{ name: 'class', text: true }, ...names.map((name) => ({ name }))];
  const meaning = `Precision: how many of the rows predicted as a class belong to it. Recall: how many of its rows were found.${several ? ' AUC: area under the ROC curve.' : ''}`;
  return tableOf({ name: 'Class by class', meaning, heads, rows });
}

function matrix({ classes, confusionMatrix }: ClassifierEvaluation): Markup {
  const names = classes.map(String);
  const rows = confusionMatrix.map((row, truth) => {
    const all = row.reduce((a, b) => a + b, 0) || 1;
    const cells = row.map((count, said) => {
      const share = ((DEEPEST * count) / all).toFixed(1);
      const ground = count > 0 ? `background:color-mix(in srgb,var(--fill) ${share}%,var(--paper))` : undefined;
      return element('td', { class: said === truth ? 'right' : undefined, style: ground }, figure(count));
    });
    return rowOf(cut(names[truth]!, LONGEST), ...cells);
  });
  const heads = [{ name: 'true \\ said', text: true }, ...names.map((name) => ({ name: cut(name, LONGEST) }))];
  const meaning = 'Rows are true classes, columns are predictions. A darker cell contains more of its row.';
  return tableOf({ name: 'Confusion matrix', meaning, heads, rows, kind: 'matrix' });
}

/** The most frequent confusions, where a matrix would be too large. */
function confusions({ classes, confusionMatrix }: ClassifierEvaluation): Markup {
  const all = confusionMatrix.flatMap((row, truth) => row.map((count, said) => ({ truth, said, count })));
  const worst = all.filter(({ truth, said, count }) => truth !== said && count > 0).sort((a, b) => b.count - a.count);
  if (worst.length === 0) return element('p', {}, 'No class was confused with another.');
  const rows = worst
    .slice(0, MOST_CONFUSIONS)
    .map(({ truth, said, count }) => rowOf(String(classes[truth]), textCell(String(classes[said])), numberCell(figure(count))));
  const heads = [{ name: 'true class', text: true }, { name: 'said', text: true }, { name: 'rows' }];
  return tableOf({ name: 'Confusions', meaning: `The most frequent of ${figure(worst.length)} confusions.`, heads, rows });
}

function rocFigure(found: readonly ClassCurve[], binary: boolean): Markup {
  // Where not all have room, those that are told apart least well are of interest.
  const sorted = found.length > SERIES ? [...found].sort((a, b) => a.curve.area - b.curve.area) : found;
  const lines = sorted.map(({ name, curve }): Line => {
    const points = curve.falsePositives.map((x, i) => [x, curve.truePositives[i]!] as const);
    return { name: `${cut(name, LONGEST)} (${decimal(curve.area, 3)})`, points };
  });
  const areas = sorted.map(({ name, curve }) => `${cut(name, LONGEST)} ${decimal(curve.area, 3)}`);
  const of = binary ? `of ${sorted[0]!.name}, area ${decimal(sorted[0]!.curve.area, 3)}` : `, areas: ${areas.join(', ')}`;
  const label = `ROC curves ${of}`;
  const meaning = `The higher a curve, the better the class is told from others: area 1 is perfect, 0.5 (dashed) is guessing.${
    binary
      ? ` Area: ${decimal(sorted[0]!.curve.area, 3)}.`
      : found.length > SERIES
        ? ' Classes with the smallest areas have colours.'
        : ''
  }`;
  const axis = { from: 0, to: 1, exact: true };
  const x = { ...axis, title: 'false alarms: share of the others' };
  const y = { ...axis, title: 'found: share of the class' };
  return captioned(
    binary ? `ROC curve of ${sorted[0]!.name}` : 'ROC curves, each class against the others',
    meaning,
    lineChart({ x, y, label, width: 420, height: 340 }, lines, true),
  );
}

/** How often what was called likely came true. */
function calibrationFigure(names: readonly string[], { list }: HeldOut): Markup {
  const binary = names.length === 2;
  const sure = list.map(({ said }) => (binary ? said[1]! : Math.max(...said)));
  const right = list.map(({ said, truth }, r) => (binary ? truth === 1 : said.indexOf(sure[r]!) === truth));
  const { bins, expectedError } = reliability(sure, right);
  const most = Math.max(...bins.map(({ count }) => count));
  const points = bins.map(({ count, probability, frequency }) => ({ x: probability, y: frequency, share: count / most }));
  const told = bins.map(
    ({ count, probability, frequency }) => `${percent(frequency, 0)} of ${figure(count)} at ${percent(probability, 0)}`,
  );
  const what = binary ? `probability of ${names[1]}` : 'probability of the predicted class';
  const meaning = `Of the predictions with a probability of 70 %, 70 % should be right (dashed). Larger dots stand for more rows. The average difference is ${percent(expectedError)}.`;
  const axis = { from: 0, to: 1, exact: true };
  const x = { ...axis, title: what };
  const y = { ...axis, title: 'came true' };
  const label = `Calibration: ${told.join('; ')}`;
  return captioned('Calibration', meaning, bubbleChart({ x, y, label, width: 420, height: 340 }, points));
}

export function classesSections(evaluation: ClassifierEvaluation, held: HeldOut): Markup[] {
  const names = evaluation.classes.map((label) => cut(String(label), 80));
  const binary = names.length === 2;
  const found = curves(names, held).filter(({ curve }) => Number.isFinite(curve.area));
  const areas = new Map(binary ? [] : found.map(({ index, curve }) => [index, curve.area]));
  const figures = [found.length > 0 ? rocFigure(found, binary) : undefined, calibrationFigure(names, held)];
  return [
    section('Class by class', perClass(evaluation, areas)),
    section('Confusion matrix', names.length > MOST_CLASSES ? confusions(evaluation) : matrix(evaluation)),
    section('Probabilities', element('div', { class: 'figures' }, figures)),
  ];
}
