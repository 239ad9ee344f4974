// What is loaded for model files: reading them takes checks that writing does not, and pages have no files at all.

import { Part } from '../../bindings/part.js';
import { ModelFileError, OptionError } from '../runtime/errors.js';
import type { ModelDocument, ReadingOptions } from './document.js';

export const READING = new Part('reading a model', () => import('./reading.js'));
export const STATES = new Part('a saved state', () => import('./state.js'));
export const FILES = new Part('files', () => import('./file.js'));

/** What a model is loaded from: the path of a file, or the bytes of one. */
export type ModelSource = string | Uint8Array | ArrayBuffer;

/**
 * Reads a document, and makes a model of it. Errors of files name the file.
 * @param call what messages about the source begin with
 * @throws FileError, ModelFileError, OptionError
 */
export async function loaded<M>(
  call: string,
  source: ModelSource,
  options: ReadingOptions | undefined,
  make: (document: ModelDocument) => Promise<M>,
): Promise<M> {
  if (typeof source !== 'string') {
    const bytes = bytesFrom(call, source);
    return make((await READING.load()).fromBytes(bytes, call, options));
  }
  const [{ readBytes }, { fromBytes }] = await Promise.all([FILES.load(), READING.load()]);
  const bytes = await readBytes(source);
  try {
    return await make(fromBytes(bytes, call, options));
  } catch (cause) {
    throw cause instanceof ModelFileError ? new ModelFileError(`${source}: ${cause.message}`, { cause }) : cause;
  }
}

function bytesFrom(call: string, source: Uint8Array | ArrayBuffer): Uint8Array {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Uint8Array) return source;
  throw new OptionError(`${call}.source`, source, 'a path, a Uint8Array or an ArrayBuffer');
}
