// Where tables come from, and what text may be like: the same rows by every way.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileError, OptionError } from '../../src/index.js';
import { InputError, type TableSource, readTable, scanTable } from '../../src/table/index.js';
import { readSheet } from '../../src/table/read.js';
import { slicesOfBlob, slicesOfBytes, slicesOfFile } from '../../src/table/sources/slices.js';
import { sourceOf } from '../../src/table/sources/source.js';

const TEXT = 'city,size\nBern,1\nZürich,2.5\n';
const ROWS = [
  { city: 'Bern', size: 1 },
  { city: 'Zürich', size: 2.5 },
];
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Bytes in pieces of so many. */
async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function failure(promise: Promise<unknown>): Promise<InputError> {
  const error: unknown = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

let folder = '';
let address = '';
const server = createServer((request, response) => {
  if (request.url?.startsWith('/t.csv')) response.end(TEXT);
  else response.writeHead(404, 'not here').end();
});
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sources-'));
  writeFileSync(path.join(folder, 't.csv'), TEXT);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('sources', () => {
  const sources: [string, () => TableSource][] = [
    ['a path', () => path.join(folder, 't.csv')],
    ['a URL of a file', () => pathToFileURL(path.join(folder, 't.csv'))],
    ['an address', () => `${address}/t.csv?version=2`],
    ['a data URL', () => `data:text/csv,${encodeURIComponent(TEXT)}`],
    ['text', () => TEXT],
    ['JSON in one line', () => JSON.stringify(ROWS)],
    ['bytes', () => utf8(TEXT)],
    ['an ArrayBuffer', () => utf8(TEXT).buffer],
    ['a blob', () => new Blob([TEXT])],
    ['a file', () => new File([TEXT], 't.csv')],
    ['a stream of the web', () => new Blob([TEXT]).stream()],
    ['a stream of Node.js', () => Readable.from(Buffer.from(TEXT))],
    ['bytes one by one', () => inPieces(utf8(TEXT), 1)],
    ['pieces of text', () => Readable.from([TEXT.slice(0, 7), TEXT.slice(7)])],
    ['what gzip makes of it, one by one', () => inPieces(gzipSync(TEXT), 1)],
  ];
  test.each(sources)('%s', async (_, source) => {
    expect((await readTable(source())).records()).toEqual(ROWS);
  });

  test('what is not there, empty, or no source is refused by its name', async () => {
    await expect(readTable(path.join(folder, 'none.csv'))).rejects.toThrow(/none\.csv: cannot be read: no such file/);
    await expect(readTable(folder)).rejects.toThrow(FileError);
    await expect(readTable(`${address}/none.csv`)).rejects.toThrow(/none\.csv: cannot be fetched: the server answers 404/);
    expect((await failure(readTable(new Uint8Array(0), { name: 'e.csv' }))).message).toBe('e.csv: is empty');
    await expect(readTable(7 as unknown as string)).rejects.toThrow(/expected a path, URL, Blob, stream, text or bytes; got 7/);
  });

  test('what gzip has compressed is refused where it is cut off or damaged', async () => {
    const whole = gzipSync(TEXT.repeat(1000));
    for (const bytes of [
      whole.subarray(0, whole.length - 9),
      whole.map((byte, i) => (i === whole.length >> 1 ? byte ^ 255 : byte)),
    ])
      expect((await failure(readTable(bytes, { name: 'd.csv.gz' }))).message).toMatch(
        /^d\.csv\.gz.*: (is damaged or cut off|has )/,
      );
  });

  test('of what is cut off late, the error says how far it could be read', async () => {
    const whole = gzipSync(`a,b\n${Array.from({ length: 40_000 }, (_, i) => `${Math.sin(i)},x`).join('\n')}`);
    const error = await failure(readTable(whole.subarray(0, whole.length - 9), { name: 'd.csv.gz' }));
    expect(error.message).toMatch(/^d\.csv\.gz:\d+: is damaged or cut off/);
    expect(error.place.line).toBeGreaterThan(30_000);
  });

  test('a stream that fails says why, also behind gzip', async () => {
    async function* failing() {
      yield gzipSync(TEXT).subarray(0, 12);
      throw new Error('the line is dead');
    }
    await expect(readTable(failing())).rejects.toThrow('the line is dead');
  });
});

describe('text', () => {
  const marked = (mark: number[], bytes: Uint8Array) => Uint8Array.of(...mark, ...bytes);
  const wide = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));
  const swapped = (bytes: Uint8Array) => Uint8Array.from(Buffer.from(bytes).swap16());
  const encodings: [string, Uint8Array, string | undefined][] = [
    ['UTF-8 with its mark', marked([0xef, 0xbb, 0xbf], utf8(TEXT)), undefined],
    ['UTF-16, little end first', marked([0xff, 0xfe], wide(TEXT)), undefined],
    ['UTF-16, big end first', marked([0xfe, 0xff], swapped(wide(TEXT))), undefined],
    ['UTF-16 without a mark', wide(TEXT), 'utf-16le'],
    ['Latin-1', latin1(TEXT), 'latin1'],
  ];
  test.each(encodings)('%s', async (_, bytes, encoding) => {
    for (const size of [1, 5, 1000])
      expect((await readTable(inPieces(bytes, size), { ...(encoding && { encoding }) })).records()).toEqual(ROWS);
  });

  test('what is no UTF-8 is told with its line, its byte, and what would read it', async () => {
    const late = latin1(`city,size\n${'Bern,1\n'.repeat(50_000)}Zürich,2\n`);
    for (const size of [999, late.length]) {
      const error = await failure(readTable(inPieces(late, size), { name: 'l.csv' }));
      expect(error.place.line).toBe(50_002);
      expect(error.message).toMatch(/is not text in UTF-8 \(byte 0xFC\).*latin1/);
    }
    expect((await failure(readTable(wide(TEXT)))).message).toMatch(/zero byte.*utf-16le/);
    const cut = utf8(TEXT).subarray(0, TEXT.indexOf('ü') + 1);
    expect((await failure(readTable(cut))).message).toMatch(/cut off in the midst of a character/);
  });

  test.each([
    ['CR', 'a,b\r1,x\r2,y\r'],
    ['CRLF, and none at the end', 'a,b\r\n1,x\r\n2,y'],
    ['all of them, and empty lines', 'a,b\r\n1,x\n\r\r\n2,y\r'],
    ['blanks behind quotes', 'a,"b" \n1,"x" \n2,"y"\n'],
    ['Excel’s line about the delimiter', 'sep=;\na;b\n1;x\n2;y\n'],
    ['bars', 'a|b\n1|x\n2|y\n'],
    ['comments before the header', '# by a logger\n# unit: mV, s\na,b\n1,x\n# a pause\n2,y\n'],
  ])('lines of %s', async (_, text) => {
    for (const size of [1, 3, 100])
      expect((await readTable(inPieces(utf8(text), size))).records()).toEqual([
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ]);
  });

  test('a header that begins with # is one', async () => {
    expect((await readTable('#id,x\n1,2\n3,4\n')).names).toEqual(['#id', 'x']);
    expect((await readTable('%id,x\n%1,2\n3,4\n', { comment: '%', header: false })).records()).toEqual([{ 1: 3, 2: 4 }]);
  });

  test('ten thousand columns, and lines of megabytes, take time in proportion to their length', async () => {
    const wideRow = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join();
    const table = await readTable(`${wideRow}\n${wideRow}\n`);
    expect([table.rows, table.width]).toEqual([1, 10_000]);
    const long = 'x'.repeat(1 << 22);
    for (const [name, text] of [
      ['l.csv', `a,b\n1,"${long}\n"\n`],
      ['l.ndjson', `{"a":1,"b":"${long}"}\n`],
      ['l.json', `[{"a":1,"b":"${long}"}]`],
    ] as const) {
      // Pieces so small that looking at a line anew for each of them would take hours.
      const read = await readTable(inPieces(utf8(text), 64), { name });
      expect(String(read.values('b')[0]).trim()).toHaveLength(1 << 22);
    }
  });
});

