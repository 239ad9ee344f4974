// From a file, or its bytes, to a model.

import { Classifier } from './estimators/classifier.js';
import { ModelFileError, OptionError } from './runtime/errors.js';
import type { ModelDocument } from './format/document.js';
import { FILES, READING } from './format/loading.js';
import { Network } from './network/network.js';
import { Regressor } from './estimators/regressor.js';

/**
 * A model from a file (Node.js, Bun, Deno) or from the bytes of one, in the safetensors container or as JSON. It predicts bit for
 * bit what the saved one did.
 *
 * ```ts
 * const model = await loadModel('flowers.safetensors');
 * if (model instanceof Classifier) model.predict(rows);
 * ```
 *
 * @throws FileError if the file cannot be read; ModelFileError if it is damaged, cut off, of a newer version, or none of this
 * library's
 */
export async function loadModel(source: string | Uint8Array | ArrayBuffer): Promise<Classifier | Regressor | Network> {
  if (typeof source !== 'string') {
    const bytes = bytesFrom(source);
    const { fromBytes } = await READING.load();
    return fromDocument(fromBytes(bytes));
  }
  const [{ readBytes }, { fromBytes }] = await Promise.all([FILES.load(), READING.load()]);
  const bytes = await readBytes(source);
  try {
    return await fromDocument(fromBytes(bytes));
  } catch (cause) {
    throw cause instanceof ModelFileError ? new ModelFileError(`${source}: ${cause.message}`, { cause }) : cause;
  }
}

function bytesFrom(source: Uint8Array | ArrayBuffer): Uint8Array {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Uint8Array) return source;
  throw new OptionError('loadModel.source', source, 'a path, a Uint8Array or an ArrayBuffer');
}

function fromDocument(document: ModelDocument): Promise<Classifier | Regressor | Network> {
  switch (document.kind) {
    case 'network':
      return Network.fromDocument(document);
    case 'classifier':
      return Classifier.fromDocument(document);
    case 'regressor':
      return Regressor.fromDocument(document);
  }
}
