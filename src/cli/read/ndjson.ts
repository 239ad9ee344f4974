// NDJSON: a JSON object in each line.

import type { Cell } from '../../data/table.js';
import { shown } from '../../errors.js';
import { InputError } from '../failure.js';
import { Sheet } from './sheet.js';

/** @throws InputError with the line */
export async function readNdjson(file: string, text: AsyncGenerator<string>): Promise<Sheet> {
  const sheet = new Sheet(file, false);
  let line = 0;
  let rest = '';
  const take = (source: string) => {
    line++;
    if (source.trim() !== '') sheet.pushRecord(record(file, line, source), line);
  };
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const source of lines) take(source);
  }
  if (rest !== '') take(rest);
  if (sheet.rows === 0) throw new InputError(file, {}, 'is empty');
  return sheet;
}

function record(file: string, line: number, source: string): Record<string, Cell> {
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
