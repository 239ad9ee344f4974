// A model as plain data: what it is, how it is configured, its tensors. As bytes (safetensors) and as JSON.

import { ModelFileError, shown } from '../runtime/errors.js';
import { fromBase64, toBase64 } from './base64.js';
import { crc32 } from '../runtime/crc.js';
import { type Tensor, bytesOf, decodeContainer, dtypeOf, encodeContainer, isDtype, realsOf, utf8 } from './safetensors.js';
import { record } from './fields.js';

/** What the library calls its files. */
const FORMAT = 'efficient-backprop';

/** The newest version that this library reads. */
const FORMAT_VERSION = 3;

/** What columns may have since the second version. */
const SECOND = ['limits', 'sentinels', 'squash'];

/**
 * The version that a document needs: models of several networks, and columns that hold values to limits or draw them in, came
 * with the second, what training is taken up from with the third.
 */
export function versionFor({ config }: Pick<ModelDocument, 'config'>): number {
  if ('state' in config) return 3;
  const { columns = [] } = (config['encoder'] ?? {}) as { columns?: readonly object[] };
  return 'members' in config || columns.some((column) => SECOND.some((name) => name in column)) ? 2 : 1;
}

const KINDS = ['network', 'classifier', 'regressor'] as const;
type ModelKind = (typeof KINDS)[number];

/** A user's own notes in a model file. */
export type Metadata = Readonly<Record<string, string>>;

export interface ModelDocument {
  readonly kind: ModelKind;
  readonly config: Readonly<Record<string, unknown>>;
  readonly metadata: Metadata;
  readonly tensors: readonly Tensor[];
}

/** A model as `toJSON` gives it: JSON.stringify writes it, `fromJSON` takes it. Tensors are base64, so that no bit is lost. */
export interface ModelJSON {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly kind: ModelKind;
  readonly config: Readonly<Record<string, unknown>>;
  readonly metadata: Metadata;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: 'F32' | 'F64';
    readonly shape: readonly number[];
    readonly data: string;
  }[];
}

export function toBytes({ kind, config, metadata, tensors }: ModelDocument): Uint8Array<ArrayBuffer> {
  const header = {
    format: FORMAT,
    version: String(versionFor({ config })),
    kind,
    config: JSON.stringify(config),
    metadata: JSON.stringify(metadata),
  };
  return encodeContainer({ tensors, metadata: { ...header, checksum: checksum(header, tensors) } });
}

/** Of all that a file says: its metadata, and the names, shapes and bytes of its tensors, whatever their order. */
function checksum(header: Readonly<Record<string, string>>, tensors: readonly Tensor[]): string {
  const byName = <T>(entries: readonly (readonly [string, T])[]) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const sorted = byName(tensors.map((tensor) => [tensor.name, tensor] as const)).map(([, tensor]) => tensor);
  const said = JSON.stringify([byName(Object.entries(header)), sorted.map(({ name, shape }) => [name, shape])]);
  return crc32([utf8(said), ...sorted.map(({ data }) => rawBytes(data))]);
}

const rawBytes = ({ buffer, byteOffset, byteLength }: Tensor['data']) => new Uint8Array(buffer, byteOffset, byteLength);

const BRACE = 0x7b;

/**
 * From the bytes of a safetensors file, or of JSON. Files of earlier versions have no checksum, and are taken as they are.
 * @throws ModelFileError
 */
export function fromBytes(bytes: Uint8Array): ModelDocument {
  // A safetensors file begins with the length of its header, eight bytes, and the header with a brace.
  if (bytes[0] === BRACE && bytes[8] !== BRACE) return fromJSON(parsed(new TextDecoder().decode(bytes), 'model'));
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
  if (sum !== undefined && sum !== checksum(header, tensors))
    throw new ModelFileError('damaged: its contents do not have the checksum that they were saved with');
  return found;
}

export function toJSON({ kind, config, metadata, tensors }: ModelDocument): ModelJSON {
  return {
    format: FORMAT,
    version: versionFor({ config }),
    kind,
    config,
    metadata,
    tensors: tensors.map(({ name, shape, data }) => ({
      name,
      dtype: dtypeOf(data),
      shape,
      data: toBase64(rawBytes(data)),
    })),
  };
}

/** A model as JSON, in UTF-8. */
export function toText(model: ModelDocument): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(toJSON(model)));
}

/** @throws ModelFileError */
export function fromJSON(json: unknown): ModelDocument {
  const { format, version, kind, config, metadata, tensors } = record(json, 'the model');
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
  return document(version, kind, config, metadata ?? {}, decoded);
}

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
