// How commands read their data: what options say, what a model remembers, and what is damaged.

import { readFileSync, readdirSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workplace, requireBuilt } from './command.js';

const place = new Workplace();
beforeAll(requireBuilt, 120_000);
afterAll(() => place.remove());

const QUICK = ['--hidden', '0', '--weight-decay', '0.01', '--epochs', '5', '--seed', '1'];

test('a model remembers how its data were read, and predictions keep what is asked for', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `r${i};0${1 + (i % 3)}00;${i}/0${1 + (i % 9)}/2021;${i},5;${i % 7 ? i % 3 : ''}`,
  );
  const days = rows.map((row, i) => row.replace(`${i}/0`, `${1 + (i % 28)}/0`));
  place.file('t.csv', `# by hand\nid;zip;when;size;y\n${days.join('\n')}\n`);
  const said = ['--decimal', ',', '--column', 'zip:category,when:date(DD/MM/YYYY)', '--missing', '-1', '--keep', 'id'];
  const { code, err, out } = await place.run([
    ...['train', 't.csv', '--target', 'y', '--task', 'classification', '--missing-target', 'skip', '--time-limit', '60'],
    ...[...said, ...QUICK, '--json'],
  ]);
  expect({ code, err }).toEqual({ code: 0, err: 'note: --time-limit 60 means 60s; write the unit, which will be needed\n' });
  const { notes, columns, rows: counts } = JSON.parse(out);
  expect(notes).toEqual(['lines that begin with # are left out as comments', '9 rows without a target left out']);
  expect(columns.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
    ['zip', 'category'],
    ['when', 'date'],
    ['size', 'number'],
  ]);
  expect(counts.all).toBe(51);
  place.file('new.csv', 'when;size;zip;id\n01/02/2021;1,5;0100;first\n02/02/2021;-1;0200;second\n');
  const predicted = await place.run(['predict', 't.safetensors', 'new.csv']);
  expect(predicted.out).toMatch(/^id,y\nfirst,\d\nsecond,\d\n$/);
  expect(predicted.err).toMatch(/"size": 1 missing, filled as in training/);
  place.file('nameless.csv', 'when;size;zip\n01/02/2021;1,5;0100\n02/02/2021;-1;0200\n');
  const without = await place.run(['predict', 't.safetensors', 'nameless.csv']);
  expect(without.out).toBe(predicted.out.replaceAll(/^\w+,/gm, ''));
  expect(without.err).toContain('there is no column "id", which was to be kept');
}, 60_000);

test('keys that objects lack stand for 0, in training and later', async () => {
  const records = Array.from({ length: 40 }, (_, i) => ({
    ...(i % 2 && { a: i }),
    ...(i % 3 && { b: 1 }),
    y: i % 2 ? 'odd' : 'even',
  }));
  place.file('sparse.json', JSON.stringify(records));
  const trained = await place.run(['train', 'sparse.json', '--target', 'y', '--absent', 'zero', '--json', ...QUICK]);
  expect(trained.code).toBe(0);
  expect(JSON.parse(trained.out).columns.map(({ gaps }: { gaps: number }) => gaps)).toEqual([0, 0]);
  place.file('one.json', '[{"b":1}]');
  expect(await place.run(['predict', 'sparse.safetensors', 'one.json'])).toEqual({ code: 0, out: 'y\neven\n', err: '' });
}, 60_000);

describe('what is damaged', () => {
  const parquet = new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 'y', data: Array.from({ length: 50 }, (_, i) => i / 2), type: 'DOUBLE' }] }),
  );
  const late = (byte: number) => Uint8Array.of(...Buffer.from(`a,y\n${'1,x\n'.repeat(20_000)}2,`), byte, 0x0a);
  test.each([
    ['late.csv', late(0xe9), /^error: late\.csv:20002: is not text in UTF-8 \(byte 0xE9\).*--encoding latin1/],
    ['zero.csv', late(0), /^error: zero\.csv:20002: is a binary file: it has a zero byte/],
    [
      'p.parquet',
      parquet.map((byte, i) => (i > 4 && i < 60 ? byte ^ 0x55 : byte)),
      /^error: p\.parquet.*: is not a readable Parquet/,
    ],
  ])('%s is one line of error, and nothing is left', async (name, bytes, message) => {
    place.file(name, bytes);
    const before = readdirSync(place.folder).sort();
    for (const how of name.endsWith('csv') ? ['--stream', '--no-stream'] : ['--no-stream']) {
      const { code, err } = await place.run(['train', name, '--target', 'y', how]);
      expect(code).toBe(1);
      expect(err).toMatch(message);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
    }
    expect(readdirSync(place.folder).sort()).toEqual(before);
  });
});

test('what makes no sense is refused', async () => {
  place.file('data.csv', 'x,y\n1,a\n2,b\n');
  place.file('model.json', readFileSync(new URL('../format/fixtures/0.1/birds.float32.json', import.meta.url)));
  const refused = async (args: string[], message: RegExp, expected = 2) => {
    const { code, err } = await place.run(args);
    expect(err).toMatch(message);
    expect(code).toBe(expected);
  };
  const train = ['train', 'data.csv', '-t', 'y'];
  await refused([...train, '-o', 'm.csv'], /--out m\.csv: models are written as \.safetensors or \.json/);
  await refused([...train, '--report', 'r.json'], /--report r\.json: reports are written as \.html/);
  await refused([...train, '--column', 'x:number,zip'], /Expected name:type.*got zip/);
  await refused([...train, '--column', 'z:category'], /no column "z".*the columns are "x", "y"/, 1);
  await refused([...train, '--time-limit', '5 parsecs'], /Expected a duration, such as 90s, 5m or 2h/);
  await refused([...train, '--header', 'maybe'], /Expected yes or no/);
  await refused([...train, '--method', 'lion', '--momentum', '0.9'], /--momentum does not go with --method lion$/m);
  await refused(['predict', 'model.json', 'data.csv', '-o', 'model.json'], /would replace what is read/);
  place.file('other.json', readFileSync(place.file('model.json')));
  await refused(['predict', 'model.json', 'data.csv', '-o', 'other.json'], /would replace a model/);
}, 60_000);

test.each(['--stream', '--no-stream'])('%s: a target, and columns, are what is said of them', async (how) => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${300 + (i % 3)},2024-01-0${1 + (i % 2)},${i % 7 === 0 ? -999 : (i % 5) / 2}`,
  );
  place.file('said.csv', `kind,when,size\n${rows.join('\n')}\n`);
  const run = async (...args: string[]) =>
    JSON.parse(
      (
        await place.run([
          'train',
          'said.csv',
          how,
          '--json',
          '--hidden',
          '0',
          '--weight-decay',
          '0.1',
          '--epochs',
          '2',
          '--out',
          'said.json',
          ...args,
        ])
      ).out,
    );
  const kinds = await run('--target', 'kind', '--column', 'kind:category,when:category');
  expect(kinds.task).toBe('classification');
  expect(kinds.columns[0]).toMatchObject({ name: 'when', kind: 'category', categories: ['2024-01-01', '2024-01-02'] });
  expect((await place.run(['predict', 'said.json', 'said.csv'])).out).toMatch(/^kind\n30\d\n/);
  expect((await run('--target', 'kind', '--column', 'kind:number')).task).toBe('regression');
  const told = await run('--target', 'size');
  expect(told.notes).toContainEqual(
    expect.stringMatching(/column "size": -999 \(9 times\).*--missing -999\).*--missing-target skip/),
  );
  expect((await run('--target', 'size', '--missing', '-999', '--missing-target', 'skip')).rows.all).toBe(51);
});
