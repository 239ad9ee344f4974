// The course of a training: epoch by epoch where users look at each, many at once where they do not.

import { EfficientBackpropError } from '../../runtime/errors.js';
import type { TimeSlice } from '../../training/time-slice.js';
import { Epochs, type Learner } from './epochs.js';
import { ScaledLearner } from './scaling.js';
import type { Pausing } from './turns.js';
import type { FormattedDatum, INeuralNetworkState } from './types.js';

/** A training that is about to begin. */
export interface Prepared {
  readonly rows: FormattedDatum[];
  readonly status: INeuralNetworkState;
  readonly endTime: number;
  /** Whether the weights were drawn for it. */
  readonly fresh?: boolean;
}

/** A network that trains by epochs. */
interface Trainable extends Learner {
  /** Whether nobody has replaced what makes up an epoch. */
  readonly unwatched: boolean;
  trainingTick(rows: FormattedDatum[], status: INeuralNetworkState, endTime: number): boolean;
}

export class Rounds {
  private constructor(
    private readonly network: Trainable,
    private readonly training: Prepared,
    private readonly epochs: Epochs,
    private readonly scaled: ScaledLearner | undefined,
  ) {}

  /** @param slice how much to do at a time */
  static *of(network: Trainable, training: Prepared, slice: TimeSlice): Pausing<Rounds> {
    const { rows, status, endTime, fresh } = training;
    const scaled = network.trainOpts.normalize ? yield* ScaledLearner.of(network, rows, fresh === true) : undefined;
    return new Rounds(network, training, new Epochs(scaled ?? network, scaled?.rows ?? rows, status, endTime, slice), scaled);
  }

  /** @returns whether there may be more */
  advance(): boolean {
    const { network, scaled } = this;
    if (network.unwatched) return this.epochs.advance();
    if (scaled) {
      throw new EfficientBackpropError(
        'normalize: true trains on scaled inputs, which the methods that you replaced would not see; scale the data yourself, or do not replace trainPattern and the other methods',
      );
    }
    const { rows, status, endTime } = this.training;
    return network.trainingTick(rows, status, endTime);
  }

  /** What was learned is the network's, whatever has ended the training. */
  end(): void {
    this.epochs.dispose();
    this.scaled?.show();
  }
}
