// Model files of earlier versions load, and say what the models said that were saved. fixtures/write.mjs wrote them.

import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  type AnyModel,
  Classifier,
  type ModelJSON,
  Network,
  type NormalizerJSON,
  Regressor,
  loadModel,
  normalize,
} from '../../src/index.js';

const folder = new URL('fixtures/0.1/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));

interface Said {
  kind: 'network' | 'classifier' | 'regressor';
  rows: string;
  targets: never;
  predictions: unknown;
  probabilities?: number[][];
  loss: number;
}

/** JSON with dates. */
function parsed<T>(file: string): T {
  return JSON.parse(read(file).toString(), (_, v) => (typeof v?.date === 'number' ? new Date(v.date) : v)) as T;
}

const said = parsed<Record<string, Said>>('predictions.json');
const rows = parsed<Record<string, never>>('rows.json');
const files = readdirSync(folder).filter((file) => !['predictions.json', 'rows.json', 'normalizers.json'].includes(file));
const kinds: Record<AnyModel['kind'], { fromJSON(json: ModelJSON): Promise<AnyModel> }> = {
  network: Network,
  classifier: Classifier,
  regressor: Regressor,
};

test('every model has a file, and every file a model', () => {
  const named = new Set(files.map((file) => file.replace(/\.(json|safetensors)$/, '')));
  expect([...named].sort()).toEqual(Object.keys(said).sort());
  expect(named.size).toBeGreaterThan(30);
});

/**
 * Bits, for arithmetic is strict: kernels of today add in the order of those that wrote. With `numerics: 'fast'` products may be
 * fused with sums today: each of the I + 1 terms of a unit is then rounded once less, in a network of two layers of some 10
 * terms.
 */
const tolerance = (name: string) => (name.startsWith('fast') ? 32 * Number.EPSILON : 0);

function same(found: unknown, expected: unknown, within: number): void {
  if (within === 0) expect(found).toEqual(expected);
  else
    for (const [i, v] of (expected as number[]).entries())
      expect(Math.abs((found as number[])[i]! - v)).toBeLessThanOrEqual(within);
}

test.each(files)('%s', async (file) => {
  const name = file.replace(/\.(json|safetensors)$/, '');
  const { kind, targets, predictions, probabilities, loss, ...about } = said[name]!;
  const asked = rows[about.rows]!;
  using model = file.endsWith('.json') ? await kinds[kind].fromJSON(parsed<ModelJSON>(file)) : await loadModel(read(file));
  expect(model).toBeInstanceOf(kinds[kind]);
  expect(model.metadata).toEqual(file.endsWith('.json') ? {} : { made: name });
  const found = model.predict(asked);
  same(ArrayBuffer.isView(found) ? [...(found as Float64Array)] : found, predictions, tolerance(name));
  if (model instanceof Classifier) expect(model.predictProbabilities(asked)).toEqual(probabilities);
  // A sample's loss is a sum over three outputs at most, of terms of two or three roundings each; its order is free.
  const unit = JSON.stringify(model).includes('"F64"') ? 2 ** -53 : 2 ** -24;
  expect(Math.abs(model.evaluate(asked, targets).loss / loss - 1)).toBeLessThanOrEqual(8 * unit);
  // What was read can be written and read again.
  using again = (await loadModel(model.toBytes())) as Network;
  expect(again.predict(asked)).toEqual(found);
});

test.each(Object.entries(parsed<Record<string, { json: NormalizerJSON; shape: number[]; data: number[] }>>('normalizers.json')))(
  'normalizer %s',
  async (_, { json, shape, data }) => {
    const found = (await normalize.fromJSON(json)).apply(rows['network']!);
    expect(found.shape).toEqual(shape);
    expect([...found.data]).toEqual(data);
  },
);
