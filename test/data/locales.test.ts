// Records with text as a locale writes numbers and dates: the fit says what became of it, and who reads it.

import { expect, test } from 'vitest';
import { Regressor } from '../../src/index.js';
import { readTable } from '../../src/table/index.js';

const numbers = Array.from({ length: 80 }, (_, i) => i);
const QUICK = { hidden: [], weightDecay: 0.01, seed: 1 };
const advice = async (rows: object[]) => (await Regressor.fit(rows, numbers, QUICK)).history.advice ?? '';
const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10).split('-').reverse();

test('decimal commas and dates, left out or taken as categories', async () => {
  const commas = numbers.map((i) => ({ a: `${i},25`, b: String(i % 3) }));
  expect(await advice(commas)).toContain(
    'column "a" was left out: "0,25" and others may be numbers with decimal commas, which are text in records; readTable of efficient-backprop/table',
  );
  expect(await advice(numbers.map((i) => ({ a: `${i % 4},5`, b: i })))).toMatch(
    /column "a" is one of categories: "0,5" and others/,
  );
  for (const by of ['.', '/'])
    expect(await advice(numbers.map((i) => ({ d: day(i).join(by), b: i })))).toMatch(
      /column "d" was left out: "01.01.2024" and others may be dates/,
    );
  using model = await Regressor.fit(await readTable(JSON.stringify(commas)), numbers, QUICK);
  expect(model.history.advice ?? '').not.toMatch(/decimal commas/);
  expect(model.columns[0]).toMatchObject({ name: 'a', kind: 'number' });
});

test('other text is no such thing', async () => {
  expect(await advice(numbers.map((i) => ({ v: `1.${i % 5}.0`, b: i })))).not.toMatch(/readTable/);
  expect(await advice(numbers.map((i) => ({ v: i % 2 ? '3,5 or so' : '1,5', b: i })))).not.toMatch(/readTable/);
  expect(await advice(numbers.map((i) => ({ v: ['a', 'b'][i % 2], b: i })))).not.toMatch(/readTable/);
});
