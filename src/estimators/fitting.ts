// A model made: chosen, its networks trained, and replaced by something simpler where all of them failed.

import { counted } from '../runtime/errors.js';
import type { Engine } from '../../bindings/core.js';
import { type History, type StopReason, emptyHistory } from '../training/history.js';
import type { Interruption } from '../training/interruption.js';
import type { FitOptions } from '../training/options.js';
import type { Chunks } from '../training/chunks.js';
import type { Network } from '../network/network.js';
import type { MethodState } from '../methods/method.js';
import type { Checked } from '../runtime/options.js';
import { constantLoss, setConstant } from './constant.js';
import type { Head } from './head.js';
import { LINEAR, ridgeFor, solved } from './linear.js';
import { Members, memberSeed } from './members.js';
import type { ESTIMATOR_OPTIONS, EstimatorHistory, FitProgress, RUN_OPTIONS } from './options.js';
import type { Problem } from './problem.js';
import type { Fixed, Recipe } from './recipe.js';
import { Recipes, build, scaledUp } from './recipes.js';
import type { Ridge } from './ridge.js';
import { select } from './selection.js';
import { type Choice, type Selected, untrained } from './choice.js';
import { solvable } from './techniques.js';
import { type Baseline, RESTARTS, type Trained, holds, trainByRecipe } from './training.js';

/** A model, and how it came to be. */
export interface MadeModel {
  readonly members: Members;
  readonly recipe: Recipe;
  readonly history: EstimatorHistory;
  /** What the method remembers of the first network's training. */
  readonly state: MethodState | undefined;
  /** Whether it takes the squashed problem's inputs. */
  readonly squashed?: boolean;
  /** Whether the search was ended by the clock: another would have gone on. */
  readonly halted?: boolean;
}

/** What a model is made from. */
export interface Material {
  readonly engine: Engine;
  readonly problem: Problem;
  /** All rows, where the problem is a sample of them. */
  readonly chunks: Chunks | undefined;
  readonly options: Checked<typeof ESTIMATOR_OPTIONS>;
  readonly fixed: Fixed;
  /** Of the fit of each network, beside those of a recipe and of techniques. */
  readonly fit: FitOptions;
  readonly run: Checked<typeof RUN_OPTIONS>;
  readonly interruption: Interruption;
  /** The problem with columns of long tails drawn in; undefined where there are none. */
  squashed(): Problem | undefined;
}

/** Losses differ by rounding. */
const ROUNDING = 1e-5;

/**
 * Chooses a model, trains its networks, and sees to it that it is no worse than a constant. @throws what the signal says, before
 * there is a model
 */
export async function make(material: Material): Promise<MadeModel> {
  const { engine, problem, options, fixed, run, interruption, chunks } = material;
  const { data } = problem;
  const report = progressTeller(material);
  const whole = chunks === undefined;
  const bar = { data, constant: constantLoss(engine, problem) };
  if (bar.constant === 0) return sameEverywhere(material, bar);
  const latitude = {
    fixed,
    solvable: solvable(options, whole),
    members: options.members,
    ofFolds: whole && options.validation === undefined,
    squashed: material.squashed,
  };
  let halted = false;
  const selected = await select(engine, problem, latitude, async (done, all) => {
    await report({ stage: 'select', done, all });
    run.signal?.throwIfAborted();
    halted = interruption.elapsed >= run.timeLimit / 2;
    return !halted;
  });
  run.signal?.throwIfAborted();
  const ended = (made: MadeModel) => (halted ? cutOff(made) : made);
  if (!selected.squashed) return ended(advised(await follow(material, bar, selected), bar, fixed, problem));
  const own = { ...material, problem: material.squashed()! };
  const drawnIn = { ...bar, data: own.problem.data };
  return ended({ ...advised(await follow(own, drawnIn, selected), drawnIn, fixed, problem), squashed: true });
}

/** A model whose search was ended by the clock, with a record that says so, even if its training had time enough. */
function cutOff(made: MadeModel): MadeModel {
  const { reason, chosen } = made.history;
  const tried = counted(chosen.candidates.length, 'candidate');
  const said = `timeLimit ended the search after ${tried}; fit(…, { resume: true }) takes it up`;
  const advice = [made.history.advice, said].filter(Boolean).join('; ');
  const whole = reason === 'epochs' || reason === 'earlyStopping' || reason === 'goal';
  return { ...made, history: { ...made.history, ...(whole && { reason: 'timeLimit' }), advice }, halted: true };
}

