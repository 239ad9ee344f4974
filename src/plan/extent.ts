// Which binary a network takes: the common one has dense layers, and the activations and losses that have loops of their own.

import type { Extent } from '../../bindings/core.js';
import type { Activation } from '../layers/activations.js';
import type { AnyLoss } from '../layers/losses.js';
import type { Architecture } from './plan.js';

/** What the common binary has of assembly/losses/ and assembly/activations/; whatever is not listed takes the whole one. */
const LOSSES: readonly AnyLoss[] = ['meanSquaredError', 'meanAbsoluteError', 'binaryCrossEntropy', 'crossEntropy'];
const ACTIVATIONS: readonly Activation[] = [
  'linear',
  'tanh',
  'lecunTanh',
  'twistedTanh',
  'sigmoid',
  'relu',
  'leakyRelu',
  'elu',
  'gelu',
  'softplus',
  'softmax',
];

/** The binary that is enough for a network. */
export function extentFor({ layers, loss }: Pick<Architecture, 'layers' | 'loss'>): Extent {
  const common = layers.every((layer) => layer.type === 'dense' && ACTIVATIONS.includes(layer.activation));
  return common && LOSSES.includes(loss) ? 'common' : 'whole';
}
