// The checksum of JSON goes by what the text says, not by how it is written; files that lost theirs are refused, and files of
// version 1, which wrote none, are not.

import { beforeAll, expect, test } from 'vitest';
import {
  type AnyModel,
  Classifier,
  ModelFileError,
  type ModelJSON,
  type ReadingOptions,
  Network,
  Regressor,
  dense,
  loadModel,
} from '../../src/index.js';
import { birds, normals } from '../data/synthetic.js';
import { unchecked } from './unchecked.js';

const { records, labels } = birds(3, 40);
const X = normals(2, 30, 3);
const kinds: Record<string, { fromJSON(json: ModelJSON, options?: ReadingOptions): Promise<AnyModel> }> = {
  network: Network,
  classifier: Classifier,
  regressor: Regressor,
};
const models: Record<string, AnyModel> = {};

beforeAll(async () => {
  const quick = { hidden: 3, weightDecay: 0.01, epochs: 2, seed: 9 } as const;
  models['network'] = await Network.create({ inputs: 3, layers: [dense(2)], loss: 'meanSquaredError', seed: 1 });
  // Names that JavaScript puts into an order of its own, and labels that JSON spells in several ways.
  const odd = records.map((record, i) => ({ ...record, 10: i, 9: -i, ['ü "quoted"\n']: i / 3 }));
  const marked = labels.map((label) => (label === labels[0] ? 1e21 : -0.1));
  models['classifier'] = await Classifier.fit(odd, marked, quick);
  models['regressor'] = await Regressor.fit(X, X, { ...quick, precision: 'float64' });
});

/** The same with all keys in the reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, v]) => [key, reversed(v)]));
}

const written = (name: string) => JSON.parse(JSON.stringify(models[name])) as ModelJSON;
const bytes = (text: string) => new TextEncoder().encode(text);

test.each(Object.keys(kinds))('a %s loads however its JSON is laid out', async (name) => {
  const json = written(name);
  const texts = [
    JSON.stringify(json),
    JSON.stringify(json, null, 2),
    `\ufeff${JSON.stringify(json)}`,
    JSON.stringify(reversed(json), null, '\t'),
    JSON.stringify(json).replaceAll('ü', '\\u00fc').replaceAll('1e+21', '1000000000000000000000'),
    JSON.stringify({ ...json, tensors: [...json.tensors].reverse() }),
  ];
  for (const text of texts) {
    using model = await loadModel(bytes(text));
    expect(JSON.parse(JSON.stringify(model))).toEqual(json);
  }
  using direct = await kinds[name]!.fromJSON(models[name]!.toJSON());
  expect(direct.toBytes()).toEqual(models[name]!.toBytes());
});

test.each(Object.keys(kinds))('a %s whose JSON says something else is refused', async (name) => {
  const json = written(name);
  const changed: unknown[] = [
    { ...json, metadata: { by: 'somebody' } },
    { ...json, config: { ...json.config, note: 1 } },
    { ...json, checksum: '00000000' },
    { ...json, checksum: null },
    { ...json, version: 3 },
    { ...json, other: 1 },
  ];
  const [tensor, ...others] = json.tensors;
  const data = Uint8Array.from(atob(tensor!.data), (c) => c.charCodeAt(0));
  for (const place of [0, data.length - 1]) {
    const copy = data.map((byte, i) => (i === place ? byte ^ 1 : byte));
    changed.push({ ...json, tensors: [{ ...tensor, data: btoa(String.fromCharCode(...copy)) }, ...others] });
  }
  for (const one of changed) {
    const error = await loadModel(bytes(JSON.stringify(one))).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as Error).message).toMatch(/not those that were saved.*\{ checksum: 'ignore' \}/);
  }
});

test.each(Object.keys(kinds))('a %s that lacks its checksum is refused, unless the caller says so', async (name) => {
  const json = written(name);
  const kind = kinds[name as 'network']!;
  const { checksum = '', ...lost } = json;
  for (const version of [2, 3, 4]) {
    const bare = { ...lost, version };
    await expect(kind.fromJSON(bare)).rejects.toThrow(/checksum is missing.*\{ checksum: 'ignore' \} once, and save/);
    await expect(loadModel(bytes(JSON.stringify(bare)))).rejects.toThrow(/checksum is missing/);
    using asked = await kind.fromJSON(bare, { checksum: 'ignore' });
    expect(JSON.parse(JSON.stringify(asked))).toEqual(json);
  }
  await expect(kind.fromJSON({ ...lost, version: 1, checksum })).rejects.toThrow(/not those that were saved/);
  using first = await kind.fromJSON(unchecked(json)); // 0.1 wrote none
  expect(JSON.parse(JSON.stringify(first))).toEqual(json);

  const file = models[name]!.toBytes();
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(file.subarray(8, 8 + length));
  for (const version of ['1', '4']) {
    const shorter = header.replace(/,"checksum":"\w+"/, '').replace(/"version":"\d"/, `"version":"${version}"`);
    expect(shorter.length).toBeLessThan(header.length);
    const without = Uint8Array.of(...file.subarray(0, 8), ...bytes(shorter.padEnd(header.length)), ...file.subarray(8 + length));
    await expect(loadModel(without)).rejects.toThrow(/checksum is missing/);
    using asked = await loadModel(without, { checksum: 'ignore' });
    expect(asked.toBytes()).toEqual(file);
  }
});

test('other values of the option are refused', async () => {
  const wrong = { checksum: 'no' } as never;
  await expect(loadModel(bytes('{}'), wrong)).rejects.toThrow("loadModel.checksum is \"no\"; expected one of 'verify', 'ignore'");
  await expect(Network.fromJSON(written('network'), wrong)).rejects.toThrow(/fromJSON.checksum is "no"/);
});

test('fromJSON of a text says what to do', async () => {
  for (const kind of Object.values(kinds))
    for (const text of [JSON.stringify(written('classifier')), 'model.json', '']) {
      const error = await kind.fromJSON(text as never).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(ModelFileError);
      expect((error as Error).message).toMatch(/is a string.*JSON\.parse\(text\).*path to loadModel/);
      expect((error as Error).message.length).toBeLessThan(220);
    }
});
