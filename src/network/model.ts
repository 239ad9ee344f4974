// What Network, Classifier and Regressor have in common: they go into files.

import { OptionError } from '../runtime/errors.js';
import {
  type Metadata,
  type ModelDocument,
  type ModelJSON,
  type ModelObject,
  toBytes,
  toJSON,
  toObject,
  toText,
} from '../format/document.js';
import type { Writer } from '../format/file.js';
import { FILES } from '../format/loading.js';
import { checked, flag, value } from '../runtime/options.js';

const SAVE = {
  metadata: value<Metadata | undefined>(
    'an object whose values are strings',
    (v) => typeof v === 'object' && v !== null && Object.values(v).every((s) => typeof s === 'string'),
    undefined,
  ),
  state: flag(false),
};

/** Options of `save` and `toBytes`. */
export interface SaveOptions {
  /** Notes to keep beside the model, strings by name; added to those in `metadata`. */
  metadata?: Metadata;
  /**
   * Whether to keep what training goes on from: where a fit was interrupted, or is between two epochs (`save` may be called in
   * `onEpoch` and `onProgress`), so that `fit(…, { resume: true })` takes it up, also in another process; and what `partialFit`
   * goes on from. The file is several times as large. Default false.
   */
  state?: boolean;
}

export abstract class Model {
  /** Notes: those of the file that the model was loaded from, and how the text of the table was read that it learned from. */
  readonly metadata: Metadata = {};
  private writer: Writer | undefined;

  /** What the model consists of, without notes. @internal */
  abstract document(state: boolean): Omit<ModelDocument, 'metadata'>;

  /**
   * Writes the model to a file: in the safetensors container, or as JSON where the name ends in `.json`, which is a third
   * larger; `loadModel` reads both. It goes to a temporary file first, so that a file that was there is replaced
   * whole or not at all. What is written is the model of the moment of the call, and files of several calls are written
   * in their order. Node.js, Bun and Deno only; pages use `toBytes`.
   * @throws FileError, NotFittedError, DisposedError, OptionError
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    if (typeof path !== 'string' || path === '') throw new OptionError('save.path', path, "a file's path");
    const bytes = /\.json$/i.test(path) ? toText(this.noted(options)) : toBytes(this.noted(options));
    const files = await FILES.load();
    this.writer ??= new files.Writer();
    await this.writer.write(path, bytes);
  }

  /** The bytes of a file in the safetensors container; `loadModel` takes them. The same model gives the same bytes. */
  toBytes(options?: SaveOptions): Uint8Array<ArrayBuffer> {
    return toBytes(this.noted(options));
  }

  private noted(options: SaveOptions | undefined): ModelDocument {
    const { metadata, state } = checked('save', SAVE, options);
    return { ...this.document(state), metadata: { ...this.metadata, ...metadata } };
  }

  /** The model for JSON.stringify, which gives it a key; `fromJSON` takes it. */
  toJSON(options?: Pick<SaveOptions, 'state'> | string): ModelJSON {
    const { state } = checked('toJSON', { state: SAVE.state }, typeof options === 'string' ? {} : options);
    return toJSON({ ...this.document(state), metadata: this.metadata });
  }

  /**
   * The model as plain data, with typed arrays: what structuredClone, postMessage and IndexedDB take. `fromObject` of its class
   * makes a model of it, which `kind` names; its parameters are copies.
   */
  toObject(options?: Pick<SaveOptions, 'state'>): ModelObject {
    const { state } = checked('toObject', { state: SAVE.state }, options);
    return toObject({ ...this.document(state), metadata: this.metadata });
  }

  /** The model in a line. */
  protected abstract inWords(): string;

  /** What consoles of Node.js and Bun, and of Deno, show. @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.inWords();
  }

  /** @internal */
  [Symbol.for('Deno.customInspect')](): string {
    return this.inWords();
  }

  /** Takes over a file's notes. @internal */
  protected note(metadata: Metadata): void {
    (this as { metadata: Metadata }).metadata = metadata;
  }
}