describe('what would fill the memory is refused', () => {
  test.each([
    ['csv', 'a,b\n1,x\n2,"', 3],
    ['ndjson', '{"a":1}\n{"a":2}\n{"a":"', 3],
    ['json', '[{"a":1},\n{"a":2},\n{"a":"', 3],
  ])('a line of %s without an end', async (format, begins, line) => {
    const endless = async function* () {
      yield utf8(begins);
      for (;;) yield utf8('x\n'.repeat(format === 'ndjson' ? 0 : 500) + 'x'.repeat(500));
    };
    const error = await failure(readTable(endless(), { name: `t.${format}`, longestLine: 10_000 }));
    expect(error.place.line).toBe(line);
    expect(error.detail).toMatch(/is longer than 10000 characters, which the option longestLine \(--longest-line\) allows/);
    const whole = {
      csv: `${begins}${'x'.repeat(9000)}"\n`,
      ndjson: `${begins}${'x'.repeat(9000)}"}\n`,
      json: `${begins}${'x'.repeat(9000)}"}]`,
    };
    const text = inPieces(utf8(whole[format as 'csv']), 100);
    expect((await readTable(text, { name: `t.${format}`, longestLine: 10_000 })).columns).not.toHaveLength(0);
  });

  test('more cells than there is memory for, as where each record has keys of its own', async () => {
    const keys = Array.from({ length: 200 }, (_, i) => JSON.stringify({ [`k${i}`]: i })).join('\n');
    await expect(readSheet(sourceOf(keys, 'k.ndjson'), {}, 10_000)).rejects.toThrow(
      /k\.ndjson: has more cells than memory holds: 100 columns already in its first 100 rows.*scanTable.*--stream/,
    );
    expect((await readSheet(sourceOf(keys, 'k.ndjson'), {}, 40_001)).cells).toBe(40_000);
  });
});

