// A model made: chosen, its networks trained, and replaced by something simpler where all of them failed.

import { Part } from '../../bindings/part.js';
import { answered } from '../runtime/callbacks.js';
import type { StopReason } from '../training/history.js';
import type { Network } from '../network/network.js';
import type { Choice, Selected } from './choice.js';
import { constantLoss } from './constant.js';
import type { HeldOut } from './held-out.js';
import { SAID } from './loading.js';
import type { Ridge } from './ridge.js';
import { type MadeModel, type Material, meanLoss, recorded, settings, stands, stoppedBy } from './made.js';
import { Members, memberSeed } from './members.js';
import type { FitProgress } from './options.js';
import type { Problem } from './problem.js';
import type { Fixed, Recipe } from './recipe.js';
import { build, scaledUp } from './recipes.js';
import { select } from './selection.js';
import { solvable } from './techniques.js';
import { type Baseline, type Trained, trainByRecipe } from './training.js';

const UNDESCENDED = new Part('a model without descent', () => import('./without-descent.js'));

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
  if (bar.constant === 0) return (await UNDESCENDED.load()).sameEverywhere(material, bar);
  const latitude = {
    fixed,
    solvable: solvable(options, whole),
    members: options.members,
    ofFolds: whole && options.validation === undefined && !problem.setting.byTime, // which have not learned the last rows
    squashed: material.squashed,
  };
  let halted = false;
  const selected = await select(engine, problem, latitude, async (done, all) => {
    await answered(report({ stage: 'select', done, all }), run.signal, run.timeLimit - interruption.elapsed);
    run.signal?.throwIfAborted();
    halted = interruption.elapsed >= run.timeLimit / 2;
    return !halted;
  });
  run.signal?.throwIfAborted();
  const ended = async (made: MadeModel) => (halted ? (await UNDESCENDED.load()).cutOff(made) : made);
  if (!selected.squashed) return ended(await advised(await follow(material, bar, selected), bar, fixed, problem));
  const own = { ...material, problem: material.squashed()! };
  const drawnIn = { ...bar, data: own.problem.data };
  return ended({ ...(await advised(await follow(own, drawnIn, selected), drawnIn, fixed, problem)), squashed: true });
}

/** Makes the model that was selected. */
async function follow(material: Material, bar: Baseline, selected: Selected): Promise<MadeModel> {
  const { problem, fixed, interruption, chunks } = material;
  const whole = chunks === undefined;
  const choice = scaledUp(selected.choice, problem, fixed);
  if (selected.linear && whole) return (await UNDESCENDED.load()).ridgeModel(material, bar, selected.linear, choice);
  if (selected.networks) {
    const members = new Members(selected.networks);
    if (stands(members, bar)) return { members, ...recorded(choice, selected.history!, interruption), state: undefined };
    members.dispose();
    return (await UNDESCENDED.load()).simpler(material, bar, choice, selected.history!);
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
  const parts = problem.apart ? SAID.here.heldOut(material) : undefined;
  let first: Trained | undefined;
  let failure: Trained | undefined;
  let stopped: StopReason | undefined;
  try {
    for (let k = 0; k < count && !stopped; k++) {
      const network = await build(problem, choice, memberSeed(problem.seed, k));
      if (linear) network.setWeights([linear.weights, linear.bias]);
      let one: Trained;
      try {
        one = await trainOne(material, bar, choice, network, parts, k, count);
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
  } finally {
    parts?.dispose();
  }
  for (const network of networks) network.dispose();
  return (await UNDESCENDED.load()).simpler(material, bar, choice, (failure ?? first)!.history);
}

function trainOne(
  material: Material,
  bar: Baseline,
  choice: Choice & Recipe,
  network: Network,
  parts: HeldOut | undefined,
  k: number,
  count: number,
): Promise<Trained> {
  const { problem, chunks, options, fit, run, interruption } = material;
  const report = progressTeller(material);
  let furthest = 0; // training that begins again goes back
  const { validation, earlyStopping } = options;
  const left = run.timeLimit === Infinity ? {} : { timeLimit: Math.max(run.timeLimit - interruption.elapsed, 1) };
  return trainByRecipe(
    { problem, recipe: settings(choice), network, rows: 'all' },
    chunks ?? parts?.learned ?? problem.data,
    bar,
    {
      ...fit,
      ...left,
      ...(run.signal && { signal: run.signal }),
      ...(validation !== undefined && { validation: parts?.held ?? validation, earlyStopping, seed: problem.seed }), // as all
      onEpoch: ({ epoch, epochs, loss, validationLoss, rate }) => {
        furthest = Math.max(furthest, epoch);
        return report({ stage: 'train', done: k * epochs + furthest, all: count * epochs, loss, validationLoss, rate });
      },
    },
  );
}

/** A loss of this share of the best constant's, or more, shows that nothing was learned. */
const NOTHING = 0.9;

/** More classes than this, with fewer than two rows each, are rather numbers, or names of rows. */
const MANY_CLASSES = 10;

/** A model whose record says so where it learned nothing, or where classes have next to no rows to learn from. */
async function advised(made: MadeModel, bar: Baseline, fixed: Fixed, { classes, outputs, rows }: Problem): Promise<MadeModel> {
  const loss = meanLoss(made.members, bar);
  const learned = made.history.advice || loss < NOTHING * bar.constant;
  const found = learned ? made : (await UNDESCENDED.load()).advisedOfNothing(made, loss, bar, fixed);
  if (!classes || outputs <= MANY_CLASSES || 2 * outputs <= rows) return found;
  const scarce = `${outputs} classes in ${rows} rows leave next to nothing to learn each from; numbers that measure something are for Regressor`;
  const advice = [found.history.advice, scarce].filter(Boolean).join('; ');
  return { ...found, history: { ...found.history, advice } };
}

function progressTeller({ run, interruption }: Pick<Material, 'run' | 'interruption'>) {
  return (progress: Partial<FitProgress> & Pick<FitProgress, 'stage' | 'done' | 'all'>) =>
    run.onProgress?.({ loss: undefined, validationLoss: undefined, rate: undefined, time: interruption.elapsed, ...progress });
}
