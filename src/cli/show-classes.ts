// How well classes are told apart, as text for a terminal, however many they are.

import type { ClassifierEvaluation } from '../estimators/classifier.js';
import { grid, percent, short } from './show.js';
import { clipped } from './terminal.js';

/** Classes, and confusions, that are listed: of more, those that most rows are of. */
const MOST_CLASSES = 30;
const MOST_CONFUSIONS = 10;

/** Classes without rows that are named. */
const FEW = 6;

const REST = '--json and --report have all of them';

/** @param width characters of a line */
export function classificationText(
  { accuracy, logLoss, classes, precision, recall, f1, confusionMatrix }: ClassifierEvaluation,
  width = process.stdout.columns || 80,
): string {
  const names = classes.map(String);
  const rows = confusionMatrix.map((row) => row.reduce((sum, n) => sum + n, 0));
  const shown = frequent(rows, MOST_CLASSES).sort((a, b) => a - b);
  const perClass = shown.map((i) => [names[i]!, ...[precision, recall, f1].map((of) => (rows[i]! > 0 ? percent(of[i]!) : '–'))]);
  const left = names.length - shown.length;
  return [
    `  accuracy ${percent(accuracy)}, log loss ${short(logLoss)}`,
    '',
    grid([['class', 'precision', 'recall', 'F1'], ...perClass], width),
    ...(left > 0 ? [`  and ${left} more classes, of fewer rows: ${REST}`] : []),
    ...absentText(names, rows),
    '',
    confusionText(names, confusionMatrix, width),
  ].join('\n');
}

/** Classes that nothing was measured of. */
function absentText(names: readonly string[], rows: readonly number[]): string[] {
  const absent = names.filter((_, i) => rows[i] === 0).map((name) => clipped(name));
  if (absent.length === 0) return [];
  const only = names.length - absent.length === 1 ? ': all rows are of one class, which says little' : '';
  const more = absent.length > FEW ? ` and ${absent.length - FEW} more` : '';
  return [`  –: there are no rows of ${absent.slice(0, FEW).join(', ')}${more} to measure by${only}`];
}

/** The confusion matrix where it fits, else what is taken for something else most often. */
function confusionText(names: readonly string[], matrix: ClassifierEvaluation['confusionMatrix'], width: number): string {
  if (names.length <= width) {
    const whole = grid([['true \\ said', ...names], ...matrix.map((row, i) => [names[i]!, ...row.map(short)])], width);
    if (whole.split('\n').every((line) => line.length <= width)) return whole;
  }
  const confused = matrix.flatMap((row, i) => row.flatMap((count, j) => (i !== j && count > 0 ? [{ i, j, count }] : [])));
  if (confused.length === 0) return '  no row was taken for one of another class';
  const most = frequent(
    confused.map(({ count }) => count),
    MOST_CONFUSIONS,
  ).map((at) => confused[at]!);
  const half = Math.max(Math.floor((width - 14) / 2), 6);
  const lines = most.map(({ i, j, count }) => [clipped(names[i]!, half), clipped(names[j]!, half), short(count)]);
  const left = confused.length - most.length;
  return [
    grid([['true', 'said', 'rows'], ...lines], width),
    ...(left > 0 ? [`  and ${left} more confusions: ${REST}`] : []),
  ].join('\n');
}

/** The places of the largest numbers, the largest first. */
function frequent(numbers: readonly number[], most: number): number[] {
  const places = numbers.map((_, i) => i);
  return places.sort((a, b) => numbers[b]! - numbers[a]! || a - b).slice(0, most);
}