test('bytes that nobody has are refused, of files and of blobs, wherever a damaged file says that they are', async () => {
  const ofFile = await slicesOfFile(path.join(folder, 't.csv'));
  const ofBlob = slicesOfBlob(new Blob([TEXT]));
  for (const slices of [ofFile, ofBlob, slicesOfBytes(utf8(`..${TEXT}`).subarray(2))]) {
    const { byteLength } = slices;
    expect(byteLength).toBe(utf8(TEXT).length);
    expect(new TextDecoder().decode(await slices.slice(5, 9))).toBe('size');
    expect((await slices.slice(byteLength - 2)).byteLength).toBe(2);
    expect((await slices.slice(byteLength - 2, byteLength + 9)).byteLength).toBe(2);
    for (const [start, end] of [
      [-1, 4],
      [Number.NaN, 4],
      [0, 1.5],
      [4, 2],
      [2 ** 40, 2 ** 41],
      [0, Infinity],
    ])
      await expect(slices.slice(start!, end)).rejects.toThrow(RangeError);
    await slices.close();
  }
});

describe('JSON', () => {
  test('arrays of objects, however they are laid out and cut', async () => {
    const records = [{ a: '"]},{[\\', b: 1 }, { a: 'ü', b: null }, { b: 3 }];
    for (const space of [0, 2])
      for (const size of [1, 7, 1000]) {
        const table = await readTable(inPieces(utf8(JSON.stringify(records, null, space)), size), { name: 't.json' });
        expect(table.records()).toEqual([records[0], records[1], { a: null, b: 3 }]);
      }
  });

  test.each([
    ['[]', /has no rows/],
    ['[{"a":1},]', /:1: is not valid JSON: an element is missing/],
    ['[{"a":1}\n{"a":2}]', /:1: is not valid JSON/],
    ['[{"a":1},\n{"a":}]', /:2: is not valid JSON/],
    ['[{"a":1},\n7]', /:2: expected an object/],
    ['[{"a":1},\n{"a":[2]}]', /:2, column "a": expected a number/],
    ['[{"a":1}', /cut off/],
    ['[{"a":1}]\nx', /:2: goes on after the array/],
    ['7', /expected an array of objects/],
  ])('%j is refused', async (text, message) => {
    expect((await failure(readTable(utf8(text), { format: 'json', name: 'j' }))).message).toMatch(message);
  });
});

