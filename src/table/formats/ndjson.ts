// NDJSON: a JSON object in each line.

import { InputError } from '../input-error.js';
import type { Sheet } from '../sheet.js';
import { LONGEST_LINE, tooLong } from './format.js';
import { type JsonText, sheetsOfRecords } from './json-records.js';

/**
 * The rows of NDJSON, in sheets of so many cells each.
 * @param zero whether a key that a record lacks stands for 0
 * @param longest characters of a line
 * @throws InputError with the line
 */
export function readNdjson(
  file: string,
  text: AsyncGenerator<string>,
  cells: number,
  zero = false,
  longest = LONGEST_LINE,
): AsyncGenerator<Sheet, void, undefined> {
  return sheetsOfRecords(file, linesOf(file, text, longest), cells, zero, 'is empty');
}

/** Lines that are not blank. JSON has no line ends inside; a carriage return before a line feed is blank. */
async function* linesOf(
  file: string,
  text: AsyncGenerator<string>,
  longest: number,
): AsyncGenerator<Iterable<JsonText>, void, undefined> {
  let begun: string[] = [];
  let length = 0;
  let line = 1;
  const some = function* (sources: readonly string[]) {
    for (const source of sources) {
      if (source.trim() !== '') yield { source, line };
      line++;
    }
  };
  for await (const piece of text) {
    const lines = piece.split(/\n|\r(?!\n|$)/);
    const rest = lines.pop()!;
    if (lines.length > 0) {
      lines[0] = begun.join('') + lines[0];
      begun = [];
      length = 0;
      yield some(lines);
    }
    begun.push(rest);
    length += rest.length;
    if (length > longest) throw new InputError(file, { line }, tooLong(longest));
  }
  yield some([begun.join('')]);
}
