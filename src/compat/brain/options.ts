// Options of training: their defaults, and what they may be. Messages are brain.js's.

import { OptionError, shown } from '../../runtime/errors.js';
import { note } from './notes.js';
import type { NeuralNetworkActivation, OwnPraxis } from './types.js';

export const ACTIVATIONS: readonly NeuralNetworkActivation[] = ['sigmoid', 'relu', 'leaky-relu', 'tanh'];

export const OWN_PRAXES: readonly OwnPraxis[] = ['lm', 'lbfgs', 'bfgs', 'scg', 'cg', 'sdlm', 'rprop'];

/** What both lines train with unless told otherwise. */
export const TRAINING = {
  iterations: 20000,
  errorThresh: 0.005,
  log: false as const,
  logPeriod: 10,
  learningRate: 0.3,
  momentum: 0.1,
  callbackPeriod: 10,
  timeout: Number.POSITIVE_INFINITY,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
};

interface Check {
  readonly expected: string;
  readonly allows: (value: unknown) => boolean;
}

const positive: Check = { expected: 'a number above 0', allows: (value) => typeof value === 'number' && value > 0 };
/** brain.js refuses 0, which is what turns momentum, or a threshold, off. */
const share: Check = {
  expected: 'a number from 0 to below 1',
  allows: (value) => typeof value === 'number' && value >= 0 && value < 1,
};
const oneOf = (values: readonly unknown[], none: readonly unknown[] = []): Check => ({
  expected: values.map((value) => JSON.stringify(value)).join(', '),
  allows: (value) => values.includes(value) || none.includes(value),
});

const CHECKS: Readonly<Record<string, Check>> = {
  activation: oneOf(ACTIVATIONS),
  iterations: positive,
  errorThresh: share,
  log: { expected: 'a boolean or a function', allows: (value) => typeof value === 'boolean' || typeof value === 'function' },
  logPeriod: positive,
  leakyReluAlpha: share,
  learningRate: share,
  momentum: share,
  callback: { expected: 'a function', allows: (value) => typeof value === 'function' || value === undefined || value === null },
  callbackPeriod: positive,
  timeout: positive,
  praxis: oneOf(['adam', ...OWN_PRAXES], [undefined, null, false, '']),
  beta1: share,
  beta2: share,
  epsilon: share,
  normalize: { expected: 'a boolean', allows: (value) => typeof value === 'boolean' || value === undefined },
  threads: {
    expected: "'auto' or a whole number from 1",
    allows: (value) => value === undefined || value === 'auto' || (Number.isInteger(value) && (value as number) >= 1),
  },
};

const EACH = Object.entries(CHECKS);

/** Options that only this library has; defaults have none of them. */
export const OWN = ['normalize', 'threads'] as const;

/** @throws OptionError for the first that is given and not what it may be, but for those that are not checked */
export function requireTraining(options: object, unchecked: readonly string[] = []): void {
  for (const [name, { expected, allows }] of EACH) {
    if (!Object.hasOwn(options, name) || unchecked.includes(name)) continue;
    const value = (options as Record<string, unknown>)[name];
    if (allows(value)) continue;
    const message = `[${name}, ${String(value)}] is out of normal training range, your network will probably not train.`;
    // Of brain.js's options its text to the letter, which programs compare; what would be right is the error's `expected`.
    const isOwn = (OWN as readonly string[]).includes(name);
    throw new OptionError(`train.${name}`, value, expected, isOwn ? `${message} Expected ${expected}.` : message);
  }
}

/** Options of constructors, which programs give to train as well. */
const OF_CONSTRUCTORS = ['hiddenLayers', 'inputSize', 'outputSize', 'binaryThresh', 'mode', 'gpu', 'constants'];

/** Says which options of a training nobody knows, since brain.js says nothing; and a praxis that is none. */
export function noteUnknown(options: object): void {
  const names = Object.keys(options).filter((name) => !(name in CHECKS) && !OF_CONSTRUCTORS.includes(name));
  if (names.length > 0) note('brain', `train() knows no option ${names.join(', ')}; it has ${Object.keys(CHECKS).join(', ')}`);
  const { praxis } = options as { praxis?: unknown };
  if (praxis && !CHECKS.praxis!.allows(praxis)) {
    note('brain/v1', `no praxis is named ${shown(praxis)}: gradient descent with momentum takes its place, as in 1.x`);
  }
}

/** Units of each hidden layer, from what users give. @throws OptionError */
export function hiddenFrom(given: unknown): number[] {
  const sizes = Array.isArray(given) ? given.map(Number) : [];
  if (Array.isArray(given) && sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
  const one = typeof given === 'number' ? `: [${given}]` : '';
  throw new OptionError('hiddenLayers', given, `an array of whole numbers from 1, one for each hidden layer${one}`);
}

/** @throws OptionError where a network cannot have these layers */
export function requireSizes(sizes: readonly unknown[]): void {
  const wrong = sizes.find((size) => !Number.isInteger(size) || (size as number) < 0);
  if (wrong !== undefined) throw new OptionError('sizes', wrong, 'whole numbers of units, one for each layer');
}
