// NDJSON: a JSON object in each line.

import type { Cell } from '../../data/column.js';
import { shown } from '../../runtime/errors.js';
import { InputError } from '../failure.js';
import { Sheet } from './sheet.js';

/**
 * The rows of NDJSON, in sheets of so many cells each. A sheet has the columns that there have been up to its end.
 * @throws InputError with the line
 */
export async function* readNdjson(
  file: string,
  text: AsyncGenerator<string>,
  cells: number,
): AsyncGenerator<Sheet, void, undefined> {
  let sheet = new Sheet(file, false);
  let line = 0;
  for await (const source of linesOf(text)) {
    line++;
    if (source.trim() === '') continue;
    sheet.pushRecord(recordIn(file, line, source), line);
    if (sheet.cells < cells) continue;
    yield sheet;
    sheet = sheet.following();
  }
  if (sheet.rows > 0) yield sheet;
  else if (sheet.before === 0) throw new InputError(file, {}, 'is empty');
}

async function* linesOf(text: AsyncGenerator<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

function recordIn(file: string, line: number, source: string): Record<string, Cell> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new InputError(file, { line }, `is not valid JSON (${(cause as Error).message})`, { cause });
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InputError(file, { line }, `expected an object, {"name": value, …}; got ${shown(value)}`);
  }
  for (const [column, cell] of Object.entries(value)) {
    if (cell !== null && typeof cell === 'object')
      throw new InputError(file, { line, column }, `expected a number, string, boolean or null; got ${shown(cell)}`);
  }
  return value as Record<string, Cell>;
}
