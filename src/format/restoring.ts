// A network as a file has it, on its own or inside an estimator.

import { DataError, ModelFileError } from '../runtime/errors.js';
import type { NetworkState } from '../training/checkpoint.js';
import type { ModelDocument } from './document.js';
import type { NetworkConfig } from './network.js';
import { networkFrom } from './network-reader.js';
import { stateFrom, withoutState } from './state-reader.js';

/** A network that takes what a file has. */
interface Restored {
  readonly theta: { readonly length: number };
  setWeights(weights: readonly ArrayLike<number>[]): void;
  recall(state: NetworkState): void;
  dispose(): void;
}

/** Does something with a network, which is disposed of where that fails. */
function held<N extends Restored>(network: N, work: () => void): N {
  try {
    work();
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** The network of a configuration and its parameters. @throws ModelFileError */
export async function configured<N extends Restored>(
  config: unknown,
  tensors: ModelDocument['tensors'],
  make: (own: NetworkConfig) => Promise<N>,
): Promise<N> {
  const { own, parameters } = networkFrom(config, tensors);
  const network = await make(own);
  return held(network, () => {
    try {
      network.setWeights(parameters);
    } catch (cause) {
      throw cause instanceof DataError ? new ModelFileError(`damaged: ${cause.message}`, { cause }) : cause;
    }
  });
}

/** The network of a document, with what training goes on from. @throws ModelFileError */
export async function restored<N extends Restored>(
  { kind, config, tensors }: ModelDocument,
  make: (own: NetworkConfig) => Promise<N>,
): Promise<N> {
  if (kind !== 'network') throw new ModelFileError(`the model is a ${kind}, not a network`);
  const { state, ...own } = config;
  const network = await configured(own, withoutState(tensors), make);
  return held(network, () => network.recall(stateFrom(state, tensors, network.theta.length)));
}