/** Makes the model that was selected. */
function follow(material: Material, bar: Baseline, selected: Selected): Promise<MadeModel> {
  const { problem, fixed, interruption, chunks } = material;
  const whole = chunks === undefined;
  const choice = scaledUp(selected.choice, problem, fixed);
  if (selected.linear && whole) return ridgeModel(material, bar, selected.linear, choice);
  if (selected.networks) {
    const members = new Members(selected.networks);
    if (stands(members, bar))
      return Promise.resolve({ members, ...recorded(choice, selected.history!, interruption), state: undefined });
    members.dispose();
    return simpler(material, bar, choice, selected.history!);
  }
  return trained(material, bar, choice, selected.linear);
}

/** Trains the networks of a choice on all rows, from a solution where there is one. */
async function trained(
  material: Material,
  bar: Baseline,
  choice: Choice & Recipe,
  linear: Ridge | undefined,
): Promise<MadeModel> {
  const { problem, run, interruption } = material;
  const count = choice.members ?? 1;
  const networks: Network[] = [];
  let first: Trained | undefined;
  let failure: Trained | undefined;
  let stopped: StopReason | undefined;
  try {
    for (let k = 0; k < count && !stopped; k++) {
      const network = await build(problem, choice, memberSeed(problem.seed, k));
      if (linear) network.setWeights([linear.weights, linear.bias]);
      let one: Trained;
      try {
        one = await trainOne(material, bar, choice, network, k, count);
      } catch (error) {
        network.dispose();
        throw error;
      }
      const { epochs, reason } = one.history;
      if (epochs === 0 && reason === 'signal' && k === 0) {
        network.dispose();
        run.signal!.throwIfAborted();
      }
      stopped = stoppedBy(one.history);
      if (one.failed || (k > 0 && stopped)) {
        network.dispose();
        if (one.failed) failure ??= one;
      } else {
        networks.push(network);
        first ??= one;
        if (k + 1 < count) stopped ??= interruption.reason;
      }
    }
    if (first) {
      const members = new Members(networks);
      if (stands(members, bar)) {
        const { members: _, ...rest } = choice;
        const found = { ...rest, ...(networks.length > 1 && { members: networks.length }), rate: first.rate };
        const missing = stopped ? 'the fit was stopped before the others were' : 'training of the others failed';
        const fewer = networks.length < count && { advice: `${networks.length} of ${count} networks were trained: ${missing}` };
        const history = { ...first.history, ...(stopped && { reason: stopped }), ...fewer };
        return { members, ...recorded(found, history, interruption, first.restarts), state: first.state };
      }
    }
  } catch (error) {
    for (const network of networks) network.dispose();
    throw error;
  }
  for (const network of networks) network.dispose();
  return simpler(material, bar, choice, (failure ?? first)!.history);
}

function trainOne(
  material: Material,
  bar: Baseline,
  choice: Choice & Recipe,
  network: Network,
  k: number,
  count: number,
): Promise<Trained> {
  const { problem, chunks, options, fit, run, interruption } = material;
  const report = progressTeller(material);
  let furthest = 0; // training that begins again goes back
  const { validation, earlyStopping } = options;
  const left = run.timeLimit === Infinity ? {} : { timeLimit: Math.max(run.timeLimit - interruption.elapsed, 1) };
  return trainByRecipe({ problem, recipe: settings(choice), network, rows: 'all' }, chunks ?? problem.data, bar, {
    ...fit,
    ...left,
    ...(run.signal && { signal: run.signal }),
    ...(validation !== undefined && { validation, earlyStopping, seed: problem.seed }), // the same rows are held out for all
    onEpoch: ({ epoch, epochs, loss, validationLoss, rate }) => {
      furthest = Math.max(furthest, epoch);
      return report({ stage: 'train', done: k * epochs + furthest, all: count * epochs, loss, validationLoss, rate });
    },
  });
}

