// partialFit: a model goes on with new rows, or begins with them.

import { loadAll } from '../../bindings/part.js';
import { followedBy, inputScalings } from '../data/following.js';
import { DisposedError, amongAll } from '../runtime/errors.js';
import type { Checked } from '../runtime/options.js';
import type { columnsSaid } from './fit.js';
import type { Fitted } from './fitted.js';
import type { Inputs } from './inputs.js';
import { allContinued, change, moved, nextRecipe, stepBounds, stepOptions } from './continuation.js';
import type { Members } from './members.js';
import type { EstimatorHistory, PARTIAL_OPTIONS } from './options.js';
import type { Problem } from './problem.js';
import type { Recipes } from './recipes.js';
import type { GivenRows, Specification, encoded, fills, fixedBy, learnCoding, settingOf } from './specification.js';
import { freshState } from './stream-state.js';

/** The model that goes on, as its estimator has it. */
interface ModelKeeper<Coding> {
  fitted: Fitted<Coding> | undefined;
  readonly disposed: boolean;
}

/** What estimators have, of which this part would get a copy. */
interface Own {
  readonly Inputs: typeof Inputs;
  readonly Members: typeof Members;
  readonly Problem: typeof Problem;
  readonly Recipes: typeof Recipes;
  readonly columnsSaid: typeof columnsSaid;
  readonly encoded: typeof encoded;
  readonly fills: typeof fills;
  readonly fixedBy: typeof fixedBy;
  readonly learnCoding: typeof learnCoding;
  readonly settingOf: typeof settingOf;
}

/**
 * Goes on training on new rows: columns and the method's state stay, means and scales follow without a change of what was
 * learned. Without a model yet, begins one by rule. Where that fails, the model is as it was.
 * @throws DataError about the rows as they were given
 */
export async function continueOn<Targets, Coding>(
  specification: Specification<Targets, Coding>,
  { t, targets: known, weights: own, kept }: GivenRows<Targets>,
  { epochs, signal, background }: Checked<typeof PARTIAL_OPTIONS>,
  keeper: ModelKeeper<Coding>,
  { Inputs, Members, Problem, Recipes, columnsSaid, encoded, fills, fixedBy, learnCoding, settingOf }: Own,
): Promise<void> {
  const { options, coder, kind } = specification;
  try {
    const before = keeper.fitted;
    const begun = async () => Inputs.begin(t, fills(options, t), options.decorrelate, await columnsSaid(specification, t));
    const inputs = before?.inputs.scaledBy((encoder) => followedBy(encoder, t)) ?? (await begun());
    const coding = before ? coder.following(before.coding, known, t.rows) : learnCoding(coder, known, t.rows);
    const some = encoded(specification, inputs, coding, t, known, own);
    const problem = new Problem(settingOf(specification, background), some, { exact: true });
    let members: Members | undefined;
    let restore = () => {};
    try {
      await loadAll(coder.needed(undefined));
      if (keeper.disposed) throw new DisposedError(kind);
      const fixed = fixedBy(options);
      const first = before?.recipe ?? new Recipes(problem, fixed).byRule();
      const met = stepBounds(problem, first.batchSize, before?.pace);
      const next = nextRecipe(first, fixed, coder.head, met, inputs.running?.begun ? inputs.running.rows : undefined);
      const { networks } = (members = before?.members ?? (await Members.build(problem, next, options.members ?? 1)));
      const kernels = networks.map((network) => network.theta.read());
      restore = () => {
        for (const [k, network] of networks.entries()) network.theta.view().set(kernels[k]!);
      };
      const scalings = (of: Inputs, how: Coding) => ({
        inputs: of.running && inputScalings(of.encoder),
        targets: coder.scalings(how),
      });
      const moves = before && change(scalings(before.inputs, before.coding), scalings(inputs, coding));
      const start = networks.map((network, k) => (moves ? moved(network, before.standings[k]!, moves) : freshState()));
      // Who predicts meanwhile gets what fits the weights.
      if (before) keeper.fitted = { ...before, inputs, coding, standings: start };
      const given = { epochs, ...(signal && { signal }) };
      const outcome = await allContinued(networks, start, problem, stepOptions(problem, next, given));
      if (keeper.disposed) throw new DisposedError(kind);
      const { by, folds, candidates } = before?.history?.chosen ?? { by: 'rule', folds: 0, candidates: [] };
      const several = networks.length > 1 && { members: networks.length };
      const history: EstimatorHistory = { ...outcome.history, chosen: { ...next, epochs, by, folds, ...several, candidates } };
      if (history.reason === 'signal' && history.evaluations === 0) {
        if (!before) signal!.throwIfAborted();
        restore();
        keeper.fitted = { ...before!, history };
        return;
      }
      const settled = history.reason === 'diverged' && before ? coding : coder.settled(coding, members, problem);
      const { standings } = outcome;
      keeper.fitted = { inputs, coding: settled, members, recipe: next, history, standings, pace: met.pace };
    } catch (error) {
      if (members !== before?.members) members?.dispose();
      else if (!keeper.disposed) {
        restore();
        keeper.fitted = before;
      }
      throw error;
    } finally {
      problem.dispose();
    }
  } catch (error) {
    throw amongAll(error, kept);
  }
}
