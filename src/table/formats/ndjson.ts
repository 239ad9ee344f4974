// NDJSON: a JSON object in each line.

import type { Sheet } from '../sheet.js';
import { type JsonText, sheetsOfRecords } from './json-records.js';

/**
 * The rows of NDJSON, in sheets of so many cells each.
 * @param zero whether a key that a record lacks stands for 0
 * @throws InputError with the line
 */
export function readNdjson(
  file: string,
  text: AsyncGenerator<string>,
  cells: number,
  zero = false,
): AsyncGenerator<Sheet, void, undefined> {
  return sheetsOfRecords(file, linesOf(text), cells, zero, 'is empty');
}

/** Lines that are not blank. JSON has no line ends inside; a carriage return before a line feed is blank. */
async function* linesOf(text: AsyncGenerator<string>): AsyncGenerator<Iterable<JsonText>, void, undefined> {
  let begun: string[] = [];
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
      yield some(lines);
    }
    begun.push(rest);
  }
  yield some([begun.join('')]);
}
