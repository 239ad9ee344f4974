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
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
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
  return { byteLength: blob.size, slice: (start, end) => blob.slice(start, end).arrayBuffer(), close: async () => {} };
}

/** Slices of what comes in pieces, all of which are kept. */
export async function slicesOf(pieces: AsyncIterable<Piece>): Promise<Slices> {
  const kept: Piece[] = [];
  for await (const piece of pieces) kept.push(piece);
  return slicesOfBlob(new Blob(kept as BlobPart[]));
}
