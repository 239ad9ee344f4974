// What the text of a file meant in training, it means wherever the model predicts: in a single row, too.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { predict } from '../../src/cli/predict.js';
import { spellingsOf } from '../../src/cli/spellings.js';
import { trainFile } from '../../src/cli/train/command.js';
import { ModelFileError, type Regressor, loadModel } from '../../src/index.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'spellings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);

async function trained(name: string, lines: readonly string[], target: string, more: object = {}): Promise<Regressor> {
  writeFileSync(at(`${name}.csv`), `${lines.join('\n')}\n`);
  const options = { target, testShare: 0, seed: 1, hidden: [], out: at(`${name}.safetensors`), quiet: true, ...more };
  await trainFile(at(`${name}.csv`), options, new AbortController().signal);
  return (await loadModel(at(`${name}.safetensors`))) as Regressor;
}

async function predicted(name: string, lines: readonly string[]): Promise<string[]> {
  writeFileSync(at('rows.csv'), `${lines.join('\n')}\n`);
  await predict(at(`${name}.safetensors`), at('rows.csv'), { out: at('out.csv'), quiet: true });
  return readFileSync(at('out.csv'), 'utf8').trim().split('\n').slice(1);
}

const two = (n: number) => String(n).padStart(2, '0');
const day = (i: number) => new Date(Date.UTC(2022, 0, 1 + i));

describe.each([{}, { stream: true }])('trained with %j', (how) => {
  test('dates keep their order where one row does not tell it', async () => {
    const rows = Array.from({ length: 90 }, (_, i) => i);
    const written = (d: Date) => `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
    using model = await trained('days', ['when;y', ...rows.map((i) => `${written(day(i))};${i}`)], 'y', how);
    expect(model.columns[0]).toMatchObject({ name: 'when', kind: 'date' });
    const [one] = await predicted('days', ['when', '01/02/2022']);
    expect(Number(one)).toBeGreaterThan(26); // the 31st day, and not the second
    await expect(predicted('days', ['when', '02/13/2022'])).rejects.toThrow(/csv:2, column "when": "02\/13\/2022" is not a date/);
  });

  test('numbers keep their decimals, targets theirs', async () => {
    const written = (x: number) => x.toFixed(3).replace('.', ',');
    const rows = Array.from({ length: 60 }, (_, i) => ((i * 37) % 60) / 8);
    using model = await trained('sizes', ['a;b', ...rows.map((x) => `${written(x)};${written(2 * x)}`)], 'b', how);
    expect(model.columns[0]).toMatchObject({ name: 'a', kind: 'number' });
    // 1,234 by itself is rather a thousand and more.
    const [one] = await predicted('sizes', ['a', '"1,234"']);
    expect(Number(one)).toBeCloseTo(2.468, 1);
  });
});

test('columns that count rows are left out, codes are categories, and files without spellings are read as before', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${['02139', '10001'][i % 2]},${(i % 2) * 5 + (i % 3)}`);
  using model = await trained('codes', [',zip,y', ...rows], 'y');
  expect(model.columns).toHaveLength(1);
  expect(model.columns[0]).toMatchObject({ name: 'zip', kind: 'category', categories: ['02139', '10001'] });
  expect(Number((await predicted('codes', ['zip', '02139']))[0])).toBeLessThan(3);
  expect(spellingsOf({})).toEqual({});
  for (const damaged of ['{', '[1]', '{"a":{"type":"number"}}', 'null'])
    expect(() => spellingsOf({ spellings: damaged })).toThrow(ModelFileError);
});
