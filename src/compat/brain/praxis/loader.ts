// The way to this library's own methods. The entry for brain.js's users carries none of them: they come when they are asked for.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import type { Learner } from '../epochs.js';
import type { Prepared } from '../rounds.js';
import type { INeuralNetworkState, TrainOpts } from '../types.js';
import { ownPraxis } from './choice.js';

/** Trains a network by a praxis of this library. */
interface PraxisLibrary {
  train(network: Learner, training: Prepared): Promise<INeuralNetworkState>;
}

/** @throws EfficientBackpropError for a praxis of this library, in a thread that waits: before anything has changed */
export function requireLater(options: Pick<TrainOpts, 'praxis'>): void {
  if (!ownPraxis(options)) return;
  throw new EfficientBackpropError(
    `praxis '${options.praxis}' loads the rest of this library, which takes a turn of the event loop: use await trainAsync(…)`,
  );
}

/** Trains in turns of the event loop. */
export async function praxisLater(network: Learner, training: Prepared): Promise<INeuralNetworkState> {
  const library: PraxisLibrary = await import('./library.js');
  return library.train(network, training);
}
