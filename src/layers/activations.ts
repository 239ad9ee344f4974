// The table of activations.

import type { ActivationName } from '../../build/codes.js';

/** What the rest of the library needs to know of an activation. */
interface ActivationEntry {
  /** The default of `slope`, where the activation has one. */
  readonly slope?: number;
  /**
   * The variance of initial weights times fan-in. 1 keeps unit variance through symmetric sigmoids (SPEC 1.4.6, (16)); 2 makes
   * up for the half that rectifiers cut off (He et al. 2015).
   */
  readonly gain: 1 | 2;
}

export const ACTIVATIONS = {
  /** y */
  linear: { gain: 1 },
  /** tanh y */
  tanh: { gain: 1 },
  /** 1.7159·tanh(2y/3), LeCun's symmetric sigmoid: f(±1) = ±1 */
  lecunTanh: { gain: 1 },
  /** tanh y + slope·y: no flat spots. Slopes from 0.01 to 0.1 are customary. */
  twistedTanh: { gain: 1, slope: 0.05 },
  /** 1/(1 + e^−y) */
  sigmoid: { gain: 1 },
  /** max(0, y) */
  relu: { gain: 2 },
  /** y, or slope·y below 0. 0.01 as in Maas et al. 2013. */
  leakyRelu: { gain: 2, slope: 0.01 },
  /** y, or slope·(e^y − 1) below 0 */
  elu: { gain: 2, slope: 1 },
  /** y·Φ(y), Φ the normal distribution function (exact, not the tanh approximation) */
  gelu: { gain: 2 },
  /** ln(1 + e^y) */
  softplus: { gain: 2 },
  /** e^y/Σ e^y over the units of the layer */
  softmax: { gain: 1 },
} as const satisfies Record<ActivationName, ActivationEntry>;

export type Activation = ActivationName;

export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as Activation[];
