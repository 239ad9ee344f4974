// The library's errors. Each names what was wrong, where, and what would be right.

import { EfficientBackpropError } from '../../bindings/errors.js';
import { isPromise } from './callbacks.js';

export { EfficientBackpropError, LoadError, OutOfMemoryError, UnsupportedError, WorkerLostError } from '../../bindings/errors.js';

/** Arrays of at most so many elements are shown, if these are short. */
const FEW = 8;

const isPlain = (v: unknown) => v === null || ['string', 'number', 'boolean', 'undefined', 'bigint'].includes(typeof v);

/** A value as an error message shows it: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'function') return `a function`;
  if (ArrayBuffer.isView(value)) return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
  if (Array.isArray(value)) {
    const text = value.length > 0 && value.length <= FEW && value.every(isPlain) ? `[${value.map(shown).join(', ')}]` : '';
    return text && text.length <= 60 ? text : `an array of ${value.length}`;
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (isPromise(value)) {
    // It was refused, so that nobody awaits it: its rejection would end the process.
    value.then(undefined, () => {});
    return 'a promise';
  }
  if (value !== null && typeof value === 'object') {
    const name: unknown = value.constructor?.name; // of data, which may have a field of that name
    if (name === 'Object') return 'an object';
    if (Symbol.asyncIterator in value) return 'an async iterable';
    return `an object of ${typeof name === 'string' && name ? name : 'no class'}`;
  }
  return String(value);
}

/** How many of something there are, in words. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** That there are so many of something, in words. */
export function thereAre(n: number, noun: string): string {
  return `there ${n === 1 ? 'is' : 'are'} ${counted(n, noun)}`;
}

/** An option is unknown, or its value is not one that it takes. */
export class OptionError extends EfficientBackpropError {
  override name = 'OptionError';
  /** The option, as "call.option". */
  readonly option: string;
  readonly value: unknown;
  /** What would be right. */
  readonly expected: string;

  constructor(option: string, value: unknown, expected: string, message = `${option} is ${shown(value)}; expected ${expected}`) {
    super(message);
    this.option = option;
    this.value = value;
    this.expected = expected;
  }

  /** What a log needs: the value, which may be a model or a whole data set, as messages show it. */
  toJSON(): { name: string; message: string; option: string; value: unknown; expected: string } {
    const { name, message, option, value, expected } = this;
    const plain = value === null || typeof value === 'boolean' || Number.isFinite(value);
    return { name, message, option, value: plain ? value : shown(value), expected };
  }
}

/**
 * Where in the data something is wrong: a row (from 0), a column (its name, or its index from 0), or both; of data in chunks,
 * which (from 0).
 */
interface DataPlace {
  chunk?: number | undefined;
  row?: number | undefined;
  column?: string | number | undefined;
}

/** Data that cannot be used as they are. */
export class DataError extends EfficientBackpropError {
  override name = 'DataError';
  /** Of data that come in chunks: which one, whose rows `row` counts. */
  readonly chunk: number | undefined;
  readonly row: number | undefined;
  readonly column: string | number | undefined;
  /** What is wrong: 'X', 'Y', 'labels', 'targets', 'weights', … */
  readonly what: string;
  /** The message without the place. */
  readonly detail: string;

  constructor(what: string, detail: string, { chunk, row, column }: DataPlace = {}) {
    const places: string[] = [];
    if (chunk !== undefined) places.push(`chunk ${chunk}`);
    if (row !== undefined) places.push(`row ${row}`);
    if (column !== undefined) places.push(`column ${typeof column === 'string' ? JSON.stringify(column) : column}`);
    super(`${what}${places.length ? `, ${places.join(', ')}` : ''}: ${detail}`);
    this.chunk = chunk;
    this.row = row;
    this.column = column;
    this.what = what;
    this.detail = detail;
  }
}

/**
 * An error about some of the rows that a caller gave, as one about all of them; `picked` says which they are, if not all. Any
 * other error stays as it is.
 */
export function amongAll(error: unknown, picked: ArrayLike<number> | undefined): unknown {
  if (!picked || !(error instanceof DataError) || error.row === undefined || error.chunk !== undefined) return error;
  const { what, detail, row, column } = error;
  return new DataError(what, detail, { row: picked[row] ?? row, column });
}

/** A model file that is damaged, truncated, of a newer version, or not one of this library's. */
export class ModelFileError extends EfficientBackpropError {
  override name = 'ModelFileError';
}

/** A file that could not be read or written. */
export class FileError extends EfficientBackpropError {
  override name = 'FileError';
  readonly path: string;

  constructor(path: string, detail: string, cause?: unknown) {
    super(`${path}: ${detail}`, { cause });
    this.path = path;
  }
}

/** A network, model or dataset used after its dispose(). */
export class DisposedError extends EfficientBackpropError {
  override name = 'DisposedError';
  constructor(what: string) {
    super(`this ${what} has been disposed of`);
  }
}

/** A model asked to predict, evaluate or save before it was fitted. */
export class NotFittedError extends EfficientBackpropError {
  override name = 'NotFittedError';
  constructor(what: string) {
    super(`this ${what} has not been fitted yet; call fit(…) first, or loadModel(…)`);
  }
}
