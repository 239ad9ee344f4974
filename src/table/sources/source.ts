// Where tables come from: paths, URLs, blobs, streams, text and bytes, all of them as bytes or text in pieces.

import { FileError, shown } from '../../runtime/errors.js';
import { InputError } from '../input-error.js';
import { type Piece, bytesOfFile, pathOf, piecesOfStream } from './bytes.js';
import { type Slices, slicesOfBlob, slicesOfBytes, slicesOfFile } from './slices.js';

/**
 * A path or address of a file, its bytes, a blob, a stream of either, or text: a string with a line break, or one that begins
 * like JSON.
 */
export type TableSource =
  | string
  | URL
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

/** Where data are read from. */
export interface Source {
  /** What errors call it. */
  readonly name: string;
  /** Its bytes or its text; anew each time, unless it is read once. */
  open(): AsyncIterable<Piece>;
  /** Whether it can be opened once only. */
  readonly once: boolean;
  /** Its bytes in any order, where that takes less than to read all of them. */
  slices?(): Promise<Slices>;
}

const isText = (source: string) => /[\r\n]/.test(source) || /^\s*[[{]/.test(source);

/** A path or an address, whatever it looks like. */
export function sourceAt(place: string, name?: string): Source {
  const path = pathOf(place);
  if (path === undefined) return { name: name ?? nameIn(place), open: () => fetched(place), once: false };
  return { name: name ?? path, open: () => bytesOfFile(path), once: false, slices: () => slicesOfFile(path) };
}

/**
 * What a user gave, as a source.
 * @param name what errors call it, where the source has no name of its own
 * @throws InputError for what is none
 */
export function sourceOf(source: TableSource, name?: string): Source {
  if (source instanceof URL) return sourceAt(source.href, name);
  if (typeof source === 'string') {
    if (!isText(source)) return sourceAt(source, name);
    return { name: name ?? 'the text', open: () => inPieces(source), once: false };
  }
  if (typeof Blob === 'function' && source instanceof Blob) {
    const open = () => piecesOfStream(source.stream() as ReadableStream<Uint8Array>);
    return {
      name: name ?? (source as Partial<File>).name ?? 'the blob',
      open,
      once: false,
      slices: async () => slicesOfBlob(source),
    };
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    const bytes = source instanceof ArrayBuffer ? new Uint8Array(source) : asBytes(source);
    return { name: name ?? 'the bytes', open: () => inPieces(bytes), once: false, slices: async () => slicesOfBytes(bytes) };
  }
  if (typeof source === 'object' && source !== null) {
    const called = name ?? 'the stream';
    if ('getReader' in source) return { name: called, open: () => piecesOfStream(source), once: true };
    if (Symbol.asyncIterator in source) return { name: called, open: () => source, once: true };
  }
  throw new InputError(name ?? 'the source', {}, `expected a path, URL, Blob, stream, text or bytes; got ${shown(source)}`);
}

const asBytes = (view: ArrayBufferView) => new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);

/** How much is looked at together: larger pieces make nothing faster. */
const PIECE = 1 << 18;

/** Long text or many bytes piece by piece, so that what is made of a piece need not be kept. */
async function* inPieces(all: string | Uint8Array): AsyncGenerator<Piece, void, undefined> {
  for (let at = 0; at < all.length; at += PIECE)
    yield typeof all === 'string' ? all.slice(at, at + PIECE) : all.subarray(at, at + PIECE);
}

/** The end of an address, which is the name of the file if there is one. */
function nameIn(address: string): string {
  if (/^(data|blob):/i.test(address)) return `the ${address.slice(0, 4).toLowerCase()} URL`;
  return address;
}

async function* fetched(address: string): AsyncGenerator<Piece, void, undefined> {
  const response = await fetch(address).catch((cause: unknown) => {
    throw new FileError(nameIn(address), `cannot be fetched: ${(cause as Error).message}`, cause);
  });
  if (!response.ok)
    throw new FileError(
      nameIn(address),
      `cannot be fetched: the server answers ${response.status} ${response.statusText}`.trimEnd(),
    );
  if (response.body) yield* piecesOfStream(response.body);
}
