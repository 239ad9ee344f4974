// Orders of examples: no class beside itself where that can be helped, and hard examples as often as they should come.

import { emphasisBytes, emphasisEpoch, emphasisOpen, draw, noteLoss } from "../../assembly/orders/emphasis";
import { interleave, interleaveBytes } from "../../assembly/orders/interleave";
import { bytes, guarded, seed, unit } from "./buffers";

function word(list: usize, i: i32): u32 {
  return load<u32>(list + (<usize>i << 2));
}

/** Interleaves n samples of random classes; whether the result is a permutation with as few equal neighbours as can be. */
function deals(n: i32, classes: i32, skew: f64, epoch: u32): bool {
  const size = <usize>n << 2, order = bytes(size), classOf = bytes(size), room = interleaveBytes(n, classes),
    scratch = bytes(room);
  let most = 0;
  const counts = bytes(<usize>classes << 2);
  memory.fill(counts, 0, <usize>classes << 2);
  for (let i = 0; i < n; i++) {
    const c = <u32>(unit() < skew ? 0 : abs(unit()) * classes);
    store<u32>(order + (<usize>i << 2), i);
    store<u32>(classOf + (<usize>i << 2), c);
    store<u32>(counts + (<usize>c << 2), word(counts, c) + 1);
    most = max(most, <i32>word(counts, c));
  }
  interleave(n, order, classOf, classes, 1, 2, 3, epoch, scratch);
  const seen = bytes(size);
  memory.fill(seen, 0, size);
  let equal = 0;
  for (let k = 0; k < n; k++) {
    const p = word(order, k);
    if (p >= <u32>n || word(seen, p)) return false;
    store<u32>(seen + (<usize>p << 2), 1);
    if (k && word(classOf, p) == word(classOf, word(order, k - 1))) equal++;
  }
  return equal == max(0, 2 * most - n - 1) && guarded(order, size) && guarded(classOf, size) && guarded(scratch, room);
}

describe("interleave", () => {
  test("deals each sample once, equal classes side by side only where that cannot be helped (Efficient BackProp 4.2)", () => {
    seed(61);
    for (let n = 0; n < 40; n++) {
      for (let classes = 1; classes <= 6; classes++) {
        for (let k = 0; k < 3; k++) {
          expect<bool>(deals(n, classes, <f64>(k - 1) * 0.5, n)).toBe(true,
            n.toString() + " of " + classes.toString() + " classes");
        }
      }
    }
    expect<bool>(deals(1009, 10, -1, 1)).toBe(true);
  });
});

const N: i32 = 7;

/** Opens an emphasis on N samples with these errors; floor and cap as given. */
function opened(errors: usize, floor: f64, cap: f64): usize {
  const at = bytes(emphasisBytes(N));
  emphasisOpen(at, N, 0, errors, 1, 0, 1, 0.5, floor, cap, 1, 5);
  return at;
}

/** χ² of draws against probabilities, and whether the list stands guarded. */
function chi(at: usize, p: usize, draws: i32): f64 {
  const order = bytes(<usize>N << 2), counts = bytes(<usize>N << 2);
  memory.fill(counts, 0, <usize>N << 2);
  for (let epoch = 0; epoch < draws / N; epoch++) {
    emphasisEpoch(at, 3, 4, epoch);
    draw(at, 0, N, order);
    for (let k = 0; k < N; k++) {
      const c = counts + (<usize>word(order, k) << 2);
      store<u32>(c, load<u32>(c) + 1);
    }
  }
  let result: f64 = 0;
  const all = <f64>(draws / N * N);
  for (let i = 0; i < N; i++) {
    const expected = all * load<f64>(p + (<usize>i << 3)), off = <f64>word(counts, i) - expected;
    result += off * off / expected;
  }
  return guarded(order, <usize>N << 2) ? result : Infinity;
}

describe("emphasis", () => {
  // χ² with 6 degrees of freedom exceeds 27.9 once in 10,000.
  test("draws in proportion to errors", () => {
    const errors = bytes(<usize>N << 3), p = bytes(<usize>N << 3);
    for (let i = 0; i < N; i++) {
      store<f64>(errors + (<usize>i << 3), <f64>(i + 1));
      store<f64>(p + (<usize>i << 3), <f64>(i + 1) / 28);
    }
    expect<f64>(chi(opened(errors, 0, 100), p, 70000)).toBeLessThan(27.9);
  });

  test("with a floor, even samples without error come; with a cap, none comes too often", () => {
    const errors = bytes(<usize>N << 3), p = bytes(<usize>N << 3);
    for (let i = 0; i < N; i++) {
      store<f64>(errors + (<usize>i << 3), i == 0 ? 1000 : i == 1 ? 0 : 1);
      // A floor of 0.35 in units of 1/N; the rest in proportion, the first at the cap of 2/N.
      store<f64>(p + (<usize>i << 3), i == 0 ? 2.0 / 7 : i == 1 ? 0.35 / 7 : (1 - 2.0 / 7 - 0.35 / 7) / 5);
    }
    expect<f64>(chi(opened(errors, 0.35, 2), p, 70000)).toBeLessThan(27.9);
  });

  test("follows losses: a sample that becomes hard comes more often at once", () => {
    const errors = bytes(<usize>N << 3), order = bytes(<usize>N << 2);
    for (let i = 0; i < N; i++) store<f64>(errors + (<usize>i << 3), 1);
    const at = opened(errors, 0, 100);
    emphasisEpoch(at, 3, 4, 0);
    let after = 0;
    for (let k = 0; k < N; k++) {
      draw(at, k, 1, order);
      noteLoss(at, k, word(order, k) == 2 ? 1000 : 0.001);
    }
    for (let epoch = 1; epoch < 20; epoch++) {
      emphasisEpoch(at, 3, 4, epoch);
      for (let k = 0; k < N; k++) {
        draw(at, k, 1, order);
        if (word(order, k) == 2) after++;
        noteLoss(at, k, word(order, k) == 2 ? 1000 : 0.001);
      }
    }
    expect<i32>(after).toBeGreaterThan(19 * N * 3 / 5);
    expect<bool>(guarded(order, <usize>N << 2) && guarded(errors, <usize>N << 3)).toBe(true);
  });
});