describe('options', () => {
  test('what the caller says of cells and columns holds', async () => {
    const table = await readTable('id;zip;when;price;note\n7;0123;03/04/2021;1.163,5;x\n8;4567;28/02/2021;-999;y\n', {
      decimal: ',',
      missing: ['-999'],
      columns: { zip: 'category', when: 'date(DD/MM/YYYY)', note: 'ignore' },
      keep: ['id'],
    });
    expect(table.names).toEqual(['zip', 'when', 'price']);
    expect(table.values('id')).toEqual([7, 8]);
    expect(table.records()).toEqual([
      { id: 7, zip: '0123', when: new Date('2021-04-03'), price: 1163.5 },
      { id: 8, zip: '4567', when: new Date('2021-02-28'), price: null },
    ]);
  });

  test('it holds of JSON as of CSV', async () => {
    const text = '[{"when":"3. Mai 2021","price":"1.163,5","code":7},{"when":"28. Februar 2021","price":-999,"code":"x"}]';
    const table = await readTable(text, {
      decimal: ',',
      missing: ['-999'],
      columns: { when: 'date(D. MMMM YYYY)', price: 'number', code: 'category' },
    });
    expect(table.columns.map(({ type }) => type)).toEqual(['date', 'number', 'category']);
    expect(table.records()).toEqual([
      { when: new Date('2021-05-03'), price: 1163.5, code: '7' },
      { when: new Date('2021-02-28'), price: null, code: 'x' },
    ]);
    const numbers = await readTable('[{"t":0,"n":true},{"t":864e5,"n":false}]', { columns: { t: 'date', n: 'number' } });
    expect(numbers.records()).toEqual([
      { t: new Date(0), n: 1 },
      { t: new Date(864e5), n: 0 },
    ]);
  });

  test('a column that is said to hold dates, or numbers, holds nothing else', async () => {
    expect((await readTable('a,b\n13/02/2021,1\n01/02/2021,2\n', { columns: { a: 'date' } })).values('a')).toEqual([
      new Date('2021-02-13'),
      new Date('2021-02-01'),
    ]);
    for (const [type, message] of [
      ['date', /:3, column "a": "x" is no date, as this column is said to hold; date\(…\)/],
      ['number', /:3, column "a": "x" is not a finite number, as this column is said to hold/],
    ] as const) {
      const first = type === 'date' ? '2021-02-13' : '1';
      expect((await failure(readTable(`a,b\n${first},1\nx,2\n`, { columns: { a: type } }))).message).toMatch(message);
      const json = `{"a":"${first}"}\n\n{"a":"x"}\n`;
      expect((await failure(readTable(json, { columns: { a: type } }))).message).toMatch(message);
    }
  });

  test('what is said of a column goes before what its text looks like', async () => {
    const text = 'when,zip,y\n2024-01-01,1,1\n2024-01-02,2,2\n2024-01-01,1,3\n2024-01-02,2,4\n';
    for (const source of [
      text,
      '[{"when":"2024-01-01","zip":1,"y":1},{"when":"2024-01-02","zip":2,"y":2},{"when":"2024-01-01","zip":1,"y":3}]',
    ]) {
      const table = await readTable(source, { columns: { when: 'category', zip: 'category' } });
      expect(table.columns.map(({ type }) => type)).toEqual(['category', 'category', 'number']);
      const inputs = table.without('y');
      expect([inputs.column(0), inputs.column(1), table.pick([0]).column(0)].map(({ kind }) => kind)).toEqual(
        Array(3).fill('category'),
      );
    }
    const dates = await readTable('d,e\n02/01/2024,2024-01-01\n', { columns: { d: 'date(MM/DD/YYYY)', e: 'date' } });
    expect(dates.columns.map(({ type }) => type)).toEqual(['date', 'date']);
  });

  test('a number far outside of all others, and repeated, is told with the option that takes it for missing', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ a: i % 9 === 0 ? -999 : i % 7, b: i % 5 }));
    for (const source of [
      rows.map((row) => JSON.stringify(row)).join('\n'),
      ['a,b', ...rows.map(({ a, b }) => `${a},${b}`)].join('\n'),
    ]) {
      const table = await readTable(source);
      expect(table.notes).toEqual([
        expect.stringMatching(/column "a": -999 \(12 times\) far outside.*missing: \[-999\] \(--missing -999\)/),
      ]);
      expect(table.columns[0]!.note).toBe(table.notes[0]);
      const taken = await readTable(source, { missing: [-999] });
      expect([taken.notes, taken.columns[0]!.missing]).toEqual([[], 12]);
    }
  });

  test('keys that records lack are gaps, or zero', async () => {
    const text = '{"a":1,"w":"x"}\n{"b":2}\n{"a":null,"w":"y"}\n';
    expect((await readTable(text)).records()).toEqual([
      { a: 1, w: 'x', b: null },
      { a: null, w: null, b: 2 },
      { a: null, w: 'y', b: null },
    ]);
    expect((await readTable(text, { absent: 'zero' })).records()).toEqual([
      { a: 1, w: 'x', b: 0 },
      { a: 0, w: null, b: 2 },
      { a: null, w: 'y', b: 0 },
    ]);
  });

  test('what is not what was said is refused with its place', async () => {
    const text = 'when,x\n31/02/2021,1\n';
    expect((await failure(readTable(text, { columns: { when: 'date(DD/MM/YYYY)' } }))).message).toMatch(
      /:2, column "when": "31\/02\/2021" is no date as DD\/MM\/YYYY spells them/,
    );
    expect((await failure(readTable(text, { columns: { wen: 'date' } }))).message).toMatch(
      /no column "wen".*did you mean "when"/,
    );
    await expect(readTable(text, { keep: ['y'] })).rejects.toThrow(/no column "y"; the columns are "when", "x"/);
    for (const options of [{ columns: { x: 'date(what)' } }, { delimiter: ',,' }, { encoding: 'utf-7' }, { colums: {} }])
      await expect(readTable(text, options as object)).rejects.toThrow(OptionError);
  });

  test('the format is told by the name, by the beginning, or by the caller', async () => {
    expect((await readTable(utf8('a\tb\n1,5\t2\n'), { name: 'x.tsv' })).names).toEqual(['a', 'b']);
    expect((await readTable(utf8('[a],b\n1,2\n'), { format: 'csv' })).names).toEqual(['[a]', 'b']);
    expect((await readTable(gzipSync('{"a":1}\n'), { name: 'x.jsonl.gz' })).names).toEqual(['a']);
  });
});

test('a scan gives the same rows in pieces, as often as they are asked for', async () => {
  const text = `a,b,y\n${Array.from({ length: 400_000 }, (_, i) => `${i},${i % 7},${i % 3}`).join('\n')}\n`;
  const scanned = await scanTable(text);
  expect([scanned.rows, scanned.columns.map(({ type }) => type)]).toEqual([400_000, ['number', 'number', 'number']]);
  const chunks = scanned.chunks('y');
  for (let pass = 0; pass < 2; pass++) {
    let [rows, sum, pieces] = [0, 0, 0];
    for await (const [inputs, targets] of chunks()) {
      expect(inputs.names).toEqual(['a', 'b']);
      rows += inputs.rows;
      sum += targets.reduce((a: number, b: number) => a + b, 0);
      pieces++;
    }
    expect([rows, sum, pieces]).toEqual([400_000, 399_999, 3]);
  }
  await expect(scanTable(Readable.from('a\n1\n'))).rejects.toThrow(/several times/);
});
