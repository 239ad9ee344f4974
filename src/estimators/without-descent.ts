// Models that no descent has found: of targets that are all alike, in closed form, or in the place of networks that failed. And
// what to say of a model that learned nothing.

import { counted } from '../runtime/errors.js';
import { type History, emptyHistory } from '../training/history.js';
import type { Interruption } from '../training/interruption.js';
import type { Network } from '../network/network.js';
import { type Choice, untrained } from './choice.js';
import { LINEAR, ridgeFor, solved } from './linear.js';
import { type MadeModel, type Material, recorded, settings, short, stands, stoppedBy } from './made.js';
import { Members } from './members.js';
import type { EstimatorHistory } from './options.js';
import type { Problem } from './problem.js';
import type { Fixed, Recipe } from './recipe.js';
import { Recipes, build } from './recipes.js';
import type { Ridge } from './ridge.js';
import { setConstant } from './set-constant.js';
import { type Baseline, RESTARTS, trainByRecipe } from './training.js';

/** What is left where networks failed: the linear model, or the constant. */
export async function simpler(material: Material, bar: Baseline, choice: Choice & Recipe, failed: History): Promise<MadeModel> {
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
export async function sameEverywhere({ problem, fixed, interruption }: Material, bar: Baseline): Promise<MadeModel> {
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
export async function ridgeModel(
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

/** A model whose search was ended by the clock, with a record that says so, even if its training had time enough. */
export function cutOff(made: MadeModel): MadeModel {
  const { reason, chosen } = made.history;
  const tried = counted(chosen.candidates.length, 'candidate');
  const said = `timeLimit ended the search after ${tried}; fit(…, { resume: true }) takes it up`;
  const advice = [made.history.advice, said].filter(Boolean).join('; ');
  const whole = reason === 'epochs' || reason === 'earlyStopping' || reason === 'goal';
  return { ...made, history: { ...made.history, ...(whole && { reason: 'timeLimit' }), advice }, halted: true };
}

/** A model whose record says that it learned nothing, and what to do about it. @param loss on the training rows */
export function advisedOfNothing(made: MadeModel, loss: number, bar: Baseline, { hidden, weightDecay }: Fixed): MadeModel {
  const happened = `nothing was learned: the loss on the training rows, ${short(loss)}, is hardly below that of a constant, ${short(bar.constant)}`;
  const given = [...(hidden ? [`hidden: [${hidden.join(', ')}]`] : []), ...(weightDecay ? [`weightDecay: ${weightDecay}`] : [])];
  const remedy =
    given.length > 0
      ? `you fixed ${given.join(' and ')}; leave that out, and it is chosen for you`
      : 'no candidate predicted rows held out much better than a constant does: add columns that say more about the targets, or more rows';
  return { ...made, history: { ...made.history, advice: `${happened}; ${remedy}` } };
}
