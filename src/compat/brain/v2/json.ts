// JSON as 2.x writes it: arrays of weights, tables of keys.

import { copyOf } from '../formats.js';
import {
  type Saved,
  activationFrom,
  fail,
  fields,
  list,
  numbers,
  optionsFrom,
  sizesOf,
  tableFrom,
  trainOptsFrom,
} from '../saved.js';
import type { IJSONLayer, INumberHash } from '../types.js';

/** What is written of any network. */
interface Written {
  readonly sizes: readonly number[];
  readonly weights: readonly (readonly ArrayLike<number>[] | undefined)[];
  readonly biases: readonly (ArrayLike<number> | undefined)[];
  readonly inputLookup: INumberHash | null;
  readonly outputLookup: INumberHash | null;
}

/** Weights and biases of each layer; the input has none. */
export function layersOf({ sizes, weights, biases }: Written): IJSONLayer[] {
  return sizes.map((_, layer) => ({
    weights: (weights[layer] ?? []).map((row) => Array.from(row)),
    biases: Array.from(biases[layer] ?? []),
  }));
}

export const tableIn = (table: INumberHash | null): INumberHash | null => (table ? copyOf(table) : null);

/** @throws ModelFileError */
export function readV2(json: Record<string, unknown>): Saved {
  const sizes = sizesOf(json.sizes);
  const layers = list('layers', json.layers, sizes.length).map((layer, i) => fields(`layers[${i}]`, layer));
  const lengths = layers.map(
    (layer, i) => list(`layers[${i}].weights`, layer.weights).length + list(`layers[${i}].biases`, layer.biases).length,
  );
  const empty = lengths.every((length) => length === 0);
  const weights: number[][][] = [[]];
  const biases: number[][] = [[]];
  for (let i = 1; i < sizes.length && !empty; i++) {
    const rows = list(`layers[${i}].weights`, layers[i]!.weights, sizes[i]);
    weights.push(rows.map((row, j) => numbers(`layers[${i}].weights[${j}]`, row, sizes[i - 1]!)));
    biases.push(numbers(`layers[${i}].biases`, layers[i]!.biases, sizes[i]!));
  }
  if (lengths[0]) fail('layers[0]', lengths[0], 'no weights: it is the input');
  const table = (name: 'inputLookup' | 'outputLookup', length: number) => {
    const value = json[name];
    if (value !== undefined && value !== null) return tableFrom(name, value, length);
    const keys = json[`${name}Length`];
    return keys ? fail(name, value, `a table of ${String(keys)} keys, as ${name}Length says`) : null;
  };
  const trainOpts = trainOptsFrom(json.trainOpts);
  return {
    sizes,
    weights,
    biases,
    inputLookup: table('inputLookup', sizes[0] ?? 0),
    outputLookup: table('outputLookup', sizes.at(-1) ?? 0),
    ...activationFrom('trainOpts.', trainOpts ?? {}),
    options: optionsFrom('options.', fields('options', json.options ?? {})),
    trainOpts,
    line: 2,
  };
}
