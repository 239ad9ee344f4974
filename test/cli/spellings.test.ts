// What the text of a file meant in training, it means wherever the model predicts: in a single row, too.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { predict } from '../../src/cli/predict.js';
import { spellingsOf } from '../../src/table/remembered.js';
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

/** What is told on standard error meanwhile. */
async function notesOf(run: () => Promise<void>): Promise<string> {
  const told: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
  await run().finally(() => spy.mockRestore());
  return told.join('');
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

describe.each(['csv', 'ndjson'])('a model trained on %s', (kind) => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    when: new Date(Date.UTC(2023, 0, 1 + i)).toLocaleDateString('en', {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    }),
    size: `${String((i % 7) + 0.5).replace('.', ',')} m`,
    kind: ['a', 'b', 'c'][i % 3],
    y: (i % 7) + 3 * (i % 3),
  }));
  const lineOf = (row: object) =>
    kind === 'csv'
      ? Object.values(row)
          .map((cell) => `"${cell}"`)
          .join(';')
      : JSON.stringify(row);
  const lines = (some: readonly object[]) => [...(kind === 'csv' ? [Object.keys(some[0]!).join(';')] : []), ...some.map(lineOf)];

  test('reads rows of either kind as it was trained, and a dash that training never saw is missing', async () => {
    writeFileSync(at(`train.${kind}`), `${lines(rows).join('\n')}\n`);
    const options = { target: 'y', testShare: 0, seed: 1, hidden: [], out: at('m.safetensors'), quiet: true };
    await trainFile(at(`train.${kind}`), options, new AbortController().signal);
    using model = (await loadModel(at('m.safetensors'))) as Regressor;
    expect(model.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['when', 'date'],
      ['size', 'number'],
      ['kind', 'category'],
    ]);
    const some = [
      { when: 'May 3, 2023', size: '3,5 m', kind: 'c' },
      { when: '3 May 2023', size: '3,5 m', kind: '-' },
      { when: '2023-05-03', size: '–', kind: 'b' },
    ];
    const answers: string[] = [];
    for (const other of ['csv', 'ndjson']) {
      const text =
        other === 'csv'
          ? ['when;size;kind', ...some.map((row) => `"${row.when}";"${row.size}";${row.kind}`)]
          : some.map((row) => JSON.stringify(row));
      writeFileSync(at(`some.${other}`), `${text.join('\n')}\n`);
      const told = await notesOf(() => predict(at('m.safetensors'), at(`some.${other}`), { out: at('out.csv') }));
      expect(told).toContain('"kind": 1 missing');
      expect(told).toContain('"size": 1 missing');
      expect(told).not.toContain('not seen in training');
      answers.push(readFileSync(at('out.csv'), 'utf8'));
    }
    expect(answers[1]).toBe(answers[0]);
  });
});

test('decimals, and the spelling of dates, may be said anew for prediction', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7}.5;${two((i % 28) + 1)}/02/2023;${(i % 7) + (i % 28)}`);
  using model = await trained('points', ['a;when;y', ...rows], 'y', { column: { when: 'date(DD/MM/YYYY)' } });
  expect(model.columns.map(({ kind }) => kind)).toEqual(['number', 'date']);
  const [one] = await predicted('points', ['a;when', '3.5;05/02/2023']);
  writeFileSync(at('comma.csv'), 'a;when\n3,5;02/05/2023\n');
  const said = { decimal: ',', column: { when: 'date(MM/DD/YYYY)' }, out: at('out.csv'), quiet: true } as const;
  await predict(at('points.safetensors'), at('comma.csv'), said);
  expect(readFileSync(at('out.csv'), 'utf8').trim().split('\n')[1]).toBe(one);
  await expect(predicted('points', ['a;when', '3.5;5 Feb 2023'])).rejects.toThrow(
    /"5 Feb 2023" is no date as DD\/MM\/YYYY spells them/,
  );
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
