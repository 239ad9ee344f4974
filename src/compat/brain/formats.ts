// Rows of data as users have them, and as networks take them: arrays of any kind become Float32Arrays, keyed objects find the
// places of their keys in a lookup table.

import { DataError, EfficientBackpropError, shown } from '../../runtime/errors.js';
import { type Pausing, withRests } from './turns.js';
import type { FormattedDatum, INumberHash } from './types.js';

/** A row before it is formatted. */
export interface RawDatum {
  // biome-ignore lint/suspicious/noExplicitAny: arrays and objects of any kind
  input: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  output: any;
}

export type Side = 'input' | 'output';

export const SIDES: readonly Side[] = ['input', 'output'];

/** Typed arrays are arrays; brain.js takes them for objects. */
export function isArrayLike(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Sets a key of an object, which may be "__proto__". */
export function putKey<T>(object: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** The keys of `rows` in order of appearance, behind those that the table has. */
export function tableOf(rows: Iterable<object>, table: INumberHash = {}): INumberHash {
  let length = Object.keys(table).length;
  for (const row of rows) {
    for (const key in row) {
      if (Object.hasOwn(row, key) && !Object.hasOwn(table, key)) putKey(table, key, length++);
    }
  }
  return table;
}

/** A copy that keeps every key. */
export function copyOf(table: INumberHash): INumberHash {
  const copy: INumberHash = {};
  for (const key of Object.keys(table)) putKey(copy, key, table[key]!);
  return copy;
}

/** Says which number of a row is none, before it makes NaN of a network. */
type Refusal = (value: unknown, column: string | number) => never;

/** Why a value that is no number of float32 is refused, and what takes its place. */
function detailOf(value: unknown): string {
  const what = `${shown(value)} is no number that float32 has`;
  if (typeof value === 'string')
    return `${what}; give each word a key of its own, which is 1 where it applies: { ${value || 'word'}: 1 }`;
  if (typeof value === 'object' && value !== null) return `${what}; rows are flat`;
  return what;
}

/** Whether a number stays finite as float32. */
export const isFloat = (value: number) => Number.isFinite(Math.fround(value));

/** Numbers as float32: the array itself where it is that already. */
function floats(values: ArrayLike<unknown>, refuse: Refusal): Float32Array {
  const isDone = values instanceof Float32Array;
  const numbers = isDone ? values : new Float32Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    if (!isDone) numbers[i] = asNumber(values[i]);
    if (!Number.isFinite(numbers[i])) refuse(values[i], i);
  }
  return numbers;
}

/** What arithmetic makes of a value; NaN where it throws. */
function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'symbol' ? Number.NaN : Number(value);
}

/** An object's numbers at the places of their keys; keys that are not in the table are left out, and gaps are 0. */
export function keyed(row: object, places: ReadonlyMap<string, number>, refuse: Refusal = refused): Float32Array {
  const numbers = new Float32Array(places.size);
  for (const key in row) {
    const place = places.get(key);
    if (place === undefined || !Object.hasOwn(row, key)) continue;
    const value: unknown = (row as Record<string, unknown>)[key];
    // brain.js takes what is missing, and NaN, for 0.
    if (value === undefined || value === null || Number.isNaN(value)) continue;
    const number = asNumber(value);
    if (!isFloat(number)) refuse(value, key);
    numbers[place] = number;
  }
  return numbers;
}

const refused: Refusal = (value, column) => {
  throw new DataError('data', detailOf(value), { column });
};

/** How one side of the data becomes Float32Arrays; `table` is missing where the first row is an array. */
function formatter(side: Side, table: INumberHash | null): (value: unknown, row: number) => Float32Array {
  const at =
    (row: number): Refusal =>
    (value, column) => {
      throw new DataError(side, detailOf(value), { row, column });
    };
  if (!table) {
    return (value, row) => {
      if (isArrayLike(value)) return floats(value, at(row));
      throw new EfficientBackpropError(
        `${side} at index ${row} is not an array, but the first is; give all of them as one or the other`,
      );
    };
  }
  const places = new Map(Object.entries(table));
  return (value, row) => {
    if (typeof value === 'object' && value !== null) return keyed(value, places, at(row));
    const one = typeof value === 'number' ? `: [${value}]` : '';
    throw new DataError(side, `expected an array, or an object of numbers${one}, not ${shown(value)}`, { row });
  };
}

/** The numbers of a row, roughly. */
const lengthOf = (row: unknown): number =>
  isArrayLike(row) ? row.length : typeof row === 'object' && row !== null ? Object.keys(row).length : 1;

/** Numbers that take longer to format than a turn of the event loop should. */
const MANY = 2 ** 15;

/** Whether data have many numbers, by their first row. */
export function areMany(data: unknown): boolean {
  if (!Array.isArray(data) || !isDatum(data[0])) return false;
  const [first] = data;
  return data.length * SIDES.reduce((sum, side) => sum + lengthOf(first[side]), 0) >= MANY;
}

/** The table of one side's keys. */
export function* tabled(data: readonly RawDatum[], side: Side): Pausing<INumberHash> {
  const table: INumberHash = {};
  yield* withRests(
    data,
    () => Object.keys(table).length,
    (datum, row) => {
      requireRow(datum, row);
      if (typeof datum[side] === 'object') tableOf([datum[side]], table);
    },
  );
  return table;
}

/** Rows as the network takes them. */
export function* formatted(
  data: readonly RawDatum[],
  inputTable: INumberHash | null,
  outputTable: INumberHash | null,
): Pausing<FormattedDatum[]> {
  const input = formatter('input', inputTable);
  const output = formatter('output', outputTable);
  const rows: FormattedDatum[] = [];
  yield* withRests(
    data,
    () => rows.at(-1)!.input.length + rows.at(-1)!.output.length,
    (datum, row) => {
      requireRow(datum, row);
      rows.push({ input: input(datum.input, row), output: output(datum.output, row) });
    },
  );
  return rows;
}

const isDatum = (value: unknown): value is RawDatum =>
  typeof value === 'object' && value !== null && 'input' in value && 'output' in value;

function requireRow(value: unknown, row: number): asserts value is RawDatum {
  if (!isDatum(value)) throw new DataError('data', `expected { input, output }, not ${shown(value)}`, { row });
}

/** @throws where there is no row, or the first is none */
export function requireRows(data: unknown): asserts data is RawDatum[] {
  if (Array.isArray(data) && data.length > 0) return requireRow(data[0], 0);
  const given = isDatum(data) ? 'one { input, output }; put it into an array' : shown(data);
  throw new DataError('data', `expected an array of at least one { input, output }, not ${given}`);
}
