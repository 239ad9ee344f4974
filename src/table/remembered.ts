// How text was read in training, kept in the notes of a model, so that the same text means the same wherever it predicts.

import type { ReadingNotes } from '../data/table.js';
import type { Metadata } from '../format/document.js';
import { ModelFileError } from '../runtime/errors.js';
import type { ReadOptions } from './read.js';
import { PLAIN } from './types/numbers.js';
import { type Spelling, isSpelling, isUsual } from './types/spelling.js';
import type { TableColumn } from './types/table-column.js';

/** By the names of columns. */
export type Spellings = Readonly<Record<string, Spelling>>;

/**
 * What a model keeps: how columns are written that are not as programs write them, and those that are no inputs. It is there
 * where there were no such columns, too, as a sign that the model learned from text.
 * @param inputs names of the inputs; undefined for all columns that were not left out
 */
export function spellingsDocument(columns: readonly TableColumn[], inputs?: readonly string[]): { spellings: string } {
  const kept = columns.flatMap(({ name, spelling, omitted }) => {
    if (omitted !== undefined) return [[name, spelling ?? PLAINLY] as const];
    const known = !spelling || (isUsual(spelling) && inputs?.includes(name) !== false); // by what the model knows of the column
    return known ? [] : [[name, spelling] as const];
  });
  return { spellings: JSON.stringify(Object.fromEntries(kept)) };
}

/** Numbers that count rows. */
const PLAINLY: Spelling = { type: 'number', ...PLAIN };

/** Of a model's notes; none in files of earlier versions, which read numbers as programs write them. @throws ModelFileError */
export function spellingsOf({ spellings }: Metadata): Spellings {
  if (spellings === undefined) return {};
  let found: unknown;
  try {
    found = JSON.parse(spellings);
  } catch (cause) {
    throw new ModelFileError('damaged: the spellings of columns are not valid JSON', { cause });
  }
  if (typeof found !== 'object' || found === null || !Object.values(found).every(isSpelling))
    throw new ModelFileError('damaged: the spellings of columns are not what this library writes');
  return found as Spellings;
}

/** What says what cells mean: a model's data are read so as its training data were. */
export type Remembered = Pick<ReadOptions, 'decimal' | 'missing' | 'absent' | 'columns'> & {
  readonly keep?: readonly string[] | undefined;
};

/** What a model is to remember of how it was told to read, as its notes; nothing where nothing was said. */
export function remembered({ decimal, missing, absent, columns, keep }: Remembered): Pick<ReadingNotes, 'reading'> {
  const some = <T>(texts: readonly T[] | undefined) => (texts?.length ? texts : undefined);
  const said = { decimal, missing: some(missing), absent, columns, keep: some(keep) };
  return Object.values(said).some((value) => value !== undefined) ? { reading: JSON.stringify(said) } : {};
}

/** How data for a model are read: as its training data were, and as somebody says now. */
export function readingFor<T extends Remembered>(metadata: Metadata, now: T): T & Remembered & { readonly lenient: true } {
  const before = memory(metadata);
  const given = Object.fromEntries(Object.entries(now).filter(([, value]) => value !== undefined)) as T;
  return { ...before, ...given, columns: { ...before.columns, ...now.columns }, lenient: true };
}

function memory({ reading }: Metadata): Remembered {
  try {
    const found: unknown = reading === undefined ? {} : JSON.parse(reading);
    return typeof found === 'object' && found !== null ? (found as Remembered) : {};
  } catch {
    return {}; // metadata are the user's, too
  }
}
