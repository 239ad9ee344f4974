// The network that is fitted, as the rooms below the network know it.

import type { ForwardSubject } from '../plan/forward.js';
import type { FitCheckpoint } from './checkpoint.js';

/** What a fit works on: a network's insides. */
export interface FitSubject extends ForwardSubject {
  readonly seed: number;
  /** Whether somebody will go on from what the method remembers. */
  readonly remembers: boolean;
  /**
   * Whether growth of the loss is watched, and the record says what might go better: both cost passes over the data, advice short
   * fits.
   */
  readonly watches: boolean;
  /** Told, as a fit begins, how it can be taken up at any time; missing where nobody wants to know. */
  keeps?(taken: () => FitCheckpoint | undefined): void;
  /** Whether the weights are still there to be written to. */
  lives(): boolean;
  /** @throws DisposedError once the network, or data that it is trained on, are gone */
  check(): void;
  /** Called once layers that wait for data have been given their start; missing where none waits. */
  start?(): void;
}
