// What a fitted estimator consists of.

import type { InputCurvature, StreamState } from './stream-state.js';
import type { Inputs } from './inputs.js';
import type { Members } from './members.js';
import type { EstimatorHistory } from './options.js';
import type { Recipe } from './recipe.js';

/** A model from a table to labels or numbers. */
export interface Fitted<Coding> {
  readonly inputs: Inputs;
  readonly coding: Coding;
  readonly members: Members;
  readonly recipe: Recipe;
  readonly history: EstimatorHistory | undefined;
  /** What each network takes with it to the next rows; not in files. */
  readonly standings: readonly StreamState[];
  /** The curvature that `partialFit` has met. */
  readonly pace: InputCurvature | undefined;
}
