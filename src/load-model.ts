// From a file, or its bytes, to a model.

import { Classifier } from './classifier.js';
import { OptionError } from './errors.js';
import { type ModelDocument, fromBytes } from './format/document.js';
import { readBytes } from './format/file.js';
import { Network } from './network.js';
import { Regressor } from './regressor.js';

/**
 * A model from a file (Node.js, Bun, Deno) or from the bytes of one. It predicts bit for bit what the saved one did.
 *
 * ```ts
 * const model = await loadModel('flowers.safetensors');
 * if (model instanceof Classifier) model.predict(rows);
 * ```
 *
 * @throws FileError if the file cannot be read; ModelFileError if it is damaged, cut off, of a newer version, or none of this library's
 */
export async function loadModel(source: string | Uint8Array | ArrayBuffer): Promise<Classifier | Regressor | Network> {
  const bytes =
    typeof source === 'string' ? await readBytes(source) : source instanceof ArrayBuffer ? new Uint8Array(source) : source;
  if (!(bytes instanceof Uint8Array)) throw new OptionError('loadModel.source', source, 'a path, a Uint8Array or an ArrayBuffer');
  return fromDocument(fromBytes(bytes));
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
