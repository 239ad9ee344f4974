// Initial weights: by fan-in m, the number of inputs to a unit (Efficient BackProp 4.6, (14)–(16)).

import type { Core } from '../../bindings/core.js';
import { type Arena, type RealArray, Reals } from '../../bindings/memory.js';
import { type Field, either, oneOf, value } from '../runtime/options.js';
import { Purpose, halves } from '../runtime/random.js';

/** A distribution, and its deviation or half-width for a fan-in m. */
interface Spread {
  readonly shape: 'normal' | 'uniform';
  readonly of: (m: number, units: number) => number;
}

/** A kernel to be made, and what its numbers may come from. */
export interface Draw {
  readonly inputs: number;
  readonly units: number;
  /** Of the activation: the variance times fan-in that keeps unit variance. */
  readonly gain: number;
  /** n numbers from the layer's own stream. */
  uniforms(n: number): RealArray;
  normals(n: number): RealArray;
}

/** Initial weights: the kernel, and biases where the rule has its own. */
export interface Weights {
  readonly kernel: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
}

/** How a kernel comes about. */
export type Rule = Spread | ((draw: Draw) => Weights);

const normal = (variance: Spread['of']): Spread => ({ shape: 'normal', of: (m, units) => Math.sqrt(variance(m, units)) });

const uniform = (halfWidth: Spread['of']): Spread => ({ shape: 'uniform', of: halfWidth });

const INITIALIZERS = {
  /** Normal with standard deviation m^−½: (16). */
  lecunNormal: normal((m) => 1 / m),
  /** Uniform on ±√(3/m): the same standard deviation. */
  lecunUniform: uniform((m) => Math.sqrt(1 / m) * Math.sqrt(3)),
  /** Uniform on ±2.4/m, for correlated inputs, whose sums grow like m (LeNet-5, appendix A). */
  lenet5: uniform((m) => 2.4 / m),
  /** Normal with variance 2/(m + units): between keeping variances forward and backward (Glorot and Bengio 2010). */
  glorotNormal: normal((m, units) => 2 / (m + units)),
  /** Uniform on ±√(6/(m + units)). */
  glorotUniform: uniform((m, units) => Math.sqrt(6 / (m + units))),
  /** Normal with variance 2/m, for rectifiers (He et al. 2015). */
  heNormal: normal((m) => 2 / m),
  /** Uniform on ±√(6/m). */
  heUniform: uniform((m) => Math.sqrt(2 / m) * Math.sqrt(3)),
  /** Orthonormal columns (rows where there are more units than inputs), scaled to keep variances (Saxe et al. 2014). */
  orthogonal: undefined,
  /** Units whose active regions tile inputs from −1 to 1; biases do not start at 0 (Nguyen and Widrow 1990). */
  nguyenWidrow: undefined,
  /** All 0: right for a layer without hidden ones below, where nothing has to be told apart. */
  zeros: ({ inputs, units }: Draw): Weights => ({ kernel: new Float64Array(inputs * units) }),
} satisfies Record<string, Rule | undefined>;

/** The rule that initial weights go by; undefined for those that are loaded (loading.ts). */
export function ruleOf(init: Initializer): Rule | undefined {
  return typeof init === 'string'
    ? INITIALIZERS[init === 'leastSquares' ? 'lecunNormal' : (init as keyof typeof INITIALIZERS)]
    : undefined;
}

/** Of which only the first fit knows the weights. */
const FROM_DATA = ['leastSquares'] as const;

/** Initializers that a name chooses. */
export type NamedInitializer = keyof typeof INITIALIZERS | (typeof FROM_DATA)[number];

/**
 * Initial weights of your own: gives the kernel of shape [inputs, units], row-major. `random` is uniform on (0, 1), `normal` of
 * mean 0 and variance 1; both are seeded.
 */
export type CustomInitializer = (
  shape: { inputs: number; units: number },
  random: () => number,
  normal: () => number,
) => ArrayLike<number>;

/** 'custom' is that of a network from a file whose weights a function made. */
export type Initializer = NamedInitializer | CustomInitializer | 'custom';

export const INITIALIZER_NAMES = [...Object.keys(INITIALIZERS), ...FROM_DATA] as NamedInitializer[];

export const INITIALIZER_FIELD: Field<Initializer | undefined> = either<NamedInitializer | undefined, CustomInitializer>(
  oneOf(INITIALIZER_NAMES, undefined),
  value('a function ({ inputs, units }, random) => weights', (v) => typeof v === 'function', undefined as never),
);

/** How biases begin. */
export type BiasInitializer = 'random' | 'zeros';

/** Where a kernel stands among the parameters, and what it is for. */
export interface KernelPlace {
  readonly layer: number;
  readonly inputs: number;
  readonly units: number;
  readonly gain: number;
  /** Index of the kernel's first parameter; the bias follows where there is one. */
  readonly first: number;
  readonly bias: boolean;
  /** Missing: as the kernel's rule has it. */
  readonly biasInit: BiasInitializer | undefined;
}

/** The number of draws of a layer's stream: kernels with all that their rules need, and random biases. */
const KERNEL = 0;
const BIASES = 1;

/**
 * Fills a kernel and its bias from the layer's own streams. Random biases are uniform on ±1, or the rule's own; they are weights
 * from a constant unit, which the fan-in then counts.
 * @throws what the rule throws
 */
export function initialize(
  core: Core,
  arena: Arena,
  theta: Reals,
  init: Initializer,
  rule: Rule,
  place: KernelPlace,
  seed: number,
): void {
  const { layer, inputs, units, first, biasInit } = place;
  const [low, high] = halves(seed);
  const random = place.bias && biasInit === 'random' && init !== 'zeros';
  const biases = first + inputs * units;
  if (random) core.uniforms(units, low, high, Purpose.weights, layer, BIASES, -1, 1, theta.at(biases));
  if (typeof rule !== 'function') {
    const spread = rule.of(inputs + (random ? 1 : 0), units);
    const at = theta.at(first);
    if (rule.shape === 'normal') core.normals(inputs * units, low, high, Purpose.weights, layer, KERNEL, 0, spread, at);
    else core.uniforms(inputs * units, low, high, Purpose.weights, layer, KERNEL, -spread, spread, at);
    return;
  }
  const drawn = (kind: 'uniforms' | 'normals') => (n: number) => {
    const numbers = new Reals(arena, theta.precision, n);
    core[kind](n, low, high, Purpose.weights, layer, KERNEL, 0, 1, numbers.address);
    const copy = numbers.read();
    arena.release(numbers.address);
    return copy;
  };
  const { kernel, bias } = rule({ ...place, uniforms: drawn('uniforms'), normals: drawn('normals') });
  theta.view().set(kernel, first);
  if (bias && place.bias && biasInit !== 'zeros') theta.view().set(bias, biases);
}
