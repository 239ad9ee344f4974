// What columns of text are: numbers, dates, booleans and codes as people write them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DateOrder, readDate } from '../../src/table/types/dates.js';
import { readNumber } from '../../src/table/types/numbers.js';
import { Layout } from '../../src/table/layout.js';
import { Sheet } from '../../src/table/sheet.js';
import { readTable } from '../../src/table/read-table.js';
import { isSpelling, ofSpelling } from '../../src/table/types/spelling.js';

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
  const words = (locale: string, options: Intl.DateTimeFormatOptions) => (d: Date) =>
    d.toLocaleString(locale, { timeZone: 'UTC', ...options });
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
    ['RFC 2822', 'YMD', (d) => d.toUTCString()],
    ['D-MMM-YY', 'YMD', (d) => `${d.getUTCDate()}-${words('en', { month: 'short' })(d)}-${two(d.getUTCFullYear() % 100)}`],
    [
      'of a log',
      'YMD',
      (d) =>
        `${two(d.getUTCDate())}/${words('en', { month: 'short' })(d)}/${d.toISOString().slice(0, 4)}:${d.toISOString().slice(11, 19)} +0000`,
    ],
    [
      'as C writes them',
      'YMD',
      (d) => {
        const [day, date, month, year, time] = d.toUTCString().split(/,? /);
        return `${day} ${month} ${date!.replace(/^0/, ' ')} ${time} ${year}`;
      },
    ],
    ...['en-US', 'en-GB', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'nb', 'pl', 'cs', 'ru', 'id'].flatMap(
      (locale): [string, DateOrder, (d: Date) => string][] => [
        [`long in ${locale}`, 'YMD', words(locale, { day: 'numeric', month: 'long', year: 'numeric' })],
        [
          `short in ${locale}`,
          locale === 'cs' ? 'DMY' : 'YMD',
          words(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
        ],
      ],
    ),
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

  test.each([
    ['3 Jan 2024', '2024-01-03'],
    ['January 3, 2024', '2024-01-03'],
    ['Jan. 3rd, 2024', '2024-01-03'],
    ['3-Jan-24', '2024-01-03'],
    ['03JAN2024', '2024-01-03'],
    ['3rd of January 2024', '2024-01-03'],
    ['Wednesday, January 3, 2024 at 4:05 PM', '2024-01-03T16:05'],
    ['Wed Jan 03 2024 10:00:00 GMT+0100 (Central European Standard Time)', '2024-01-03T09:00'],
    ['Wed Jan  3 10:00:00 2024', '2024-01-03T10:00'],
    ['2024-Jan-03 10:00:00+01', '2024-01-03T09:00'],
    ['Wed, 3 Jan 2024 10:00:00 EST', '2024-01-03T15:00'],
    ['3 de enero de 2024', '2024-01-03'],
    ['3. Januar 2024', '2024-01-03'],
    ['3 août 2024 10:00:00,25', '2024-08-03T10:00:00.25'],
  ])('%s is one', (text, iso) => {
    const { type, sure, cells, notes } = one([text, text, '']);
    expect({ type, sure, notes }).toEqual({ type: 'date', sure: undefined, notes: [] });
    expect(cells).toEqual([new Date(iso.includes('T') ? `${iso}Z` : iso), new Date(iso.includes('T') ? `${iso}Z` : iso), null]);
  });

  test.each(['3 Smith 2024', '30 Feb 2024', 'Jan 2024', '3 Ja 2024', 'Jan 3, 2024 25:00', 'version 3 may 2024', 'Mayday 5 2024'])(
    '%s is none',
    (text) => {
      expect(one([text, text, '3 Jan 2024'])).toMatchObject({ type: 'category' });
    },
  );

  test.each([
    ['D MMM YYYY', '3 Jan 2024', '2024-01-03T00:00Z'],
    ['YYYYMMDD', '20240103', '2024-01-03T00:00Z'],
    ['MMMM D, YYYY hh:mm A', 'january 3, 2024 12:05 am', '2024-01-03T00:05Z'],
    ['YYYY.MM.DDTHH:mm:ssZ', '2024.01.03T10:00:00.5+02:00', '2024-01-03T08:00:00.5Z'],
  ])('that are said to be %s are read so', (format, text, iso) => {
    const spelling = { type: 'date', format } as const;
    expect(isSpelling(spelling)).toBe(true);
    expect(ofSpelling([text, ` ${text} `, 'NA', `${text}x`, '3/1/2024'], spelling)).toEqual([
      new Date(iso),
      new Date(iso),
      null,
      `${text}x`,
      '3/1/2024',
    ]);
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

test('text among JSON is what it is in CSV; numbers and the like stay', async () => {
  const cells = {
    comma: ['1.163,74', '976,53', '12,5'],
    money: ['$1,200', '$3', '-$4.50'],
    share: ['12 %', '7.5 %', 'n/a'],
    when: ['13/02/2024', '01/02/2024', '-'],
    words: ['3 Jan 2024', '4 Jan 2024', null],
    yes: ['yes', 'No', 'yes'],
    zip: ['02139', '10001', '94110'],
    plain: ['1', '2.5', '?'],
  };
  const rows = [0, 1, 2].map((r) => Object.fromEntries(Object.entries(cells).map(([name, column]) => [name, column[r]])));
  const names = Object.keys(cells);
  const quoted = (r: number) => names.map((name) => `"${cells[name as keyof typeof cells][r] ?? ''}"`).join(';');
  const csv = await readTable([names.join(';'), quoted(0), quoted(1), quoted(2)].join('\n'));
  for (const json of [JSON.stringify(rows), rows.map((row) => JSON.stringify(row)).join('\n')]) {
    const table = await readTable(json);
    expect(table.columns).toEqual(csv.columns);
    expect(table.records()).toEqual(csv.records());
  }
  const mixed = await readTable(
    '[{"n":1,"b":true,"m":"a","g":5},{"n":"1,163.5","b":"no","m":2,"g":"-"},{"n":"7","b":"yes","m":"b","g":6}]',
  );
  expect(mixed.columns.map(({ type }) => type)).toEqual(['number', 'boolean', 'category', 'number']);
  expect(mixed.records()).toEqual([
    { n: 1, b: true, m: 'a', g: 5 },
    { n: 1163.5, b: false, m: 2, g: null },
    { n: 7, b: true, m: 'b', g: 6 },
  ]);
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
