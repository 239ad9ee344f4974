// Readers: from text to typed columns.

import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/table/input-error.js';
import { Layout } from '../../src/table/layout.js';
import { isMissingText, isNumber } from '../../src/table/types/cells.js';
import { type CsvOptions, detectDelimiter, readCsv } from '../../src/table/formats/csv.js';
import { CsvRecords } from '../../src/table/formats/records.js';
import { readNdjson } from '../../src/table/formats/ndjson.js';
import type { Sheet } from '../../src/table/sheet.js';
import { textOf } from '../../src/table/sources/text.js';

/** All rows in one sheet. */
const WHOLE = Infinity;

/** A text as a stream in pieces of a few bytes, so that pieces end anywhere. */
function pieces(text: string, size: number): AsyncGenerator<string> {
  const bytes = new TextEncoder().encode(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return textOf(Readable.from(chunks), 'data.csv');
}

/** All that a reader reads, in one sheet. */
async function whole(sheets: AsyncGenerator<Sheet>): Promise<Sheet> {
  const all: Sheet[] = [];
  for await (const sheet of sheets) all.push(sheet);
  expect(all).toHaveLength(1);
  return all[0]!;
}

const csv = (text: string, options: CsvOptions = {}, size = 7) => whole(readCsv('data.csv', pieces(text, size), options, WHOLE));
const ndjson = (text: string, size = 7) => whole(readNdjson('data.ndjson', pieces(text, size), WHOLE));

async function failure(promise: Promise<unknown>): Promise<InputError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

describe('CSV', () => {
  test('every table comes back, whatever the delimiter, the quotes, the line ends and the pieces', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '🐧', ' ', ',', ';', '\t', '"', '\n', '\r\n', '1', '.') });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', ',', '"', '_'), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1, maxLength: 5, comparator: (a, b) => a.trim() === b.trim() }),
        fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (header, body, delimiter, end, marked, size) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          // A row of one empty cell would be an empty line only if it were not quoted.
          const rows = body.map((cells) => cells.slice(0, header.length));
          const text = [header, ...rows].map((cells) => cells.map(quoted).join(delimiter)).join(end);
          const sheet = await csv((marked ? '\ufeff' : '') + text, { delimiter, header: true }, size);
          expect(sheet.names).toEqual(header.map((n) => n.trim()));
          // Line ends inside of quotes become LF.
          expect([...sheet.columns.values()]).toEqual(header.map((_, c) => rows.map((row) => row[c]!.replaceAll('\r\n', '\n'))));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('records are those that csv-parse finds, with their lines', async () => {
    const part = fc.constantFrom('a', '1', ' ', ',', '"', '""', '\n', '\r', '\r\n', '"x"', ',"y"\n');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 20 }), fc.integer({ min: 1, max: 12 }), async (parts, size) => {
        const text = parts.join('');
        const own = () => {
          const records = new CsvRecords(',', undefined);
          const found = [];
          for (let at = 0; at < text.length; at += size) found.push(...records.add(text.slice(at, at + size)));
          return [...found, ...records.end()].map(({ cells }) => cells);
        };
        let theirs: string[][] | undefined;
        try {
          const recordDelimiter = ['\r\n', '\n', '\r'];
          theirs = parse(text, { recordDelimiter, relaxColumnCount: true, skipEmptyLines: true });
        } catch {
          // Papa Parse takes what csv-parse does not: blanks behind quotes.
        }
        if (theirs) expect(own()).toEqual(theirs.map((cells) => cells.map((cell) => cell.replace(/\r\n?/g, '\n'))));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a,b;c\n', ','],
    ['a;b;c,d\n1;2;3\n', ';'],
    ['a\tb\n', '\t'],
    ['"a,b,c";d\n', ';'],
    ['alone\n1\n', ','],
    ['\n\na;b\n', ';'],
  ])('the delimiter of %j is %j', (head, delimiter) => {
    expect(detectDelimiter(head)).toBe(delimiter);
  });

  test('a first line of numbers is data, unless told otherwise', async () => {
    expect((await csv('1,2\n3,4\n')).names).toEqual(['1', '2']);
    expect((await csv('1,2\n3,4\n')).rows).toBe(2);
    expect((await csv('1,2\n3,4\n', { header: true })).rows).toBe(1);
    expect((await csv('a,b\n3,4\n', { header: false })).rows).toBe(2);
    expect((await csv('a,b\n3,4\n')).names).toEqual(['a', 'b']);
  });

  test('rows know their lines, also after cells that span several', async () => {
    const sheet = await csv('a,b\n1,"x\ny\nz"\n\n2,w\n');
    expect(sheet.place(0)).toMatchObject({ line: 2 });
    expect(sheet.place(1)).toMatchObject({ line: 6 });
  });

  test('lines count the same with CRLF, inside quotes too', async () => {
    const sheet = await csv('a,b\r\n1,"x\r\ny\r\nz"\r\n2,w\r\n"3\r\n",v\r\n4,u\r\n');
    expect([0, 1, 2, 3].map((row) => sheet.place(row).line)).toEqual([2, 5, 6, 8]);
  });

  test.each([
    ['a,b\n1,2\n3\n', 3, /1 cell; expected 2/],
    ['a,b\n1,2\n3,4,5\n', 3, /3 cells; expected 2/],
    ['a,b\n1,"2\n3,4\n', 2, /quote was opened/],
    ['a,b\n1,2\n3,"4"x\n', 3, /quote/],
    ['a,b\n1,2\n3,4"x"\n', 3, /quote/],
    ['a,b\n1,\u0000\n', 2, /binary/],
  ])('%j is refused at line %i', async (text, line, detail) => {
    const error = await failure(csv(text, {}, 1000));
    expect(error.place.line).toBe(line);
    expect(error.detail).toMatch(detail);
    expect(error.message).toContain(`data.csv:${line}`);
  });

  test('names that are there twice are numbered, and columns without one are called by their places', async () => {
    const sheet = await csv('a, a ,,a (2),\n1,2,3,4,5\n');
    expect(sheet.names).toEqual(['a', 'a (3)', 'column 3', 'a (2)', 'column 5']);
    expect([...sheet.columns.values()].map(([cell]) => cell)).toEqual(['1', '2', '3', '4', '5']);
    expect(sheet.notes).toEqual([
      'the columns 3, 5 have no names: called "column 3" and so on',
      'names that several columns have are numbered: "a (3)"',
    ]);
  });

  test('what is empty, or not UTF-8, is refused', async () => {
    expect((await failure(csv(''))).detail).toMatch(/empty/);
    expect((await failure(csv('\n \n'))).detail).toMatch(/empty/);
    expect((await failure(csv('a,b\n'))).detail).toMatch(/no rows/);
    const latin = textOf(Readable.from([Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a, 0x62)]), 'data.csv');
    expect(await failure(whole(readCsv('data.csv', latin, {}, WHOLE)))).toMatchObject({
      place: { line: 2 },
      detail: expect.stringMatching(/UTF-8/),
    });
  });
});

