import { sgd } from 'efficient-backprop';
import { X, Y } from './figure-10.mjs';
import { unit } from './figure-11.mjs';
import { filled, mean, round } from './sample.mjs';
import { fact, judged } from './verdict.mjs';

const EPOCHS = 400;

export default {
  name: 'eta-max',
  title: 'The largest rate that converges',
  section: '5.2',
  claim:
    'Batch learning converges below η = 2/λmax and diverges above it, λmax being the largest eigenvalue of the Hessian. That of the unit with a bias is 1.007, not the 0.84 of its inputs alone: η is 1.985, not 2.38.',
  setting: `Points, unit, start and rates as in Figure 11, ${EPOCHS} epochs. Largest eigenvalues of the mean of x·xᵀ by power iteration, with a constant input for the bias and
without. A run diverges if the second half of its epochs raises the error, by more than rounding does (10⁻⁹): in the first half
other directions may still bring it down. The flip is found by bisection, to 10⁻³; there is
no chance in it, and so no seeds.`,
  async run() {
    const cases = [];
    for (const bias of [true, false]) {
      const lambda = largestEigenvalue(X.map((x) => (bias ? [...x, 1] : x)));
      let [low, high] = [1.5, 3];
      while (high - low > 1e-3) {
        const middle = (low + high) / 2;
        if (await converges(middle, bias)) low = middle;
        else high = middle;
      }
      cases.push({ bias, lambda, flip: low, predicted: 2 / lambda });
    }
    const [biased, plain] = cases;
    const curves = [];
    for (const rate of [1.9, 2.05]) curves.push({ rate, losses: await losses(rate, true, 60) });
    return {
      table: {
        columns: ['bias', 'λmax', '2/λmax', 'flips at'],
        rows: cases.map(({ bias, lambda, predicted, flip }) => [
          bias ? 'yes' : 'no',
          lambda.toFixed(4),
          predicted.toFixed(3),
          flip.toFixed(3),
        ]),
      },
      chart: {
        title: 'Below and above 2/λmax = 1.985',
        x: 'epoch',
        y: 'error',
        log: 'y',
        lines: curves.map(({ rate, losses: list }) => ({ name: `rate ${rate}`, points: list.map((v, t) => [t + 1, v / 2]) })),
      },
      ...judged([
        ...cases.map(({ bias, flip, predicted }) =>
          fact(
            `${bias ? 'with' : 'without'} a bias: where learning begins to diverge`,
            flip.toFixed(3),
            `${predicted.toFixed(3)} ± 0.002`,
            Math.abs(flip - predicted) < 2e-3,
          ),
        ),
        fact('2/λmax with the bias', biased.predicted.toFixed(4), '1.985 ± 0.001', Math.abs(biased.predicted - 1.985) < 1e-3),
      ]),
      finding: `With a bias λmax is ${round(biased.lambda, 5)} and learning diverges from ${round(biased.flip, 4)} on (2/λmax = ${round(biased.predicted, 4)}); without, λmax is ${round(plain.lambda, 4)}, and it diverges from ${round(plain.flip, 4)} on (${round(plain.predicted, 4)}). The chapter's 2.38 is the rate without a bias; its own Figure 11 diverges by the bias.`,
    };
  },
};

async function converges(rate, bias) {
  const list = await losses(rate, bias, EPOCHS);
  return list.at(-1) <= list[EPOCHS / 2] * (1 + 1e-9);
}

/** The mean squared error at the start of each epoch; Infinity where that is past counting. */
async function losses(rate, bias, epochs) {
  const net = await unit({ bias });
  const { loss, reason } = await net.fit(X, Y, { method: sgd({ rate: rate / 2, momentum: 0 }), batchSize: 'full', epochs });
  net.dispose();
  return reason === 'diverged' ? [...loss, Infinity] : loss;
}

/** Of the mean of x·xᵀ, by power iteration. */
function largestEigenvalue(rows) {
  let v = filled(rows[0].length, (i) => 1 + i / 7);
  let size = 0;
  for (let step = 0; step < 500; step++) {
    const next = v.map((_, i) => mean(rows.map((x) => x[i] * x.reduce((s, e, j) => s + e * v[j], 0))));
    size = Math.sqrt(next.reduce((s, e) => s + e * e, 0));
    v = next.map((e) => e / size);
  }
  return size;
}
