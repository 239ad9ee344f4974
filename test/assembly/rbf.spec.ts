// Radial basis functions against their formulas in float64, around the tile of a vector.

import { LANES, SIZE } from "../../assembly/vec";
import { rbfBackward, rbfForward, rbfGradient, rbfSlope } from "../../assembly/layers/rbf";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, intact, near, randoms, room, seed } from "./buffers";

/** D = ½‖x − c‖² of sample r and unit j, from what is in memory. */
function half(r: i32, j: i32, inputs: i32, units: i32, x: usize, centres: usize): f64 {
  let s: f64 = 0;
  for (let i = 0; i < inputs; i++) {
    const e = get(x, r * inputs + i) - get(centres, i * units + j);
    s += e * e;
  }
  return s / 2;
}

/** Forward and backward on a shape; whether all is what the formulas say, and nothing else was written. */
function follows(rows: i32, inputs: i32, units: i32): bool {
  const x = randoms(rows * inputs), centres = randoms(inputs * units), s = randoms(units), out = rows * units;
  const D = room(out), a = room(out), d = randoms(out), old = room(out);
  memory.copy(old, d, <usize>out * SIZE);
  rbfForward(rows, inputs, units, x, centres, s, D, a);
  rbfSlope(rows, units, a, s, d);
  // Distances are sums of `inputs` squares below 4; exponents, up to e² times as large, err by as much; e^s and the product add a
  // few more.
  const bound = 64 * <f64>(inputs + 8) * ROUNDING;
  for (let r = 0; r < rows; r++) for (let j = 0; j < units; j++) {
    const k = r * units + j, exact = half(r, j, inputs, units, x, centres), width = Math.exp(-2 * get(s, j));
    const value = Math.exp(-exact * width);
    if (!near(get(D, k), exact, bound) || !near(get(a, k), value, bound)) return false;
    if (!near(get(d, k), -get(old, k) * value * width, 8 * bound)) return false;
  }
  const kernel = inputs * units, gradient = randoms(kernel), slopes = randoms(units), was = room(kernel), wasS = room(units);
  memory.copy(was, gradient, <usize>kernel * SIZE);
  memory.copy(wasS, slopes, <usize>units * SIZE);
  for (let accumulate = 1; accumulate >= 0; accumulate--) {
    if (!accumulate) {
      for (let k = 0; k < kernel; k++) set(was, k, 0);
      for (let k = 0; k < units; k++) set(wasS, k, 0);
    }
    rbfGradient(rows, inputs, units, x, d, centres, D, gradient, slopes, accumulate);
    for (let j = 0; j < units; j++) {
      let own = get(wasS, j);
      for (let r = 0; r < rows; r++) own -= 2 * get(d, r * units + j) * get(D, r * units + j);
      if (!near(get(slopes, j), own, 64 * <f64>(rows + 4) * <f64>(inputs + 1) * ROUNDING * 8)) return false;
      for (let i = 0; i < inputs; i++) {
        const at = i * units + j;
        let sum = get(was, at);
        for (let r = 0; r < rows; r++) sum += get(d, r * units + j) * (get(centres, at) - get(x, r * inputs + i));
        if (!near(get(gradient, at), sum, 64 * <f64>(rows + 4) * ROUNDING * 8)) return false;
      }
    }
  }
  const dx = room(rows * inputs);
  rbfBackward(rows, inputs, units, x, d, centres, dx);
  for (let r = 0; r < rows; r++) for (let i = 0; i < inputs; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < units; j++) sum += get(d, r * units + j) * (get(x, r * inputs + i) - get(centres, i * units + j));
    if (!near(get(dx, r * inputs + i), sum, 64 * <f64>(units + 4) * ROUNDING * 8)) return false;
  }
  return intact(D, out) && intact(a, out) && intact(d, out) && intact(gradient, kernel) && intact(slopes, units)
    && intact(dx, rows * inputs) && intact(x, rows * inputs) && intact(centres, kernel) && intact(s, units);
}

describe("rbf", () => {
  test("follows its formulas", () => {
    seed(41);
    for (let units = 1; units <= 2 * LANES + 1; units++) {
      for (let inputs = 1; inputs <= 5; inputs += 2) {
        for (let rows = 0; rows <= 7; rows += rows < 2 ? 1 : 5) {
          expect<bool>(follows(rows, inputs, units)).toBe(true,
            rows.toString() + "×" + inputs.toString() + "→" + units.toString());
        }
      }
    }
  });

  test("is 1 at a centre, and 0 far from narrow ones, without NaN", () => {
    const x = room(2), centre = room(2), s = room(1), D = room(1), a = room(1), d = room(1);
    for (let i = 0; i < 2; i++) {
      set(x, i, 3);
      set(centre, i, 3);
    }
    set(s, 0, -10);
    rbfForward(1, 2, 1, x, centre, s, D, a);
    expect<f64>(get(a, 0)).toBe(1);
    set(x, 0, 1000);
    rbfForward(1, 2, 1, x, centre, s, D, a);
    expect<f64>(get(a, 0)).toBe(0);
    set(d, 0, 1);
    rbfSlope(1, 1, a, s, d);
    expect<f64>(abs(get(d, 0))).toBe(0);
  });
});
