// The gradient against differences of a naive loss, against a naive backpropagation, and against the laws that gradients obey.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTIVATION_NAMES, type Activation } from '../src/layers/activations.js';
import { activationOf, dense } from '../src/layers/layers.js';
import { LOSSES, LOSS_NAMES, type Loss, legalActivation } from '../src/layers/losses.js';
import type { Architecture } from '../src/plan/plan.js';
import { ROUNDING, apart, architectureOf, engines, excess, largest, on, problemOf } from './gradients.bench.js';
import { type Problem, twin } from './gradients.twin.js';
import { runs } from './thorough.js';

const HIDDEN = ACTIVATION_NAMES.filter((name) => name !== 'softmax');

// -------------------------------------------------------------------------------------------------------------------------
// Differences

/** The step of differences: its square is 6e-11, and float64's rounding over it 1.5e-11, both far below the tolerance. */
const STEP = 2 ** -17;

/** How far kinks have to be from 0; differences may move them by half of it. */
const MARGIN = 2 ** -8;

/** A problem whose kinks are far from 0 and whose gradient does not vanish, and the differences of its naive loss. */
function differences(architecture: Architecture): { problem: Problem; differences: Float64Array } {
  for (let seed = 1; seed <= 100; seed++) {
    const problem = problemOf(architecture, 4, seed);
    const { kinks } = twin(problem);
    if (kinks.some((k) => Math.abs(k) <= MARGIN)) continue;
    const found = Float64Array.from(problem.theta, (value, p) => {
      const moved = [STEP, -STEP].map((step) => {
        const theta = [...problem.theta];
        theta[p] = value + step;
        return twin({ ...problem, theta });
      });
      for (const other of moved) expect(excess(other.kinks, kinks, () => MARGIN / 2)).toBeLessThan(1);
      return (moved[0]!.loss - moved[1]!.loss) / (2 * STEP);
    });
    if (largest(found) > 0.01) return { problem, differences: found };
  }
  throw new Error('no seed gives a gradient away from kinks');
}

/**
 * Architectures of a depth that end in `last`: every hidden activation, or in `npm test` three that follow the number of the
 * pair, and the next one in the second hidden layer.
 */
function architectures(loss: Loss, last: Activation, depth: number, pair: number): Architecture[] {
  const outputs = LOSSES[loss].activation === 'softmax' ? 3 : 2;
  if (depth === 1) return [architectureOf(3, [outputs], [last], loss)];
  const place = (k: number) => (3 * pair + k) % HIDDEN.length;
  return Array.from({ length: runs(3, HIDDEN.length) }, (_, k) => {
    const [hidden, next] = [HIDDEN[place(k)]!, HIDDEN[place(k + 1)]!];
    return depth === 2
      ? architectureOf(3, [5, outputs], [hidden, last], loss)
      : architectureOf(2, [5, 3, outputs], [hidden, next, last], loss);
  });
}

const PAIRS = LOSS_NAMES.flatMap((loss) =>
  ACTIVATION_NAMES.filter((last) => legalActivation(loss, last)).map((last) => [loss, last] as const),
).map(([loss, last], i) => [loss, last, i] as const);

describe('differences', () => {
  test('there are 171 legal pairs of loss and last activation', () => {
    // Nine losses take any, cross-entropies and divergence one each, poisson the six whose outputs are not negative.
    expect(PAIRS).toHaveLength(9 * HIDDEN.length + 3 + 6);
  });

  for (const depth of [1, 2, 3]) {
    test.each(PAIRS)(`${depth} layers, %s of %s`, (loss, last, pair) => {
      for (const architecture of architectures(loss, last, depth, pair)) {
        const { problem, differences: expected } = differences(architecture);
        const opinion = twin(problem);
        const names = architecture.layers.map(activationOf).join(' → ');
        const exact = on('float64', problem, (bench) => bench.gradient());
        const scale = largest(expected);
        expect(
          excess(exact.gradient, expected, () => 1e-7 * scale),
          `${names}: differences`,
        ).toBeLessThanOrEqual(1);
        expect(Math.abs(exact.loss - opinion.loss), `${names}: loss`).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(opinion.loss)));
        const single = on('float32', problem, (bench) => bench.gradient());
        const compared = [
          ['float64 from naive', exact.gradient, opinion.gradient, apart(opinion, 'float64', 'float64')],
          ['float32 from naive', single.gradient, opinion.gradient, apart(opinion, 'float32', 'float64')],
          ['float32 from float64', single.gradient, exact.gradient, apart(opinion, 'float32', 'float64')],
        ] as const;
        for (const [what, got, wanted, bound] of compared) {
          expect(excess(got, wanted, bound), `${names}: ${what}`).toBeLessThanOrEqual(1);
        }
      }
    });
  }
});