/** What is left where networks failed: the linear model, or the constant. */
async function simpler(material: Material, bar: Baseline, choice: Choice & Recipe, failed: History): Promise<MadeModel> {
  const { problem, fixed, interruption } = material;
  const say = (what: string) => failureText(material, choice, failed, what);
  const ruled = { ...simplest(choice), by: 'rule' as const };
  if (choice.hidden.length > 0 && ridgeFor(problem)) {
    const { history, recipe, ...rest } = await ridgeModel(material, bar, await solved(problem), ruled);
    const advice = say('the linear model');
    if (!stoppedBy(failed)) return { ...rest, recipe, history: { ...history, advice } };
    return {
      ...rest,
      ...recorded({ ...ruled, ...LINEAR, weightDecay: recipe.weightDecay }, { ...failed, advice }, interruption),
    };
  }
  if (choice.hidden.length > 0 && !stoppedBy(failed)) {
    const recipe = new Recipes(problem, { ...fixed, rate: undefined }).of(LINEAR, 10 / problem.rows);
    const network = await build(problem, recipe, problem.seed);
    const { method: _, ...techniques } = problem.techniques;
    const task = { problem, techniques, recipe, network, rows: 'all, linear' };
    const one = await trainByRecipe(task, bar.data, bar, {}).catch((error) => {
      network.dispose();
      throw error;
    });
    const members = new Members([network]);
    if (!one.failed && stands(members, bar)) {
      const found = { ...ruled, ...recipe, rate: one.rate };
      return { members, ...recorded(found, { ...one.history, advice: say('a linear model') }, interruption), state: undefined };
    }
    network.dispose();
  }
  const recipe = { ...choice, ...LINEAR };
  const network = await build(problem, recipe, problem.seed);
  setConstant(network, problem);
  const history = { ...failed, advice: say('the best constant') };
  return { members: new Members([network]), ...recorded({ ...ruled, hidden: [] }, history, interruption), state: undefined };
}

/** What stopped a fit from outside, if anything did. */
function stoppedBy({ reason }: History): 'signal' | 'timeLimit' | undefined {
  return reason === 'signal' || reason === 'timeLimit' ? reason : undefined;
}

/** Why something simpler takes the place of networks, and what to try. */
function failureText({ problem, fixed }: Material, { rate }: Recipe, failed: History, what: string): string {
  const { loss, reason, epochs } = failed;
  const returned = `${what} is returned in their place`;
  if (stoppedBy(failed)) return `the fit was stopped before the networks did better than a constant; ${returned}`;
  const own = problem.techniques.method;
  if (reason !== 'diverged' && loss.at(-1)! < loss[0]!) {
    const remedy = own ? `more epochs, or a higher rate of ${own.name}` : 'more epochs, or a higher rate';
    return `after ${counted(epochs, 'epoch')} the loss was still above a constant's; ${returned}; try ${remedy}`;
  }
  const rates = Array.from({ length: RESTARTS + 1 }, (_, k) => short(rate / 3 ** k)).join(', ');
  const seen = own
    ? `training by ${own.name} failed: the loss ended above a constant's`
    : `training failed at the rates ${rates}: each time the loss ended above a constant's`;
  const lower = own ? `try a smaller rate of ${own.name}` : fixed.rate === undefined ? '' : 'leave out rate';
  const remedy = [lower, 'look for outliers in inputs and targets'].filter(Boolean).join(', or ');
  return `${seen}; ${returned}; ${remedy}`;
}

/** The model of targets that are all the same. */
async function sameEverywhere({ problem, fixed, interruption }: Material, bar: Baseline): Promise<MadeModel> {
  const recipe = new Recipes(problem, fixed).byRule();
  const choice = { ...recipe, by: 'rule' as const, folds: 0, candidates: [] };
  const network = await build(problem, recipe, problem.seed);
  setConstant(network, problem);
  const what = problem.classes
    ? 'all rows are of one class, so the model always says that'
    : 'all targets are the same, so the model is that constant';
  const advice = `${what}; rows with other targets would give it something to learn`;
  const history = { ...solvedHistory(network, problem, bar, choice, interruption), advice };
  return { members: new Members([network]), recipe, history, state: undefined };
}

/** The record of a model that was found without descent. */
function solvedHistory(
  network: Network,
  { seed }: Problem,
  { data }: Baseline,
  choice: Choice,
  { elapsed }: Interruption,
): EstimatorHistory {
  const loss = network.lossOn(data);
  const counts = { epochs: 1, bestEpoch: 1, evaluations: 1 };
  return { ...emptyHistory(seed), loss: [loss], ...counts, reason: 'solved', time: elapsed, chosen: untrained(choice) };
}

