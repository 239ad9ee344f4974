// Activations on tiles of every length around a vector, against their definitions in float64, f′ and f″ included; guards
// around every buffer, results in place and beside.

import { Activation } from "../../assembly/codes";
import { LANES, SIZE } from "../../assembly/vec";
import { ACTIVATIONS, activate, needsInput, secondDerivative, timesDerivative } from "../../assembly/activations/activation";
import { ROUNDING, get, intact, near, room, seed, set, unit } from "./buffers";

const SLOPE: f64 = 0.25; // exact in float32

/** Φ(x) by its series, Φ(x) = ½ + φ(x)·Σ x^(2k+1)/(2k+1)!!; |x| ≤ 4 */
function normal(x: f64): f64 {
  let term = x, sum = x;
  for (let k = 3; k < 200; k += 2) {
    term *= x * x / <f64>k;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

function density(x: f64): f64 {
  return NativeMath.exp(-x * x / 2) / sqrt(2 * NativeMath.PI);
}

/** f(y), f′(y), f″(y) as defined */
function define(kind: i32, order: i32, y: f64): f64 {
  const t = NativeMath.tanh(kind == Activation.lecunTanh ? 2 * y / 3 : y),
    e = NativeMath.exp(y), s = 1 / (1 + NativeMath.exp(-y));
  switch (kind) {
    case Activation.tanh: return order == 0 ? t : order == 1 ? 1 - t * t : -2 * t * (1 - t * t);
    case Activation.lecunTanh: {
      const slope = 1.7159 * 2 / 3;
      return order == 0 ? 1.7159 * t : order == 1 ? slope * (1 - t * t) : -slope * 4 / 3 * t * (1 - t * t);
    }
    case Activation.twistedTanh: return order == 0 ? t + SLOPE * y : order == 1 ? 1 - t * t + SLOPE : -2 * t * (1 - t * t);
    case Activation.sigmoid: return order == 0 ? s : order == 1 ? s * (1 - s) : s * (1 - s) * (1 - 2 * s);
    case Activation.relu: return order == 0 ? max<f64>(0, y) : order == 1 ? (y > 0 ? 1 : 0) : 0;
    case Activation.leakyRelu: return order == 0 ? (y > 0 ? y : SLOPE * y) : order == 1 ? (y > 0 ? 1 : SLOPE) : 0;
    case Activation.elu:
      return order == 0 ? (y > 0 ? y : SLOPE * (e - 1)) : order == 1 ? (y > 0 ? 1 : SLOPE * e) : y > 0 ? 0 : SLOPE * e;
    case Activation.gelu: return order == 0 ? y * normal(y) : order == 1 ? normal(y) + y * density(y) : (2 - y * y) * density(y);
    case Activation.softplus: return order == 0 ? NativeMath.log(1 + e) : order == 1 ? s : s * (1 - s);
    default: return order == 0 ? y : order == 1 ? 1 : 0;
  }
}

/**
 * Elementary functions err by at most 8 units in the last place (16·ROUNDING); f′ and f″ take a few products of numbers that
 * inherit this, whose factors are at most 4 for |y| ≤ 4.
 */
function bound(y: f64): f64 {
  return 64 * ROUNDING * (1 + abs(y));
}

function inputs(n: i32): usize {
  const y = room(n);
  for (let i = 0; i < n; i++) set(y, i, 4 * unit());
  return y;
}

/** Whether value, f′ and f″ of n elements are right, and nothing else is written. */
function right(kind: i32, n: i32): bool {
  const y = inputs(n), a = room(n), place = room(n), d = room(n), second = room(n);
  memory.copy(place, y, <usize>n * SIZE);
  activate(kind, n, y, a, SLOPE);
  activate(kind, n, place, place, SLOPE);
  if (memory.compare(a, place, <usize>n * SIZE)) return false;
  for (let i = 0; i < n; i++) set(d, i, <f64>(1 + (i & 1)));
  // What is not promised to be read is not there to be read.
  const missing = room(n);
  timesDerivative(kind, n, needsInput(kind) ? y : missing, needsInput(kind) ? missing : a, d, SLOPE);
  secondDerivative(kind, n, needsInput(kind) ? y : missing, needsInput(kind) ? missing : a, second, SLOPE);
  for (let i = 0; i < n; i++) {
    const x = get(y, i), factor = <f64>(1 + (i & 1));
    if (!near(get(a, i), define(kind, 0, x), bound(x))) return false;
    if (!near(get(d, i), factor * define(kind, 1, x), factor * bound(x))) return false;
    if (!near(get(second, i), define(kind, 2, x), bound(x))) return false;
  }
  return intact(y, n) && intact(a, n) && intact(place, n) && intact(d, n) && intact(second, n);
}

describe("activation", () => {
  test("the definitions agree with themselves: f′ and f″ are differences of f and f′", () => {
    seed(41);
    const h = 1e-5;
    for (let kind = Activation.linear; kind < ACTIVATIONS; kind++) {
      if (kind == Activation.softmax) continue;
      for (let repeat = 0; repeat < 40; repeat++) {
        let y = 4 * unit();
        if (abs(y) < 0.01) y += 0.1; // away from the kinks
        for (let order = 0; order < 2; order++) {
          const difference = (define(kind, order, y + h) - define(kind, order, y - h)) / (2 * h);
          // The next odd derivative (below 4) times h²/6, and the rounding of numbers up to 4 over h.
          expect<bool>(near(difference, define(kind, order + 1, y), 1e-10 + 4e-15 / h)).toBe(true, "kind " + kind.toString());
        }
      }
    }
  });

  test("value, f′ and f″ on tiles", () => {
    seed(42);
    const lengths: i32[] = [0, 1, 2, 3, LANES, LANES + 1, 7, 2 * LANES, 13, 31];
    for (let kind = Activation.linear; kind < ACTIVATIONS; kind++) {
      if (kind == Activation.softmax) continue;
      for (let l = 0; l < lengths.length; l++) {
        expect<bool>(right(kind, lengths[l])).toBe(true, "kind " + kind.toString() + ", n " + lengths[l].toString());
      }
    }
  });

  test("softmax: activate leaves it to softmax.ts, f′ and f″ are the diagonal's", () => {
    const n = LANES + 1, a = room(n), d = room(n), second = room(n), out = room(n);
    for (let i = 0; i < n; i++) {
      set(a, i, <f64>i / 8);
      set(d, i, 1);
    }
    activate(Activation.softmax, n, a, out, 0);
    expect<bool>(intact(out, 0)).toBe(true);
    timesDerivative(Activation.softmax, n, 0, a, d, 0);
    secondDerivative(Activation.softmax, n, 0, a, second, 0);
    for (let i = 0; i < n; i++) {
      const p = <f64>i / 8; // eighths: exact
      expect(get(d, i)).toBe(p * (1 - p));
      expect(get(second, i)).toBe(p * (1 - p) * (1 - 2 * p));
    }
  });

  test("at 0 rectifiers have slope 0, leakyRelu its own", () => {
    const y = room(1), a = room(1), d = room(1);
    for (let kind = Activation.relu; kind <= Activation.leakyRelu; kind++) {
      set(y, 0, 0);
      set(d, 0, 1);
      activate(kind, 1, y, a, SLOPE);
      timesDerivative(kind, 1, y, a, d, SLOPE);
      expect(get(a, 0)).toBe(0);
      expect(get(d, 0)).toBe(kind == Activation.relu ? 0 : SLOPE);
    }
  });

  test("NaN stays in the vector's other lanes' way", () => {
    for (let kind = Activation.linear; kind < ACTIVATIONS; kind++) {
      if (kind == Activation.softmax) continue;
      const y = room(LANES), a = room(LANES);
      for (let i = 0; i < LANES; i++) set(y, i, i == 1 ? NaN : 0.5);
      activate(kind, LANES, y, a, SLOPE);
      expect<bool>(isNaN(get(a, 1))).toBe(true, "kind " + kind.toString());
      for (let i = 0; i < LANES; i++) if (i != 1) expect<bool>(isNaN(get(a, i))).toBe(false, "kind " + kind.toString());
    }
  });
});
