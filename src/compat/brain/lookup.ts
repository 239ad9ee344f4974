// Tables that say at which index the number of a key stands, as users of brain.js call them.

import { EfficientBackpropError } from '../../runtime/errors.js';
import { isArrayLike, putKey, tableOf } from './formats.js';
import type { INumberHash } from './types.js';

type Rows = readonly object[];
type Datum2D = { input: Rows; output: Rows };

const flat = (rows: readonly Rows[]) => rows.flatMap((row) => [...row]);

/** brain.js's `lookup`: turns records into arrays, and back. */
export const lookup = {
  /** `[{ a: 1 }, { b: 6, c: 7 }]` → `{ a: 0, b: 1, c: 2 }` */
  toTable: (hashes: Rows): INumberHash => tableOf(hashes),

  /** The same of rows that are arrays of objects. */
  toTable2D: (objects2D: readonly Rows[]): INumberHash => tableOf(flat(objects2D)),

  toInputTable: (data: readonly { input: object }[]): INumberHash => tableOf(data.map(({ input }) => input)),

  toOutputTable: (data: readonly { output: object }[]): INumberHash => tableOf(data.map(({ output }) => output)),

  toInputTable2D: (data: readonly Pick<Datum2D, 'input'>[]): INumberHash => tableOf(flat(data.map(({ input }) => input))),

  toOutputTable2D: (data: readonly Pick<Datum2D, 'output'>[]): INumberHash => tableOf(flat(data.map(({ output }) => output))),

  /** `{ a: 6, b: 7 }` → `{ a: 0, b: 1 }` */
  toHash: (hash: object): INumberHash => tableOf([hash]),

  /** `{ a: 0, b: 1 }, { a: 6 }` → `[6, 0]` */
  toArray(table: INumberHash, object: Partial<INumberHash>, arrayLength: number): Float32Array {
    const result = new Float32Array(arrayLength);
    for (const key in object) {
      if (Object.hasOwn(table, key) && Object.hasOwn(object, key)) result[table[key]!] = object[key]!;
    }
    return result;
  },

  /** The same up to the first key that the object lacks. */
  toArrayShort(table: INumberHash, object: Partial<INumberHash>): Float32Array {
    const result: number[] = [];
    for (const key of Object.keys(table)) {
      if (!Object.hasOwn(object, key)) break;
      result[table[key]!] = object[key]!;
    }
    return Float32Array.from(result);
  },

  toArrays(table: INumberHash, objects: readonly Partial<INumberHash>[], arrayLength: number): Float32Array[] {
    return objects.map((object) => lookup.toArray(table, object, arrayLength));
  },

  /** `{ a: 0, b: 1 }, [6, 7]` → `{ a: 6, b: 7 }` */
  toObject(table: INumberHash, array: ArrayLike<number>): INumberHash {
    const object: INumberHash = {};
    for (const key in table) if (Object.hasOwn(table, key)) putKey(object, key, array[table[key]!]!);
    return object;
  },

  /** The keys from number `offset` on, `limit` of them: counted as brain.js counts, which takes 0 for "all". */
  toObjectPartial(table: INumberHash, array: ArrayLike<number>, offset = 0, limit = 0): INumberHash {
    const object: INumberHash = {};
    let passed = 0;
    for (const key of Object.keys(table)) {
      if (offset > 0 && passed++ < offset) continue;
      if (limit > 0 && passed++ >= limit) continue;
      putKey(object, key, array[table[key]! - offset]!);
    }
    return object;
  },

  /** `['a', 'b']` → `{ b: 0, a: 1 }` */
  lookupFromArray(array: readonly (string | number)[]): INumberHash {
    const table: INumberHash = {};
    for (const [index, key] of [...array].reverse().entries()) putKey(table, String(key), index);
    return table;
  },

  /** Adds the keys of an object; arrays have none. */
  addKeys(value: object, table: INumberHash): INumberHash {
    return isArrayLike(value) ? table : tableOf([value], table);
  },

  /** Of what data are made, from the outside in: `[{ input: [1] }]` → `['array', 'datum', 'array', 'number']`. */
  dataShape(data: unknown): string[] {
    const shape: string[] = [];
    const isDatum = (value: unknown): value is { input: unknown } =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, 'input');
    let rest = data;
    if (Array.isArray(rest) && isDatum(rest[0])) {
      shape.push('array');
      rest = rest[0];
    }
    if (isDatum(rest)) {
      shape.push('datum');
      rest = rest.input;
    }
    while (typeof rest === 'object' && rest !== null) {
      shape.push(isArrayLike(rest) ? 'array' : 'object');
      const [first] = Object.values(rest);
      if (first === undefined) return shape;
      rest = first;
    }
    if (rest === undefined || rest === null) return shape;
    if (typeof rest !== 'number') throw new EfficientBackpropError('unhandled signature');
    shape.push('number');
    return shape;
  },
};
