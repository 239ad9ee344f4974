// The way to this library's own methods. The entry for brain.js's users carries none of them: they come when they are asked for.

import { EfficientBackpropError } from '../../../runtime/errors.js';
import type { Learner } from '../epochs.js';
import type { Prepared } from '../rounds.js';
import type { INeuralNetworkState } from '../types.js';

/** Trains a network by a praxis of this library. */
interface PraxisLibrary {
  train(network: Learner, training: Prepared): Promise<INeuralNetworkState>;
}

/** The same, in a thread that waits for it. */
export function praxisHere(network: Learner, _training: Prepared): INeuralNetworkState {
  throw new EfficientBackpropError(
    `praxis '${network.trainOpts.praxis}' loads the rest of this library, which takes a turn of the event loop: use await trainAsync(…)`,
  );
}

/** The same in turns of the event loop. */
export async function praxisLater(network: Learner, training: Prepared): Promise<INeuralNetworkState> {
  const library: PraxisLibrary = await import('./library.js');
  return library.train(network, training);
}
