// From a file, or its bytes, to a model of whichever kind.

import { Classifier } from './estimators/classifier.js';
import { Regressor } from './estimators/regressor.js';
import type { Label } from './data/classes.js';
import type { ModelDocument, ReadingOptions } from './format/document.js';
import { type ModelSource, loaded } from './format/loading.js';
import { Network } from './network/network.js';

/** A model of any kind, which its `kind` says. */
export type AnyModel<L extends Label = Label> = Classifier<L> | Regressor<number | number[]> | Network;

/**
 * A model from a file (Node.js, Bun, Deno) or from the bytes of one, in the safetensors container or as JSON. It predicts bit for
 * bit what the saved one did. Where the kind is known, `Classifier.load`, `Regressor.load` and `Network.load` do the same.
 *
 * ```ts
 * const model = await loadModel('flowers.safetensors');
 * if (model.kind === 'classifier') model.predict(rows); // labels
 * ```
 *
 * @throws FileError if the file cannot be read; ModelFileError if it is damaged, cut off, of a newer version, or none of this
 * library's
 */
export function loadModel<L extends Label = Label>(source: ModelSource, options?: ReadingOptions): Promise<AnyModel<L>> {
  return loaded('loadModel', source, options, (document) => fromDocument<L>(document));
}

function fromDocument<L extends Label>(document: ModelDocument): Promise<AnyModel<L>> {
  switch (document.kind) {
    case 'network':
      return Network.fromDocument(document);
    case 'classifier':
      return Classifier.fromDocument<L>(document);
    case 'regressor':
      return Regressor.fromDocument<number | number[]>(document);
  }
}
