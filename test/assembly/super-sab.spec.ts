// superSAB against its published steps in float64, around a vector's length.

import { LANES } from "../../assembly/vec";
import { superSab } from "../../assembly/rules/super-sab";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, copyOf, intact, near, randoms, seed } from "./buffers";

const UP: f64 = 1.25, DOWN: f64 = 0.5, MU: f64 = 0.75, MOST: f64 = 1, DECAY: f64 = 0.0625;

/** One update of n parameters; whether all vectors are what the publication says. */
function follows(n: i32, decay: f64): bool {
  const g = randoms(n), w = randoms(n), p = randoms(n), d = randoms(n), v = randoms(n);
  for (let i = 0; i < n; i++) {
    set(d, i, abs(get(d, i)) + 0.125);
    if (i % 5 == 3) set(p, i, 0); // nothing to compare with
  }
  const oldW = copyOf(w, n), oldP = copyOf(p, n), oldD = copyOf(d, n), oldV = copyOf(v, n);
  superSab(n, g, w, p, d, v, UP, DOWN, MU, MOST, decay);
  const bound = 32 * ROUNDING;
  for (let i = 0; i < n; i++) {
    const slope = get(g, i) + decay * get(oldW, i), before = get(oldP, i), product = slope * before, rate = get(oldD, i);
    if (product < 0) {
      if (get(d, i) != DOWN * rate || get(v, i) != 0 || get(p, i) != 0) return false;
      if (!near(get(w, i), get(oldW, i) - get(oldV, i), bound)) return false;
      continue;
    }
    const next = product > 0 ? min(UP * rate, MOST) : rate, step = MU * get(oldV, i) - next * slope;
    if (!near(get(d, i), next, bound) || !near(get(v, i), step, bound) || !near(get(p, i), slope, bound)) return false;
    if (!near(get(w, i), get(oldW, i) + step, bound)) return false;
  }
  return intact(g, n) && intact(w, n) && intact(p, n) && intact(d, n) && intact(v, n);
}

describe("superSAB", () => {
  test("follows its formulas", () => {
    seed(17);
    for (let n = 0; n <= 3 * LANES + 1; n++) {
      expect<bool>(follows(n, 0)).toBe(true, "n " + n.toString());
      expect<bool>(follows(n, DECAY)).toBe(true, "n " + n.toString() + ", with decay");
    }
    expect<bool>(follows(101, DECAY)).toBe(true, "n 101");
  });

  test("takes a step back once: the slope that comes next is compared with none", () => {
    const n = LANES + 1, g = randoms(n), w = randoms(n), p = randoms(n), d = randoms(n), v = randoms(n);
    for (let i = 0; i < n; i++) {
      set(g, i, -1);
      set(w, i, 0.5);
      set(p, i, 1);
      set(d, i, 0.25);
      set(v, i, 0.125);
    }
    superSab(n, g, w, p, d, v, UP, DOWN, MU, MOST, 0);
    for (let i = 0; i < n; i++) {
      expect<f64>(get(w, i)).toBe(0.375);
      set(g, i, 1);
    }
    superSab(n, g, w, p, d, v, UP, DOWN, MU, MOST, 0);
    for (let i = 0; i < n; i++) {
      expect<f64>(get(d, i)).toBe(0.125); // halved once
      expect<f64>(get(w, i)).toBe(0.25);
    }
  });
});
