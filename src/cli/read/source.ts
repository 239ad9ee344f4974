// Bytes of a file or of standard input, decoded as they come.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FileError } from '../../runtime/errors.js';
import { InputError } from '../failure.js';

/** The name under which standard input goes. */
export const STDIN = '-';

export function shownName(path: string): string {
  return path === STDIN ? 'standard input' : path;
}

/** @throws FileError if there is nothing to read */
export async function openBytes(path: string): Promise<Readable> {
  if (path === STDIN) return process.stdin;
  const found = await stat(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FileError(path, `cannot be read: ${code === 'ENOENT' ? 'no such file' : message}`, cause);
  });
  if (found.isDirectory()) throw new FileError(path, 'cannot be read: is a folder');
  if (found.isFile() && found.size === 0) throw new InputError(path, {}, 'is empty');
  return createReadStream(path, { highWaterMark: 1 << 16 });
}

/**
 * The text of a stream, piece by piece; a byte order mark is taken away.
 * @throws InputError for what is no text in UTF-8
 */
export async function* textOf(bytes: Readable, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch (cause) {
      const bad = new TextDecoder().decode(chunk).indexOf('\ufffd');
      throw new InputError(
        file,
        { line: line + linesIn(new TextDecoder().decode(chunk).slice(0, bad)) },
        'is not text in UTF-8',
        { cause },
      );
    }
  };
  try {
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      const zero = chunk.indexOf(0);
      if (zero >= 0) {
        const before = new TextDecoder().decode(chunk.subarray(0, zero));
        throw new InputError(file, { line: line + linesIn(before) }, 'is a binary file: it has a zero byte');
      }
      const text = decode(chunk);
      yield text;
      line += linesIn(text);
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new FileError(file, `cannot be read: ${(cause as Error).message}`, cause);
  }
  const rest = decode();
  if (rest) yield rest;
}

/** How many lines a text ends. */
function linesIn(text: string): number {
  let n = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) n++;
  return n;
}

/** The first piece of a stream that is not white space only, and then all of it. */
export async function peeked(
  text: AsyncGenerator<string>,
  atLeast: number,
): Promise<{ head: string; all: AsyncGenerator<string> }> {
  let head = '';
  let ended = false;
  while (head.length < atLeast && !ended) {
    const { value, done } = await text.next();
    if (done) ended = true;
    else head += value;
  }
  async function* all() {
    if (head) yield head;
    if (!ended) yield* text;
  }
  return { head, all: all() };
}
