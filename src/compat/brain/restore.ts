// From a file that has been read to the network that it describes.

import { OptionError } from '../../runtime/errors.js';
import { requireSizes } from './options.js';
import { copyLayers } from './layers.js';
import type { BrainNetwork } from './network.js';
import type { Saved } from './saved.js';

/** Gives a network the layers, weights and keys of a file. */
export function restore(network: BrainNetwork, { sizes, weights, biases, inputLookup, outputLookup }: Saved): void {
  network.sizes = [...sizes];
  network.inputLookup = inputLookup;
  network.outputLookup = outputLookup;
  network.inputLookupLength = inputLookup ? sizes[0]! : 0;
  network.outputLookupLength = outputLookup ? sizes.at(-1)! : 0;
  if (weights.length < 2) {
    network.forget(); // it never had weights
    return;
  }
  requireSizes(sizes);
  network.initialize();
  copyLayers({ weights, biases }, network);
}

/**
 * A network of 1.x for 2.x. What 1.x calls leaky-relu is α·max(y, 0), and that is max(α·y, 0): relu, with weights and biases
 * times α.
 */
export function asRelu(saved: Saved): Saved {
  if (saved.activation !== 'leaky-relu') return saved;
  const alpha = saved.leakyReluAlpha ?? 0.01;
  const scaled = (numbers: ArrayLike<number>) => Array.from(numbers, (value) => alpha * value);
  return {
    ...saved,
    activation: 'relu',
    weights: saved.weights.map((rows) => rows.map(scaled)),
    biases: saved.biases.map(scaled),
  };
}

/** @throws OptionError for a network of 2.x that 1.x has no word for */
export function requireRelu({ line, activation }: Saved): void {
  if (line === 2 && activation === 'leaky-relu') {
    throw new OptionError(
      'fromJSON.activation',
      activation,
      "an activation that 1.x computes as 2.x does; its leaky-relu is another function. Use 'efficient-backprop/brain' for this network",
    );
  }
}