describe('NDJSON', () => {
  test('records may lack columns and bring new ones', async () => {
    const sheet = await ndjson('{"a":1,"b":"x"}\n\n{"b":"y","c":true}\n{"a":null}');
    expect(Object.fromEntries(sheet.columns)).toEqual({ a: [1, null, null], b: ['x', 'y', null], c: [null, true, null] });
    expect(sheet.place(1)).toMatchObject({ line: 3 });
  });

  test.each([
    ['{"a":1}\n{"a":\n', 2, undefined],
    ['{"a":1}\n[1,2]\n', 2, undefined],
    ['{"a":1}\n{"a":{"b":1}}\n', 2, 'a'],
    ['{"a":1}\n7\n', 2, undefined],
  ])('%j is refused at line %i', async (text, line, column) => {
    const error = await failure(ndjson(text));
    expect(error.place).toMatchObject({ line, ...(column && { column }) });
  });

  test('every record comes back, in any pieces', async () => {
    const record = fc.dictionary(
      fc.string(),
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean()),
      {
        minKeys: 1,
        maxKeys: 4,
        noNullPrototype: true,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        async (records, size) => {
          const sheet = await ndjson(records.map((r) => JSON.stringify(r)).join('\n'), size);
          records.forEach((r, row) => {
            for (const [name, cell] of Object.entries(JSON.parse(JSON.stringify(r))))
              expect(sheet.columns.get(name)![row]).toBe(cell);
          });
        },
      ),
    );
  });
});

