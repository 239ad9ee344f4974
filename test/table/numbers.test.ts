// Numbers as accountants and shops write them, units that differ by case only, and integers that numbers would round.

import { expect, test } from 'vitest';
import { readTable } from '../../src/table/index.js';

/** What a column of these cells becomes. */
async function read(cells: readonly string[]) {
  const table = await readTable(`x\ty\n${cells.map((cell, i) => `${cell}\t${i}`).join('\n')}`, { delimiter: '\t' });
  const { type } = table.columns[0]!;
  return { type, values: table.values('x'), notes: table.notes.join() };
}

test.each([
  [
    ['(1,234.50)', '5.25', '7'],
    [-1234.5, 5.25, 7],
  ],
  [
    ['1234-', '12'],
    [-1234, 12],
  ],
  [
    ['5,50-', '3,25', '1.234,00-'],
    [-5.5, 3.25, -1234],
  ],
  [
    ['($5.00)', '$7.00'],
    [-5, 7],
  ],
  [
    ['$ (5)', '$3'],
    [-5, 3],
  ],
  [
    ['(5) %', '3 %'],
    [-5, 3],
  ],
  [['5 EUR-', '3 EUR'], undefined],
  [
    ['1.163,-', '12,50'],
    [1163, 12.5],
  ],
  [
    ['5.-', '7.50'],
    [5, 7.5],
  ],
  [
    ['12 m2', '3.5 m2'],
    [12, 3.5],
  ],
  [
    ['5 kg', '6 KG', '7 kg'],
    [5, 6, 7],
  ],
  [['5 mW', '6 MW', '7 mW'], undefined],
  [['12-B', '13-B'], undefined],
  [['(555) 1234', '(555) 1235'], undefined],
  [['-(5)', '(-5)'], undefined],
  [['2024-01-', '2024-02-'], undefined],
])('%j', async (cells, numbers) => {
  const { type, values } = await read(cells);
  if (numbers) expect({ type, values }).toEqual({ type: 'number', values: numbers });
  else expect(values).toEqual(cells);
});

test('negative numbers of accountants are told', async () => {
  expect((await read(['(5)', '6'])).notes).toContain(
    'column "x" holds numbers with parentheses, or a minus sign behind, for negative ones',
  );
  expect((await read(['-5', '6'])).notes).toBe('');
  expect((await read(['5.-', '6'])).notes).toBe('');
});

test('integers of JSON that a number would round are codes, as in CSV; where numbers are among them, that is told', async () => {
  const long = ['12345678901234567890', '12345678901234567891', '12345678901234567890'];
  const lines = (ids: readonly string[]) => ids.map((id, i) => `{"id":${id},"say":"x ${long[0]} \\"","y":${i + 0.5}}`).join('\n');
  for (const text of [lines(long), `[${lines(long).replaceAll('\n', ',')}]`]) {
    const table = await readTable(text);
    expect(table.values('id')).toEqual(long);
    expect(table.values('say')[0]).toBe(`x ${long[0]} "`);
    expect(table.values('y')).toEqual([0.5, 1.5, 2.5]);
    expect(table.columns[0]).toMatchObject({ name: 'id', type: 'category' });
    expect(table.notes.join()).toContain('column "id" holds codes');
  }
  const mixed = await readTable(lines(['1', '2', long[0]!, '1e300', '9007199254740991', '-12345678901234567890']));
  expect(mixed.values('id')).toEqual([1, 2, Number(long[0]), 1e300, 9007199254740991, -Number(long[0])]);
  expect(mixed.notes.join()).toContain('column "id" holds codes, with leading zeros or more than 15 digits, among numbers');
  // What JavaScript writes is read as it was.
  const exact = [2 ** 53, 2 ** 60, -(2 ** 64), 1e20];
  expect((await readTable(exact.map((x) => JSON.stringify({ x })).join('\n'))).values('x')).toEqual(exact);
});
