import { dense, sgd } from 'efficient-backprop';
import { band, filled, mean, median, medianOf, network, ratioOf, round, spread, square, squash, stream } from './sample.mjs';
import { fact, judged, part } from './verdict.mjs';

const UNITS = 30;
const TRAINING = 80;
const HELD = 40;
const TEST = 1000;
const NOISE = 0.6;
const EPOCHS = 3000;
const PATIENCE = 60;
/** At three times this rate the training error itself stops falling early: steps are too noisy, and noise is not learned. */
const RATE = 0.01;
/** Epochs at the end, over which the training error is averaged. */
const LAST = 100;

export default {
  name: 'early-stopping',
  title: 'Early stopping',
  section: '2, 3',
  claim:
    'Training to the least training error learns the noise: the error on rows held out falls first and then rises again. Stopping where it is least gives better predictions.',
  setting: `A function of two inputs plus noise of variance ${round(square(NOISE))}: ${TRAINING} rows to train on, ${HELD} held out, ${TEST} to test on. Network 2-${UNITS}-1 (lecunTanh, linear), rate ${RATE}, momentum 0.9, 10 rows per step,
no decay. Either ${EPOCHS} epochs, or early stopping: patience ${PATIENCE}, back to the weights of the least held-out error. Measured: the mean squared error on the test rows
(of which the noise alone makes ${round(square(NOISE))}). Training errors are those of the epoch that early stopping goes back to, and the mean of the last ${LAST}.`,
  async run() {
    const seeds = filled(15, (s) => s + 1);
    const runs = [];
    for (const seed of seeds) runs.push(await compare(seed));
    const ratios = runs.map(({ whole, stopped }) => whole / stopped);
    const of = (name) => runs.map((run) => run[name]);
    const rises = runs.map(({ held }) => held.at(-1) / Math.min(...held));
    const rise = median(rises);
    const least = (curve) => curve.indexOf(Math.min(...curve)) + 1;
    const [leastHeld, leastTraining] = ['held', 'training'].map((name) => of(name).map(least));
    const end = (curve) => mean(curve.slice(-LAST));
    const atStop = runs.map(({ training, epoch }) => training[epoch - 1]);
    const atEnd = of('training').map(end);
    const before = leastHeld.filter((epoch, s) => epoch < leastTraining[s]).length;
    const better = ratios.filter((r) => r > 1).length;
    return {
      table: {
        columns: ['training', 'epochs: median (range)', 'training error: median (range)', 'test error: median (range)'],
        rows: [
          [`${EPOCHS} epochs`, EPOCHS, spread(atEnd), spread(of('whole'))],
          ['early stopping', spread(of('epoch')), spread(atStop), spread(of('stopped'))],
        ],
      },
      chart: {
        title: 'Errors during training, median over seeds',
        x: 'epoch',
        y: 'mean squared error',
        log: 'x',
        lines: [
          { name: 'training rows', points: band('', of('training')).points },
          { name: 'rows held out', points: band('', of('held')).points },
        ],
      },
      ...judged([
        part('test error after all epochs relative to early stopping', medianOf(ratios), { above: 1 }),
        part('held-out error at the end relative to its least', medianOf(rises), { above: 1 }),
        part('epoch of the stop', medianOf(of('epoch')), { below: EPOCHS / 3 }),
        fact(
          'least held-out error before the least training error',
          `${before} of ${seeds.length} runs`,
          'at least 85 %',
          before >= 0.85 * seeds.length,
        ),
        part('training error at the end relative to the stop', ratioOf(atEnd, atStop), { below: 1 }),
      ]),
      finding: `The error on rows held out is least after ${median(leastHeld)} of ${EPOCHS} epochs (median), and ${round(rise)} times as large at the end; that on the training rows is least after ${median(leastTraining)}, later in ${before} of ${seeds.length} runs, and falls from ${round(median(atStop))} at the stop to ${round(median(atEnd))}. The test error after all epochs is ${round(median(ratios))} times that of early stopping, which is better in ${better} of ${seeds.length} runs.`,
    };
  },
};

const truth = ([a, b]) => squash(3 * a) - squash(3 * b) * squash(2 * a + 1);

async function compare(seed) {
  const { normal, uniform } = stream(seed);
  const sample = (rows) => {
    const X = filled(rows, () => filled(2, () => 2 * uniform() - 1));
    return [X, X.map((x) => [truth(x) + NOISE * normal()])];
  };
  const [X, Y] = sample(TRAINING);
  const validation = sample(HELD);
  const test = sample(TEST);
  const fit = async (options) => {
    const net = await network({
      inputs: 2,
      layers: [dense(UNITS, { activation: 'lecunTanh', biasInit: 'zeros' }), dense(1)],
      loss: 'meanSquaredError',
      seed,
    });
    const history = await net.fit(X, Y, { method: sgd({ rate: RATE }), batchSize: 10, epochs: EPOCHS, validation, ...options });
    const error = net.evaluate(...test).loss;
    net.dispose();
    return { error, history };
  };
  const whole = await fit({});
  const stopped = await fit({ earlyStopping: { patience: PATIENCE } });
  return {
    whole: whole.error,
    stopped: stopped.error,
    epoch: stopped.history.bestEpoch,
    training: whole.history.loss,
    held: whole.history.validationLoss,
  };
}
