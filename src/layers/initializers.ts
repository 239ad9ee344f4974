// Initial weights: by fan-in m, the number of inputs to a unit (Efficient BackProp 4.6, (14)–(16)).

import type { Core } from '../../bindings/core.js';
import { type Arena, type RealArray, Reals } from '../../bindings/memory.js';
import { OptionError } from '../runtime/errors.js';
import { type Field, either, oneOf, value } from '../runtime/options.js';
import { Purpose, halves } from '../runtime/random.js';

/** A distribution, and its deviation or half-width for a fan-in m. */
interface Spread {
  readonly shape: 'normal' | 'uniform';
  readonly of: (m: number, units: number) => number;
}

/** A kernel to be made, and what its numbers may come from. */
interface Draw {
  readonly inputs: number;
  readonly units: number;
  /** Of the activation: the variance times fan-in that keeps unit variance. */
  readonly gain: number;
  /** n numbers from the layer's own stream. */
  uniforms(n: number): RealArray;
  normals(n: number): RealArray;
}

/** Initial weights: the kernel, and biases where the rule has its own. */
interface Weights {
  readonly kernel: ArrayLike<number>;
  readonly bias?: ArrayLike<number>;
}

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
  orthogonal,
  /** Units whose active regions tile inputs from −1 to 1; biases do not start at 0 (Nguyen and Widrow 1990). */
  nguyenWidrow,
  /** All 0: right for a layer without hidden ones below, where nothing has to be told apart. */
  zeros: ({ inputs, units }: Draw): Weights => ({ kernel: new Float64Array(inputs * units) }),
} satisfies Record<string, Spread | ((draw: Draw) => Weights)>;

/** Of which only the first fit knows the weights. */
const FROM_DATA = ['leastSquares'] as const;

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
 * @throws OptionError if a function gives something else than inputs·units finite numbers
 */
export function initialize(
  core: Core,
  arena: Arena,
  theta: Reals,
  init: Exclude<Initializer, 'custom'>,
  place: KernelPlace,
  seed: number,
): void {
  const { layer, inputs, units, first, biasInit } = place;
  const [low, high] = halves(seed);
  const maker =
    typeof init === 'function' ? custom(init) : init === 'leastSquares' ? INITIALIZERS.lecunNormal : INITIALIZERS[init];
  const random = place.bias && biasInit === 'random' && init !== 'zeros';
  const biases = first + inputs * units;
  if (random) core.uniforms(units, low, high, Purpose.weights, layer, BIASES, -1, 1, theta.at(biases));
  if (typeof maker !== 'function') {
    const spread = maker.of(inputs + (random ? 1 : 0), units);
    const at = theta.at(first);
    if (maker.shape === 'normal') core.normals(inputs * units, low, high, Purpose.weights, layer, KERNEL, 0, spread, at);
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
  const { kernel, bias } = maker({ ...place, uniforms: drawn('uniforms'), normals: drawn('normals') });
  theta.view().set(kernel, first);
  if (bias && place.bias && biasInit !== 'zeros') theta.view().set(bias, biases);
}

/** Centres at normal random places of unit variance, and widths, σ or else √inputs: about half of what two centres are apart. */
export function initializeRbf(
  core: Core,
  theta: Reals,
  { units, width }: { units: number; width: number },
  {
    layer,
    inputs,
    centres,
    logWidths,
    seed,
  }: { layer: number; inputs: number; centres: number; logWidths: number; seed: number },
): void {
  const [low, high] = halves(seed);
  core.normals(inputs * units, low, high, Purpose.weights, layer, 0, 0, 1, theta.at(centres));
  theta.view().fill(width > 0 ? width : Math.sqrt(inputs), logWidths, logWidths + units);
  core.logarithms(units, theta.at(logWidths), theta.at(logWidths));
}

/** One number of a stream after the other, from draws of n from its beginning. */
function oneByOne(draw: (n: number) => RealArray, n: number): () => number {
  let numbers: RealArray | undefined;
  let used = 0;
  return () => {
    numbers ??= draw(n);
    // The stream from its beginning again, twice as far.
    if (used === numbers.length) numbers = draw(2 * used);
    return numbers[used++]!;
  };
}

function custom(init: CustomInitializer): (draw: Draw) => Weights {
  return ({ inputs, units, uniforms, normals }) => {
    const n = inputs * units;
    const kernel = init({ inputs, units }, oneByOne(uniforms, n), oneByOne(normals, n));
    const good = kernel?.length === n && Array.from(kernel).every((w) => Number.isFinite(Math.fround(w)));
    if (!good)
      throw new OptionError('dense.init()', kernel, `${inputs}·${units} finite numbers: the kernel of shape [inputs, units]`);
    return { kernel };
  };
}

/** Gram and Schmidt's way, twice, from normal numbers: uniform over all orthonormal systems. */
function orthogonal({ inputs, units, gain, normals }: Draw): Weights {
  const long = Math.max(inputs, units);
  const short = Math.min(inputs, units);
  const z = normals(long * short);
  const vectors: Float64Array[] = [];
  for (let k = 0; k < short; k++) {
    const v = Float64Array.from(z.subarray(k * long, (k + 1) * long));
    for (let pass = 0; pass < 2; pass++) {
      for (const q of vectors) {
        let s = 0;
        for (let i = 0; i < long; i++) s += q[i]! * v[i]!;
        for (let i = 0; i < long; i++) v[i]! -= s * q[i]!;
      }
      let square = 0;
      for (const e of v) square += e * e;
      const norm = Math.sqrt(square);
      for (let i = 0; i < long; i++) v[i]! /= norm;
    }
    vectors.push(v);
  }
  const scale = Math.sqrt(gain * Math.max(1, units / inputs));
  const kernel = new Float64Array(inputs * units);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++) kernel[i * units + j] = scale * (inputs >= units ? vectors[j]![i]! : vectors[i]![j]!);
  }
  return { kernel };
}

/** Each unit's weights of length β = 0.7·units^(1/inputs), its bias uniform on ±β. */
function nguyenWidrow({ inputs, units, uniforms }: Draw): Weights {
  const beta = 0.7 * root(units, inputs);
  const u = uniforms((inputs + 1) * units).map((v) => 2 * v - 1);
  const kernel = new Float64Array(inputs * units);
  for (let j = 0; j < units; j++) {
    let square = 0;
    for (let i = 0; i < inputs; i++) square += u[i * units + j]! ** 2;
    for (let i = 0; i < inputs; i++) kernel[i * units + j] = (beta * u[i * units + j]!) / Math.sqrt(square);
  }
  return { kernel, bias: u.subarray(inputs * units).map((v) => beta * v) };
}

/** x^(1/n) for x ≥ 1 by Newton's iteration from above: the same bits everywhere. */
function root(x: number, n: number): number {
  if (n === 1) return x;
  // (1 + x/n)ⁿ ≥ x, so that this start lies above the root, and so does every iterate.
  let r = Math.min(1 + (x - 1) / n, x);
  for (;;) {
    let power = 1;
    for (let k = 1; k < n && power < Number.MAX_VALUE; k++) power *= r;
    const next = r - (r - x / power) / n;
    if (!(next < r)) return r;
    r = next;
  }
}
