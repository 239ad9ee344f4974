// Normalisation over batches and over units against its formulas in float64.

import { LANES, SIZE } from "../../assembly/vec";
import { batchNormBackward, batchNormForward, batchStatistics, runningStatistics } from "../../assembly/layers/batch-norm";
import { layerNormBackward, layerNormForward } from "../../assembly/layers/layer-norm";
import { normGradient } from "../../assembly/layers/norm";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, intact, near, randoms, room, seed } from "./buffers";

const EPSILON: f64 = 0.01, KEEP: f64 = 0.75;

/** Numbers are of order 1, divided by roots of at least ε; a few dozen roundings. */
function bound(n: i32): f64 {
  return 256 * <f64>(n + 8) * ROUNDING;
}

function batch(rows: i32, units: i32): bool {
  const n = rows * units, x = randoms(n), mean = room(units), inverse = room(units), running = randoms(units),
    spread = randoms(units);
  const wasMean = room(units), wasSpread = room(units), gamma = randoms(units), beta = randoms(units), xhat = room(n),
    a = room(n);
  for (let j = 0; j < units; j++) set(spread, j, 1 + get(spread, j) / 2);
  memory.copy(wasMean, running, <usize>units * SIZE);
  memory.copy(wasSpread, spread, <usize>units * SIZE);
  batchStatistics(rows, units, x, mean, inverse, EPSILON, running, spread, KEEP);
  batchNormForward(rows, units, x, mean, inverse, gamma, beta, xhat, a);
  const near_ = bound(rows);
  for (let j = 0; j < units; j++) {
    let m: f64 = 0, v: f64 = 0;
    for (let r = 0; r < rows; r++) m += get(x, r * units + j) / <f64>rows;
    for (let r = 0; r < rows; r++) v += (get(x, r * units + j) - m) * (get(x, r * units + j) - m);
    const i = 1 / Math.sqrt(v / <f64>rows + EPSILON);
    if (!near(get(mean, j), m, near_) || !near(get(inverse, j), i, 64 * near_)) return false;
    if (!near(get(running, j), KEEP * get(wasMean, j) + (1 - KEEP) * m, near_)) return false;
    if (!near(get(spread, j), KEEP * get(wasSpread, j) + (1 - KEEP) * v / <f64>(rows - 1), near_)) return false;
    for (let r = 0; r < rows; r++) {
      const k = r * units + j, wanted = (get(x, k) - m) * i;
      if (!near(get(xhat, k), wanted, 64 * near_)
        || !near(get(a, k), get(gamma, j) * wanted + get(beta, j), 64 * near_)) return false;
    }
  }
  const d = randoms(n), dx = room(n), gg = randoms(units), gb = randoms(units), wasG = room(units), wasB = room(units);
  memory.copy(wasG, gg, <usize>units * SIZE);
  memory.copy(wasB, gb, <usize>units * SIZE);
  normGradient(rows, units, d, xhat, gg, gb, 1);
  for (let own = 0; own < 2; own++) {
    batchNormBackward(rows, units, d, xhat, inverse, gamma, own, dx);
    for (let j = 0; j < units; j++) {
      let sum: f64 = 0, along: f64 = 0;
      for (let r = 0; r < rows; r++) {
        sum += get(d, r * units + j);
        along += get(d, r * units + j) * get(xhat, r * units + j);
      }
      if (!near(get(gg, j), get(wasG, j) + along, 64 * near_) || !near(get(gb, j), get(wasB, j) + sum, near_)) return false;
      for (let r = 0; r < rows; r++) {
        const k = r * units + j, less = own ? sum / <f64>rows + get(xhat, k) * along / <f64>rows : 0;
        if (!near(get(dx, k), get(gamma, j) * get(inverse, j) * (get(d, k) - less), 1024 * near_)) return false;
      }
    }
  }
  return intact(mean, units) && intact(inverse, units) && intact(running, units) && intact(spread, units) && intact(xhat, n)
    && intact(a, n) && intact(dx, n) && intact(gg, units) && intact(gb, units) && intact(x, n) && intact(d, n);
}

