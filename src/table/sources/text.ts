// Bytes as text, in the encoding that they begin with or that the caller names.

import { InputError } from '../input-error.js';
import type { Piece } from './bytes.js';

/** The encodings that a file's first bytes name. */
const MARKS: readonly [mark: readonly number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

const markedAs = (head: Uint8Array) => MARKS.find(([mark]) => mark.every((byte, i) => head[i] === byte))?.[1];

/** Whether there is such an encoding. */
export function isEncoding(name: string): boolean {
  try {
    return Boolean(new TextDecoder(name));
  } catch {
    return false;
  }
}

/** How many lines a text ends. */
function linesIn(text: string): number {
  return countOf(text, '\n') || countOf(text, '\r');
}

/** How often a part stands in a text. */
export function countOf(text: string, part: string): number {
  let n = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) n++;
  return n;
}

/**
 * The text of bytes, piece by piece; a byte order mark is taken away. Text stays as it is.
 * @param pieces of which the first is long enough for a mark
 * @param encoding by default the one that a byte order mark names, or UTF-8
 * @throws InputError for what is no text in this encoding
 */
export async function* textOf(
  pieces: AsyncIterable<Piece>,
  file: string,
  encoding?: string,
): AsyncGenerator<string, void, undefined> {
  let decoder: TextDecoder | undefined;
  let line = 1;
  /** The last bytes, which may be the beginning of a character. */
  let before: Uint8Array = new Uint8Array(0);
  const refuse = (good: string, detail: string, cause?: unknown): never => {
    throw new InputError(file, { line: line + linesIn(good) }, detail, { cause });
  };
  const placed = (cause: unknown): unknown =>
    cause instanceof InputError ? new InputError(file, { line }, cause.detail, { cause }) : cause;
  for await (const piece of failingAs(pieces, placed)) {
    if (typeof piece === 'string') {
      yield decoder || line > 1 ? piece : piece.replace(/^\ufeff/, '');
      line += linesIn(piece);
      continue;
    }
    decoder ??= new TextDecoder(encoding ?? markedAs(piece) ?? 'utf-8', { fatal: true });
    const wide = decoder.encoding.startsWith('utf-16');
    const zero = wide ? -1 : piece.indexOf(0);
    if (zero >= 0) refuse(latin1(piece.subarray(0, zero)), `is a binary file: it has a zero byte${hintOfWide(piece)}`);
    let text = '';
    try {
      text = decoder.decode(piece, { stream: true });
    } catch (cause) {
      const all = [...before, ...piece];
      const bad = decoder.encoding === 'utf-8' ? firstForeign(all) : -1;
      refuse(bad < 0 ? '' : latin1(piece.subarray(0, Math.max(0, bad - before.length))), foreign(decoder, all[bad]), cause);
    }
    before = piece.slice(-3);
    yield text;
    line += linesIn(text);
  }
  try {
    const rest = decoder?.decode();
    if (rest) yield rest;
  } catch (cause) {
    refuse('', `is cut off in the midst of a character of ${decoder!.encoding.toUpperCase()}`, cause);
  }
}

/** Pieces whose source fails with an error that says more, such as how far it came. */
async function* failingAs(
  pieces: AsyncIterable<Piece>,
  said: (cause: unknown) => unknown,
): AsyncGenerator<Piece, void, undefined> {
  try {
    yield* pieces;
  } catch (cause) {
    throw said(cause);
  }
}

const latin1 = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes);

/** Where every other byte is zero, text is probably wide. */
function hintOfWide(piece: Uint8Array): string {
  const some = piece.subarray(0, 1000);
  const zeros = [0, 1].map((odd) => some.filter((byte, i) => byte === 0 && i % 2 === odd).length);
  if (Math.max(...zeros) < some.length / 3) return '';
  const encoding = `utf-16${zeros[1]! > zeros[0]! ? 'le' : 'be'}`;
  return `; if it is UTF-16 without its mark, the encoding says so (--encoding ${encoding})`;
}

function foreign({ encoding }: TextDecoder, byte: number | undefined): string {
  if (encoding !== 'utf-8') return `is not text in ${encoding.toUpperCase()}`;
  const which = byte === undefined ? '' : ` (byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')})`;
  return `is not text in UTF-8${which}; if it is Latin-1, as older programs write, the encoding says so (--encoding latin1)`;
}

/** The index of the first byte that UTF-8 does not have where it stands, of bytes that may begin amid a character. */
function firstForeign(bytes: readonly number[]): number {
  let i = 0;
  while (i < 3 && (bytes[i]! & 0xc0) === 0x80) i++;
  while (i < bytes.length) {
    const first = bytes[i]!;
    const more =
      first < 0x80
        ? 0
        : first >= 0xc2 && first < 0xe0
          ? 1
          : first >= 0xe0 && first < 0xf0
            ? 2
            : first >= 0xf0 && first < 0xf5
              ? 3
              : -1;
    if (more < 0) return i;
    for (let k = 1; k <= more && i + k < bytes.length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return i;
    i += more + 1;
  }
  return -1;
}
