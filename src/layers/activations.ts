// The table of activations: what the library needs to know of each beside its code and its arithmetic (assembly/activations/).

import type { ActivationName } from '../../build/codes.js';

/** From the least to the largest output, bounds included. */
export type OutputRange = readonly [low: number, high: number];

/** What outputs are to become: `high` for the class that a sample is of, `low` for the others. */
export interface TargetValues {
  readonly low: number;
  readonly high: number;
}

/** All that can be answered of every activation must be: the compiler asks for it. */
interface ActivationEntry {
  /** The default of `slope`, where the activation has one. */
  readonly slope?: number;
  /**
   * The variance of initial weights times fan-in. 1 keeps unit variance through symmetric sigmoids (Efficient BackProp 4.6); 2
   * makes up for the half that rectifiers cut off (He et al. 2015).
   */
  readonly gain: 1 | 2;
  /** Whether it has the shape of an S: units then begin spread over the data, as Nguyen and Widrow put them. */
  readonly sigmoidal: boolean;
  /** What outputs are to become that tell classes (4.5); undefined where there are no such values. */
  readonly targets: TargetValues | undefined;
  /** Whether advice on hidden units that are stuck tries another in its place: the usual ones that saturate or die. */
  readonly replaceable: boolean;
  /** What outputs lie between, by the slope. */
  readonly range: (slope: number) => OutputRange;
  /** On which flat side an output is, 0 for none; where there are flat sides that units do not come back from. */
  readonly flatSide?: (a: number) => -1 | 0 | 1;
  /** Whether outputs are s times as large where what enters is, s > 0. */
  readonly homogeneous?: true;
}

const ALL: OutputRange = [-Infinity, Infinity];

/** √(1/3), where tanh has its largest second derivative: tanh‴ = 0 at tanh² = 1/3. */
const ROOT = Math.sqrt(1 / 3);

/**
 * Target values at the largest second derivative: there outputs follow their sums while they still have a say. For lecunTanh ±1,
 * as the chapter has it (exactly it would be ±0.9907); of the twisted sigmoid the tanh part counts.
 */
const UNIT: TargetValues = { low: -1, high: 1 };
const OF_TANH: TargetValues = { low: -ROOT, high: ROOT };
const OF_SIGMOID: TargetValues = { low: (1 - ROOT) / 2, high: (1 + ROOT) / 2 };

/** What rectifiers, and what has their shape, answer. */
const RECTIFIER = { gain: 2, sigmoidal: false, targets: undefined, replaceable: false } as const;

/** The flat sides of a symmetric sigmoid whose outputs end at ±most. */
const flatBeyond = (most: number) => (a: number) => (a > 0.99 * most ? 1 : a < -0.99 * most ? -1 : 0);

export const ACTIVATIONS: Readonly<Record<ActivationName, ActivationEntry>> = {
  /** y */
  linear: { gain: 1, sigmoidal: false, targets: UNIT, replaceable: false, range: () => ALL, homogeneous: true },
  /** tanh y */
  tanh: { gain: 1, sigmoidal: true, targets: OF_TANH, replaceable: true, range: () => [-1, 1], flatSide: flatBeyond(1) },
  /** 1.7159·tanh(2y/3), LeCun's symmetric sigmoid: f(±1) = ±1 */
  lecunTanh: {
    gain: 1,
    sigmoidal: true,
    targets: UNIT,
    replaceable: false,
    range: () => [-1.7159, 1.7159],
    flatSide: flatBeyond(1.7159),
  },
  /** tanh y + slope·y: no flat spots. Slopes from 0.01 to 0.1 are customary. */
  twistedTanh: {
    gain: 1,
    sigmoidal: true,
    targets: OF_TANH,
    replaceable: false,
    slope: 0.05,
    range: (slope) => (slope === 0 ? [-1, 1] : ALL),
  },
  /** 1/(1 + e^−y) */
  sigmoid: {
    gain: 1,
    sigmoidal: true,
    targets: OF_SIGMOID,
    replaceable: true,
    range: () => [0, 1],
    flatSide: (a) => (a < 0.01 ? -1 : a > 0.99 ? 1 : 0),
  },
  /** max(0, y) */
  relu: { ...RECTIFIER, replaceable: true, range: () => [0, Infinity], flatSide: (a) => (a === 0 ? -1 : 0), homogeneous: true },
  /** y, or slope·y below 0. 0.01 as in Maas et al. 2013. */
  leakyRelu: { ...RECTIFIER, slope: 0.01, range: (slope) => (slope === 0 ? [0, Infinity] : ALL), homogeneous: true },
  /** y, or slope·(e^y − 1) below 0 */
  elu: { ...RECTIFIER, slope: 1, range: (slope) => [-slope, Infinity] },
  /** y·Φ(y), Φ the normal distribution function (exact, not the tanh approximation) */
  gelu: { ...RECTIFIER, range: () => [-0.17, Infinity] },
  /** ln(1 + e^y) */
  softplus: { ...RECTIFIER, range: () => [0, Infinity] },
  /** e^y/Σ e^y over the units of the layer */
  softmax: { gain: 1, sigmoidal: false, targets: undefined, replaceable: false, range: () => ALL },
  /** y·tanh(ln(1 + e^y)) (Misra 2019) */
  mish: { ...RECTIFIER, range: () => [-0.309, Infinity] },
  /** λ·y, or λ·α·(e^y − 1) below 0: through layers with LeCun's weights mean 0 and variance 1 stay (Klambauer et al. 2017) */
  selu: { ...RECTIFIER, gain: 1, range: () => [-1.7581, Infinity] },
  /** min(1, max(0, y/5 + ½)) */
  hardSigmoid: {
    gain: 1,
    sigmoidal: true,
    targets: { low: 0, high: 1 },
    replaceable: true,
    range: () => [0, 1],
    flatSide: (a) => (a <= 0 ? -1 : a >= 1 ? 1 : 0),
  },
  /** y/(1 + |y|). f″ is largest at 0, which makes no targets: these are at y = ±1. */
  softsign: { gain: 1, sigmoidal: true, targets: { low: -0.5, high: 0.5 }, replaceable: false, range: () => [-1, 1] },
  /** y/(1 + e^−y) (Ramachandran, Zoph and Le 2017), also called SiLU */
  swish: { ...RECTIFIER, range: () => [-0.279, Infinity] },
  /** min(6, max(0, y)) */
  relu6: { ...RECTIFIER, replaceable: true, range: () => [0, 6], flatSide: (a) => (a <= 0 ? -1 : a >= 6 ? 1 : 0) },
  /** y where y > slope, else 0 (Konda, Memisevic and Krueger 2015) */
  thresholdedRelu: {
    ...RECTIFIER,
    slope: 1,
    replaceable: true,
    range: () => [0, Infinity],
    flatSide: (a) => (a === 0 ? -1 : 0),
  },
  /** gelu to 5·10⁻⁴, by tanh: y·(1 + tanh(√(2/π)·(y + 0.044715·y³)))/2 */
  geluTanh: { ...RECTIFIER, range: () => [-0.1701, Infinity] },
};

/** What a unit makes of its weighted sum: docs/activations-and-losses.md. */
export type Activation = ActivationName;

export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as Activation[];
