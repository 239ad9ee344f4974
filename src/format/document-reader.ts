// Reading a model's document, from bytes or JSON, whatever they turn out to hold.

import { ModelFileError, shown } from '../runtime/errors.js';
import { type Checked, checked, oneOf } from '../runtime/options.js';
import { fromBase64 } from './base64.js';
import { bytesOf, decodeContainer, isDtype, realsOf, textOf } from './container.js';
import {
  FORMAT,
  JSON_CHECKED,
  KINDS,
  type Metadata,
  type ModelDocument,
  type ModelKind,
  canonical,
  checksum,
} from './document.js';
import { record } from './fields.js';
import { type Tensor, dtypeOf } from './safetensors.js';

/** The newest version that this library reads. */
const FORMAT_VERSION = 4;

const BRACE = 0x7b;

/** The byte order mark that some editors put before UTF-8. */
const MARK = [0xef, 0xbb, 0xbf];

const READING = { checksum: oneOf(['verify', 'ignore'], 'verify') };
type Sums = Checked<typeof READING>['checksum'];

/** Whether checksums count, as options of a call say. */
const sumsOf = (call: string, options: unknown): Sums => checked(call, READING, options).checksum;

/**
 * From the bytes of a safetensors file, or of JSON, by options of `loadModel` and the like, which messages begin with.
 * @throws ModelFileError
 */
export function fromBytes(bytes: Uint8Array, call: string, options?: unknown): ModelDocument {
  const sums = sumsOf(call, options);
  // A safetensors file begins with the length of its header, eight bytes, and the header with a brace.
  const text = MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(MARK.length) : bytes;
  if (text[0] === BRACE && bytes[8] !== BRACE) return documentOf(parsed(textOf(text, false), 'model'), sums);
  const { tensors, metadata } = decodeContainer(bytes);
  const { checksum: sum, ...header } = metadata;
  if (header['format'] !== FORMAT) {
    throw new ModelFileError(
      'a safetensors file, but not one that this library wrote: its metadata does not say format: efficient-backprop',
    );
  }
  const version = Number(header['version']);
  const found = document(
    version,
    header['kind'],
    parsed(header['config'], 'config'),
    parsed(header['metadata'], 'metadata'),
    tensors,
  );
  if (sums === 'verify') verify(sum, () => checksum(header, tensors));
  return found;
}

/**
 * From JSON, by options of `fromJSON`.
 * @throws ModelFileError
 */
export function fromJSON(json: unknown, options?: unknown): ModelDocument {
  if (typeof json === 'string') {
    throw new ModelFileError(
      `fromJSON takes an object, and this is a string: ${shown(json)}; give it JSON.parse(text), or a file's path to loadModel`,
    );
  }
  return documentOf(json, sumsOf('fromJSON', options));
}

function documentOf(json: unknown, sums: Sums): ModelDocument {
  const { checksum: sum, tensors, ...said } = record(json, 'the model');
  const { format, version, kind, config, metadata } = said;
  if (format !== FORMAT)
    throw new ModelFileError(`not a model of this library: format is ${shown(format)}; expected ${shown(FORMAT)}`);
  if (!Array.isArray(tensors)) throw new ModelFileError('damaged: tensors is not an array');
  const decoded = tensors.map((tensor: unknown, i): Tensor => {
    const { name, dtype, shape, data } = record(tensor, `tensors[${i}]`);
    const bytes = typeof data === 'string' ? fromBase64(data) : undefined;
    if (typeof name !== 'string' || !isDtype(dtype) || !bytes || bytes.length !== bytesOf(dtype, shape)) {
      throw new ModelFileError(`damaged: tensors[${i}] does not have the name, dtype, shape and base64 data of a tensor`);
    }
    return { name, shape: shape as number[], data: realsOf(dtype, bytes) };
  });
  const found = document(version, kind, config, metadata ?? {}, decoded);
  const has = sum !== undefined || (version as number) >= JSON_CHECKED;
  if (sums === 'verify' && has) verify(sum, () => checksum(canonical(said), decoded));
  return found;
}

/** @throws ModelFileError */
export function fromObject(given: unknown): ModelDocument {
  const { format, version, kind, config, metadata, tensors } = record(given, 'the model');
  if (format !== FORMAT)
    throw new ModelFileError(`not a model of this library: format is ${shown(format)}; expected ${shown(FORMAT)}`);
  if (!Array.isArray(tensors)) throw new ModelFileError('damaged: tensors is not an array');
  const checked = tensors.map((tensor: unknown, i): Tensor => {
    const { name, shape, data } = record(tensor, `tensors[${i}]`);
    const reals = data instanceof Float32Array || data instanceof Float64Array ? (data as Tensor['data']) : undefined;
    const bytes = reals && bytesOf(dtypeOf(reals), shape);
    if (typeof name !== 'string' || !reals || bytes !== reals.byteLength) {
      throw new ModelFileError(`damaged: tensors[${i}] does not have the name, shape and typed array of a tensor`);
    }
    return { name, shape: shape as number[], data: reals };
  });
  return document(version, kind, copied(config), metadata ?? {}, checked);
}

/** A copy, so that the model does not change with what it was made of. @throws ModelFileError for what is no plain data */
function copied(config: unknown): unknown {
  try {
    return structuredClone(config);
  } catch (cause) {
    throw new ModelFileError('damaged: config is not made of plain data', { cause });
  }
}

/** @throws ModelFileError */
function verify(sum: unknown, found: () => string): void {
  if (sum === undefined) throw new ModelFileError(`damaged: the checksum is missing. ${EDITED}`);
  if (sum !== attempt(found)) throw new ModelFileError(`damaged: the contents are not those that were saved. ${EDITED}`);
}

/** What a function finds; undefined for JSON that is nested too deeply to be written. */
function attempt(found: () => string): string | undefined {
  try {
    return found();
  } catch {
    return undefined;
  }
}

const EDITED = "If somebody edited them on purpose, load them with { checksum: 'ignore' } once, and save the model again";

function document(
  version: unknown,
  kind: unknown,
  config: unknown,
  metadata: unknown,
  tensors: readonly Tensor[],
): ModelDocument {
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new ModelFileError(`damaged: the format version is ${shown(version)}`);
  }
  if (version > FORMAT_VERSION) {
    throw new ModelFileError(
      `the model is of format version ${version}, and this library reads versions up to ${FORMAT_VERSION}; update it`,
    );
  }
  if (!KINDS.includes(kind as ModelKind))
    throw new ModelFileError(`damaged: kind is ${shown(kind)}; expected ${KINDS.join(', ')}`);
  const notes = record(metadata, 'metadata');
  if (!Object.values(notes).every((v) => typeof v === 'string'))
    throw new ModelFileError('damaged: metadata is not made of strings');
  return { kind: kind as ModelKind, config: record(config, 'config'), metadata: notes as Metadata, tensors };
}

function parsed(json: string | undefined, what: string): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch (cause) {
    throw new ModelFileError(`damaged: the ${what} is not valid JSON`, { cause });
  }
}
