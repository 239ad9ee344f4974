// Bytes as they come: of files, where the runtime has some, of streams, and of what gzip has compressed.

import { builtin } from '../../../bindings/features.js';
import { FileError } from '../../runtime/errors.js';
import { InputError } from '../input-error.js';

/** Some bytes, or some text. */
export type Piece = Uint8Array | string;

/** Bytes of a file that are read at a time. */
const BLOCK = 1 << 18;

/** What a system's error code means, in words. */
const CAUSES: Record<string, string> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'permission denied',
};

export function unreadable(path: string, cause: unknown): FileError {
  const { code, message } = cause as { code?: string; message: string };
  return new FileError(path, `cannot be read: ${(code && CAUSES[code]) ?? message}`, cause);
}

/** The path that a string names in this runtime; undefined for an address, and where there are no files. */
export function pathOf(name: string): string | undefined {
  const url = builtin<typeof import('node:url')>('node:url');
  if (!url) return undefined;
  if (/^file:/i.test(name)) return url.fileURLToPath(name);
  return /^[a-z][a-z\d+.-]+:/i.test(name) ? undefined : name; // C:\ has one letter
}

/** @throws FileError, or InputError for an empty file */
export async function* bytesOfFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { open } = builtin<typeof import('node:fs/promises')>('node:fs/promises')!;
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(BLOCK), 0, BLOCK).catch((cause: unknown) => {
        throw unreadable(path, cause);
      });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** A stream's pieces; whoever has had enough of them ends it. */
export async function* piecesOfStream<T extends Piece>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {}); // of one that failed, what matters is why
    reader.releaseLock();
  }
}

/** Pieces, of which the first has so many bytes or characters, if there are as many. */
export async function peeked<T extends Piece>(
  pieces: AsyncIterable<T>,
  least: number,
): Promise<{ head: T | ''; all: AsyncGenerator<T, void, undefined> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head: T | '' = '';
  let ended = false;
  while (head.length < least && !ended) {
    const { value, done } = await iterator.next();
    if (done) ended = true;
    else head = joined(head, value) as T;
  }
  async function* all() {
    try {
      if (head !== '' && head.length > 0) yield head;
      while (!ended) {
        const { value, done } = await iterator.next();
        if (done) ended = true;
        else yield value;
      }
    } finally {
      if (!ended) await iterator.return?.();
    }
  }
  return { head, all: all() };
}

function joined(a: Piece, b: Piece): Piece {
  if (a.length === 0) return b;
  if (typeof a === 'string' || typeof b === 'string') return `${text(a)}${text(b)}`;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Text as it is; a stream that mixes it with bytes means these as UTF-8. */
const text = (piece: Piece) => (typeof piece === 'string' ? piece : new TextDecoder().decode(piece));

/** Whether bytes begin as gzip does. */
export const isGzip = (head: Piece): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * What gzip has compressed.
 * @throws InputError for what is damaged or cut off
 */
export async function* gunzipped(bytes: AsyncIterable<Piece>, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = bytes[Symbol.asyncIterator]();
  let failure: unknown;
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (cause) {
        failure = cause;
        controller.error(cause);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  try {
    yield* piecesOfStream(compressed.pipeThrough(new DecompressionStream('gzip')));
  } catch (cause) {
    throw (
      failure ??
      new InputError(name, {}, `is damaged or cut off: what gzip has compressed ends early, or is not whole`, { cause })
    );
  }
}
