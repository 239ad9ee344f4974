// The bend of Levenberg-Marquardt's path: −½·(JᵀJ + μI)⁻¹·Jᵀr″(p, p), of Jacobians in one slab, kept over several, or too large
// to keep.

import { expect, test } from 'vitest';
import type { DoubleEngine } from '../../bindings/core.js';
import { engineOf } from '../../bindings/load.js';
import { Arena, Reals, Words } from '../../bindings/memory.js';
import { dataset, dense } from '../../src/index.js';
import { Objective } from '../../src/objective/objective.js';
import type { Architecture } from '../../src/plan/plan.js';
import { NetworkSquares } from '../../src/objective/squares.js';
import { TargetUnit } from '../../src/objective/unit.js';
import { workHere } from '../../src/runtime/work.js';
import { matrixOf, numbers } from '../layers/training.js';

const engine = (await engineOf('float64')) as DoubleEngine;

/** A·x = b for a positive definite A, by Cholesky's factor. */
function solve(a: Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const l = a.map((row) => row.slice());
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = l[i]![j]!;
      for (let k = 0; k < j; k++) s -= l[i]![k]! * l[j]![k]!;
      l[i]![j] = i === j ? Math.sqrt(s) : s / l[j]![j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i]![k]! * x[k]!;
    x[i]! /= l[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k]![i]! * x[k]!;
    x[i]! /= l[i]![i]!;
  }
  return x;
}

const [INPUTS, HIDDEN, OUTPUTS] = [2, 3, 2];
const P = INPUTS * HIDDEN + HIDDEN + HIDDEN * OUTPUTS + OUTPUTS;

/** What a 2-3-2 network puts out for one row, and its Jacobian, written out. */
function twin(u: Float64Array, x: number[]): { a: number[]; j: Float64Array[] } {
  const h = Array.from({ length: HIDDEN }, (_, k) =>
    Math.tanh(x.reduce((s, v, i) => s + v * u[i * HIDDEN + k]!, u[INPUTS * HIDDEN + k]!)),
  );
  const top = INPUTS * HIDDEN + HIDDEN;
  const a = Array.from({ length: OUTPUTS }, (_, o) =>
    h.reduce((s, v, k) => s + v * u[top + k * OUTPUTS + o]!, u[top + HIDDEN * OUTPUTS + o]!),
  );
  const j = a.map((_, o) => {
    const row = new Float64Array(P);
    h.forEach((v, k) => {
      const d = u[top + k * OUTPUTS + o]! * (1 - v * v);
      x.forEach((e, i) => {
        row[i * HIDDEN + k] = d * e;
      });
      row[INPUTS * HIDDEN + k] = d;
      row[top + k * OUTPUTS + o] = v;
    });
    row[top + HIDDEN * OUTPUTS + o] = 1;
    return row;
  });
  return { a, j };
}

// P = 17: 130 rows are more than a slab of the plan's, 8000 rows of 2 outputs more than what is kept.
test.each([
  [1, false, false, 0, 1],
  [40, true, false, 0.1, 1],
  [500, true, true, 0.1, 1000],
  [500, false, false, 0, 1],
  [8000, true, true, 0.1, 1],
])('%i rows, weights: %s, some of them: %s, decay %d, targets times %d', (rows, weighted, picked, decay, times) => {
  const next = numbers(rows);
  const layers = [dense(HIDDEN, { activation: 'tanh' }), dense(OUTPUTS)];
  const architecture = { inputs: INPUTS, layers, loss: 'meanSquaredError' } as unknown as Architecture;
  const arena = new Arena();
  const X = matrixOf(rows, INPUTS, next);
  const Y = X.map(() => Array.from({ length: OUTPUTS }, () => times * next()));
  const w = X.map((_, r) => (weighted ? 1 + (r % 3) : 1));
  using data = dataset(X, Y, weighted ? { weights: w } : {});
  const samples = data.copied('float64', 'meanSquaredError', OUTPUTS, arena);
  const list = X.map((_, r) => r).filter((r) => !picked || r % 5 > 0);
  list.reverse();
  const subset = new Words(arena, list.length);
  subset.view().set(list);
  const theta = new Reals(arena, 'float64', P);
  const objective = new Objective(engine, arena, architecture, theta, samples, subset, decay, 1);
  const unit = new TargetUnit(architecture, P, samples, subset);
  const squares = new NetworkSquares(objective, unit, false, true);
  const u = Float64Array.from({ length: P }, next);
  const [d, g, p, bend] = [0, 0, 0, 0].map(() => new Float64Array(P)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [mu, h] = [0.3, 0.1];
  const one = new Float64Array(P).fill(1);
  for (let round = 0; round < 2; round++) {
    workHere(engine, squares.cost(u));
    workHere(engine, squares.linearise(u, d, g));
    for (const damping of [mu, 4 * mu]) {
      // The second time μ grew, as where a trial fails.
      workHere(engine, squares.step(damping, one, p));
      expect(workHere(engine, squares.bend(p, h, bend))).toBe(true);
      workHere(engine, squares.cost(u.map((e, i) => e + p[i]! + bend[i]!)));
    }
    const matrix = Array.from({ length: P }, (_, i) => Float64Array.from({ length: P }, (_v, j) => (i === j ? 4 * mu : 0)));
    const along = new Float64Array(P);
    for (const r of list) {
      const [here, there] = [
        twin(u, X[r]!),
        twin(
          u.map((e, i) => e + h * p[i]!),
          X[r]!,
        ),
      ];
      here.j.forEach((row, o) => {
        const k = (2 / h) * ((there.a[o]! - here.a[o]!) / h - row.reduce((s, e, i) => s + e * p[i]!, 0));
        for (let i = 0; i < P; i++) {
          along[i]! += w[r]! * k * row[i]!;
          for (let j = 0; j < P; j++) matrix[i]![j]! += w[r]! * row[i]! * row[j]!;
        }
      });
    }
    const kappa = (decay * objective.weight * OUTPUTS) / 2;
    for (const [first, size] of [
      [0, INPUTS * HIDDEN],
      [INPUTS * HIDDEN + HIDDEN, HIDDEN * OUTPUTS],
    ] as const) {
      for (let i = first; i < first + size; i++) matrix[i]![i]! += (kappa * unit.factor(i) ** 2) / unit.loss;
    }
    const expected = solve(matrix, along).map((e) => -0.5 * e);
    const size = Math.sqrt(expected.reduce((s, e) => s + e * e, 0));
    bend.forEach((e, i) => {
      expect(Math.abs(e - expected[i]!) / size).toBeLessThan(1e-9);
    });
    for (let i = 0; i < P; i++) u[i]! += 0.1 * next();
  }
  arena.dispose();
});
