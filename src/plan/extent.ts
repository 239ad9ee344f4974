// Which binary a network takes: the common one has dense layers, and the activations and losses that have loops of their own.

import type { Extent } from '../../bindings/core.js';
import type { Activation } from '../layers/activations.js';
import type { Loss } from '../layers/losses.js';
import type { Architecture } from './plan.js';

/** What the common binary has of assembly/losses/, and what it lacks of assembly/activations/. */
const LOSSES: readonly Loss[] = ['meanSquaredError', 'meanAbsoluteError', 'binaryCrossEntropy', 'crossEntropy'];
const OTHER_ACTIVATIONS: readonly Activation[] = [
  'mish',
  'selu',
  'hardSigmoid',
  'softsign',
  'swish',
  'relu6',
  'thresholdedRelu',
  'geluTanh',
];

/** The binary that is enough for a network. */
export function extentFor({ layers, loss }: Pick<Architecture, 'layers' | 'loss'>): Extent {
  const common = layers.every((layer) => layer.type === 'dense' && !OTHER_ACTIVATIONS.includes(layer.activation));
  return common && LOSSES.includes(loss) ? 'common' : 'whole';
}
