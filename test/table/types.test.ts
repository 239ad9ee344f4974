// What columns of text are: numbers, dates, booleans and codes as people write them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DateOrder, readDate } from '../../src/table/types/dates.js';
import { readNumber } from '../../src/table/types/numbers.js';
import { Layout } from '../../src/table/layout.js';
import { Sheet } from '../../src/table/sheet.js';
import { isSpelling } from '../../src/table/types/spelling.js';

function layoutOf(columns: Readonly<Record<string, readonly (string | null)[]>>, size = Infinity) {
  const layout = new Layout();
  const rows = Object.values(columns)[0]!.length;
  const sheets: Sheet[] = [];
  let sheet = new Sheet('x.csv', true);
  for (const name of Object.keys(columns)) sheet.columns.set(name, []);
  for (let r = 0; r < rows; r++) {
    sheet.push(Object.values(columns).map((cells) => cells[r]));
    if (sheet.rows < size) continue;
    sheets.push(sheet);
    sheet = sheet.following();
  }
  if (sheet.rows > 0) sheets.push(sheet);
  for (const one of sheets) layout.add(one);
  layout.finish({});
  const cells = (name: string) => sheets.flatMap((one) => layout.typed(one, name));
  return { layout, cells, column: (name: string) => layout.columns.find((column) => column.name === name)! };
}

const one = (cells: readonly (string | null)[]) => {
  const { layout, cells: typed, column } = layoutOf({ c: cells });
  return { ...column('c'), cells: typed('c'), notes: layout.notes };
};

const LOCALES = [
  'en-US', 'en-IN', 'de-DE', 'de-CH', 'de-AT', 'fr-FR', 'fr-CH', 'it-IT', 'es-ES', 'es-MX', 'pt-BR', 'pt-PT', 'nl-NL', 'sv-SE', 'nb-NO',
  'da-DK', 'fi-FI', 'pl-PL', 'cs-CZ', 'ru-RU', 'uk-UA', 'hu-HU', 'tr-TR', 'el-GR', 'ja-JP', 'zh-CN', 'ko-KR', 'he-IL', 'id-ID', 'vi-VN',
]; // biome-ignore format: a list

