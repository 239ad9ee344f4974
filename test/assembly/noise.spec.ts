// Dropout and noise: which elements, how much, and that each depends on its own place in the stream alone.

import { LANES, SIZE } from "../../assembly/vec";
import { times } from "../../assembly/kernels/blas1";
import { dropout } from "../../assembly/layers/dropout";
import { addNoise } from "../../assembly/layers/noise";
import { get } from "../../assembly/addresses";
import { ROUNDING, intact, near, randoms, room, seed } from "./buffers";

const LOW: u32 = 7, HIGH: u32 = 8, PURPOSE: u32 = 9, EPOCH: u32 = 10, STEP: u32 = 11;

describe("dropout", () => {
  test("keeps an element times 1/(1 − rate), or leaves it out", () => {
    seed(53);
    for (let n = 0; n <= 4 * LANES + 1; n++) {
      const x = randoms(n), mask = room(n), a = room(n);
      dropout(n, x, mask, a, 0.25, 0, LOW, HIGH, PURPOSE, EPOCH, STEP);
      for (let e = 0; e < n; e++) {
        const m = get(mask, e);
        expect<bool>(m == 0 || near(m, 1 / 0.75, 4 * ROUNDING)).toBe(true);
        expect<bool>(near(get(a, e), get(x, e) * m, 2 * ROUNDING)).toBe(true);
      }
      expect<bool>(intact(mask, n) && intact(a, n) && intact(x, n)).toBe(true, "n " + n.toString());
    }
  });

  test("a part of the stream from any place is that part", () => {
    const n = 61, x = randoms(n), whole = room(n), part = room(n), a = room(n);
    dropout(n, x, whole, a, 0.5, 0, LOW, HIGH, PURPOSE, EPOCH, STEP);
    for (let first = 0; first < n; first++) {
      dropout(n - first, x, part, a, 0.5, <u32>first, LOW, HIGH, PURPOSE, EPOCH, STEP);
      expect<i32>(memory.compare(part, whole + <usize>first * SIZE, <usize>(n - first) * SIZE)).toBe(0,
        "from " + first.toString());
    }
  });

  test("leaves out the share asked for; other steps leave out others", () => {
    const n = 40000, x = randoms(n), mask = room(n), other = room(n), a = room(n);
    for (let k = 1; k < 10; k += 4) {
      const rate = <f64>k / 10;
      dropout(n, x, mask, a, rate, 0, LOW, HIGH, PURPOSE, EPOCH, STEP);
      dropout(n, x, other, a, rate, 0, LOW, HIGH, PURPOSE, EPOCH, STEP + 1);
      let out = 0, both = 0;
      for (let e = 0; e < n; e++) {
        if (get(mask, e) == 0) out++;
        if (get(mask, e) == 0 && get(other, e) == 0) both++;
      }
      const four = 4 * Math.sqrt(<f64>n * rate * (1 - rate));
      expect<bool>(near(<f64>out, <f64>n * rate, four)).toBe(true, "rate " + rate.toString());
      expect<bool>(near(<f64>both, <f64>n * rate * rate, 4 * Math.sqrt(<f64>n * rate * rate))).toBe(true);
    }
  });

  test("at rate 0 leaves out nothing", () => {
    const x = randoms(100), mask = room(100), a = room(100);
    dropout(100, x, mask, a, 0, 0, LOW, HIGH, PURPOSE, EPOCH, STEP);
    expect<i32>(memory.compare(a, x, 100 * SIZE)).toBe(0);
  });
});

describe("noise", () => {
  test("has mean 0 and the deviation asked for, and depends on its place alone", () => {
    const n = 20000, x = randoms(n), a = room(n), part = room(50);
    addNoise(n, x, a, 0.5, 0, LOW, HIGH, PURPOSE, EPOCH, STEP);
    let sum: f64 = 0, square: f64 = 0;
    for (let e = 0; e < n; e++) {
      const z = get(a, e) - get(x, e);
      sum += z;
      square += z * z;
    }
    const root = Math.sqrt(<f64>n);
    expect<bool>(near(sum / <f64>n, 0, 4 * 0.5 / root)).toBe(true);
    expect<bool>(near(square / <f64>n, 0.25, 4 * 0.25 * Math.SQRT2 / root)).toBe(true);
    addNoise(50, x + 30 * SIZE, part, 0.5, 30, LOW, HIGH, PURPOSE, EPOCH, STEP);
    expect<i32>(memory.compare(part, a + 30 * SIZE, 50 * SIZE)).toBe(0);
    expect<bool>(intact(a, n) && intact(part, 50)).toBe(true);
  });
});

describe("times", () => {
  test("multiplies element by element, in place as well", () => {
    for (let n = 0; n <= 3 * LANES + 1; n++) {
      const x = randoms(n), y = randoms(n), out = room(n);
      times(n, x, y, out);
      for (let e = 0; e < n; e++) expect<bool>(near(get(out, e), get(x, e) * get(y, e), ROUNDING)).toBe(true);
      times(n, x, y, x);
      expect<i32>(memory.compare(out, x, <usize>n * SIZE)).toBe(0);
      expect<bool>(intact(out, n) && intact(x, n) && intact(y, n)).toBe(true);
    }
  });
});
