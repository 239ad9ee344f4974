// How the text of a file's columns was read in training, kept in the notes of a model file.

import { ModelFileError } from '../runtime/errors.js';
import type { Metadata } from '../format/document.js';
import { type Spelling, isSpelling, isUsual } from '../table/types/spelling.js';

/** By the names of columns. */
export type Spellings = Readonly<Record<string, Spelling>>;

/** What a model file keeps: how columns are written that are not as programs write them. */
export function spellingsDocument(spellings: Spellings): { spellings?: string } {
  const kept = Object.entries(spellings).filter(([, spelling]) => !isUsual(spelling));
  return kept.length > 0 ? { spellings: JSON.stringify(Object.fromEntries(kept)) } : {};
}

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
