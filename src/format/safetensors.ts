// The safetensors container: a length, a JSON header, the tensors' bytes. https://huggingface.co/docs/safetensors
// Little-endian, as WebAssembly's memory is.

import { globalOf } from '../../bindings/features.js';
import type { RealArray } from '../../bindings/memory.js';

/** A named array of numbers, row-major. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: RealArray;
}

/** What a container holds. */
export interface Container {
  readonly tensors: readonly Tensor[];
  /** Strings by name, beside the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Types of tensors, as the container names them, and their bytes. */
export const DTYPE_BYTES = { F32: 4, F64: 8 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

export function dtypeOf(data: RealArray): Dtype {
  return data instanceof Float32Array ? 'F32' : 'F64';
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

/** Text as bytes. */
export function utf8(text: string): Uint8Array {
  const Encoder = globalOf('TextEncoder')!;
  return new Encoder().encode(text);
}
