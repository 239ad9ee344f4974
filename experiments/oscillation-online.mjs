import { gradientOf, lossOf, packed, plainNetwork } from './plain-network.mjs';
import { filled, ratioOf, round, spread, square, squash, standardised, stream, within } from './sample.mjs';
import { judged, part } from './verdict.mjs';

const INPUTS = 6;
const ROWS = 100;
const NOISE = 0.3;
const EPOCHS = { batch: 100, online: 20 };
/** Epochs of Rprop in batches that find the least error. */
const LONG = 1500;
const RATES = filled(6, (i) => round(0.4 / 3 ** i));
const TASKS = { 'a linear unit': [INPUTS, 1], '6-6-1': [INPUTS, 6, 1] };

/**
 * Per-weight rules: from a gradient g and what a weight remembers, its step. `rate` is where its own rate begins.
 */
const RULES = {
  'gradient descent': (g, _, rate) => -rate * g,
  'delta-bar-delta': (g, m, rate) => {
    m.rate ??= rate;
    m.mean ??= 0;
    if (m.mean * g > 0) m.rate += 0.1 * rate;
    else if (m.mean * g < 0) m.rate *= 0.5;
    m.mean = 0.3 * g + 0.7 * m.mean;
    return -m.rate * g;
  },
  superSAB: (g, m, rate) => {
    m.rate ??= rate;
    if (m.last * g > 0) m.rate = Math.min(m.rate * 1.05, 10);
    else if (m.last * g < 0) m.rate *= 0.5;
    m.last = g;
    return -m.rate * g;
  },
  Rprop: (g, m, rate) => {
    m.step ??= rate / 4;
    if (m.last * g > 0) m.step = Math.min(m.step * 1.2, 50);
    else if (m.last * g < 0) {
      m.step = Math.max(m.step * 0.5, 1e-6);
      m.last = 0;
      return 0;
    }
    m.last = g;
    return g > 0 ? -m.step : g < 0 ? m.step : 0;
  },
};