describe('numbers', () => {
  const values = fc.array(
    fc.integer({ min: -99_999_999_99, max: 99_999_999_99 }).map((n) => n / 100),
    { minLength: 3, maxLength: 30 },
  );
  const styles: Intl.NumberFormatOptions[] = [
    { minimumFractionDigits: 2 },
    { minimumFractionDigits: 2, useGrouping: false },
    { style: 'currency', currency: 'EUR' },
    { style: 'currency', currency: 'USD' },
    { style: 'unit', unit: 'kilogram', minimumFractionDigits: 2 },
  ];

  test.each(LOCALES)('as %s writes them are read back exactly', (locale) => {
    fc.assert(
      fc.property(values, fc.constantFrom(...styles), (numbers, style) => {
        const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, ...style });
        // Something tells decimals from thousands.
        const written = [...numbers, 0.25, 1234567.25].map((n) => format.format(n));
        const found = one(written);
        expect(found.cells, written.join(' | ')).toEqual([...numbers, 0.25, 1234567.25].map((n) => n + 0));
        expect(found.type).toBe('number');
        expect(found.sure).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });

  test.each([
    [
      ['1,163.74', '976.53', '1,499.29'],
      [1163.74, 976.53, 1499.29],
    ],
    [
      ['1.163,74', '976,53'],
      [1163.74, 976.53],
    ],
    [
      ['1 163', '12', '1 163 000'],
      [1163, 12, 1163000],
    ],
    [
      ["1'163.5", '2'],
      [1163.5, 2],
    ],
    [
      ['1\u00a0163,5', '1\u202f200'],
      [1163.5, 1200],
    ],
    [
      ['$1,200', '$3', '-$4.50'],
      [1200, 3, -4.5],
    ],
    [
      ['12 %', '7.5%', '100 %'],
      [12, 7.5, 100],
    ],
    [
      ['5 kg', '7.25 kg', '-1 kg'],
      [5, 7.25, -1],
    ],
    [
      ['3,5', '0,5', '10'],
      [3.5, 0.5, 10],
    ],
    [
      ['1e3', '-2.5E-2', '+.5', '3.'],
      [1000, -0.025, 0.5, 3],
    ],
  ])('%j', (written, numbers) => {
    expect(one(written)).toMatchObject({ type: 'number', cells: numbers });
  });

  test.each([
    [['5 kg', '7 lb']],
    [['10001', '02139', '94110']],
    [['z10001', 'z02139']],
    [['1234567890123456710', '1234567890123456711']],
    [['Q1', 'Q2']],
    [['1,23,4', '2']],
    [['5%', '3']],
    [['1.2.3', '1.2.4']],
    [['192.168.0.1', '10.0.0.1']],
  ])('%j are none', (written) => {
    expect(one(written)).toMatchObject({ type: 'category', cells: written });
  });

  test('that might be read in two ways are taken as other columns are, and that is told', () => {
    const either = ['1,234', '5,678', '9,100'];
    expect(one(either)).toMatchObject({ cells: [1234, 5678, 9100], sure: false });
    expect(one(either).notes[0]).toMatch(/not sure/);
    const beside = layoutOf({ a: either, b: ['1,5', '2,75', '3'] });
    expect(beside.cells('a')).toEqual([1.234, 5.678, 9.1]);
    expect(beside.column('a').sure).toBeUndefined();
    const points = layoutOf({ a: ['1.234', '5.678', '9.100'], b: ['1,5', '2,75', '3'] });
    expect(points.cells('a')).toEqual([1234, 5678, 9100]);
    expect(one(['1.234', '0.678'])).toMatchObject({ cells: [1.234, 0.678] });
  });
});

describe('dates', () => {
  const times = fc.array(fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2049, 11, 31) }), { minLength: 2, maxLength: 20 });
  const two = (n: number) => String(n).padStart(2, '0');
  const forms: [string, DateOrder, (d: Date) => string][] = [
    ['ISO', 'YMD', (d) => d.toISOString()],
    ['ISO with a blank', 'YMD', (d) => d.toISOString().replace('T', ' ').slice(0, 19)],
    ['with a zone', 'YMD', (d) => `${new Date(d.getTime() + 9000_000).toISOString().slice(0, 19)}+02:30`],
    [
      'DD/MM/YYYY',
      'DMY',
      (d) => `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()} ${d.toISOString().slice(11, 16)}`,
    ],
    ['D.M.YYYY', 'DMY', (d) => `${d.getUTCDate()}.${d.getUTCMonth() + 1}.${d.getUTCFullYear()}`],
    [
      'M/D/YYYY h:mm AM',
      'MDY',
      (d) => {
        const hour = d.getUTCHours();
        return `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()} ${hour % 12 || 12}:${two(d.getUTCMinutes())} ${hour < 12 ? 'AM' : 'PM'}`;
      },
    ],
    ['DD-MM-YY', 'DMY', (d) => `${two(d.getUTCDate())}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCFullYear() % 100)}`],
  ];
  test.each(forms)('%s', (_, order, form) => {
    fc.assert(
      fc.property(times, (all) => {
        const telling = [...all, Date.UTC(2024, 1, 29), Date.UTC(2023, 10, 30), Date.UTC(2023, 2, 9)].map((t) => new Date(t));
        const within = form(telling[0]!).length;
        expect(within).toBeGreaterThan(0);
        const written = telling
          .filter((d) => !form(d).match(/-\d\d$/) || (d.getUTCFullYear() >= 1969 && d.getUTCFullYear() < 2069))
          .map((d) => d);
        const found = one(written.map(form));
        expect(found).toMatchObject({ type: 'date', spelling: { order } });
        written.forEach((d, i) => {
          const read = found.cells[i] as Date;
          const text = form(d);
          // As exact as it was written.
          const unit = /\.\d{3}Z/.test(text) ? 1 : /:\d\d:\d\d/.test(text) ? 1000 : text.includes(':') ? 60_000 : 864e5;
          expect(Math.floor(d.getTime() / unit) * unit).toBe(read.getTime());
        });
      }),
      { numRuns: 30 },
    );
  });

  test('that do not exist are none', () => {
    expect(one(['30/02/2024', '01/01/2024'])).toMatchObject({ type: 'category' });
    expect(one(['2024-13-45', '2024-01-01'])).toMatchObject({ type: 'category' });
    expect(readDate('12/31/2024', 'DMY')).toBeUndefined();
    expect(readDate('31/12/2024 25:00', 'DMY')).toBeUndefined();
  });

  test('whose order their numbers do not tell are told, and taken as other columns are', () => {
    const either = ['01/02/2024', '03/04/2024', '05/06/2024'];
    const found = one(either);
    expect(found).toMatchObject({ type: 'date', spelling: { order: 'DMY' }, sure: false });
    expect(found.notes[0]).toMatch(/day may stand first or second.*date\(MM\/DD\/YYYY\)/);
    const beside = layoutOf({ a: either, b: ['12/31/2023', '01/02/2024', '03/04/2024'] });
    expect(beside.column('a')).toMatchObject({ spelling: { order: 'MDY' } });
    expect(beside.column('a').sure).toBeUndefined();
    // First days of months.
    expect(one(['1/1/2024', '2/1/2024', '3/1/2024', '4/1/2024'])).toMatchObject({ spelling: { order: 'MDY' }, sure: false });
    expect(one(['1.2.2024', '3.4.2024'])).toMatchObject({ spelling: { order: 'DMY' } });
  });
});

