// The report of train and evaluate: what was predicted from what, how well beside guessing, and what it takes to repeat it.

import path from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import type { ClassifierEvaluation } from '../../estimators/classifier.js';
import type { RegressorEvaluation } from '../../estimators/regressor.js';
import { counted } from '../../runtime/errors.js';
import { lineChart } from '../picture/charts.js';
import { figure, percent } from '../picture/figures.js';
import { type Markup, element, together } from '../picture/svg.js';
import { cut } from '../picture/text.js';
import { adviceText, choiceText } from '../show.js';
import type { Predictor } from '../use.js';
import { classesSections } from './classes.js';
import { columnsSection, importanceSection } from './columns.js';
import type { HeldOut } from './held-out.js';
import { numbersSections } from './numbers.js';
import { LONGEST, captioned, figuresList, page, section } from './page.js';
import type { TableProfile } from './profile.js';

/** What a report is about. */
export interface ReportSubject {
  readonly model: Predictor;
  readonly modelFile: string;
  readonly dataFile: string;
  readonly target: string;
  /** Rows of the file, and how many of them the model was measured on. */
  readonly rows: { readonly all: number; readonly measured: number };
  /** Whether these rows were held out of a training that has just been. */
  readonly trained: boolean;
  readonly evaluation: ClassifierEvaluation | RegressorEvaluation | undefined;
  readonly held: HeldOut;
  readonly profile: TableProfile;
  readonly notes: readonly string[];
  /** Of the shuffles, and of the training. */
  readonly seed: number;
  /** The command, as a shell takes it. */
  readonly command: string;
}

/** A loss that falls by so much is drawn on a logarithmic scale. */
const DECADES = 30;

/** The first names of a list. */
function few(whole: readonly string[], most = 6): string {
  const names = whole.slice(0, whole.length > most ? most - 1 : most).map((name) => cut(name, 40));
  return `${names.join(', ')}${whole.length > most ? ` and ${figure(whole.length - names.length)} more` : ''}`;
}

/** What was predicted, from what, and how well, in sentences; and the figures in them. */
function summary({ model, dataFile, target: whole, rows, trained, evaluation }: ReportSubject): Markup {
  const target = cut(whole, LONGEST);
  const used = model.columns.filter(({ kind }) => kind !== 'dropped');
  const classes = evaluation && 'classes' in evaluation ? evaluation.classes.map(String) : [];
  const what = classes.length > 0 ? `${target}, one of ${figure(classes.length)} classes (${few(classes)}),` : target;
  const from =
    used.length === 1
      ? `the column ${cut(used[0]!.name, LONGEST)}`
      : `${figure(used.length)} columns (${few(used.map(({ name }) => name))})`;
  const first = `This model predicts ${what} from ${from}.`;
  if (!evaluation) {
    const none = `It was trained on all ${counted(rows.all, 'row')} of ${path.basename(dataFile)}. No rows were held out, so nothing was measured.`;
    return element('p', { class: 'lead' }, `${first} ${none}`);
  }
  const of = trained
    ? `On ${counted(rows.measured, 'row')} held out of ${figure(rows.all)} in ${path.basename(dataFile)}`
    : `On the ${counted(rows.measured, 'row')} of ${path.basename(dataFile)}`;
  const { sentence, pairs } = 'accuracy' in evaluation ? rightAnswers(evaluation) : errorsOf(evaluation);
  return together(element('p', { class: 'lead' }, `${first} ${of} ${sentence}`), figuresList(pairs));
}

interface Verdict {
  readonly sentence: string;
  readonly pairs: readonly (readonly [string, string])[];
}

function rightAnswers({ accuracy, logLoss, classes, confusionMatrix }: ClassifierEvaluation): Verdict {
  const counts = confusionMatrix.map((row) => row.reduce((a, b) => a + b, 0));
  const all = counts.reduce((a, b) => a + b, 0);
  const most = Math.max(...counts);
  const guess = most / all;
  const entropy = counts.reduce((sum, n) => sum - (n > 0 ? (n / all) * Math.log(n / all) : 0), 0);
  const sentence = `it is right in ${percent(accuracy)} of the cases. Always predicting ${cut(String(classes[counts.indexOf(most)]), LONGEST)}, the most frequent class, would be right in ${percent(guess)}.`;
  return {
    sentence,
    pairs: [
      ['accuracy', percent(accuracy)],
      ['accuracy of guessing', percent(guess)],
      ['log loss', figure(logLoss, 3)],
      ['log loss of guessing by frequency', figure(entropy, 3)],
    ],
  };
}

