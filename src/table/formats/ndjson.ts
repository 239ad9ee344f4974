// NDJSON: a JSON object in each line.

import { InputError } from '../input-error.js';
import { Sheet } from '../sheet.js';
import { recordIn } from './json-record.js';

/**
 * The rows of NDJSON, in sheets of so many cells each. A sheet has the columns that there have been up to its end.
 * @param zero whether a key that a record lacks stands for 0
 * @throws InputError with the line
 */
export async function* readNdjson(
  file: string,
  text: AsyncGenerator<string>,
  cells: number,
  zero = false,
): AsyncGenerator<Sheet, void, undefined> {
  let sheet = new Sheet(file, false, 0, zero);
  let line = 0;
  for await (const source of linesOf(text)) {
    line++;
    if (source.trim() === '') continue;
    sheet.pushRecord(recordIn(file, line, source), line);
    if (sheet.cells < cells) continue;
    const full = sheet;
    sheet = full.following();
    yield full;
  }
  if (sheet.rows > 0) yield sheet;
  else if (sheet.before === 0) throw new InputError(file, {}, 'is empty');
}

/** Lines, whose ends JSON cannot have inside; a carriage return before one is blank. */
async function* linesOf(text: AsyncGenerator<string>): AsyncGenerator<string, void, undefined> {
  let begun: string[] = [];
  for await (const piece of text) {
    const lines = piece.split(/\n|\r(?!\n|$)/);
    const rest = lines.pop()!;
    if (lines.length > 0) {
      lines[0] = begun.join('') + lines[0];
      begun = [];
      yield* lines;
    }
    begun.push(rest);
  }
  const rest = begun.join('');
  if (rest !== '') yield rest;
}
