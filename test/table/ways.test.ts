// Columns whose numbers are written in several ways, and what semicolons between cells say of commas.

import { expect, test } from 'vitest';
import { type DataError, Regressor } from '../../src/index.js';
import { readTable } from '../../src/table/index.js';

test('a decimal comma among decimal points is told, with its line', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `${i === 7 ? '7,7' : `${i}.5`};${i}`);
  const table = await readTable(`a;y\n${lines.join('\n')}\n`);
  expect(table.columns[0]!.type).toBe('category');
  expect(table.notes).toEqual(['column "a" would be numbers but for 1 cell, "7,7" in line 9: taken as text']);
  const units = await readTable(`a\n${lines.map((_, i) => `${i}.5${i === 3 ? ' kg' : ''}`).join('\n')}\n`);
  expect(units.notes).toEqual(['column "a" would be numbers but for 1 cell, "3.5 kg" in line 5: taken as text']);
  const half = await readTable('a;y\n"1,1";1\n2.2;2\n"3,3";3\n4.4;4\n');
  expect(half.notes).toEqual([
    'column "a" holds numbers that are written in several ways, "1,1" in line 2 and "2.2" in line 3: taken as text',
  ]);
});

test('between semicolons a comma separates decimals, unless a column says otherwise', async () => {
  const excel = await readTable('a;y\n1,234;1\n2,500;2\n3,125;3\n');
  expect([...excel.numbers('a')]).toEqual([1.234, 2.5, 3.125]);
  expect(excel.columns[0]).toMatchObject({ sure: false, spelling: { decimal: ',' } });
  const points = await readTable('a;y\n1.234;1\n2.500;2\n3.125;3\n');
  expect([...points.numbers('a')]).toEqual([1.234, 2.5, 3.125]);
  const grouped = await readTable('a;b\n1,234;1.5\n2,500;2.5\n3,125;3.5\n');
  expect([...grouped.numbers('a')]).toEqual([1234, 2500, 3125]); // the other column has decimal points
  const commas = await readTable('a,y\n"1,234",1\n"2,500",2\n');
  expect([...commas.numbers('a')]).toEqual([1234, 2500]);
});

test('rows that are not there are refused: of tables, and holes among records', async () => {
  const table = await readTable('a,y\n1,1\n2,2\n');
  expect(table.pick([1]).records()).toEqual([{ a: 2, y: 2 }]);
  for (const row of [-1, 2, 0.5, Number.NaN]) expect(() => table.pick([0, row])).toThrow(`${row} is no row; there are 2 rows`);
  const rows = Array.from({ length: 20 }, (_, i) => ({ a: i }));
  delete rows[4];
  const targets = rows.map((_, i) => i).concat();
  await expect(
    Regressor.fit(
      rows,
      Array.from(targets, (_, i) => i),
    ),
  ).rejects.toThrow(/row 4.*expected a record like row 0/);
});

test('targets in text, and records for targets', async () => {
  const rows = [[1], [2], [3]];
  const refused = (targets: unknown) =>
    Regressor.fit(rows, targets as never).then(
      () => '',
      (error: DataError) => error.message,
    );
  expect(await refused(['5', '7', '9'])).toMatch(/"5" is not a number but text; convert it with Number$/);
  expect(await refused(['a', 'b', 'c'])).toMatch(/"a" is not a number; labels are for Classifier$/);
  expect(await refused([{ p: 1 }, { p: 2 }, { p: 3 }])).toMatch(/expected a row of numbers; got an object$/);
});
