// How the text of a file's columns was read in training, kept in the notes of a model file.

import { ModelFileError } from '../runtime/errors.js';
import type { Metadata } from '../format/document.js';
import { type Spelling, isSpelling } from '../table/types/spelling.js';

/** By the names of columns. */
export type Spellings = Readonly<Record<string, Spelling>>;

/** What a model file keeps; nothing of formats with types of their own. */
export function spellingsDocument(spellings: Spellings): { spellings?: string } {
  return Object.keys(spellings).length > 0 ? { spellings: JSON.stringify(spellings) } : {};
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