describe('types of text', () => {
  test('numbers are what they look like', () => {
    for (const text of ['1', '-1.5', '+.5', '2.', '1e5', '1E-5', ' 7 ', 'inf', '-Infinity'])
      expect(isNumber(text), text).toBe(true);
    for (const text of ['', '1,5', '0x10', '1 2', 'e5', '.', '1e', 'NaN', '٣']) expect(isNumber(text), text).toBe(false);
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => isNumber(String(x))));
  });

  test('gaps are what people write for them', () => {
    for (const text of ['', ' ', 'NA', 'n/a', '#N/A', '<NA>', 'NaN', 'null', 'NULL', 'None', '?', '.'])
      expect(isMissingText(text), text).toBe(true);
    for (const text of ['0', 'none', 'no', '-', 'unknown']) expect(isMissingText(text), text).toBe(false);
  });

  const typed = async (cells: string[], wanted?: 'number' | 'text') => {
    const sheet = await csv(['x', ...cells].map((c) => `"${c}"`).join('\n'), { header: true });
    const layout = new Layout();
    layout.add(sheet);
    layout.finish({ x: wanted });
    return { cells: layout.typed(sheet, 'x'), notes: layout.notes };
  };

  test('a column is of the one type that all its cells have', async () => {
    expect((await typed(['1', 'NA', ' 2.5 '])).cells).toEqual([1, null, 2.5]);
    expect((await typed(['true', 'FALSE', '?'])).cells).toEqual([true, false, null]);
    expect((await typed(['1', 'x', ''])).cells).toEqual(['1', 'x', null]);
    expect((await typed(['1', '2'], 'text')).cells).toEqual(['1', '2']);
    expect((await typed(['2007-11-11', 'NA'])).cells).toEqual([new Date('2007-11-11'), null]);
  });

  test('a column that is all but numbers is pointed out, with the line', async () => {
    const { cells, notes } = await typed(['1', '2', '3', '4', 'five', '6']);
    expect(cells[0]).toBe('1');
    expect(notes).toEqual(['column "x" would be numbers but for 1 cell, "five" in line 6: taken as text']);
    const two = await typed([...'123456789', 'ten', 'eleven']);
    expect(two.notes).toEqual(['column "x" would be numbers but for 2 cells, the first "ten" in line 11: taken as text']);
    expect((await typed(['a', 'b', '3'])).notes).toEqual([]);
  });
});

describe('piece by piece', () => {
  async function all(sheets: AsyncGenerator<Sheet>): Promise<Sheet[]> {
    const list: Sheet[] = [];
    for await (const sheet of sheets) list.push(sheet);
    return list;
  }

  test('sheets hold the rows of the whole in order, and know where they stand', async () => {
    const text = `a,b\n${Array.from({ length: 25 }, (_, i) => `${i},"x\n${i}"`).join('\n')}\n`;
    const sheets = await all(readCsv('data.csv', pieces(text, 5), {}, 20));
    expect(sheets.map(({ rows }) => rows)).toEqual([10, 10, 5]);
    const one = await csv(text);
    for (const name of ['a', 'b']) {
      expect(sheets.flatMap((sheet) => sheet.columns.get(name)!)).toEqual(one.columns.get(name));
    }
    expect(sheets[2]!.place(3)).toEqual(one.place(23));
    const records = await all(readNdjson('data.ndjson', pieces('{"a":1}\n{"a":2,"b":3}\n\n{"b":4}\n', 6), 2));
    expect(records.map((sheet) => Object.fromEntries(sheet.columns))).toEqual([
      { a: [1, 2], b: [null, 3] },
      { a: [null], b: [4] },
    ]);
    expect(records[1]!.place(0)).toEqual({ line: 4 });
  });

  test('a file is let go where the reader has had enough', async () => {
    const bytes = Readable.from([new TextEncoder().encode(`a,b\n${'1,2\n'.repeat(1000)}`)]);
    for await (const sheet of readCsv('data.csv', textOf(bytes, 'data.csv'), {}, 20)) {
      expect(sheet.rows).toBe(10);
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(bytes.destroyed).toBe(true);
  });
});