function errorsOf({ mse, mae, r2 }: RegressorEvaluation): Verdict {
  const root = Math.sqrt(mse);
  const mean = r2 < 1 ? Math.sqrt(mse / (1 - r2)) : Number.NaN;
  const beside = Number.isFinite(mean) ? ` Always predicting the mean would miss by ${figure(mean)}.` : '';
  return {
    sentence: `its predictions miss by ${figure(root)} (root of the mean square).${beside} It explains ${percent(Math.max(r2, 0))} of the variance.`,
    pairs: [
      ['root mean square error', figure(root)],
      ['the same of the mean', figure(mean)],
      ['mean absolute error', figure(mae)],
      ['R²', figure(r2, 3)],
    ],
  };
}

/** The loss over the epochs; undefined where nothing was trained in epochs. */
function lossSection({ model: { history } }: ReportSubject): Markup | undefined {
  const { loss, validationLoss } = history;
  if (loss.length < 2) return undefined;
  const series = [
    { name: 'training', values: loss },
    ...(validationLoss.length > 0 ? [{ name: 'validation', values: validationLoss }] : []),
  ];
  const all = series.flatMap(({ values }) => values.filter(Number.isFinite));
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const logarithmic = low > 0 && high / low >= DECADES;
  const told = series.map(({ name, values }) => `${name} from ${figure(values[0]!)} to ${figure(values.at(-1)!)}`).join(', ');
  const lines = series.map(({ name, values }) => ({ name, points: values.map((y, i) => [i + 1, y] as const) }));
  const chart = lineChart(
    {
      x: { title: 'epoch', from: 1, to: loss.length, exact: true, whole: true },
      y: { title: logarithmic ? 'loss, logarithmic' : 'loss', from: logarithmic ? low : Math.min(low, 0), to: high, logarithmic },
      label: `Loss by epoch, ${told}`,
      width: 460,
      height: 280,
    },
    lines,
  );
  return section(
    'Training',
    captioned('Loss by epoch', `${told[0]!.toUpperCase()}${told.slice(1)}, in ${counted(loss.length, 'epoch')}.`, chart),
  );
}

/** What it takes to do the same again. */
function settingsSection({ model, modelFile, command, seed, notes, trained }: ReportSubject): Markup {
  const facts = [choiceText(model.history), ...adviceText(model.history)];
  return section(
    'Settings',
    element('p', {}, `Model ${path.basename(modelFile)}: ${facts[0]}.`),
    together(facts.slice(1).map((line) => element('p', {}, line))),
    notes.length > 0
      ? element(
          'ul',
          {},
          notes.map((note) => element('li', {}, cut(note, 1000))),
        )
      : undefined,
    element(
      'p',
      {},
      `To repeat this, run the following command with efficient-backprop ${manifest.version}${trained ? ` and seed ${seed}` : ''}:`,
    ),
    element('pre', {}, command),
  );
}

/** The report as one HTML file. */
export async function reportHtml(subject: ReportSubject): Promise<string> {
  const { model, target, evaluation, held, profile, dataFile, modelFile, trained, seed } = subject;
  const measured = held.list.length > 0;
  const importance = measured ? await held.importance(seed) : [];
  const details =
    !measured || !evaluation ? [] : 'classes' in evaluation ? classesSections(evaluation, held) : numbersSections(held, target);
  const sections = [
    summary(subject),
    ...details,
    importanceSection(importance, evaluation && 'classes' in evaluation ? 'accuracy' : 'R²'),
    columnsSection(profile, model.columns, target),
    trained ? lossSection(subject) : undefined,
    settingsSection(subject),
  ];
  const what = cut(target, LONGEST);
  const title = trained
    ? `Predicting ${what} from ${path.basename(dataFile)}`
    : `${path.basename(modelFile)} on ${path.basename(dataFile)}: predicting ${what}`;
  return page(title, ...sections.filter((one): one is Markup => one !== undefined));
}
