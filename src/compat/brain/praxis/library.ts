// Trains networks of brain.js's kind by methods of this library: the same weights, the same error, another way to them.

import { dense } from '../../../layers/layers.js';
import { levenbergMarquardt } from '../../../methods/levenberg-marquardt.js';
import type { Method } from '../../../methods/method.js';
import { bfgs, conjugateGradient, lbfgs, scaledConjugateGradient } from '../../../methods/quasi-newton.js';
import { rprop } from '../../../methods/rprop.js';
import { stochasticDiagonalLM } from '../../../methods/stochastic-diagonal.js';
import { Network } from '../../../network/network.js';
import { EfficientBackpropError, OptionError } from '../../../runtime/errors.js';
import type { Progress } from '../../../training/options.js';
import { TimeSlice } from '../../../training/time-slice.js';
import type { Learner } from '../epochs.js';
import type { PatternNetwork } from '../pattern-network.js';
import type { Prepared } from '../rounds.js';
import { ScaledLearner } from '../scaling.js';
import { inTurns } from '../turns.js';
import type { FormattedDatum, INeuralNetworkState, OwnPraxis } from '../types.js';
import { ownPraxis } from './choice.js';

/** Epochs that a fit takes at most. */
const MOST = 2 ** 31 - 1;

const METHODS: Readonly<Record<OwnPraxis, () => Method>> = {
  lm: () => levenbergMarquardt(),
  lbfgs: () => lbfgs(),
  bfgs: () => bfgs(),
  scg: () => scaledConjugateGradient(),
  cg: () => conjugateGradient(),
  sdlm: () => stochasticDiagonalLM(),
  rprop: () => rprop(),
};

/** The layers of a network, each with its activation. */
function layersOf({ sizes, activation, alpha }: PatternNetwork) {
  if (activation === 'v1-leaky-relu') {
    throw new OptionError(
      'train.activation',
      'leaky-relu',
      "another than 1.x's leaky-relu beside a praxis of this library: 'relu', 'tanh' or 'sigmoid'",
    );
  }
  const name = ({ sigmoid: 'sigmoid', tanh: 'tanh', relu: 'relu', 'leaky-relu': 'leakyRelu' } as const)[activation];
  return sizes.slice(1).map((units) => dense(units, { activation: name, ...(name === 'leakyRelu' && { slope: alpha }) }));
}

/** Kernels are [inputs][units] there, [units][inputs] here. */
function weightsOf({ sizes, numbers: { weights, biases } }: PatternNetwork): Float32Array[] {
  return sizes.slice(1).flatMap((units, i) => {
    const rows = weights[i + 1]!;
    const kernel = new Float32Array(units * sizes[i]!);
    for (const [unit, row] of rows.entries()) {
      for (const [input, weight] of row.entries()) kernel[input * units + unit] = weight;
    }
    return [kernel, biases[i + 1]!.slice()];
  });
}

function adopt({ sizes, numbers: { weights, biases } }: PatternNetwork, learned: readonly ArrayLike<number>[]): void {
  for (let layer = 1; layer < sizes.length; layer++) {
    const kernel = learned[2 * layer - 2]!;
    weights[layer]!.forEach((row, unit) => {
      for (let input = 0; input < row.length; input++) row[input] = kernel[input * sizes[layer]! + unit]!;
    });
    biases[layer]!.set(learned[2 * layer - 1]!);
  }
}

/** All rows of one side, one after the other. */
function matrixOf(rows: readonly FormattedDatum[], side: 'input' | 'output', columns: number) {
  const data = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) data.set(row[side].subarray(0, columns), i * columns);
  return { data, shape: [rows.length, columns] as [number, number] };
}

/** Trains in turns of the event loop. */
export async function train(network: Learner, { rows, status, endTime, fresh }: Prepared): Promise<INeuralNetworkState> {
  const { iterations, errorThresh, callback, callbackPeriod, log, logPeriod, normalize, threads } = network.trainOpts;
  const { core: own } = network;
  own.alpha = network.alpha;
  const scaled = normalize ? await inTurns(ScaledLearner.of(network, rows, fresh === true), new TimeSlice(false)) : undefined;
  const core = scaled?.core ?? own;
  const given = scaled?.rows ?? rows;
  const { sizes } = core;
  // Seeded by Math.random, as all else here.
  const seed = Math.floor(Math.random() * 2 ** 32);
  const fitted = await Network.create({
    inputs: sizes[0]!,
    layers: layersOf(core),
    loss: 'meanSquaredError',
    seed,
    ...(threads && { threads }),
  });
  try {
    fitted.setWeights(weightsOf(core));
    const [X, Y] = [matrixOf(given, 'input', sizes[0]!), matrixOf(given, 'output', sizes.at(-1)!)];
    const show = () => {
      if (network.core !== own) throw new EfficientBackpropError('the network was restarted while it was being trained');
      adopt(core, fitted.getWeights());
      scaled?.show();
    };
    const ending = new AbortController();
    const onEpoch = ({ epoch, loss }: Progress) => {
      status.iterations = epoch;
      status.error = loss;
      const logs = log && epoch % logPeriod === 0;
      const calls = callback && epoch % callbackPeriod === 0;
      if (!logs && !calls) return;
      show();
      if (logs) network.say(status);
      if (calls) callback({ iterations: epoch, error: loss });
      // A callback may have changed where the training ends.
      const { iterations: most, errorThresh: enough } = network.trainOpts;
      if (epoch >= most || loss <= enough) ending.abort();
    };
    const timeLimit = endTime - Date.now();
    const options = {
      method: METHODS[ownPraxis(network.trainOpts)!](),
      epochs: Math.min(Math.ceil(iterations), MOST),
      goal: errorThresh,
      onEpoch,
      signal: ending.signal,
      ...(Number.isFinite(timeLimit) && { timeLimit: Math.max(timeLimit, 1) }),
    };
    await fitted.fitWithState(X, Y, options, { remembers: false, watches: false, resumable: false });
    show();
    status.error = fitted.evaluate(X, Y).loss;
    return status;
  } finally {
    fitted.dispose();
  }
}