test.each([[['True', 'FALSE', 'true']], [['yes', 'No', 'YES']], [['Y', 'n', 'y']], [['t', 'F', 'T']], [['On', 'off', 'on']]])(
  '%j are booleans',
  (written) => {
    expect(one(written)).toMatchObject({ type: 'boolean', cells: [true, false, true] });
  },
);

test('other words are categories, 0 and 1 numbers', () => {
  expect(one(['yes', 'no', 'maybe'])).toMatchObject({ type: 'category' });
  expect(one(['y', 'false'])).toMatchObject({ type: 'category' });
  expect(one(['y', 'y'])).toMatchObject({ type: 'category' });
  expect(one(['0', '1'])).toMatchObject({ type: 'number', cells: [0, 1] });
});

test('what stands for nothing is missing, and told', () => {
  const found = one(['1', '-', 'NA', 'n/a', 'null', '?', '', '–', '2']);
  expect(found).toMatchObject({ type: 'number', missing: 7, cells: [1, null, null, null, null, null, null, null, 2] });
  expect(found.notes[0]).toMatch(/"-", .*taken as missing/);
  expect(one(['a', '-', 'b'])).toMatchObject({ type: 'category', missing: 1, cells: ['a', null, 'b'] });
  expect(one(['+', '-', '+'])).toMatchObject({ type: 'category', missing: 0, cells: ['+', '-', '+'] }); // two signs
});

test('columns that count rows are left out, and told', () => {
  const counts = (first: number) => Array.from({ length: 9 }, (_, i) => String(first + i));
  for (const [name, first] of [
    ['column 1', 0],
    ['id', 1],
    ['Row', 1],
  ] as const) {
    const { layout } = layoutOf({ [name]: counts(first), day: counts(1), x: counts(3) });
    expect(layout.inputs).toEqual(['day', 'x']);
    expect(layout.notes[0]).toMatch(/counts rows: left out/);
  }
  expect(layoutOf({ id: ['1', '3', '2', '4'], x: ['1', '1', '1', '1'] }).layout.inputs).toEqual(['id', 'x']);
});

test('what a column is does not depend on the order of rows, or on pieces; and reads its cells later as it did', () => {
  const words = [
    '1', '1.5', '1,5', '1,234', '1.234', '1 163', '12 %', '$5', '01', '5 kg', '2024-01-02', '01/02/2024', '13/02/2024', '02/13/2024', 'yes', 'no', 'x', '-', 'NA',
  ]; // biome-ignore format: a list
  const columns = fc
    .subarray(words, { minLength: 1, maxLength: 4 })
    .chain((some) => fc.array(fc.constantFrom(...some), { minLength: 1, maxLength: 30 }));
  fc.assert(
    fc.property(
      columns.chain((cells) => fc.tuple(fc.constant(cells), fc.shuffledSubarray(cells, { minLength: cells.length }))),
      fc.integer({ min: 1, max: 9 }),
      ([cells, turned], size) => {
        const whole = layoutOf({ c: cells });
        const parts = layoutOf({ c: cells }, size);
        const other = layoutOf({ c: turned });
        expect(parts.column('c')).toEqual(whole.column('c'));
        expect(parts.cells('c')).toEqual(whole.cells('c'));
        expect(other.column('c').spelling).toEqual(whole.column('c').spelling);
        const { spelling } = whole.column('c');
        expect(isSpelling(JSON.parse(JSON.stringify(spelling)))).toBe(true);
        // No cell is lost among numbers or dates.
        expect(whole.cells('c').map((cell) => cell === null)).toEqual(cells.map((cell) => ['-', 'NA'].includes(cell)));
      },
    ),
    { numRuns: 300 },
  );
  expect(readNumber('1.5', { decimal: ',', thousands: '.', before: '', behind: '' })).toBeUndefined();
});
