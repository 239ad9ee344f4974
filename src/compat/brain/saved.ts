// Networks as JSON: what both lines' forms say, read with suspicion. Nothing of a file is used before all of it is understood.

import { ModelFileError, shown } from '../../runtime/errors.js';
import { copyOf, isArrayLike, isFloat, putKey } from './formats.js';
import type { INumberHash } from './types.js';

/** A network as a file describes it. */
export interface Saved {
  sizes: number[];
  /** Kernels and biases by layer; the input has none, nor has any layer of a network that was never initialised. */
  weights: ArrayLike<number>[][];
  biases: ArrayLike<number>[];
  inputLookup: INumberHash | null;
  outputLookup: INumberHash | null;
  activation: string | undefined;
  leakyReluAlpha: number | undefined;
  /** Sizes, threshold and whatever else the constructor was told. */
  options: Record<string, unknown>;
  /** Options of training that are given, timeout as a number; undefined where the file has none. */
  trainOpts: Record<string, unknown> | undefined;
  /** Whose leaky-relu it is: 1.x computes another. */
  line: 1 | 2;
}

type Fields = Record<string, unknown>;

/** Keys that change objects rather than describe a network. */
export const POLLUTING = ['__proto__', 'constructor', 'prototype'];

export function fail(where: string, value: unknown, expected: string): never {
  throw new ModelFileError(`brain.js JSON, ${where} is ${shown(value)}; expected ${expected}`);
}

/** An object of a file, none of whose keys would pollute. */
export function fields(where: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || isArrayLike(value)) fail(where, value, 'an object');
  for (const key of POLLUTING) {
    if (Object.hasOwn(value, key)) fail(`${where}`, key, `no key named ${key}: it would reach into JavaScript's own objects`);
  }
  return value as Fields;
}

/** The elements of an array; what a hole in it holds is undefined. */
export function list(where: string, value: unknown, length?: number): readonly unknown[] {
  if (!isArrayLike(value)) fail(where, value, 'an array');
  if (length !== undefined && value.length !== length) fail(`${where}.length`, value.length, String(length));
  return Array.from(value);
}

/**
 * A number of the file, one that float32 has. JSON has null for NaN, which a network that has diverged is full of: it is refused,
 * as no model.
 */
export function numberOf(where: string, value: unknown): number {
  if (typeof value !== 'number') fail(where, value, 'a number');
  return isFloat(value) ? value : fail(where, value, 'a number that float32 has');
}

export function numbers(where: string, value: unknown, length: number): number[] {
  return list(where, value, length).map((element, i) => numberOf(`${where}[${i}]`, element));
}

/** As many weights as linear memory has room for, with what training needs beside them. */
const MOST_WEIGHTS = 2 ** 28;

export function sizesOf(value: unknown): number[] {
  const sizes = list('sizes', value).map((size, i) =>
    Number.isInteger(size) && (size as number) >= 0 ? (size as number) : fail(`sizes[${i}]`, size, 'a whole number of units'),
  );
  const weights = sizes.reduce((sum, units, i) => sum + (i ? (sizes[i - 1]! + 1) * units : 0), 0);
  if (weights > MOST_WEIGHTS) fail('sizes', weights, `at most ${MOST_WEIGHTS} weights`);
  return sizes;
}

/** A table of keys and the indices 0 to length − 1, each once. */
export function tableFrom(where: string, value: unknown, length: number): INumberHash {
  const given = fields(where, value);
  const seen = new Set<unknown>();
  for (const [key, index] of Object.entries(given)) {
    const place = `${where}[${JSON.stringify(key)}]`;
    if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= length || seen.has(index))
      fail(place, index, `an index from 0 to ${length - 1} that no other key has`);
    seen.add(index);
  }
  if (seen.size !== length) fail(`${where}`, seen.size, `${length} keys, one for each unit`);
  return copyOf(given as INumberHash);
}

/** Keys in the order of their numbers. */
export function tableOfKeys(keys: readonly string[]): INumberHash {
  const table: INumberHash = {};
  for (const [index, key] of keys.entries()) putKey(table, key, index);
  return table;
}

/** Options of training without those that are missing, or that JSON has made null. */
export function trainOptsFrom(value: unknown): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  const given = Object.entries(fields('trainOpts', value)).filter(([, option]) => option !== undefined && option !== null);
  return Object.fromEntries(given.map(([name, option]) => [name, option === 'Infinity' ? Number.POSITIVE_INFINITY : option]));
}

function optional<T>(where: string, value: unknown, allows: (value: unknown) => boolean, expected: string): T | undefined {
  if (value === undefined || value === null) return undefined;
  return allows(value) ? (value as T) : fail(where, value, expected);
}

const aNumber = (value: unknown) => typeof value === 'number';
const aString = (value: unknown) => typeof value === 'string';
const someSizes = (value: unknown) => Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0);

/** What the constructor was told, as far as it matters here. */
export function optionsFrom(where: string, given: Fields): Fields {
  optional(`${where}inputSize`, given.inputSize, aNumber, 'a number');
  optional(`${where}outputSize`, given.outputSize, aNumber, 'a number');
  optional(`${where}binaryThresh`, given.binaryThresh, aNumber, 'a number');
  optional(`${where}hiddenLayers`, given.hiddenLayers, someSizes, 'an array of whole numbers');
  return given;
}

export function activationFrom(where: string, given: Fields): Pick<Saved, 'activation' | 'leakyReluAlpha'> {
  return {
    activation: optional<string>(`${where}activation`, given.activation, aString, 'a name'),
    leakyReluAlpha: optional<number>(`${where}leakyReluAlpha`, given.leakyReluAlpha, aNumber, 'a number'),
  };
}
