// A model as plain data: what it is, how it is configured, its tensors. As bytes (safetensors) and as JSON.

import { crc32 } from '../runtime/crc.js';
import { toBase64 } from './base64.js';
import { type Tensor, dtypeOf, encodeContainer, utf8 } from './safetensors.js';

/** What the library calls its files. */
export const FORMAT = 'efficient-backprop';

/** What columns may have since the second version, and since the fourth. */
const SECOND = ['limits', 'sentinels', 'squash'];
const FOURTH = ['from', 'calendar'];

/**
 * The version that a document needs: models of several networks, and columns that hold values to limits or draw them in, came
 * with the second, what training is taken up from with the third, columns of numbers in text, of what the caller said they are,
 * and of dates with the calendar's inputs with the fourth.
 */
export function versionFor({ config }: Pick<ModelDocument, 'config'>): number {
  const { columns = [], zero } = (config['encoder'] ?? {}) as { columns?: readonly object[]; zero?: boolean };
  const have = (names: readonly string[]) => columns.some((column) => names.some((name) => name in column));
  if (zero || have(FOURTH)) return 4;
  if ('state' in config) return 3;
  return 'members' in config || have(SECOND) ? 2 : 1;
}

export const KINDS = ['network', 'classifier', 'regressor'] as const;
export type ModelKind = (typeof KINDS)[number];

/** JSON has a checksum from this version on; safetensors files have had one since the first. */
export const JSON_CHECKED = 2;

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
  /** Of all the rest, whatever its layout and the order of its keys. Files of version 1 have none. */
  readonly checksum?: string;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: 'F32' | 'F64';
    readonly shape: readonly number[];
    readonly data: string;
  }[];
}

/**
 * A model as `toObject` gives it: plain data, which structuredClone, postMessage and IndexedDB take. `fromObject` takes it back.
 */
export interface ModelObject {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly kind: ModelKind;
  readonly config: Readonly<Record<string, unknown>>;
  readonly metadata: Metadata;
  /** Parameters by name, row-major, in the model's precision. */
  readonly tensors: readonly Tensor[];
}

/** How `loadModel` and `fromJSON` read. */
export interface ReadingOptions {
  /**
   * Whether a model whose checksum is missing or wrong is refused; default `'verify'`, since what was damaged predicts nonsense
   * without a word. `'ignore'` is for files that somebody edited on purpose.
   */
  checksum?: 'verify' | 'ignore';
}

/** What a file says beside its tensors. */
function saidOf({ kind, config, metadata }: ModelDocument) {
  return { format: FORMAT, version: versionFor({ config }), kind, config, metadata } as const;
}

export function toBytes(model: ModelDocument): Uint8Array<ArrayBuffer> {
  const { tensors } = model;
  const metadata = strings(saidOf(model));
  return encodeContainer({ tensors, metadata: { ...metadata, checksum: checksum(metadata, tensors) } });
}

const byName = <T>(entries: readonly (readonly [string, T])[]) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

/** Entries as strings: what is none, as JSON. */
function strings(entries: object, replacer?: (name: string, value: unknown) => unknown): Record<string, string> {
  const texts = Object.entries(entries).map(([name, v]) => [name, typeof v === 'string' ? v : JSON.stringify(v, replacer)]);
  return Object.fromEntries(texts);
}

/** What JSON says beside tensors, with its keys in order: databases and other languages give them another one. */
export function canonical(said: object): Record<string, string> {
  return strings(said, (_, v: unknown) =>
    v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(byName(Object.entries(v))) : v,
  );
}

/** Of all that a file says: its metadata, and the names, shapes and bytes of its tensors, whatever their order. */
export function checksum(header: Readonly<Record<string, string>>, tensors: readonly Tensor[]): string {
  const sorted = byName(tensors.map((tensor) => [tensor.name, tensor] as const)).map(([, tensor]) => tensor);
  const said = JSON.stringify([byName(Object.entries(header)), sorted.map(({ name, shape }) => [name, shape])]);
  return crc32([utf8(said), ...sorted.map(({ data }) => rawBytes(data))]);
}

const rawBytes = ({ buffer, byteOffset, byteLength }: Tensor['data']) => new Uint8Array(buffer, byteOffset, byteLength);

export function toJSON(model: ModelDocument): ModelJSON {
  const { tensors } = model;
  const plain = saidOf(model);
  const said = { ...plain, version: Math.max(plain.version, JSON_CHECKED) };
  return {
    ...said,
    checksum: checksum(canonical(said), tensors),
    tensors: tensors.map(({ name, shape, data }) => ({
      name,
      dtype: dtypeOf(data),
      shape,
      data: toBase64(rawBytes(data)),
    })),
  };
}

export function toObject(model: ModelDocument): ModelObject {
  return { ...structuredClone(saidOf(model)), tensors: model.tensors };
}

/** A model as JSON, in UTF-8. */
export function toText(model: ModelDocument): Uint8Array {
  return utf8(JSON.stringify(toJSON(model)));
}
