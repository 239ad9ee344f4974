// What a fit that ended badly, or might have gone better, is told: reasons that were found, and remedies that were tried. Loaded
// where there are signs of it.

import type { Activation } from '../../layers/activations.js';
import { LOSSES } from '../../layers/losses.js';
import { outputsOf } from '../../plan/plan.js';
import { adam } from '../../methods/adam.js';
import { rprop } from '../../methods/rprop.js';
import { sgd } from '../../methods/sgd.js';
import type { Grown } from '../loss-growth.js';
import { Probe } from '../probe.js';
import { type OutOfRange, outOfRange, rangeText } from './range.js';
import { type Unscaled, unscaled } from './scale.js';
import type { Signs } from './signs.js';
import { type Remedy, type Result, type EndedFit, affordsTrials, replaced, startCurvature, trial } from './trial.js';
import { type Stuck, isLinear } from './units.js';

/** To two digits. */
const round = (x: number): number | string => (Math.abs(x) < 1e6 ? Number(x.toPrecision(2)) : x.toExponential(1));

/** A remedy is one if the loss falls below this share: half, with a margin. */
const REMEDIED = 0.45;
/** Adam's rate as a remedy. */
const REMEDY_RATE = 0.01;
/** Its epochs at least, where there may be several. */
const ADAM_EPOCHS = 100;
/** Epochs of rprop as a remedy. */
const RPROP_EPOCHS = 1000;
/** Rates that are tried, each a third of the one before. */
const RATES_TRIED = 12;

/** Other weights to begin with that are tried, and how many seeds there are. */
const SEEDS_TRIED = 3;
const SEEDS = 2 ** 32;

/** What may be wrong with a fit's data and units. */
interface Findings {
  readonly inputs: Unscaled | undefined;
  readonly targets: Unscaled | undefined;
  readonly range: OutOfRange | undefined;
  readonly stuck: Stuck | undefined;
}

/** After a divergence that was seen in an epoch. */
export async function afterDivergence(setting: EndedFit, epoch: number, rate: number, grown: Grown | undefined): Promise<string> {
  const happened =
    grown && Number.isFinite(grown.to)
      ? `the loss grew from ${round(grown.from)} to ${round(grown.to)} by epoch ${epoch}`
      : `the loss was no longer finite in epoch ${epoch}`;
  const found = findings(setting);
  const ways: string[] = [];
  const scaling = scalingOf(found);
  if (scaling && trains(await trial(setting, scaling))) ways.push(changeText(setting, scaling, found));
  const lower = await workingRate(setting, rate);
  if (lower !== undefined) {
    ways.push(
      setting.settings.method.paced
        ? `a rate of ${lower} or less (it was ${round(rate)})`
        : `method: sgd({ rate: ${lower} }) instead of ${setting.settings.method.name}, or a lower rate`,
    );
  }
  if (ways.length > 0) return `${happened}; try ${ways.join(', or ')}`;
  if (scaling) return `${happened}; try ${changeText(setting, scaling, found)}`;
  return `${happened}; lower rates were tried and do no better: the initial weights may be out of scale`;
}

/** After a fit that ended otherwise, in so many epochs. */
export async function afterFit(setting: EndedFit, signs: Signs, epochs: number): Promise<string | undefined> {
  const { subject } = setting;
  const { loss, constant, nothing } = signs;
  const found = { ...findings(setting), stuck: signs.stuck };
  if (nothing) {
    const tries = !subject.remembers && affordsTrials(setting, epochs);
    return nothingLearned(setting, found, loss, constant, tries);
  }
  const sentences: string[] = [];
  const { inputs, targets, range, stuck } = found;
  if (signs.halfway && !subject.remembers && affordsTrials(setting, epochs)) {
    const better = await otherSeed(setting, loss);
    if (better) sentences.push(better);
  }
  if (range) sentences.push(`${rangeSentence(range)}: make that layer linear, dense(${outputsOf(subject.architecture)})`);
  if (inputs)
    sentences.push(`${columnText('inputs', inputs)}: learning is faster and more reliable with ${scaledText('inputs')}`);
  if (targets && !range && setting.settings.method.precision !== 'float64') {
    sentences.push(`${columnText('targets', targets)}: learning is faster and more reliable with ${scaledText('targets')}`);
  }
  if (stuck) sentences.push(`${stuckText(stuck)}: a lower rate, or lecunTanh, keeps them alive`);
  return sentences.length > 0 ? sentences.join('; ') : undefined;
}

/** What is found in the data. */
function findings({ subject, source }: EndedFit): Findings {
  const { architecture } = subject;
  const { core } = subject.engine;
  const { rows } = new Probe(subject, source);
  const { x, t } = source.samples;
  const range = outOfRange(architecture, t.view());
  const numbers = LOSSES[architecture.loss].targets === 'numbers';
  return {
    inputs: unscaled(core, x, architecture.inputs, rows),
    targets: numbers ? unscaled(core, t, outputsOf(architecture), rows) : undefined,
    range,
    stuck: undefined,
  };
}

/** What to say where a fit of a few rows ended in a minimum that others leave; undefined where other weights do no better. */
async function otherSeed(setting: EndedFit, loss: number): Promise<string | undefined> {
  const { seed } = setting.subject;
  for (let k = 1; k <= SEEDS_TRIED; k++) {
    const other = (seed + k) % SEEDS;
    const result = await trial(setting, { seed: other });
    if (result && result.after < REMEDIED * loss) {
      const falls = `the loss falls from ${round(loss)} to ${round(result.after)}`;
      return `some rows were not learned, since the fit ended in a local minimum; try seed: ${other} (tried: ${falls}), or more hidden units`;
    }
    if (setting.interruption.reason) return undefined;
  }
  return undefined;
}

