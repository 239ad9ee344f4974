// Lanes: sums, largest, and tails that touch nothing beyond them.

import { LANES, SIZE, add, before, firstLane, largest, loadPart, madd, mul, select, splat, splatAt, storePart, sub, sum,
  turned } from "../../assembly/vec";
import { get, set } from "../../assembly/addresses";
import { ROUNDING, dyadic, intact, near, room, seed, unit, untouched } from "./buffers";

/** A vector of LANES reals, lane i being first + i·step */
function ramp(first: f64, step: f64): v128 {
  const p = room(LANES);
  for (let i = 0; i < LANES; i++) set(p, i, first + <f64>i * step);
  return v128.load(p);
}

/** Lane i of v */
function lane(v: v128, i: i32): f64 {
  const p = room(LANES);
  v128.store(p, v);
  return get(p, i);
}

describe("vec", () => {
  test("a vector is 16 bytes of reals", () => {
    expect(<usize>LANES * SIZE).toBe(16);
    expect(SIZE).toBe(sizeof<real>());
  });

  test("splat, splatAt: every lane", () => {
    const p = room(1);
    set(p, 0, 2.5);
    for (let i = 0; i < LANES; i++) {
      expect(lane(splat(<real>-1.25), i)).toBe(-1.25);
      expect(lane(splatAt(p), i)).toBe(2.5);
    }
  });

  test("add, sub, mul, madd: lane by lane", () => {
    const a = ramp(1, 2), b = ramp(-0.5, 0.25), c = ramp(3, -1);
    for (let i = 0; i < LANES; i++) {
      const x = 1.0 + <f64>i * 2, y = -0.5 + <f64>i * 0.25, z = 3.0 - <f64>i;
      expect(lane(add(a, b), i)).toBe(x + y);
      expect(lane(sub(a, b), i)).toBe(x - y);
      expect(lane(mul(a, b), i)).toBe(x * y);
      expect(lane(madd(c, a, b), i)).toBe(z + x * y);
    }
  });

  test("select takes a where the mask is set", () => {
    const mask = v128.lt<real>(ramp(0, 1), splat(1)); // lane 0 alone
    const v = select(mask, splat(7), splat(-7));
    expect(lane(v, 0)).toBe(7);
    for (let i = 1; i < LANES; i++) expect(lane(v, i)).toBe(-7);
  });

  test("sum counts every lane once", () => {
    for (let i = 0; i < LANES; i++) {
      const p = room(LANES);
      for (let j = 0; j < LANES; j++) set(p, j, j == i ? 1 : 0);
      expect<real>(sum(v128.load(p))).toBe(1);
    }
    // Powers of two: no two subsets add up to the same.
    const p = room(LANES);
    for (let j = 0; j < LANES; j++) set(p, j, <f64>(1 << j));
    expect<real>(sum(v128.load(p))).toBe(<real>((1 << LANES) - 1));
  });

  test("sum rounds at most LANES − 1 times", () => {
    seed(7);
    for (let repeat = 0; repeat < 50; repeat++) {
      const p = room(LANES);
      let exact = 0.0, scale = 0.0;
      for (let j = 0; j < LANES; j++) {
        set(p, j, unit());
        exact += get(p, j);
        scale += abs(get(p, j));
      }
      expect(near(<f64>sum(v128.load(p)), exact, <f64>(LANES - 1) * ROUNDING * scale)).toBe(true);
    }
  });

  test("largest, wherever it stands; NaN shows", () => {
    for (let i = 0; i < LANES; i++) {
      const p = room(LANES);
      for (let j = 0; j < LANES; j++) set(p, j, j == i ? -1 : -3 - <f64>j);
      expect<real>(largest(v128.load(p))).toBe(-1);
      set(p, i, NaN);
      expect<bool>(isNaN(largest(v128.load(p)))).toBe(true);
      set(p, i, Infinity);
      expect<bool>(largest(v128.load(p)) == <real>Infinity).toBe(true);
    }
  });

  test("before, firstLane, turned: lanes move up, down and around", () => {
    const x = ramp(-7, 1), v = ramp(1, 1);
    for (let i = 0; i < LANES; i++) {
      expect(lane(before(x, v), i)).toBe(i ? <f64>i : -7);
      expect(lane(firstLane(v), i)).toBe(1);
      expect(lane(turned(v), i)).toBe(i + 1 < LANES ? <f64>i + 2 : 1);
    }
  });

  test("loadPart: the first n lanes, the others 0", () => {
    for (let n = 1; n < LANES; n++) {
      const p = room(n); // what follows is a NaN
      for (let j = 0; j < n; j++) set(p, j, <f64>j + 1);
      const v = loadPart(p, n);
      for (let j = 0; j < LANES; j++) expect(lane(v, j)).toBe(j < n ? <f64>j + 1 : 0);
    }
  });

  test("loadPart reads nothing beyond the last byte of memory", () => {
    const end = <usize>memory.size() << 16;
    for (let n = 1; n < LANES; n++) {
      const v = loadPart(end - <usize>n * SIZE, n); // would trap
      for (let j = n; j < LANES; j++) expect(lane(v, j)).toBe(0);
    }
  });

  test("storePart: the first n lanes and nothing beyond", () => {
    seed(3);
    for (let n = 1; n < LANES; n++) {
      const first = dyadic(), p = room(LANES);
      storePart(p, ramp(first, 1), n);
      for (let j = 0; j < LANES; j++) {
        if (j < n) expect(get(p, j)).toBe(first + <f64>j);
        else expect<bool>(untouched(p, j)).toBe(true);
      }
      expect<bool>(intact(p, LANES)).toBe(true);
    }
  });
});
