// The safetensors container: a length, a JSON header, the tensors' bytes. https://huggingface.co/docs/safetensors
// Little-endian, as WebAssembly's memory is.

import type { Precision, RealArray } from '../../bindings/memory.js';
import { globalOf } from '../../bindings/features.js';
import { ModelFileError, shown } from '../runtime/errors.js';

/** A named array of numbers, row-major. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: RealArray;
}

interface Container {
  readonly tensors: readonly Tensor[];
  /** Strings by name, beside the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPES = { F32: 'float32', F64: 'float64' } as const satisfies Record<string, Precision>;
type Dtype = keyof typeof DTYPES;

const BYTES = { F32: 4, F64: 8 } as const;

/** The longest header that readers of the format accept. */
const LONGEST_HEADER = 100_000_000;

export function dtypeOf(data: RealArray): Dtype {
  return data instanceof Float32Array ? 'F32' : 'F64';
}

/** An array of a dtype over a copy of bytes, which must be as many as it takes. */
export function realsOf(dtype: Dtype, bytes: Uint8Array): RealArray {
  const { buffer } = new Uint8Array(bytes); // not slice(), which a Buffer of Node.js has as a view
  return dtype === 'F32' ? new Float32Array(buffer) : new Float64Array(buffer);
}

export function isDtype(dtype: unknown): dtype is Dtype {
  return typeof dtype === 'string' && Object.hasOwn(DTYPES, dtype);
}

/** How many bytes a tensor takes; undefined for what is no shape. */
export function bytesOf(dtype: Dtype, shape: unknown): number | undefined {
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) return undefined;
  const bytes = shape.reduce((a: number, b: number) => a * b, BYTES[dtype]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The container's bytes; the same contents give the same bytes. */
export function encodeContainer({ tensors, metadata }: Container): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, data } of tensors) {
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = utf8(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8; // spaces fill the header up, so that tensors are aligned
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * What a container holds: tensors of float32 or float64 only. They are copies.
 * @throws ModelFileError for bytes that are no container, end too early, or go on too long
 */
export function decodeContainer(bytes: Uint8Array): Container {
  if (bytes.length < 8)
    throw new ModelFileError(`not a safetensors file: it has ${bytes.length} bytes, and its first 8 are a length`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > LONGEST_HEADER || length < 2 || (bytes.length > 8 && bytes[8] !== 0x7b)) {
    throw new ModelFileError('not a safetensors file: it does not begin with the length of a JSON header');
  }
  if (8 + length > bytes.length) {
    throw new ModelFileError(`the file is cut off: its header has ${length} bytes, but only ${bytes.length - 8} are there`);
  }
  const { __metadata__: metadata = {}, ...entries } = headerOf(bytes.subarray(8, 8 + length));
  if (!isStrings(metadata)) throw new ModelFileError("damaged: the header's __metadata__ is not made of strings");
  const data = bytes.subarray(8 + length);
  const ranges: [begin: number, end: number, name: string][] = [];
  const tensors = Object.entries(entries).map(([name, entry]): Tensor => {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (!isDtype(dtype)) throw new ModelFileError(`tensor ${name} is of type ${shown(dtype)}; expected F32 or F64`);
    const size = bytesOf(dtype, shape);
    const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
    if (!isOffset(begin) || !isOffset(end) || size === undefined || end - begin !== size) {
      throw new ModelFileError(`damaged: the place of tensor ${name} does not fit its shape`);
    }
    if (end > data.length)
      throw new ModelFileError(`the file is cut off: tensor ${name} ends ${end - data.length} bytes after the end`);
    ranges.push([begin, end, name]);
    return { name, shape: shape as number[], data: realsOf(dtype, data.subarray(begin, end)) };
  });
  ranges.sort(([a, aEnd], [b, bEnd]) => a - b || aEnd - bEnd);
  let covered = 0;
  for (const [begin, end, name] of ranges) {
    if (begin !== covered) throw new ModelFileError(`damaged: tensor ${name} overlaps another, or leaves a gap before it`);
    covered = end;
  }
  if (covered !== data.length) throw new ModelFileError(`damaged: ${data.length - covered} bytes follow the last tensor`);
  return { tensors, metadata };
}

/** Text as bytes. */
export function utf8(text: string): Uint8Array {
  const Encoder = globalOf('TextEncoder')!;
  return new Encoder().encode(text);
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    const Decoder = globalOf('TextDecoder')!;
    header = JSON.parse(new Decoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelFileError('damaged: the header is not valid JSON', { cause });
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header))
    throw new ModelFileError('damaged: the header is not a JSON object');
  return header as Record<string, unknown>;
}

function isStrings(x: unknown): x is Record<string, string> {
  return x !== null && typeof x === 'object' && !Array.isArray(x) && Object.values(x).every((v) => typeof v === 'string');
}

function isOffset(x: unknown): x is number {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}
