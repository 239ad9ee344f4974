// The column to learn: which task it makes, and its values.

import { engineOf } from '../../bindings/load.js';
import type { Label } from '../data/targets.js';
import { deal, permutation } from '../data/split.js';
import { type Cell, isMissing } from '../data/table.js';
import { nearest } from '../options.js';
import { Purpose } from '../random.js';
import { isNumber, typedColumn } from './read/cells.js';
import type { Sheet } from './read/sheet.js';

export type Task = 'classification' | 'regression';

/** A column of so few different integers, each so frequent, names classes rather than measures something. */
const MOST_CLASSES = 10;
const LEAST_MEMBERS = 5;

/** @throws InputError if there is no such column */
export function requireColumn(sheet: Sheet, name: string, what: string): void {
  if (sheet.columns.has(name)) return;
  const near = nearest(name, sheet.names);
  const names = sheet.names.map((n) => JSON.stringify(n)).join(', ');
  throw sheet.error(
    `there is no column ${JSON.stringify(name)} (${what})${near ? `; did you mean ${JSON.stringify(near)}` : ''}; the columns are ${names}`,
  );
}

/** The target's cells, every one of them there. @throws InputError */
export function targetCells(sheet: Sheet, name: string, wanted?: 'number' | 'text'): Cell[] {
  requireColumn(sheet, name, 'the target');
  const cells = typedColumn(sheet, name, wanted);
  const gap = cells.findIndex(isMissing);
  if (gap >= 0) throw sheet.error('the target is missing', gap, name);
  return cells;
}

/** Of a text target, this share of numbers means that it was meant to hold numbers. */
const MOSTLY_NUMBERS = 0.8;

/**
 * The task that a target suggests, and why.
 * @throws InputError for numbers with text among them, and for text that differs in most rows: neither names classes
 */
export function inferTask(sheet: Sheet, name: string, cells: readonly Cell[]): { task: Task; why: string } {
  const isNumeric = (cell: Cell) =>
    typeof cell === 'number' || typeof cell === 'bigint' || (typeof cell === 'string' && isNumber(cell));
  const texts = cells.filter((cell) => typeof cell === 'string');
  const stray = cells.findIndex((cell) => !isNumeric(cell));
  if (texts.length > 0 && cells.filter(isNumeric).length >= MOSTLY_NUMBERS * cells.length && stray >= 0) {
    throw sheet.error(
      `${JSON.stringify(cells[stray])} stands in a target of numbers (--task classification makes labels of them all)`,
      stray,
      name,
    );
  }
  const labels = new Set(texts).size;
  if (labels > 2 && labels > cells.length / 2) {
    throw sheet.error(
      `the target has ${labels} different labels in ${cells.length} rows: nothing to learn from one example each`,
      undefined,
      name,
    );
  }
  const odd = cells.find((cell) => typeof cell !== 'number' && typeof cell !== 'bigint');
  if (odd !== undefined)
    return { task: 'classification', why: `the target holds ${typeof odd === 'boolean' ? 'true and false' : 'text'}` };
  const different = new Set(cells);
  if (
    different.size <= MOST_CLASSES &&
    cells.length >= LEAST_MEMBERS * different.size &&
    cells.every((cell) => Number.isInteger(Number(cell)))
  ) {
    return { task: 'classification', why: `the target holds ${different.size} different integers in ${cells.length} rows` };
  }
  return { task: 'regression', why: 'the target holds numbers' };
}

/** Labels: what stands in the target, bigints as numbers, dates as text. */
export function labelsOf(cells: readonly Cell[]): Label[] {
  return cells.map((cell) =>
    typeof cell === 'bigint' ? Number(cell) : cell instanceof Date ? cell.toISOString() : (cell as Label),
  );
}

/** Numbers to learn. @throws InputError at the first cell that is none */
export function numbersOf(sheet: Sheet, name: string, cells: readonly Cell[]): number[] {
  return cells.map((cell, row) => {
    const n = typeof cell === 'boolean' || typeof cell === 'bigint' ? Number(cell) : cell instanceof Date ? cell.getTime() : cell;
    if (typeof n !== 'number' || !Number.isFinite(n)) {
      throw sheet.error(`${JSON.stringify(String(cell))} is not a finite number, as regression needs`, row, name);
    }
    return n;
  });
}

/** Rows to train on and rows held out, by the seed; stratified for classes. */
export async function holdOut(
  rows: number,
  share: number,
  seed: number,
  labels?: readonly Label[],
): Promise<{ train: Uint32Array; test: Uint32Array }> {
  const index = new Map([...new Set(labels)].map((label, i) => [label, i]));
  const classes = labels?.map((label) => index.get(label)!);
  const [train, test] = deal(
    permutation(await engineOf('float32', 'fast'), rows, seed, Purpose.split),
    [1 - share, share],
    classes,
  );
  return { train: train!, test: test! };
}
