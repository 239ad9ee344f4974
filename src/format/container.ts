// Reading the safetensors container, whatever it turns out to hold.

import { globalOf } from '../../bindings/features.js';
import type { RealArray } from '../../bindings/memory.js';
import { ModelFileError, shown } from '../runtime/errors.js';
import { type Container, DTYPE_BYTES, type Dtype, type Tensor } from './safetensors.js';

/** The longest header that readers of the format accept. */
const LONGEST_HEADER = 100_000_000;

/** An array of a dtype over a copy of bytes, which must be as many as it takes. */
export function realsOf(dtype: Dtype, bytes: Uint8Array): RealArray {
  const { buffer } = new Uint8Array(bytes); // not slice(), which a Buffer of Node.js has as a view
  return dtype === 'F32' ? new Float32Array(buffer) : new Float64Array(buffer);
}

export function isDtype(dtype: unknown): dtype is Dtype {
  return typeof dtype === 'string' && Object.hasOwn(DTYPE_BYTES, dtype);
}

/** How many bytes a tensor takes; undefined for what is no shape. */
export function bytesOf(dtype: Dtype, shape: unknown): number | undefined {
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) return undefined;
  const bytes = shape.reduce((a: number, b: number) => a * b, DTYPE_BYTES[dtype]);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
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

/** Bytes as text. @throws where they are not UTF-8, if that is fatal */
export function textOf(bytes: Uint8Array, fatal: boolean): string {
  const Decoder = globalOf('TextDecoder')!;
  return new Decoder('utf-8', { fatal }).decode(bytes);
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(textOf(bytes, true));
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
