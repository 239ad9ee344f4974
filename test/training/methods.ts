// Every method of the package, each in the variants whose states differ: for laws that hold for all of them.

import { readFileSync } from 'node:fs';
import * as all from '../../src/index.js';
import type { Method } from '../../src/index.js';

const { schedules } = all;

/** Variants by the name of the function that makes them. A method that is exported and not here is a failure: see `forgotten`. */
const METHODS: Readonly<Record<string, readonly (() => Method)[]>> = {
  sgd: [
    () => all.sgd({ rate: 0.05, momentum: 0 }),
    () => all.sgd({ rate: schedules.inverse({ rate: 0.1, tau: 100 }), nesterov: true, weightDecay: 0.01, perWeight: true }),
    () => all.sgd({ rate: (epoch) => 0.1 / (1 + epoch) }),
    () => all.sgd({ rate: 'auto' }),
    () => all.sgd({ rate: all.autoRate({ every: 2, samples: 20, factor: 0.5 }), momentum: 0.5 }),
  ],
  adam: [() => all.adam({ rate: 0.01 }), () => all.adam({ rate: schedules.inverse({ rate: 0.01 }), weightDecay: 0.01 })],
  adamW: [() => all.adamW({ rate: 0.01 })],
  nadam: [() => all.nadam({ rate: 0.01 })],
  rmsProp: [() => all.rmsProp({ rate: 0.01 }), () => all.rmsProp({ rate: 0.005, centered: true, momentum: 0.5, epsilon: 1e-3 })],
  adaGrad: [() => all.adaGrad({ rate: 0.05 }), () => all.adaGrad({ rate: 0.05, initialAccumulator: 0.1, insideRoot: true })],
  adamax: [() => all.adamax({ rate: 0.01 })],
  lion: [() => all.lion({ rate: 0.01 })],
  adadelta: [() => all.adadelta()],
  murata: [() => all.murata({ rate: 0.01 })],
  gdx: [() => all.gdx({ rate: 0.1 })],
  deltaBarDelta: [() => all.deltaBarDelta()],
  quickprop: [() => all.quickprop()],
  superSAB: [() => all.superSAB()],
  rprop: [() => all.rprop(), () => all.rprop({ variant: 'iRprop+' })],
  stochasticDiagonalLM: [
    () => all.stochasticDiagonalLM(),
    () => all.stochasticDiagonalLM({ samples: 20, every: 3, momentum: 0.5 }),
    () => all.stochasticDiagonalLM({ gamma: 'falling' }),
  ],
  adaHessian: [() => all.adaHessian({ rate: 0.01 })],
  sophia: [() => all.sophia({ rate: 0.01 })],
  conjugateGradient: [
    () => all.conjugateGradient(),
    () => all.conjugateGradient({ beta: 'fletcherReeves', weightDecay: 0.01 }),
    () => all.conjugateGradient({ beta: 'hestenesStiefel' }),
    () => all.conjugateGradient({ beta: 'powellBeale' }),
  ],
  scaledConjugateGradient: [() => all.scaledConjugateGradient()],
  bfgs: [() => all.bfgs(), () => all.bfgs({ lineSearch: 'armijo', update: 'damped', weightDecay: 0.001 })],
  lbfgs: [() => all.lbfgs({ memory: 3 }), () => all.lbfgs({ lineSearch: 'armijo' })],
  oneStepSecant: [() => all.oneStepSecant()],
  newton: [() => all.newton(), () => all.newton({ truncated: true, lineSearch: 'armijo' })],
  gaussNewton: [
    () => all.gaussNewton(),
    () => all.gaussNewton({ truncated: true }),
    () => all.gaussNewton({ lineSearch: 'wolfe' }),
  ],
  levenbergMarquardt: [
    () => all.levenbergMarquardt(),
    () => all.levenbergMarquardt({ scaling: 'more', muInc: 5 }),
    () => all.levenbergMarquardt({ scaling: 'marquardt', weightDecay: 0.001 }),
    () => all.levenbergMarquardt({ bayesian: true }),
  ],
};

/** All variants, with a name for each. */
export const VARIANTS = Object.entries(METHODS).flatMap(([name, makers]) =>
  makers.map((make, i) => ({ title: makers.length > 1 ? `${name}, ${i + 1}` : name, name, make })),
);

/** Functions of src/methods that the package exports, and that are neither in the list nor what a method is set with. */
export function forgotten(): string[] {
  const text = readFileSync(new URL('../../src/index.ts', import.meta.url), 'utf8');
  const exported = [...text.matchAll(/export \{([^}]*)\} from '\.\/methods\//g)].flatMap(([, names]) =>
    names!.split(',').map((name) => name.trim()),
  );
  const functions = exported.filter((name) => name !== '' && !name.startsWith('type '));
  return functions.filter((name) => name !== 'autoRate' && !(name in METHODS));
}

/** Numbers from −1 to 1 that look like chance. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
