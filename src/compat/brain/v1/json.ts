// JSON as 1.x writes it: units and weights by name.

import { putKey, tableOf } from '../formats.js';
import {
  type Saved,
  activationFrom,
  fail,
  fields,
  list,
  numberOf,
  optionsFrom,
  sizesOf,
  tableOfKeys,
  trainOptsFrom,
} from '../saved.js';
import type { INumberHash } from '../types.js';

/** A unit: its bias, and its weights by the names of the units below. The input's have neither. */
interface IJSONNode {
  bias?: number;
  weights?: INumberHash;
}

export type IJSONNamedLayer = { [unit: string]: IJSONNode };

interface Written {
  readonly sizes: readonly number[];
  readonly outputLayer: number;
  readonly weights: readonly (readonly ArrayLike<number>[])[];
  readonly biases: readonly ArrayLike<number>[];
  readonly inputLookup: INumberHash | null;
  readonly outputLookup: INumberHash | null;
}

/** Names and indices of a layer's units. */
function unitsOf({ sizes, outputLayer, inputLookup, outputLookup }: Written, layer: number): [string, number][] {
  const table = layer === 0 ? inputLookup : layer === outputLayer ? outputLookup : null;
  return table ? Object.entries(table) : Array.from({ length: sizes[layer] ?? 0 }, (_, unit) => [String(unit), unit]);
}

export function layersOf(network: Written): IJSONNamedLayer[] {
  const layers: IJSONNamedLayer[] = [];
  for (let layer = 0; layer <= Math.max(network.outputLayer, 0); layer++) {
    const named: IJSONNamedLayer = {};
    const below = layer > 0 ? unitsOf(network, layer - 1) : [];
    for (const [name, unit] of unitsOf(network, layer)) {
      if (layer === 0) {
        putKey(named, name, {});
        continue;
      }
      const weights: INumberHash = {};
      for (const [input, k] of below) putKey(weights, input, network.weights[layer]![unit]![k]!);
      putKey(named, name, { bias: network.biases[layer]![unit]!, weights });
    }
    layers.push(named);
  }
  return layers;
}

const isNumbered = (keys: readonly string[]) => keys.every((key, i) => key === String(i));

/** @throws ModelFileError */
export function readV1(json: Record<string, unknown>): Saved {
  const layers = list('layers', json.layers).map((layer, i) => fields(`layers[${i}]`, layer));
  const names = layers.map((layer) => Object.keys(layer));
  const sizes = json.sizes === undefined ? sizesIn(names) : sizesOf(json.sizes);
  if (sizes.length > 0) {
    list('layers', json.layers, sizes.length);
    names.forEach((keys, i) => {
      if (keys.length !== sizes[i]) fail(`layers[${i}]`, keys.length, `${sizes[i]} units`);
    });
  }
  const weights: number[][][] = [[]];
  const biases: number[][] = [[]];
  for (let i = 1; i < sizes.length; i++) {
    const units = names[i]!.map((name) => {
      const where = `layers[${i}][${JSON.stringify(name)}]`;
      const { bias, weights: given } = fields(where, layers[i]![name]);
      const own = fields(`${where}.weights`, given);
      const count = Object.keys(own).length;
      if (count !== sizes[i - 1]) fail(`${where}.weights`, count, `${sizes[i - 1]} weights`);
      const row = names[i - 1]!.map((key) => numberOf(`${where}.weights[${JSON.stringify(key)}]`, own[key]));
      return { bias: numberOf(`${where}.bias`, bias), row };
    });
    weights.push(units.map(({ row }) => row));
    biases.push(units.map(({ bias }) => bias));
  }
  const table = (keys: readonly string[] | undefined, asked: unknown) =>
    keys && sizes.length > 0 && (asked === true || !isNumbered(keys)) ? tableOfKeys(keys) : null;
  return {
    sizes,
    weights,
    biases,
    inputLookup: sizes.length > 0 ? table(names[0], json.inputLookup) : inputsAlone(layers[0]),
    outputLookup: sizes.length > 1 ? table(names.at(-1), json.outputLookup) : null,
    ...activationFrom('', json),
    options: optionsFrom('', given(json)),
    trainOpts: trainOptsFrom(json.trainOpts),
    line: 1,
  };
}

/** Sizes that a file does not name, from the names of its units. */
function sizesIn(names: readonly (readonly string[])[]): number[] {
  if (names.length < 2) fail('layers.length', names.length, 'at least 2: inputs and outputs');
  return names.map(({ length }) => length);
}

/** Names of inputs, of a network that has no layers yet. */
function inputsAlone(layer: Record<string, unknown> | undefined): INumberHash | null {
  return layer && Object.keys(layer).length > 0 ? tableOf([layer]) : null;
}

/** What the constructor was told: 1.x has it beside the layers. */
function given({ binaryThresh, hiddenLayers }: Record<string, unknown>): Record<string, unknown> {
  return { ...(binaryThresh !== undefined && { binaryThresh }), ...(hiddenLayers != null && { hiddenLayers }) };
}
