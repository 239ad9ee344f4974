// The way to this library's own methods. The entry for brain.js's users carries none of them: they come when they are asked for.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import type { Learner } from '../epochs.js';
import type { Prepared } from '../rounds.js';
import type { INeuralNetworkState } from '../types.js';
import { ownPraxis } from './choice.js';

/** Trains a network by a praxis of this library. */
interface PraxisLibrary {
  train(network: Learner, training: Prepared): Promise<INeuralNetworkState>;
}

/**
 * @param instead what to do
 * @throws EfficientBackpropError for a praxis of this library, where nothing can be awaited: before anything has changed
 */
export function requireLater(
  options: { readonly praxis?: unknown },
  instead = 'use await trainAsync(…), or train(data, { praxis: undefined }) if the constructor was told this praxis',
): void {
  const praxis = ownPraxis(options);
  if (!praxis) return;
  throw new EfficientBackpropError(`praxis '${praxis}' is loaded asynchronously when it is first used: ${instead}`);
}

/** Trains in turns of the event loop. */
export async function praxisLater(network: Learner, training: Prepared): Promise<INeuralNetworkState> {
  const library: PraxisLibrary = await import('./library.js');
  return library.train(network, training);
}