/** A choice without what belongs to several networks. */
function simplest({ members: _, ...rest }: Choice & Recipe): Choice & Recipe {
  return rest;
}

/** The linear model in closed form. */
async function ridgeModel(
  { problem, interruption }: Material,
  bar: Baseline,
  linear: Ridge,
  choice: Choice & Recipe,
): Promise<MadeModel> {
  const recipe: Choice & Recipe = { ...simplest(choice), ...LINEAR, weightDecay: linear.weightDecay };
  const network = await build(problem, recipe, problem.seed);
  network.setWeights([linear.weights, linear.bias]);
  const history = solvedHistory(network, problem, bar, recipe, interruption);
  return { members: new Members([network]), recipe: settings(recipe), history, state: undefined };
}

/** The mean of the networks' losses on their own rows. Losses are convex, so that the average's loss is at most that. */
function meanLoss({ networks }: Members, { data }: Baseline): number {
  return networks.reduce((sum, network) => sum + network.lossOn(data), 0) / networks.length;
}

/** Whether a model is no worse than the best constant on its own rows. */
function stands(members: Members, bar: Baseline): boolean {
  return holds(meanLoss(members, bar), bar, members.first.loss as Head['loss'], 1 + ROUNDING);
}

/** A loss of this share of the best constant's, or more, shows that nothing was learned. */
const NOTHING = 0.9;

/** More classes than this, with fewer than two rows each, are rather numbers, or names of rows. */
const MANY_CLASSES = 10;

/** A model whose record says so where it learned nothing, or where classes have next to no rows to learn from. */
function advised(made: MadeModel, bar: Baseline, fixed: Fixed, { classes, outputs, rows }: Problem): MadeModel {
  const found = advisedOfNothing(made, bar, fixed);
  if (!classes || outputs <= MANY_CLASSES || 2 * outputs <= rows) return found;
  const scarce = `${outputs} classes in ${rows} rows leave next to nothing to learn each from; numbers that measure something are for Regressor`;
  const advice = [found.history.advice, scarce].filter(Boolean).join('; ');
  return { ...found, history: { ...found.history, advice } };
}

function advisedOfNothing(made: MadeModel, bar: Baseline, { hidden, weightDecay }: Fixed): MadeModel {
  const { members, history } = made;
  const loss = meanLoss(members, bar);
  if (history.advice || loss < NOTHING * bar.constant) return made;
  const happened = `nothing was learned: the loss on the training rows, ${short(loss)}, is hardly below that of a constant, ${short(bar.constant)}`;
  const given = [...(hidden ? [`hidden: [${hidden.join(', ')}]`] : []), ...(weightDecay ? [`weightDecay: ${weightDecay}`] : [])];
  const remedy =
    given.length > 0
      ? `you fixed ${given.join(' and ')}; leave that out, and it is chosen for you`
      : 'no candidate predicted rows held out much better than a constant does: add columns that say more about the targets, or more rows';
  return { ...made, history: { ...history, advice: `${happened}; ${remedy}` } };
}

/** To three digits. */
const short = (x: number) => Number(x.toPrecision(3));

function recorded(
  choice: Choice & Recipe,
  history: History,
  interruption: Interruption,
  restarts = 0,
): { readonly recipe: Recipe; readonly history: EstimatorHistory } {
  const times = restarts === 1 ? 'once, with' : `${restarts} times, each time with`;
  const again = `training began again ${times} a third of the rate, since the loss had ended above a constant's; the rate that worked is ${short(choice.rate)}`;
  const advice = [history.advice, ...(restarts > 0 ? [again] : [])].filter(Boolean).join('; ');
  return {
    recipe: settings(choice),
    history: { ...history, ...(advice && { advice }), time: interruption.elapsed, chosen: choice },
  };
}

function settings({ by: _, folds: __, candidates: ___, members: ____, ...recipe }: Choice & Recipe): Recipe {
  return recipe;
}

function progressTeller({ run, interruption }: Pick<Material, 'run' | 'interruption'>) {
  return (progress: Partial<FitProgress> & Pick<FitProgress, 'stage' | 'done' | 'all'>) =>
    run.onProgress?.({ loss: undefined, validationLoss: undefined, rate: undefined, time: interruption.elapsed, ...progress });
}