export default {
  name: 'oscillation-online',
  title: 'Rates driven by oscillation, in batches and on-line',
  section: '4.7',
  claim:
    'Rules that raise a weight’s rate while its gradient keeps its sign, and lower it when the sign turns, are made for batches: on-line, where gradients of single samples change signs by chance, they fail.',
  setting: `Regression with noise: ${ROWS} rows of ${INPUTS} inputs of deviations from 0.3 to 2, targets by a random network of variance 1, plus noise of variance ${round(square(NOISE))}. A linear unit and a network of six symmetric sigmoids, y/√(1 + y²), learn them by programs of a few
lines each (the library’s own methods of this kind refuse anything but full batches): delta-bar-delta (κ a tenth of the first rate, φ 0.5, θ 0.7), superSAB (×1.05, ×0.5, without taking steps back), Rprop (×1.2, ×0.5, iRprop−). Full batches, ${EPOCHS.batch} epochs, or
one sample a step, shuffled, ${EPOCHS.online} epochs; each rule begins at the one of the rates ${RATES.join(', ')} (Rprop's first step is a quarter of it) that ends lowest for each seed. Measured: the error at the end beyond the least one that ${LONG} epochs of Rprop find, relative to plain gradient descent, tuned alike. In batches a rule
works if it leaves less than 0.9 times the excess, on-line it fails if it leaves more than 1.5 times.`,
  async run({ quick }) {
    const seeds = filled(quick ? 3 : 9, (s) => s + 1);
    const results = [];
    for (const [task, sizes] of Object.entries(TASKS)) {
      const losses = {};
      for (const mode of Object.keys(EPOCHS)) {
        losses[mode] = {};
        for (const [name, rule] of Object.entries(RULES))
          losses[mode][name] = seeds.map((seed) => Math.min(...RATES.map((rate) => learn(sizes, rule, { mode, rate, seed }))));
      }
      const least = seeds.map((seed, s) => {
        const all = Object.values(losses).flatMap((of) => Object.values(of).map((list) => list[s]));
        return Math.min(...all, learn(sizes, RULES.Rprop, { mode: 'batch', rate: 0.1, seed, epochs: LONG }));
      });
      for (const [mode, of] of Object.entries(losses)) {
        // A thousandth of the least error is as good as none.
        const excess = (name) => of[name].map((v, s) => v / least[s] - 1 + 1e-3);
        for (const name of Object.keys(RULES))
          results.push({ task, mode, name, excess: excess(name), ratio: ratioOf(excess(name), excess('gradient descent')) });
      }
    }
    const rules = results.filter(({ name }) => name !== 'gradient descent');
    const shown = (which) =>
      rules
        .filter(({ mode }) => mode === which)
        .map(({ name, task, ratio }) => `${within(ratio)} (${name}, ${task})`)
        .join(', ');
    return {
      ...judged(
        rules.map(({ name, task, mode, ratio }) =>
          part(
            `${name}, ${task}, ${mode === 'batch' ? 'batches: works' : 'on-line: fails'}`,
            ratio,
            mode === 'batch' ? { below: 0.9 } : { above: 1.5 },
          ),
        ),
      ),
      table: {
        columns: [
          'task',
          'gradients of',
          'rule',
          'excess over the least error: median (range)',
          'relative to gradient descent: median and interval',
        ],
        rows: results.map((r) => [
          r.task,
          r.mode === 'batch' ? 'all rows' : 'single rows',
          r.name,
          spread(r.excess),
          r.name === 'gradient descent' ? '1' : within(r.ratio),
        ]),
      },
      chart: {
        kind: 'dots',
        title: 'Excess error relative to tuned gradient descent',
        x: 'times the excess of gradient descent',
        log: 'x',
        guide: 1,
        rows: rules.map(({ task, mode, name, ratio }) => ({
          label: `${name}, ${task}`,
          series: mode === 'batch' ? 'batches' : 'on-line',
          ...ratio,
        })),
      },
      effects: rules.map(({ task, mode, name, ratio }) => ({
        trick: '4.7',
        what: `${name} ${mode === 'batch' ? 'in full batches' : 'on-line'}`,
        task,
        found: ratio,
        of: 'excess error',
      })),
      finding: `Excess over the least error, relative to gradient descent at its best rate. In batches: ${shown('batch')}. On-line: ${shown('online')}.`,
    };
  },
};

function problem(seed) {
  const { normal } = stream(seed);
  const teacher = filled(4, () => filled(INPUTS, normal));
  const X = filled(ROWS, () => filled(INPUTS, (i) => (0.3 + 0.34 * i) * normal()));
  const raw = X.map((x) => teacher.reduce((sum, w) => sum + squash(w.reduce((s, v, i) => s + v * x[i], 0)), 0));
  return { X, Y: standardised(raw).map((v) => [v + NOISE * normal()]) };
}

/** The error on all rows at the end. */
function learn(sizes, rule, { mode, rate, seed, epochs = EPOCHS[mode] }) {
  const rows = problem(seed);
  const data = packed(rows);
  const single = rows.X.map((x, r) => packed({ X: [x], Y: [rows.Y[r]] }));
  const net = plainNetwork({ sizes, seed });
  const memory = net.layers.map(({ weights }) => Array.from(weights, () => ({})));
  const { integer } = stream(seed + 77);
  const step = (of) => {
    const gradients = gradientOf(net, of);
    for (const [k, { weights }] of net.layers.entries())
      for (let j = 0; j < weights.length; j++) weights[j] += rule(gradients[k][j], memory[k][j], rate);
  };
  const order = filled(ROWS, (i) => i);
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (mode === 'batch') {
      step(data);
      continue;
    }
    for (let i = ROWS - 1; i > 0; i--) {
      const j = integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (const r of order) step(single[r]);
  }
  const loss = 2 * lossOf(net, data);
  return Number.isFinite(loss) ? loss : Infinity;
}
