// Rows of data as users have them, and as networks take them: arrays of any kind become Float32Arrays, keyed objects find the
// places of their keys in a lookup table.

import { EfficientBackpropError } from '../../runtime/errors.js';
import type { FormattedDatum, INumberHash } from './types.js';

/** A row before it is formatted. */
export interface RawDatum {
  // biome-ignore lint/suspicious/noExplicitAny: arrays and objects of any kind
  input: any;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  output: any;
}

type Side = 'input' | 'output';

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

/** Numbers as float32: the array itself where it is that already. */
function floats(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : new Float32Array(values);
}

/** An object's numbers at the places of their keys; keys that are not in the table are left out, as are gaps. */
export function keyed(row: object, places: ReadonlyMap<string, number>): Float32Array {
  const numbers = new Float32Array(places.size);
  for (const key in row) {
    const place = places.get(key);
    if (place !== undefined && Object.hasOwn(row, key)) numbers[place] = Number((row as Record<string, unknown>)[key]) || 0;
  }
  return numbers;
}

/** How one side of the data becomes Float32Arrays; `table` is missing where the first row is an array. */
function formatter(side: Side, table: INumberHash | null): (value: unknown, row: number) => Float32Array {
  if (!table) {
    return (value, row) => {
      if (isArrayLike(value)) return floats(value);
      throw new EfficientBackpropError(
        `${side} at index ${row} is not an array, but the first is; give all of them as one or the other`,
      );
    };
  }
  const places = new Map(Object.entries(table));
  return (value, row) => {
    if (typeof value === 'object' && value !== null) return keyed(value, places);
    throw new EfficientBackpropError(`${side} at index ${row} is neither an array nor an object of numbers`);
  };
}

/** Rows as the network takes them. */
export function formatted(
  data: readonly RawDatum[],
  inputTable: INumberHash | null,
  outputTable: INumberHash | null,
): FormattedDatum[] {
  const input = formatter('input', inputTable);
  const output = formatter('output', outputTable);
  return data.map((datum, row) => ({ input: input(datum.input, row), output: output(datum.output, row) }));
}

/** @throws where there is no row, or the first is none */
export function requireRows(data: unknown): asserts data is RawDatum[] {
  const first: unknown = Array.isArray(data) ? data[0] : undefined;
  if (typeof first !== 'object' || first === null || !('input' in first) || !('output' in first)) {
    throw new EfficientBackpropError('data: expected an array of at least one { input, output }');
  }
}
