// CSV: quoted fields, any of three delimiters, with a header or without.

import { counted } from '../../runtime/errors.js';
import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { InputError } from '../failure.js';
import { isMissingText, isNumber } from './cells.js';
import { Sheet } from './sheet.js';
import { peeked } from './source.js';

const DELIMITERS = [',', ';', '\t'] as const;

/** Characters to look at before deciding on the delimiter. */
const HEAD = 1 << 14;

export interface CsvOptions {
  /** Default: found out. */
  readonly delimiter?: string | undefined;
  /** Whether the first line names the columns. Default: unless it holds numbers only. */
  readonly header?: boolean | undefined;
}

/** How often each delimiter stands outside quotes in the first line that is not empty; the most frequent wins. */
export function detectDelimiter(head: string): string {
  const counts = DELIMITERS.map(() => 0);
  let quoted = false;
  for (const c of head.replace(/^[\r\n]+/, '')) {
    if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '\n' || c === '\r') break;
    else {
      const i = DELIMITERS.indexOf(c as ',');
      if (i >= 0) counts[i]!++;
    }
  }
  const most = Math.max(...counts);
  return most === 0 ? ',' : DELIMITERS[counts.indexOf(most)]!;
}

const MESSAGES: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote was opened and is not closed at the end of the file',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted cell goes on after its closing quote',
  INVALID_OPENING_QUOTE:
    'a quote stands in the middle of a cell; cells with quotes must be quoted as a whole, quotes inside doubled',
};

/**
 * The rows of CSV, in sheets of so many cells each.
 * @throws InputError with the line
 */
export async function* readCsv(
  file: string,
  text: AsyncGenerator<string>,
  options: CsvOptions,
  cells: number,
): AsyncGenerator<Sheet, void, undefined> {
  const { head, all } = await peeked(text, HEAD);
  if (head.trim() === '') throw new InputError(file, {}, 'is empty');
  const delimiter = options.delimiter ?? detectDelimiter(head);
  const source = Readable.from(all);
  const parser = source.pipe(parse({ delimiter, relaxColumnCount: true, skipEmptyLines: true, info: true }));
  let sheet = new Sheet(file, true);
  let width = 0;
  let twice = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      // info.lines counts to the end of the record, whose cells may span lines; CRLF inside quotes counts twice.
      twice += record.reduce((n, cell) => n + occurrences(cell, '\r\n'), 0);
      const line = info.lines - twice - record.reduce((n, cell) => n + occurrences(cell, '\n'), 0);
      if (width === 0) {
        width = record.length;
        const header = options.header ?? !record.every((cell) => isNumber(cell) || isMissingText(cell));
        if (header) {
          nameColumns(sheet, record, line);
          continue;
        }
        sheet.nameless = true;
        for (let i = 1; i <= width; i++) sheet.columns.set(String(i), []);
        if (options.header === undefined)
          sheet.notes.push('the first line holds numbers only: taken as data, columns are named 1, 2, …');
      }
      if (record.length !== width)
        throw new InputError(file, { line }, `has ${counted(record.length, 'cell')}; expected ${width}, as in the first line`);
      sheet.push(record, line);
      if (sheet.cells < cells) continue;
      yield sheet;
      sheet = sheet.following();
    }
  } catch (cause) {
    if (cause instanceof CsvError) {
      const line = Number(/at line (\d+)/.exec(cause.message)?.[1]); // where the quote stands, for cells that span lines
      throw new InputError(file, Number.isFinite(line) ? { line } : {}, MESSAGES[cause.code] ?? cause.message, { cause });
    }
    throw cause;
  } finally {
    source.destroy(); // whoever reads may have had enough
  }
  if (sheet.rows > 0) yield sheet;
  else if (sheet.before === 0) throw new InputError(file, {}, 'has a header and no rows');
}

const occurrences = (text: string, part: string) => text.split(part).length - 1;

function nameColumns(sheet: Sheet, header: readonly string[], line: number): void {
  header.forEach((cell, i) => {
    const name = cell.trim() || `column ${i + 1}`;
    if (!cell.trim()) sheet.notes.push(`column ${i + 1} has no name: called ${JSON.stringify(name)}`);
    if (sheet.columns.has(name)) throw new InputError(sheet.file, { line, column: name }, 'there are two columns of this name');
    sheet.columns.set(name, []);
  });
}
