// A table read anew as a model reads it that learned from another one.

import type { Cell } from '../data/column.js';
import type { TableReader } from '../data/table.js';
import { Conformer } from './conformer.js';
import type { Remembered } from './remembered.js';
import { heed } from './said.js';
import type { Sheet } from './sheet.js';
import { type Spelling, isUsual, ofSpelling } from './types/spelling.js';
import type { TableColumn } from './types/table-column.js';

/** A table as it was read by itself. */
interface TableByItself {
  /** Its cells, typed. */
  readonly sheet: Sheet;
  /** All of its columns, and the names of those that are inputs. */
  readonly all: readonly TableColumn[];
  readonly names: readonly string[];
  /** What somebody said of it. */
  readonly how: Remembered;
}

/** The same as a model reads it. */
interface TableOfModel extends Omit<TableByItself, 'how'> {
  readonly notes: readonly string[];
}

/** A spelling as text, so that two can be compared; nothing for those that programs write. */
const told = (spelling: Spelling | undefined) => (spelling && !isUsual(spelling) ? JSON.stringify(spelling) : '');

/** What a column is called that a model takes for one of some kind. */
const typeOf = (kind: 'number' | 'date' | 'category', spelling: Spelling | undefined) =>
  kind === 'number' && spelling?.type === 'boolean' ? 'boolean' : kind;

/** @throws InputError, ModelFileError */
export function readAs(model: TableReader, { sheet, all, names, how }: TableByItself): TableOfModel {
  const conformer = new Conformer(model, how);
  const read = sheet.asRead();
  const { missing = [] } = how.missing === undefined ? conformer.reading : {};
  if (missing.length > 0) {
    for (const [name, cells] of read.columns) read.columns.set(name, [...cells]);
    heed(read, { missing });
  }
  const raw = new Map(read.columns);
  const wanted = new Set(model.columns.map(({ name }) => name));
  // What somebody took out stays out; what was left out since it counts rows may not have done so in training.
  for (const { name, omitted } of all)
    if (!names.includes(name) && !(omitted !== undefined && wanted.has(name))) read.columns.delete(name);

  const known = new Map(all.map((column) => [column.name, column]));
  const fromText = model.metadata['spellings'] !== undefined;
  const asTyped = !read.nameless && missing.length === 0;
  /** Whether a column's text has been read as the model reads it. */
  const alike = ({ name, spelling, sure }: TableColumn) =>
    asTyped && (fromText ? told(spelling) === told(conformer.spellingOf(name)) : sure !== false);
  const typed = (name: string, kind?: string): Cell[] | undefined => {
    const column = known.get(name);
    if (!column || !alike(column)) return undefined;
    return kind === undefined || kind === (column.type === 'boolean' ? 'number' : column.type)
      ? sheet.columns.get(name)
      : undefined;
  };
  const taken = conformer.take(read, ({ name, kind }) => typed(name, kind));

  const columns = new Map<string, Cell[]>();
  for (const { name } of all) {
    const spelling = conformer.spellingOf(name);
    const anew = typed(name) === undefined && spelling ? ofSpelling(raw.get(name)!, spelling, { said: true }) : undefined;
    columns.set(name, anew ?? sheet.columns.get(name)!);
  }
  const described = new Map(known);
  for (const spec of model.columns) {
    const cells = taken.get(spec.name);
    if (!cells || spec.kind === 'dropped') continue;
    columns.set(spec.name, cells);
    const spelling = conformer.spellingOf(spec.name) ?? known.get(spec.name)?.spelling;
    const type = typeOf(spec.kind, spelling);
    const gaps = cells.filter((cell) => cell === null || cell === undefined).length;
    described.set(spec.name, { name: spec.name, type, missing: gaps, ...(spelling && { spelling }) });
  }
  return { sheet: sheet.typed(columns), all: [...described.values()], names: [...taken.keys()], notes: conformer.notes };
}
