// Text means what it meant in training: in one row, in another file, after a save, by the command and in code.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { predict } from '../../src/cli/predict.js';
import { trainFile } from '../../src/cli/train/command.js';
import { Classifier, ModelFileError, Regressor, loadModel } from '../../src/index.js';
import { InputError, readTable, scanTable } from '../../src/table/index.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'as-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => path.join(folder, name);

const QUICK = { hidden: [], weightDecay: 1e-6, seed: 1 };
const numbers = Array.from({ length: 100 }, (_, i) => i);
const two = (n: number) => String(n).padStart(2, '0');
const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + 3 * i));
const american = (d: Date) => `${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}/${d.getUTCFullYear()}`;
const DAYS = `when,y\n${numbers.map((i) => `${american(day(i))},${3 * i}`).join('\n')}\n`;

test('dates keep the order that training found, in one row too, and after a save', async () => {
  const table = await readTable(DAYS);
  using model = await Regressor.fit(table.without('y'), table.numbers('y'), QUICK);
  const one = await readTable('when\n03/05/2024\n');
  expect(one.values('when')).toEqual([new Date('2024-05-03T00:00:00Z')]); // by itself, day first
  const [both] = model.predict(await readTable('when\n03/05/2024\n03/25/2024\n')) as number[];
  const [alone] = model.predict(one) as number[];
  expect(alone).toBe(both);
  expect(Math.abs(alone! - 64)).toBeLessThan(15);
  expect(one.as(model).values('when')).toEqual([new Date('2024-03-05T00:00:00Z')]);
  using again = (await loadModel(model.toBytes())) as Regressor;
  expect(again.predict(one)).toEqual([alone]);
  expect(() => model.predict(table.pick([0]).without('when'))).toThrow(InputError);
  const iso = await readTable('when\n2024-03-05\n');
  expect(model.predict(iso)).toEqual([alone]);
});

test('a model of the command reads tables so in code, and a model of code is read so by the command', async () => {
  writeFileSync(at('days.csv'), DAYS);
  const options = { target: 'y', testShare: 0, seed: 1, hidden: [], out: at('days.safetensors'), quiet: true };
  await trainFile(at('days.csv'), options, new AbortController().signal);
  writeFileSync(at('one.csv'), 'when\n03/05/2024\n');
  const byCommand = async (file: string) => {
    await predict(file, at('one.csv'), { out: at('out.csv'), quiet: true });
    return Number(readFileSync(at('out.csv'), 'utf8').trim().split('\n')[1]);
  };
  using model = (await loadModel(at('days.safetensors'))) as Regressor;
  const [inCode] = model.predict(await readTable(at('one.csv'))) as number[];
  expect(inCode).toBeCloseTo(await byCommand(at('days.safetensors')), 4);
  const scanned = await scanTable(at('days.csv'));
  using own = await Regressor.fit(scanned.chunks('y'), QUICK);
  await own.save(at('own.safetensors'));
  expect((own.predict(await readTable(at('one.csv'))) as number[])[0]).toBeCloseTo(await byCommand(at('own.safetensors')), 4);
});

test('decimal commas', async () => {
  const written = (x: number) => x.toLocaleString('de-DE', { minimumFractionDigits: 2 });
  const table = await readTable(`n;y\n${numbers.map((i) => `${written(1000 + 7.5 * i)};${i}`).join('\n')}\n`);
  using model = await Regressor.fit(table.without('y'), table.numbers('y'), QUICK);
  const of = async (text: string) => (model.predict(await readTable(`n\n${text}\n`)) as number[])[0]!;
  const right = await of('"1.150,00"');
  expect(Math.abs(right - 20)).toBeLessThan(1);
  expect(await of('1.150')).toBe(right);
  expect(model.predict([{ n: 1150 }])).toEqual([right]);
  await expect(of('80.5')).rejects.toThrow(
    '"80.5" is not a number, as this column\'s cells were in training, with decimal commas',
  );
  // What somebody says of the table goes before what training found.
  expect(model.predict(await readTable('n\n1150.0\n', { decimal: '.' }))).toEqual([right]);
});

test('few rows of codes, of yes and no, of text that looks like numbers', async () => {
  const rows = numbers.map((i) =>
    [['0301', '8001', '7000'][i % 3], i % 2 ? 'yes' : 'no', ['a1', '7', '9'][i % 3], i % 3].join(','),
  );
  const table = await readTable(`zip,ok,c,y\n${rows.join('\n')}\n`);
  using model = await Regressor.fit(table.without('y'), table.numbers('y'), QUICK);
  const one = await readTable('zip,ok,c\n8001,no,7\n');
  expect((model.predict(one) as number[])[0]).toBeCloseTo((model.predict(table.pick([4])) as number[])[0]!, 10);
  expect(one.as(model).records()).toEqual([{ zip: '8001', ok: false, c: '7' }]);
  expect(one.as(model).columns.map(({ type }) => type)).toEqual(['category', 'boolean', 'category']);
});

