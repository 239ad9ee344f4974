// Reading a model's document, from bytes or JSON, whatever they turn out to hold.

import { ModelFileError, shown } from '../runtime/errors.js';
import { fromBase64 } from './base64.js';
import { bytesOf, decodeContainer, isDtype, realsOf, textOf } from './container.js';
import { FORMAT, KINDS, type Metadata, type ModelDocument, type ModelKind, canonical, checksum } from './document.js';
import { record } from './fields.js';
import { type Tensor, dtypeOf } from './safetensors.js';

/** The newest version that this library reads. */
const FORMAT_VERSION = 4;

const BRACE = 0x7b;

/**
 * From the bytes of a safetensors file, or of JSON.
 * @throws ModelFileError
 */
export function fromBytes(bytes: Uint8Array): ModelDocument {
  // A safetensors file begins with the length of its header, eight bytes, and the header with a brace.
  if (bytes[0] === BRACE && bytes[8] !== BRACE) return fromJSON(parsed(textOf(bytes, false), 'model'));
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
  verify(header, sum, () => checksum(header, tensors));
  return found;
}

/** @throws ModelFileError */
export function fromJSON(json: unknown): ModelDocument {
  if (typeof json === 'string') {
    throw new ModelFileError(
      `fromJSON takes an object, and this is a string: ${shown(json)}; give it JSON.parse(text), or a file's path to loadModel`,
    );
  }
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
  verify(said, sum, () => checksum(canonical(said), decoded));
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

/** Files of versions that wrote no checksum, and did not say so either, are taken as they are. @throws ModelFileError */
function verify({ checked }: { readonly checked?: unknown }, sum: unknown, found: () => string): void {
  if (sum === undefined && checked === undefined) return;
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

const EDITED = 'If somebody edited them on purpose, remove both `checked` and `checksum`';

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
