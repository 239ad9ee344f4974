// What Network, Classifier and Regressor have in common: they go into files.

import { OptionError } from './errors.js';
import { type Metadata, type ModelDocument, type ModelJSON, toBytes, toJSON } from './format/document.js';
import { writeBytes } from './format/file.js';
import { checked, value } from './options.js';

const SAVE = {
  metadata: value<Metadata | undefined>(
    'an object whose values are strings',
    (v) => typeof v === 'object' && v !== null && Object.values(v).every((s) => typeof s === 'string'),
    undefined,
  ),
};

/** Options of `save` and `toBytes`. */
export interface SaveOptions {
  /** Notes to keep beside the model, strings by name; added to those in `metadata`. */
  metadata?: Metadata;
}

export abstract class Model {
  /** Notes from the file that the model was loaded from. */
  readonly metadata: Metadata = {};

  /** What the model consists of, without notes. @internal */
  abstract document(): Omit<ModelDocument, 'metadata'>;

  /**
   * Writes the model to a file in the safetensors container: to a temporary file first, so that a file that was there is
   * replaced whole or not at all. Node.js, Bun and Deno only; pages use `toBytes`.
   * @throws FileError, NotFittedError, DisposedError, OptionError
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    if (typeof path !== 'string' || path === '') throw new OptionError('save.path', path, "a file's path");
    await writeBytes(path, this.toBytes(options));
  }

  /** The bytes that `save` writes; `loadModel` takes them. The same model gives the same bytes. */
  toBytes(options?: SaveOptions): Uint8Array<ArrayBuffer> {
    const { metadata } = checked('save', SAVE, options);
    return toBytes({ ...this.document(), metadata: { ...this.metadata, ...metadata } });
  }

  /** The model for JSON.stringify; `fromJSON` takes it. */
  toJSON(): ModelJSON {
    return toJSON({ ...this.document(), metadata: this.metadata });
  }

  /** Takes over a file's notes. @internal */
  protected note(metadata: Metadata): void {
    (this as { metadata: Metadata }).metadata = metadata;
  }
}
