// What a model takes with it from rows to the next ones.

import type { RealArray } from '../../bindings/memory.js';
import type { MethodState } from '../methods/method.js';

/** The inputs that steps have met so far, in means over rows. Plain data. */
export interface InputCurvature {
  readonly rows: number;
  /** Of a row's square, and of the largest eigenvalue of a batch's covariance. */
  readonly square: number;
  readonly eigenvalue: number;
}

/** What a network takes with it from one batch of a stream to the next. */
export interface StreamState {
  /** What the method remembers. */
  readonly state: MethodState | undefined;
  /** The running loss on rows before they are learned, in units of what a constant prediction would have. */
  readonly loss: number;
  /** The last weights that did well on rows not learned yet. */
  readonly good: RealArray | undefined;
}

/** Of a network that no stream has reached yet. */
export function freshState(state?: MethodState): StreamState {
  return { state, loss: 1, good: undefined };
}