function layer(rows: i32, units: i32): bool {
  const n = rows * units, x = randoms(n), inverse = room(rows), gamma = randoms(units), beta = randoms(units), xhat = room(n),
    a = room(n);
  const d = randoms(n), dx = room(n);
  layerNormForward(rows, units, x, inverse, EPSILON, gamma, beta, xhat, a);
  layerNormBackward(rows, units, d, xhat, inverse, gamma, dx);
  const near_ = 64 * bound(units);
  for (let r = 0; r < rows; r++) {
    let m: f64 = 0, v: f64 = 0, sum: f64 = 0, along: f64 = 0;
    for (let j = 0; j < units; j++) m += get(x, r * units + j) / <f64>units;
    for (let j = 0; j < units; j++) v += (get(x, r * units + j) - m) * (get(x, r * units + j) - m) / <f64>units;
    const i = 1 / Math.sqrt(v + EPSILON);
    if (!near(get(inverse, r), i, near_)) return false;
    for (let j = 0; j < units; j++) {
      const e = get(d, r * units + j) * get(gamma, j);
      sum += e;
      along += e * get(xhat, r * units + j);
    }
    for (let j = 0; j < units; j++) {
      const k = r * units + j, wanted = (get(x, k) - m) * i, e = get(d, k) * get(gamma, j);
      if (!near(get(xhat, k), wanted, near_) || !near(get(a, k), get(gamma, j) * wanted + get(beta, j), near_)) return false;
      if (!near(get(dx, k), i * (e - sum / <f64>units - get(xhat, k) * along / <f64>units), 16 * near_)) return false;
    }
  }
  return intact(inverse, rows) && intact(xhat, n) && intact(a, n) && intact(dx, n) && intact(x, n) && intact(d, n);
}

describe("batchNorm", () => {
  test("follows its formulas", () => {
    seed(43);
    for (let units = 1; units <= 2 * LANES + 1; units++) {
      for (let rows = 2; rows <= 13; rows += rows < 4 ? 1 : 3) {
        expect<bool>(batch(rows, units)).toBe(true, rows.toString() + " rows, " + units.toString() + " units");
      }
    }
  });

  test("in use, takes the running statistics", () => {
    const mean = room(3), inverse = room(3), running = randoms(3), spread = room(3);
    for (let j = 0; j < 3; j++) set(spread, j, <f64>(j * j));
    runningStatistics(3, mean, inverse, EPSILON, running, spread);
    for (let j = 0; j < 3; j++) {
      expect<f64>(get(mean, j)).toBe(get(running, j));
      expect<bool>(near(get(inverse, j), 1 / Math.sqrt(<f64>(j * j) + EPSILON), 64 * ROUNDING)).toBe(true);
    }
    expect<bool>(intact(mean, 3) && intact(inverse, 3)).toBe(true);
  });

  test("a unit that does not vary becomes β", () => {
    const x = room(4), mean = room(1), inverse = room(1), running = room(1), spread = room(1), one = room(1), xhat = room(4),
      a = room(4);
    for (let r = 0; r < 4; r++) set(x, r, 7);
    set(running, 0, 0);
    set(spread, 0, 1);
    set(one, 0, 0.5);
    batchStatistics(4, 1, x, mean, inverse, EPSILON, running, spread, KEEP);
    batchNormForward(4, 1, x, mean, inverse, one, one, xhat, a);
    for (let r = 0; r < 4; r++) expect<f64>(get(a, r)).toBe(0.5);
    expect<f64>(get(spread, 0)).toBe(KEEP);
  });
});

describe("layerNorm", () => {
  test("follows its formulas", () => {
    seed(47);
    for (let units = 1; units <= 4 * LANES + 1; units++) {
      for (let rows = 0; rows <= 3; rows++) {
        expect<bool>(layer(rows, units)).toBe(true, rows.toString() + " rows, " + units.toString() + " units");
      }
    }
  });
});
