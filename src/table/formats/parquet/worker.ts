// What a worker runs that decodes Parquet. Packages decode, which damaged files may send round in circles or into memory without
// end: whoever waits for the worker can end it. The build turns this file into the text that the worker is made from.

import { decompress as zstd } from 'fzstd';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
// @ts-expect-error: its types stand in the package's index, which holds a dictionary for Brotli of 79 KB
import { gunzip } from 'hyparquet-compressors/src/gzip.js';
// @ts-expect-error: likewise
import { decompressLz4 as lz4, decompressLz4Raw as lz4Raw } from 'hyparquet-compressors/src/lz4.js';
import { builtin } from '../../../../bindings/features.js';

/** What the worker is told: to look at a file, to decode a group of rows, or bytes that it has asked for. */
export type Request =
  | { readonly kind: 'open'; readonly byteLength: number }
  | { readonly kind: 'group'; readonly index: number }
  | { readonly kind: 'bytes'; readonly bytes: ArrayBuffer };

/** What it says: which bytes it needs, that it is at work, and what it has found. */
export type Report =
  | { readonly kind: 'needs'; readonly start: number; readonly end: number }
  | { readonly kind: 'works' }
  | { readonly kind: 'opened'; readonly names: readonly string[]; readonly groups: readonly number[] }
  | { readonly kind: 'column'; readonly name: string; readonly values: readonly unknown[] }
  | { readonly kind: 'decoded' }
  | { readonly kind: 'failed'; readonly message: string; readonly column: string | undefined };

interface Port {
  on?(event: 'message', listener: (request: Request) => void): void;
  onmessage?: (event: { data: Request }) => void;
  postMessage(report: Report): void;
}

const port = builtin<{ parentPort: Port | null }>('node:worker_threads')?.parentPort ?? (globalThis as unknown as Port);
const zlib = builtin<typeof import('node:zlib')>('node:zlib');

const compressors: Compressors = {
  GZIP: (input, length) => (zlib ? zlib.gunzipSync(input) : gunzip(input, new Uint8Array(length))),
  BROTLI(input) {
    if (zlib) return zlib.brotliDecompressSync(input);
    throw new Error('Brotli compresses it, which pages cannot undo; write it with Zstandard, gzip or Snappy');
  },
  ZSTD: (input) => zstd(input),
  LZ4: lz4,
  LZ4_RAW: lz4Raw,
};

/** Those who wait for bytes, in the order in which they asked. */
const waiting: ((bytes: ArrayBuffer) => void)[] = [];

const fileOf = (byteLength: number): AsyncBuffer => ({
  byteLength,
  slice(start, end = byteLength) {
    port.postMessage({ kind: 'needs', start, end });
    return new Promise((resolve) => waiting.push(resolve));
  },
});

let file: AsyncBuffer;
let metadata: FileMetaData;
let names: readonly string[] = [];
/** The column that is being decoded. */
let column: string | undefined;

async function open(byteLength: number): Promise<void> {
  file = fileOf(byteLength);
  metadata = await parquetMetadataAsync(file, { geoparquet: false });
  names = parquetSchema(metadata).children.map(({ element }) => element.name);
  port.postMessage({ kind: 'opened', names, groups: metadata.row_groups.map(({ num_rows }) => Number(num_rows)) });
}

async function decode(index: number): Promise<void> {
  const rowsOf = (groups: FileMetaData['row_groups']) => groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  const rowStart = rowsOf(metadata.row_groups.slice(0, index));
  const rowEnd = rowStart + Number(metadata.row_groups[index]!.num_rows);
  // One after the other, so that an error is of one of them.
  for (column of names) {
    await parquetRead({
      file,
      metadata,
      compressors,
      columns: [column],
      rowStart,
      rowEnd,
      geoparquet: false,
      onPage: () => port.postMessage({ kind: 'works' }),
      onChunk: ({ columnName, columnData }) => {
        port.postMessage({ kind: 'column', name: columnName, values: columnData as unknown[] });
      },
    });
  }
  port.postMessage({ kind: 'decoded' });
}

/** Milliseconds between two looks at whether what is under way goes on. */
const LOOK = 200;

/** Work that waits for nothing goes on before any timer has its turn: where one has, it will never end. */
async function watched(work: Promise<void>): Promise<void> {
  let watch: ReturnType<typeof setInterval> | undefined;
  const stuck = new Promise<never>((_, reject) => {
    watch = setInterval(() => {
      if (waiting.length === 0) reject(new Error('it has no end'));
    }, LOOK);
  });
  try {
    await Promise.race([work, stuck]);
  } finally {
    clearInterval(watch);
  }
}

/** What went wrong; of errors that the packages did not expect, that they did not, as these say how they are written. */
function saidBy(error: unknown): string {
  if (error instanceof TypeError || error instanceof RangeError) return 'what it says of itself makes no sense';
  return error instanceof Error ? error.message : String(error);
}

function hear(request: Request): void {
  if (request.kind === 'bytes') {
    waiting.shift()?.(request.bytes);
    return;
  }
  column = undefined;
  const done = request.kind === 'open' ? open(request.byteLength) : decode(request.index);
  watched(done).catch((error: unknown) => {
    port.postMessage({ kind: 'failed', message: saidBy(error), column });
  });
}

if (port.on) port.on('message', hear);
else port.onmessage = ({ data }) => hear(data);
