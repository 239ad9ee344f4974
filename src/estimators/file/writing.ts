// A classifier or regressor as a model file has it.

import type { ModelDocument } from '../../format/document.js';
import { StateWriter } from '../../format/state.js';
import type { Fitted } from '../fitted.js';
import type { Journal } from '../journal.js';
import type { Members } from '../members.js';
import type { EstimatorHistory } from '../options.js';
import type { Recipe } from '../recipe.js';
import type { Specification } from '../specification.js';
import type { StreamState } from '../stream-state.js';
import { runningDocument } from './running.js';

/** What a file holds of an estimator: a model, an interrupted fit, or both. */
export interface EstimatorContents<Coding> {
  readonly fitted: Fitted<Coding> | undefined;
  readonly journal: Journal | undefined;
}

/**
 * An estimator for a file; undefined where there is nothing to write. @param state whether to write what training goes on from
 */
export function estimatorDocument<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  { fitted, journal }: EstimatorContents<Coding>,
  state: boolean,
): Omit<ModelDocument, 'metadata'> | undefined {
  const writing = new StateWriter();
  const { standings = [], members } = fitted ?? {};
  const seeds = members?.networks.map(({ seed }) => seed) ?? [];
  const own = state ? estimatorState({ journal, standings, seeds }, writing) : undefined;
  if (!fitted && own === undefined) return undefined;
  const whole = fitted ? modelDocument(specification, fitted) : { config: optionsDocument(specification), tensors: [] };
  const config = { ...whole.config, ...(own !== undefined && { state: own }) };
  return { kind: specification.kind, config, tensors: [...whole.tensors, ...writing.tensors] };
}

/** Options that readers of the first version do not know, who pass over them. */
const SINCE_THE_SECOND = ['members', 'columns', 'absent'];

/** The options, without those that files do not hold. */
function optionsDocument({ options: all, seed }: Pick<Specification<never, never>, 'options' | 'seed'>) {
  const kept = Object.entries(all).filter(([name, v]) => v !== undefined && name !== 'method');
  const isAsked = ([name, v]: [string, unknown]) => SINCE_THE_SECOND.includes(name) || v === 'time';
  const asked = kept.filter(isAsked);
  return {
    options: { ...Object.fromEntries(kept.filter((option) => !isAsked(option))), seed },
    ...(asked.length > 0 && { asked: Object.fromEntries(asked) }),
  };
}

function modelDocument<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  fitted: Fitted<Coding>,
): Pick<ModelDocument, 'config' | 'tensors'> {
  const { inputs, members, recipe, history, pace } = fitted;
  const { config, tensors } = membersDocument(members);
  const { coding, running: targets } = specification.coder.document(fitted.coding);
  const own = {
    ...optionsDocument(specification),
    ...inputs.document(),
    coding,
    ...recipeDocument(recipe, history),
    running: runningDocument(inputs.running, targets, pace), // readers of earlier versions pass over it
  };
  return { config: { ...config, ...own }, tensors };
}

/** The networks of a model: the configuration that they share, and the tensors of each. */
function membersDocument({ networks, first }: Members): Pick<ModelDocument, 'config' | 'tensors'> {
  const { config, tensors } = first.document(false);
  if (networks.length === 1) return { config: { network: config }, tensors };
  const each = networks.map((network, k) =>
    network.document(false).tensors.map((t) => ({ ...t, name: `members.${k}.${t.name}` })),
  );
  return { config: { network: config, members: networks.length }, tensors: each.flat() };
}

/** Settings and record of a fit, as a file has them. */
function recipeDocument(recipe: Recipe, history: EstimatorHistory | undefined): Readonly<Record<string, unknown>> {
  const { method, ...settings } = recipe;
  const candidates = history?.chosen.candidates.map(({ activation, folds }) => ({
    ...(activation && { activation }),
    ...(folds !== undefined && { folds }),
  }));
  return {
    recipe: settings,
    history: history ? knownRecord(history) : null,
    details: { ...(method && { method }), ...(candidates && { candidates }) },
  };
}

/** The record as every reader knows it; the same fit gives the same file. */
function knownRecord({ chosen, ...rest }: EstimatorHistory): object {
  const { method: _, members: __, candidates, ...choice } = chosen;
  const known = candidates.map(({ hidden, weightDecay, error }) => ({ hidden, weightDecay, error }));
  return { ...rest, time: 0, chosen: { ...choice, candidates: known } };
}

/** What an estimator goes on from. */
export interface EstimatorState {
  readonly journal: Journal | undefined;
  /** Of each network. */
  readonly standings: readonly StreamState[];
  /** The seed of each network, from which its orders and its noise are drawn; none where all have that of the first. */
  readonly seeds: readonly number[];
}

/** The configuration of an estimator's state; undefined where there is none. */
function estimatorState({ journal, standings, seeds }: EstimatorState, writing: StateWriter): unknown {
  const went = standings.some(({ state, good }) => state || good);
  const differ = seeds.some((seed) => seed !== seeds[0]);
  if (!journal && !went && !differ) return undefined;
  return {
    ...(journal && { fit: journal.document(writing) }),
    ...(went && { standings: standings.map((standing, k) => standingDocument(standing, writing, `standings.${k}`)) }),
    ...(differ && { seeds }),
  };
}

function standingDocument({ state, loss, good }: StreamState, writing: StateWriter, name: string): unknown {
  if (good) writing.vector(`${name}.good`, good);
  return { loss, good: good !== undefined, ...(state && { method: writing.method(`${name}.method`, state) }) };
}
