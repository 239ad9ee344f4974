// The update rule against its formulas in float64, around a vector's length; the outer-product form against the plain one.

import { UpdateRule } from "../../assembly/codes";
import { LANES, SIZE } from "../../assembly/vec";
import { sgd, sgdOuter } from "../../assembly/rules/sgd";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, copyOf, intact, near, randoms, room, seed } from "./buffers";

const RATE: f64 = 0.125, MU: f64 = 0.9, DECAY: f64 = 0.01;

/** One update of n parameters; whether w and v are what the formulas say. */
function follows(kind: i32, n: i32, decay: f64): bool {
  const g = randoms(n), w = randoms(n), v = randoms(n), oldW = copyOf(w, n), oldV = copyOf(v, n);
  sgd(kind, n, g, w, v, RATE, MU, decay);
  const mu = <f64><real>MU, lambda = <f64><real>decay;
  // Every number is below 4 in magnitude, and each of at most eight operations rounds by at most 4·ROUNDING of 1.
  const bound = 32 * ROUNDING;
  for (let i = 0; i < n; i++) {
    const step = get(g, i) + lambda * get(oldW, i);
    const velocity = kind == UpdateRule.plain ? get(oldV, i) : mu * get(oldV, i) - RATE * step;
    const moved = kind == UpdateRule.momentum ? velocity
      : kind == UpdateRule.nesterov ? mu * velocity - RATE * step : -RATE * step;
    if (!near(get(v, i), velocity, kind == UpdateRule.plain ? 0 : bound)) return false;
    if (!near(get(w, i), get(oldW, i) + moved, bound)) return false;
  }
  return intact(g, n) && intact(w, n) && intact(v, n);
}

/** The outer form on m×n weights does what the plain one does with the products written out, bit for bit. */
function agrees(kind: i32, m: i32, n: i32, decay: f64): bool {
  const size = m * n, x = randoms(m), d = randoms(n), g = room(size), w = randoms(size), v = randoms(size);
  const otherW = copyOf(w, size), otherV = copyOf(v, size);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
    const p: real = load<real>(x + <usize>i * SIZE) * load<real>(d + <usize>j * SIZE);
    store<real>(g + <usize>(i * n + j) * SIZE, p);
  }
  sgd(kind, size, g, w, v, RATE, MU, decay);
  sgdOuter(kind, (m + n) % 2 == 0, m, n, x, d, otherW, otherV, RATE, MU, decay);
  const length = <usize>size * SIZE;
  return memory.compare(w, otherW, length) == 0 && memory.compare(v, otherV, length) == 0
    && intact(otherW, size) && intact(otherV, size);
}

describe("sgd", () => {
  test("follows its formulas", () => {
    seed(31);
    for (let kind = UpdateRule.plain; kind <= UpdateRule.nesterov; kind++) {
      for (let n = 0; n <= 3 * LANES + 1; n++) {
        expect<bool>(follows(kind, n, 0)).toBe(true, "kind " + kind.toString() + ", n " + n.toString());
        expect<bool>(follows(kind, n, DECAY)).toBe(true, "kind " + kind.toString() + ", n " + n.toString() + ", with decay");
      }
    }
  });

  test("without momentum needs no velocity", () => {
    const w = room(3), g = room(3);
    for (let i = 0; i < 3; i++) {
      set(w, i, 1);
      set(g, i, <f64>i);
    }
    const before = load<u64>(0);
    sgd(UpdateRule.plain, 3, g, w, 0, 0.5, 0, 0);
    for (let i = 0; i < 3; i++) expect(get(w, i)).toBe(1.0 - 0.5 * <f64>i);
    expect(load<u64>(0)).toBe(before);
  });

  test("from an outer product", () => {
    seed(32);
    for (let kind = UpdateRule.plain; kind <= UpdateRule.nesterov; kind++) {
      for (let m = 0; m <= 3; m++) {
        for (let n = 0; n <= 2 * LANES + 1; n++) {
          const what = "kind " + kind.toString() + ", " + m.toString() + "×" + n.toString();
          expect<bool>(agrees(kind, m, n, 0)).toBe(true, what);
          expect<bool>(agrees(kind, m, n, DECAY)).toBe(true, what + ", with decay");
        }
      }
    }
  });

  test("a velocity that decays comes to rest before it would be subnormal", () => {
    const n = LANES + 1, w = room(n), v = room(n), g = room(n), otherV = room(n), x = room(1);
    set(x, 0, 0);
    for (let i = 0; i < n; i++) {
      set(w, i, 0);
      set(v, i, sizeof<real>() == 4 ? 1e-20 : 1e-280);
      set(otherV, i, sizeof<real>() == 4 ? 1e-20 : 1e-280);
      set(g, i, 0);
    }
    const smallest: f64 = sizeof<real>() == 4 ? 1.1754943508222875e-38 : 2.2250738585072014e-308;
    let subnormal = false;
    for (let step = 0; step < 2000; step++) {
      sgd(UpdateRule.momentum, n, g, w, v, RATE, MU, 0);
      sgdOuter(UpdateRule.momentum, step % 16 == 15, 1, n, x, g, w, otherV, RATE, MU, 0);
      for (let i = 0; i < n; i++) {
        const u = abs(get(v, i)), other = abs(get(otherV, i));
        if ((u != 0 && u < smallest) || (other != 0 && other < smallest)) subnormal = true;
      }
    }
    expect<bool>(subnormal).toBe(false);
    // It rests where 0.9 of it rounds to itself: at five units or less of the last place kept, 2^-101 or 2^-998.
    const unit: f64 = sizeof<real>() == 4 ? 3.944304526105059e-31 : 3.7330544740128755e-301;
    for (let i = 0; i < n; i++) {
      expect<bool>(get(v, i) <= 5 * unit).toBe(true);
      expect<bool>(get(otherV, i) <= 5 * unit).toBe(true);
    }
  });
});