test('what a model does not know is ignored and told, and what training left out is left out', async () => {
  const rows = numbers.map((i) => `${i + 1},${i},same,${2 * i}`);
  const table = await readTable(`id,a,s,y\n${rows.join('\n')}\n`);
  using model = await Regressor.fit(table.without('y'), table.numbers('y'), QUICK);
  expect(model.columns.map(({ name }) => name)).toEqual(['a', 's']);
  const later = await readTable('id,s,a,y,new\n51,same,3,6,x\n52,other,4,8,y\n');
  const right = model.predict([{ a: 3 }, { a: 4 }]);
  expect(model.predict(later)).toEqual(right);
  expect(model.evaluate(later, later.numbers('y')).r2).toBeGreaterThan(0.99);
  expect(later.as(model).names).toEqual(['a']);
  expect(later.as(model).notes).toEqual(['ignored: "new", which the model does not know']);
  // What counts rows here did not there: it is an input of the model, unless somebody takes it out.
  using other = await Regressor.fit(
    (await readTable(`id,y\n${numbers.map((i) => `${3 * i},${i}`).join('\n')}\n`)).only('id'),
    numbers,
    QUICK,
  );
  const counted = await readTable('id\n1\n2\n3\n');
  expect(counted.names).toEqual([]);
  expect(other.predict(counted)).toEqual(other.predict([{ id: 1 }, { id: 2 }, { id: 3 }]));
});

test('classes, gaps that training was told of, later rows, and a fit on other data that forgets', async () => {
  const text = `n,when,l\n${numbers.map((i) => `${i % 9 ? i : -1},${american(day(i))},${i > 50 ? '07' : '01'}`).join('\n')}\n`;
  const table = await readTable(text, { missing: ['-1'] });
  const model = await Classifier.fit(table.without('l'), table.labels('l'), QUICK);
  const few = (await readTable('n,when,l\n-1,03/05/2024,01\n90,12/01/2024,7\n')).as(model);
  expect(few.values('n')).toEqual([null, 90]);
  expect((await readTable('n,when,l\n5,03/05/2024,7\n')).as(model).labels('l')).toEqual(['7']); // labels are text
  expect(few.notes).toEqual(expect.arrayContaining(['"n": 1 missing, filled as in training']));
  expect(model.predict(few)).toEqual(['01', '07']);
  await model.partialFit(await readTable('n,when,more\n-1,03/05/2024,x\n90,12/01/2024,x\n'), ['01', '07']);
  expect(Object.keys(model.metadata).sort()).toEqual(['reading', 'spellings']);
  await model.fit(
    numbers.map((n) => ({ n })),
    numbers.map((i) => (i > 50 ? '07' : '01')),
  );
  expect(model.metadata).toEqual({});
  model.dispose();
});

test('a model of records takes tables as they read themselves, where they are sure', async () => {
  using model = await Regressor.fit(
    numbers.map((n) => ({ n })),
    numbers,
    QUICK,
  );
  expect(model.predict(await readTable('n;m\n1,5;2,5\n7,25;1,5\n'))).toEqual(model.predict([{ n: 1.5 }, { n: 7.25 }]));
  expect(() => model.predict([{ n: 1, extra: 1 }])).toThrow('was not there in training'); // records are written by hand
});

test('notes of how text was read that are damaged are refused, in words', async () => {
  const table = await readTable(DAYS);
  using model = await Regressor.fit(table.without('y'), table.numbers('y'), QUICK);
  const one = await readTable('when\n03/05/2024\n');
  const noted = (spellings: string) => {
    const columns = model.columns;
    return () => one.as({ columns, metadata: { ...model.metadata, spellings } });
  };
  expect(noted(model.metadata['spellings']!)().values('when')).toEqual([new Date('2024-03-05T00:00:00Z')]);
  expect(noted('{')).toThrow(ModelFileError);
  expect(noted('{')).toThrow('damaged: the spellings of columns are not valid JSON');
  for (const spellings of ['null', '5', '{"when":5}', '{"when":{"type":"date","order":"DYM"}}'])
    expect(noted(spellings)).toThrow('damaged: the spellings of columns are not what this library writes');
});