// -------------------------------------------------------------------------------------------------------------------------
// Laws

const PRECISIONS = ['float32', 'float64'] as const;

/** Any architecture up to three layers and nine units, up to 20 samples. */
const problems = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    inputs: fc.integer({ min: 1, max: 9 }),
    units: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    hidden: fc.array(fc.constantFrom(...HIDDEN), { minLength: 2, maxLength: 2 }),
    rows: fc.integer({ min: 1, max: 20 }),
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
  })
  .map(({ pair: [loss, last], inputs, units, hidden, rows, seed }) => {
    const activations = [...hidden.slice(0, units.length - 1), last];
    return problemOf(architectureOf(inputs, units, activations, loss), rows, seed);
  })
  // Where two ways of rounding may fall on different sides of a kink, laws hold for neither.
  .filter((problem) => twin(problem).kinks.every((k) => Math.abs(k) > 2 ** -12));

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

const rowsOf = (problem: Problem) => Array.from({ length: problem.rows }, (_, r) => r);

describe.each(PRECISIONS)('laws, %s', (precision) => {
  test('gradients of single samples, weighted, add up to the batch', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        on(precision, problem, (bench) => {
          const batch = bench.gradient();
          const single = rowsOf(problem).map((r) => bench.gradient({ weighted: false, indices: [r] }));
          const added = batch.gradient.map((_, i) => sum(single.map(({ gradient }, r) => problem.w[r]! * gradient[i]!)));
          expect(excess(batch.gradient, added, apart(twin(problem), precision, precision))).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('a whole weight is a repeated row', () => {
    fc.assert(
      fc.property(problems, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (problem, counts) => {
        const w = [...counts.take(problem.rows)];
        const indices = w.flatMap((n, r) => new Array<number>(n).fill(r));
        if (indices.length === 0) return;
        const weighted = { ...problem, w };
        on(precision, weighted, (bench) => {
          const batch = bench.gradient();
          const repeated = bench.gradient({ weighted: false, indices });
          // Three times the rows are summed in up to three times as many additions.
          const bound = apart(twin(weighted), precision, precision, precision, precision);
          expect(excess(batch.gradient, repeated.gradient, bound)).toBeLessThanOrEqual(1);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('scaling all weights changes nothing once normalised', () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(2, 0.25, 1024, 3, 0.1), (problem, factor) => {
        const w = problem.w.map((v) => Math.fround(v * factor));
        const total = sum(problem.w);
        const plain = on(precision, problem, (bench) => bench.gradient({ scale: 1 / total }));
        const scaled = on(precision, { ...problem, w }, (bench) => bench.gradient({ scale: 1 / (total * factor) }));
        const spread = twin(problem).spread.map((v) => v / total);
        if (Number.isInteger(Math.log2(factor))) expect(scaled.gradient).toEqual(plain.gradient);
        // Rounding the scaled weights to float32 costs each at most half a unit of float32, in either precision.
        else expect(excess(scaled.gradient, plain.gradient, apart({ spread }, precision, 'float32'))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  test('scale multiplies the gradient, not the loss', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: -10, max: 10 }), (problem, exponent) => {
        on(precision, problem, (bench) => {
          const plain = bench.gradient();
          const scaled = bench.gradient({ scale: 2 ** exponent });
          expect(scaled.loss).toBe(plain.loss);
          expect(scaled.gradient).toEqual(plain.gradient.map((v) => v * 2 ** exponent));
        });
      }),
      { numRuns: 40 },
    );
  });

  test('the same inputs give the same bits, whatever lay in memory and wherever the rows are', () => {
    fc.assert(
      fc.property(problems, problems, (problem, other) => {
        const first = on(precision, problem, (bench) => {
          const once = bench.gradient();
          expect(bench.gradient()).toEqual(once);
          expect(bench.gradient({ indices: rowsOf(problem) })).toEqual(once); // gathered
          return once;
        });
        on(precision, other, (bench) => {
          bench.gradient(); // leaves its numbers in the memory that is used next
        });
        expect(on(precision, problem, (bench) => bench.gradient())).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });

  describe('sets larger than a slab', () => {
    const architecture = architectureOf(3, [5, 2], ['lecunTanh', 'linear'], 'meanSquaredError');
    const problem = problemOf(architecture, 2 * 1024 + 17, 5);
    const { core } = engines[precision];

    test('agree with slab-by-slab sums, to the bit', () => {
      on(precision, problem, (bench) => {
        const whole = bench.gradient();
        const { plan, set, gradient } = bench.open();
        // What a product sums at a time, so that adding in place and adding sums have the same bits.
        expect(plan.slab).toBe(precision === 'float32' ? 256 : 192);
        let loss = 0;
        for (let first = 0; first < set.rows; first += plan.slab) {
          const rows = Math.min(plan.slab, set.rows - first);
          loss += core.objectiveGradient(plan.address, set.address, first, rows, 1, gradient.address, first > 0 ? 1 : 0);
        }
        expect({ loss, gradient: Float64Array.from(gradient.view()) }).toEqual(whole);
      });
    });

    test('agree with sums of shards, with smaller slabs, in another order, and with naive backpropagation', () => {
      const opinion = twin(problem);
      on(precision, problem, (bench) => {
        const whole = bench.gradient();
        const shards = [0, 700, 1500].map((first, i, starts) => {
          const rows = (starts[i + 1] ?? problem.rows) - first;
          const { plan, set, gradient } = bench.open();
          const loss = core.objectiveGradient(plan.address, set.address, first, rows, 1, gradient.address, 0);
          return { loss, gradient: Float64Array.from(gradient.view()) };
        });
        const added = {
          loss: sum(shards.map(({ loss }) => loss)),
          gradient: whole.gradient.map((_, i) => sum(shards.map(({ gradient }) => gradient[i]!))),
        };
        const others = [
          added,
          bench.gradient({ capacity: 64 }),
          bench.gradient({ indices: rowsOf(problem).reverse() }),
          opinion as { loss: number; gradient: Float64Array },
        ];
        for (const { loss, gradient } of others) {
          expect(excess(gradient, whole.gradient, apart(opinion, precision, precision))).toBeLessThanOrEqual(1);
          // A sample's loss inherits its residuals' errors, below 100 roundings of numbers below 10.
          expect(Math.abs(loss - whole.loss)).toBeLessThanOrEqual(1000 * problem.rows * ROUNDING[precision]);
        }
      });
    });
  });
});

test('layers without biases, and a single unit throughout', () => {
  const layers = [dense(1, { activation: 'tanh', bias: false }), dense(1, { bias: false })];
  const problem = problemOf({ inputs: 1, layers, loss: 'meanSquaredError' }, 1, 3);
  const [k, l] = problem.theta as [number, number];
  const [x, t, w] = [problem.x[0]!, problem.t[0]!, problem.w[0]!];
  const a = Math.tanh(k * x);
  const { loss, gradient } = on('float64', problem, (bench) => bench.gradient());
  expect(loss).toBeCloseTo(w * (l * a - t) ** 2, 14);
  expect(gradient[0]).toBeCloseTo(w * 2 * (l * a - t) * l * (1 - a * a) * x, 14);
  expect(gradient[1]).toBeCloseTo(w * 2 * (l * a - t) * a, 14);
});
