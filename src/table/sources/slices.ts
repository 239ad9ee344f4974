// Bytes in any order, as Parquet is read: its end comes first.

import { builtin } from '../../../bindings/features.js';
import { type Piece, unreadable } from './bytes.js';

/** Bytes of which any part can be had. */
export interface Slices {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** @throws FileError */
export async function slicesOfFile(path: string): Promise<Slices> {
  const { open } = builtin<typeof import('node:fs/promises')>('node:fs/promises')!;
  const failed = (cause: unknown): never => {
    throw unreadable(path, cause);
  };
  const file = await open(path).catch(failed);
  const { size } = await file.stat();
  return {
    byteLength: size,
    async slice(from, to) {
      const [start, end] = within(size, from, to);
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done).catch(failed);
        if (bytesRead === 0) break; // it has become shorter
        done += bytesRead;
      }
      return bytes.buffer;
    },
    close: () => file.close(),
  };
}

export function slicesOfBlob(blob: Blob): Slices {
  const { size } = blob;
  const slice = (start: number, end = size) => blob.slice(start, end).arrayBuffer();
  return { byteLength: size, slice: async (start, end) => slice(...within(size, start, end)), close: async () => {} };
}

/**
 * From where to where bytes are wanted, as far as there are any.
 * @throws RangeError for places that no bytes have: a damaged file may say anything, and a blob of Node.js ends the process
 */
function within(size: number, start: number, end = size): [start: number, end: number] {
  const isPlace = (at: number) => Number.isInteger(at) && at >= 0 && at <= size;
  if (!isPlace(start) || !Number.isInteger(end) || end < start)
    throw new RangeError(`bytes ${start} to ${end} of ${size} are wanted`);
  return [start, Math.min(end, size)];
}

/** Slices of bytes that are in memory. */
export function slicesOfBytes(bytes: Uint8Array): Slices {
  const { byteLength } = bytes;
  const slice = async (start: number, end?: number) => bytes.slice(...within(byteLength, start, end)).buffer as ArrayBuffer;
  return { byteLength, slice, close: async () => {} };
}

/** Slices of what comes in pieces, all of which are kept. */
export async function slicesOf(pieces: AsyncIterable<Piece>): Promise<Slices> {
  const kept: Piece[] = [];
  for await (const piece of pieces) kept.push(piece);
  return slicesOfBlob(new Blob(kept as BlobPart[]));
}
