// The models of NIST's Statistical Reference Datasets for nonlinear regression, written from their formulas; data, starts and
// certified values are in problems.json.

import data from './problems.json' with { type: 'json' };

type Model = (b: ArrayLike<number> & Iterable<number>, x: readonly number[]) => number;

const { exp, PI } = Math;

const cubicRatio: Model = ([b1, b2, b3, b4, b5, b6, b7], [x]) =>
  (b1! + x! * (b2! + x! * (b3! + x! * b4!))) / (1 + x! * (b5! + x! * (b6! + x! * b7!)));
const chwirut: Model = ([b1, b2, b3], [x]) => exp(-b1! * x!) / (b2! + b3! * x!);
const gauss: Model = ([b1, b2, b3, b4, b5, b6, b7, b8], [x]) =>
  b1! * exp(-b2! * x!) + b3! * exp(-(((x! - b4!) / b5!) ** 2)) + b6! * exp(-(((x! - b7!) / b8!) ** 2));
const lanczos: Model = ([b1, b2, b3, b4, b5, b6], [x]) => b1! * exp(-b2! * x!) + b3! * exp(-b4! * x!) + b5! * exp(-b6! * x!);

const MODELS: Record<keyof typeof data, Model> = {
  Bennett5: ([b1, b2, b3], [x]) => b1! * (b2! + x!) ** (-1 / b3!),
  BoxBOD: ([b1, b2], [x]) => b1! * (1 - exp(-b2! * x!)),
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  DanWood: ([b1, b2], [x]) => b1! * x! ** b2!,
  ENSO: ([b1, b2, b3, b4, b5, b6, b7, b8, b9], [x]) => {
    const turn = 2 * PI * x!;
    return (
      b1! +
      b2! * Math.cos(turn / 12) +
      b3! * Math.sin(turn / 12) +
      b5! * Math.cos(turn / b4!) +
      b6! * Math.sin(turn / b4!) +
      b8! * Math.cos(turn / b7!) +
      b9! * Math.sin(turn / b7!)
    );
  },
  Eckerle4: ([b1, b2, b3], [x]) => (b1! / b2!) * exp(-0.5 * ((x! - b3!) / b2!) ** 2),
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  Hahn1: cubicRatio,
  Kirby2: ([b1, b2, b3, b4, b5], [x]) => (b1! + x! * (b2! + x! * b3!)) / (1 + x! * (b4! + x! * b5!)),
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  MGH09: ([b1, b2, b3, b4], [x]) => (b1! * (x! * x! + b2! * x!)) / (x! * x! + b3! * x! + b4!),
  MGH10: ([b1, b2, b3], [x]) => b1! * exp(b2! / (x! + b3!)),
  MGH17: ([b1, b2, b3, b4, b5], [x]) => b1! + b2! * exp(-b4! * x!) + b3! * exp(-b5! * x!),
  Misra1a: ([b1, b2], [x]) => b1! * (1 - exp(-b2! * x!)),
  Misra1b: ([b1, b2], [x]) => b1! * (1 - (1 + (b2! * x!) / 2) ** -2),
  Misra1c: ([b1, b2], [x]) => b1! * (1 - (1 + 2 * b2! * x!) ** -0.5),
  Misra1d: ([b1, b2], [x]) => (b1! * b2! * x!) / (1 + b2! * x!),
  Nelson: ([b1, b2, b3], [x1, x2]) => b1! - b2! * x1! * exp(-b3! * x2!),
  Rat42: ([b1, b2, b3], [x]) => b1! / (1 + exp(b2! - b3! * x!)),
  Rat43: ([b1, b2, b3, b4], [x]) => b1! / (1 + exp(b2! - b3! * x!)) ** (1 / b4!),
  Roszman1: ([b1, b2, b3, b4], [x]) => b1! - b2! * x! - Math.atan(b3! / (x! - b4!)) / PI,
  Thurber: cubicRatio,
};

/** A run: a problem from one of its starts. */
export interface Run {
  readonly name: string;
  readonly model: Model;
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly start: readonly number[];
  readonly certified: readonly number[];
  readonly deviations: readonly number[];
  readonly sum: number;
}

/** All 54 of them. */
export const RUNS: readonly Run[] = Object.entries(data).flatMap(([name, { x, y, starts, certified, deviations, sum }]) =>
  starts.map((start, k) => ({
    name: `${name}, start ${k + 1}`,
    model: MODELS[name as keyof typeof data],
    x: x.map((point) => (typeof point === 'number' ? [point] : point)),
    y: name === 'Nelson' ? y.map(Math.log) : y,
    start,
    certified,
    deviations,
    sum,
  })),
);

/** The number of digits that agree with certified values, of which there are eleven: the least of all parameters'. */
export function digits(found: ArrayLike<number>, certified: readonly number[]): number {
  const each = certified.map((right, i) => {
    const error = Math.abs(found[i]! - right) / Math.abs(right);
    return Number.isNaN(error) ? 0 : Math.min(Math.max(-Math.log10(error), 0), 11);
  });
  return Math.min(...each);
}
