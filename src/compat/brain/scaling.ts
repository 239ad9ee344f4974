// normalize: true. The network learns on inputs of mean 0 and variance 1; what users see, meanwhile at every callback and
// afterwards, is the network that takes inputs as they are: the scaling is part of its first layer.

import { EfficientBackpropError } from '../../runtime/errors.js';
import type { Learner } from './epochs.js';
import { type Layers, copyLayers } from './layers.js';
import type { Numbers } from './numbers.js';
import { PatternNetwork, type Rule } from './pattern-network.js';
import { type Pausing, withRests } from './turns.js';
import type { FormattedDatum, INeuralNetworkState, TrainOpts } from './types.js';

const lengthOf = ({ input }: FormattedDatum) => input.length;

/** Means and standard deviations of the inputs; of a constant input, 1. */
export class Scaling {
  private constructor(
    private readonly means: Float64Array,
    private readonly spreads: Float64Array,
  ) {}

  static *of(rows: readonly FormattedDatum[]): Pausing<Scaling> {
    const inputs = rows[0]!.input.length;
    const means = new Float64Array(inputs);
    const spreads = new Float64Array(inputs);
    yield* withRests(rows, lengthOf, ({ input }) => {
      for (let k = 0; k < inputs; k++) means[k]! += input[k]! / rows.length;
    });
    yield* withRests(rows, lengthOf, ({ input }) => {
      for (let k = 0; k < inputs; k++) spreads[k]! += (input[k]! - means[k]!) ** 2 / rows.length;
    });
    for (let k = 0; k < inputs; k++) spreads[k] = Math.sqrt(spreads[k]!) || 1;
    return new Scaling(means, spreads);
  }

  /** The rows with their inputs scaled. */
  *scaled(rows: readonly FormattedDatum[]): Pausing<FormattedDatum[]> {
    const scale = (value: number, k: number) => (value - this.means[k]!) / this.spreads[k]!;
    const scaled: FormattedDatum[] = [];
    yield* withRests(rows, lengthOf, ({ input, output }) => {
      scaled.push({ input: Float32Array.from(input, scale), output });
    });
    return scaled;
  }

  /** `to` becomes the network that does with inputs as they are what `from` does with scaled ones: W/s, b − Σ W·m/s. */
  fold(from: Layers<Float32Array>, to: Layers<Float32Array>): void {
    this.change(from, to, (weight, k) => weight / this.spreads[k]!, -1);
  }

  /** And back: W·s, b + Σ W·m. */
  unfold(from: Layers<Float32Array>, to: Layers<Float32Array>): void {
    this.change(from, to, (weight, k) => weight * this.spreads[k]!, 1);
  }

  private change(
    from: Layers<Float32Array>,
    to: Layers<Float32Array>,
    scale: (weight: number, k: number) => number,
    sign: number,
  ): void {
    copyLayers(from, to);
    for (const [unit, row] of to.weights[1]!.entries()) {
      const before = from.weights[1]![unit]!;
      let shift = 0;
      for (let k = 0; k < row.length; k++) {
        row[k] = scale(before[k]!, k);
        shift += (sign < 0 ? scale(before[k]!, k) : before[k]!) * this.means[k]!;
      }
      to.biases[1]![unit] = from.biases[1]![unit]! + sign * shift;
    }
  }
}

/** The network on scaled inputs, which learns in the place of another. */
export class ScaledLearner implements Learner {
  readonly core: PatternNetwork;
  /** What users see. */
  private readonly shown: PatternNetwork;

  private constructor(
    private readonly network: Learner,
    private readonly scaling: Scaling,
    readonly rows: FormattedDatum[],
    fresh: boolean,
  ) {
    const { core, rule } = network;
    this.shown = core;
    this.core = new PatternNetwork(core.sizes, {} as Numbers).begin();
    this.core.activation = core.activation;
    if (rule.kind === 'adam') this.core.startAdam();
    if (fresh) copyLayers(core.numbers, this.core.numbers);
    else this.scaling.unfold(core.numbers, this.core.numbers);
  }

  /** @param fresh whether the weights were drawn for this training: then they are meant for scaled inputs */
  static *of(network: Learner, rows: readonly FormattedDatum[], fresh: boolean): Pausing<ScaledLearner> {
    const scaling = yield* Scaling.of(rows);
    return new ScaledLearner(network, scaling, yield* scaling.scaled(rows), fresh);
  }

  get rule(): Rule {
    return this.network.rule;
  }

  get alpha(): number {
    return this.network.alpha;
  }

  get trainOpts(): TrainOpts {
    const { callback, ...rest } = this.network.trainOpts;
    if (!callback) return rest;
    const told = (status: INeuralNetworkState) => {
      this.show();
      callback(status);
    };
    return { ...rest, callback: told };
  }

  say(status: INeuralNetworkState): void {
    this.show();
    this.network.say(status);
  }

  /** The network has what was learned so far. */
  show(): void {
    if (this.network.core !== this.shown) {
      throw new EfficientBackpropError('the network was restarted while it was being trained');
    }
    this.scaling.fold(this.core.numbers, this.shown.numbers);
  }
}
