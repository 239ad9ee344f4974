// Weights that only data can tell: centres at clusters, output weights by least squares (docs/mathematics.md, section 4.4).

import type { Engine } from '../../bindings/core.js';
import { Arena, type RealArray, Reals, Words } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { permutation } from '../data/split.js';
import { DataError } from '../runtime/errors.js';
import type { Layer } from '../layers/layers.js';
import { type Architecture, type ParameterShape, Plan, parameterShapes, widths } from '../plan/plan.js';
import { Purpose, halves } from '../runtime/random.js';
import { type PointSet, distinct, kMeans, widthsOf } from './k-means.js';
import { linearLeastSquares } from './least-squares.js';
import { waits } from './waits.js';
import { workHere } from '../runtime/work.js';

/** A network whose weights data are to tell. */
interface StartSubject {
  readonly engine: Engine;
  readonly architecture: Architecture;
  readonly theta: Reals;
  readonly seed: number;
}

/** Rows that clusters are sought among, at most: more do not move the centres much. */
const CLUSTERED_ROWS = 4096;

/**
 * Gives each layer that waits for data its start, from the bottom up, so that each sees what those below put out.
 * @param subset which samples to learn from; all of them when missing
 * @throws DataError if an rbf layer has more units than there are different samples
 */
export function startFromData(subject: StartSubject, samples: SampleBuffers, subset: Words | undefined, rows: number): void {
  const { engine, architecture, theta, seed } = subject;
  const shapes = new Map(parameterShapes(architecture).map((shape) => [shape.name, shape]));
  const inputs = widths(architecture);
  architecture.layers.forEach((layer, i) => {
    if (!waits(layer)) return;
    const arena = new Arena();
    try {
      if (layer.type === 'rbf') {
        const order = permutation(engine, rows, seed, Purpose.clusters, i);
        const all = subset?.view();
        const picked = Uint32Array.from(order.subarray(0, CLUSTERED_ROWS), (r) => (all ? all[r]! : r));
        const points = layerInputs(subject, arena, samples, Words.of(arena, picked), i, inputs[i]!);
        const centres = shapes.get(`layers.${i}.centres`)!;
        const logWidths = shapes.get(`layers.${i}.logWidths`)!;
        startCentres(subject, arena, points, layer, i, centres, logWidths);
      } else {
        const every =
          subset ??
          Words.of(
            arena,
            Uint32Array.from({ length: rows }, (_, r) => r),
          );
        const points = layerInputs(subject, arena, samples, every, i, inputs[i]!);
        const bias = shapes.get(`layers.${i}.bias`);
        const targets = inputs[i + 1]!;
        const w = solve(points, samples, every.view(), targets, bias !== undefined);
        const kernel = shapes.get(`layers.${i}.kernel`)!;
        theta.view().set(w.subarray(0, kernel.size), kernel.first);
        if (bias) theta.view().set(w.subarray(kernel.size), bias.first);
      }
    } finally {
      arena.dispose();
    }
  });
}

/** What layer i is fed for the samples picked. */
function layerInputs(
  { engine, architecture, theta }: StartSubject,
  arena: Arena,
  samples: SampleBuffers,
  picked: Words,
  i: number,
  d: number,
): PointSet {
  const n = picked.length;
  const data = new Float64Array(n * d);
  const rows = picked.view();
  if (i === 0) {
    const x = samples.x.view();
    rows.forEach((r, k) => {
      data.set(x.subarray(r * d, (r + 1) * d), k * d);
    });
    return { data, n, d };
  }
  const plan = new Plan(engine, arena, architecture, theta, n, false);
  const set = plan.samples(arena, { x: samples.x }, picked);
  for (let first = 0; first < n; first += plan.slab) {
    const count = Math.min(plan.slab, n - first);
    workHere(plan.engine, plan.evaluate(set, first, count));
    data.set(plan.layerOutput(i - 1, count), first * d);
  }
  return { data, n, d };
}

function startCentres(
  { engine, theta, seed }: StartSubject,
  arena: Arena,
  points: PointSet,
  { units, width }: Extract<Layer, { type: 'rbf' }>,
  i: number,
  centres: ParameterShape,
  logWidths: ParameterShape,
): void {
  const found = distinct(points, units);
  if (found < units) {
    throw new DataError('X', `has ${found} different rows for layers[${i}], rbf(${units}), which needs as many as it has units`);
  }
  const { d } = points;
  const means = kMeans(points, units, uniformStream(engine, arena, seed, i)).centres;
  const all = theta.view();
  for (let c = 0; c < units; c++) for (let j = 0; j < d; j++) all[centres.first + j * units + c] = means[c * d + j]!;
  all.set(width > 0 ? new Float64Array(units).fill(width) : widthsOf(points, means), logWidths.first);
  engine.core.logarithms(units, theta.at(logWidths.first), theta.at(logWidths.first));
}

/** Numbers uniform on (0, 1) from a stream of their own. */
function uniformStream({ core, precision }: Engine, arena: Arena, seed: number, round: number): () => number {
  const chunk = new Reals(arena, precision, 64);
  const [low, high] = halves(seed);
  let numbers: RealArray | undefined;
  let step = 1; // 0 has decided which rows
  let used = 0;
  return () => {
    if (!numbers || used === numbers.length) {
      core.uniforms(chunk.length, low, high, Purpose.clusters, round, step++, 0, 1, chunk.address);
      numbers = chunk.read();
      used = 0;
    }
    return numbers[used++]!;
  };
}

/** The weights of a linear layer, then its bias, that minimise the weighted squared error on its inputs. */
function solve(
  { data, n, d }: PointSet,
  { t, w }: SampleBuffers,
  rows: Uint32Array,
  targets: number,
  bias: boolean,
): Float64Array {
  const columns = d + (bias ? 1 : 0);
  const a = new Float64Array(n * columns);
  const b = new Float64Array(n * targets);
  const [ts, ws] = [t.view(), w?.view()];
  for (let r = 0; r < n; r++) {
    const factor = ws ? Math.sqrt(ws[rows[r]!]!) : 1;
    for (let j = 0; j < d; j++) a[r * columns + j] = factor * data[r * d + j]!;
    if (bias) a[r * columns + d] = factor;
    for (let j = 0; j < targets; j++) b[r * targets + j] = factor * ts[rows[r]! * targets + j]!;
  }
  return linearLeastSquares(a, b, n, columns, targets);
}
