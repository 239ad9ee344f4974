// The data that a command names.

import { type Source, sourceAt, sourceOf } from '../table/sources/source.js';

/** The name under which standard input goes. */
export const STDIN = '-';

/** A file, an address, or standard input. */
export function dataFrom(file: string): Source {
  return file === STDIN ? sourceOf(process.stdin, 'standard input') : sourceAt(file);
}