async function nothingLearned(
  setting: EndedFit,
  found: Findings,
  loss: number,
  constant: number,
  tries: boolean,
): Promise<string> {
  const { range, stuck } = found;
  const hidden = replaceable(setting);
  const base: Remedy = { ...scalingOf(found), ...(range && { linear: true }) };
  const units: Remedy = hidden.length > 0 ? { hidden: 'lecunTanh' } : {};
  // What comes in chunks has no gradient of the whole set; what comes once has one epoch.
  const { source, settings, subject } = setting;
  const chunks = source.stream !== undefined || subject.remembers;
  const again = settings.epochs > 1 && !subject.remembers;
  const method: Remedy = chunks
    ? { method: adam({ rate: REMEDY_RATE }), ...(again && { epochs: Math.max(settings.epochs, ADAM_EPOCHS) }) }
    : { method: rprop(), epochs: RPROP_EPOCHS };
  const changes = [base, { ...base, ...units }, { ...base, ...method }, { ...base, ...units, ...method }];
  const compared = loss >= constant ? 'no better than' : 'hardly better than';
  const linear = isLinear(subject.architecture.layers)
    ? ', and no hidden layer has an activation: the network is a linear one'
    : '';
  const also = stuck ? `, and ${stuckText(stuck)}` : linear;
  const happened = `nothing was learned: the loss, ${round(loss)}, is ${compared} a constant's, ${round(constant)}${also}`;
  if (tries) {
    const seen = new Set<string>();
    for (const change of changes) {
      const text = changeText(setting, change, found);
      if (text === '' || seen.has(text)) continue;
      seen.add(text);
      const result = await trial(setting, change);
      if (result && result.after < REMEDIED * result.constant) {
        return `${happened}; try ${text} (tried: the loss falls to ${round(result.after / result.constant)} of a constant's)`;
      }
      if (setting.interruption.reason) break;
    }
    if (!setting.interruption.reason && Object.keys(base).length === 0) {
      return `${happened}; another method and lecunTanh units were tried and do no better: perhaps the inputs do not determine the targets, or there are too few units`;
    }
  }
  return `${happened}; try ${changeText(setting, changes[3]!, found)}`;
}

/** Whether a trial went well: the loss fell. */
const trains = (result: Result | undefined) => result !== undefined && result.after < result.before;

/** A rate at which the fit trains, from its start; undefined where none was found. */
async function workingRate(setting: EndedFit, rate: number): Promise<number | undefined> {
  const { method } = setting.settings;
  const curvature = await startCurvature(setting);
  if (!(curvature < Infinity)) return undefined;
  const momentum = 'momentum' in method ? (method.momentum as number) : 0;
  const suggested = curvature > 0 ? (1 - momentum) / curvature : Infinity;
  const isSgd = method.name === 'sgd';
  let candidate = Math.min(method.paced && rate > 0 ? rate / 3 : Infinity, isSgd || !method.paced ? suggested : 0.1);
  if (!(candidate < Infinity)) return undefined;
  for (let k = 0; k < RATES_TRIED; k++, candidate /= 3) {
    const lower = Number(candidate.toPrecision(2));
    if (trains(await trial(setting, { rate: lower, ...(!method.paced && { method: sgd() }) }))) return lower;
    if (setting.interruption.reason) return undefined;
  }
  return undefined;
}

/** The activations of hidden layers that others may replace. */
function replaceable({ subject }: EndedFit): Activation[] {
  const activations = subject.architecture.layers
    .slice(0, -1)
    .flatMap((layer) =>
      layer.type === 'dense' && replaced(subject.architecture.layers, layer.activation) ? [layer.activation] : [],
    );
  return [...new Set(activations)];
}

/** What brings columns to scale that are not. */
function scalingOf({ inputs, targets }: Findings): Remedy | undefined {
  if (!inputs && !targets) return undefined;
  return { ...(inputs && { inputs: true }), ...(targets && { targets: true }) };
}

/** A change in words, as options and calls. */
function changeText(setting: EndedFit, change: Remedy, { inputs, targets, range }: Findings): string {
  const parts: string[] = [];
  if (change.linear && range) {
    parts.push(`a linear last layer, dense(${outputsOf(setting.subject.architecture)}) (${rangeSentence(range)})`);
  }
  if (change.inputs && inputs) parts.push(`${scaledText('inputs')} (${columnText('inputs', inputs)})`);
  if (change.targets && targets) parts.push(`${scaledText('targets')} (${columnText('targets', targets)})`);
  if (change.hidden) {
    parts.push(`activation: '${change.hidden}' for hidden layers, instead of ${replaceable(setting).join(' and ')}`);
  }
  if (change.method) {
    const call = change.method.batch === 'full' ? 'rprop()' : `adam({ rate: ${REMEDY_RATE} })`;
    parts.push(`method: ${call}${change.epochs ? ` for ${change.epochs} epochs` : ''}`);
  }
  return parts.join(', and ');
}

function scaledText(what: 'inputs' | 'targets'): string {
  return `${what} of mean 0 and variance 1, by normalize.scale()`;
}

function columnText(what: 'inputs' | 'targets', { column, mean, spread }: Unscaled): string {
  return `column ${column} of the ${what} has mean ${round(mean)} and spread ${round(spread)}`;
}

function rangeSentence({ by, range, targets: [least, most] }: OutOfRange): string {
  return `the ${by} of the last layer returns ${rangeText(range)}, but targets go from ${round(least)} to ${round(most)}`;
}

function stuckText({ layer, activation, units, of }: Stuck): string {
  return `${units} of the ${of} ${activation} units of layer ${layer} give the same output for all samples`;
}
