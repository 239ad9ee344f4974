// Initial weights that few networks have: orthonormal ones, those of rbf layers and of the user's functions.

import type { Core } from '../../bindings/core.js';
import type { RealArray, Reals } from '../../bindings/memory.js';
import { OptionError } from '../runtime/errors.js';
import { Purpose, halves } from '../runtime/random.js';
import type { CustomInitializer, Draw, Initializer, Rule, Weights } from './initializers.js';

/** The rule of those that have no other. */
export function rareRuleOf(init: Initializer): Rule {
  return typeof init === 'function' ? custom(init) : orthogonal;
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
