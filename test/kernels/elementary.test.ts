// The elementary functions by themselves: float64 against decimals of 45 digits, float32 against float64.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as decimals from './decimals.js';
import { randoms } from './support.js';
import { runs } from '../thorough.js';

interface Function {
  readonly name: string;
  /** Its number in test/assembly/functions.ts. */
  readonly kind: number;
  readonly exact: (x: number) => decimals.Decimal;
  /** The bound that assembly/kernels/elementary.ts states, in units in the last place. */
  readonly ulps: number;
  /** Where it is defined; everywhere by default. */
  readonly from?: number;
  readonly to?: number;
  /** Where it changes: sampled densely. */
  readonly dense: readonly [number, number];
}

const FUNCTIONS: readonly Function[] = [
  { name: 'exp', kind: 0, exact: decimals.exp, ulps: 2, dense: [-746, 710] },
  { name: 'expm1', kind: 2, exact: decimals.expm1, ulps: 2, to: 40, dense: [-45, 40] },
  { name: 'log', kind: 3, exact: decimals.log, ulps: 2, from: 0, dense: [0.5, 2] },
  { name: 'log1p', kind: 4, exact: decimals.log1p, ulps: 2, from: 0, to: 1, dense: [0, 1] },
  { name: 'tanh', kind: 5, exact: decimals.tanh, ulps: 3, dense: [-20, 20] },
  { name: 'logistic', kind: 6, exact: decimals.logistic, ulps: 4, dense: [-746, 40] },
  { name: 'softplus', kind: 7, exact: decimals.softplus, ulps: 4, dense: [-746, 40] },
  { name: 'bell', kind: 8, exact: decimals.bell, ulps: 2, dense: [-39, 39] },
  { name: 'normalCdf', kind: 9, exact: decimals.normalCdf, ulps: 8, dense: [-39, 9] },
];
const EXP_OF_NEGATIVE = 1;
const kindOf = (name: string) => FUNCTIONS.find((f) => f.name === name)!.kind;

interface Exports {
  readonly memory: WebAssembly.Memory;
  float32(kind: number, n: number, x: number, out: number): void;
  float64(kind: number, n: number, x: number, out: number): void;
  quantile(p: number): number;
}

let exports: Exports;
/** Numbers that the module's memory has room for, as input and as output. */
const ROOM = 1 << 16;

beforeAll(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'efficient-backprop-functions-'));
  try {
    const binary = path.join(folder, 'functions.wasm');
    const asc = path.resolve('node_modules/assemblyscript/bin/asc.js');
    const options = ['--config', 'none', '--use', 'real=f64', '--enable', 'simd', '--runtime', 'stub', '-O3', '--noAssert'];
    execFileSync(process.execPath, [asc, 'test/assembly/functions.ts', ...options, '--initialMemory', '20', '-o', binary]);
    exports = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(binary))).exports as unknown as Exports;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

const IN = 1024;
const OUT = IN + ROOM * 8;

/** f of many numbers in float64. */
function float64(kind: number, x: ArrayLike<number>): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += ROOM) {
    const n = Math.min(ROOM, x.length - i);
    const input = new Float64Array(exports.memory.buffer, IN, ROOM);
    for (let j = 0; j < n; j++) input[j] = x[i + j]!;
    exports.float64(kind, n + (n & 1), IN, OUT);
    out.set(new Float64Array(exports.memory.buffer, OUT, n), i);
  }
  return out;
}

/** f of up to ROOM numbers in float32. */
function float32(kind: number, x: ArrayLike<number>): Float32Array {
  new Float32Array(exports.memory.buffer, IN, ROOM).set(x);
  exports.float32(kind, (x.length + 3) & ~3, IN, OUT);
  return new Float32Array(exports.memory.buffer, OUT, x.length).slice();
}

/** Numbers of every magnitude, many where a function changes, and the ends of its domain. */
function samples({ from = -Infinity, to = Infinity, dense: [low, high] }: Function): number[] {
  const next = randoms(11);
  const unit = () => (next() + 1) / 2;
  const numbers: number[] = [];
  // All powers of two near 1 and every 16th far from it, the significand random.
  for (let e = -1074; e <= 1023; e += e >= -60 && e < 12 ? 1 : 16) {
    const count = e >= -60 && e < 12 ? 4 : 1;
    for (let i = 0; i < count; i++) for (const sign of [-1, 1]) numbers.push(sign * 2 ** e * (1 + (e > -1023 ? unit() : 0)));
  }
  for (let i = 0; i < 600; i++) numbers.push(low + (high - low) * unit());
  // Multiples of ln 2/4: where arguments are reduced, and where one octave ends.
  for (let i = -64; i <= 64; i++) numbers.push(i * (Math.LN2 / 4), i * (Math.LN2 / 4) * (1 + 2 ** -52));
  numbers.push(0, 2 ** -1074, -(2 ** -1074), 2 ** -1022, -(2 ** -1022), Number.MAX_VALUE, -Number.MAX_VALUE, 1, -1);
  if (Number.isFinite(from)) numbers.push(from);
  if (Number.isFinite(to)) numbers.push(to);
  return numbers.filter((x) => x >= from && x <= to);
}

describe('float64', () => {
  test.each(FUNCTIONS)('$name is right to $ulps units in the last place', (f) => {
    const x = samples(f).filter((v) => f.name !== 'log' || v > 0);
    expect(x.length).toBeGreaterThan(500);
    const y = float64(f.kind, x);
    let worst = 0;
    let at = 0;
    x.forEach((v, i) => {
      const error = decimals.ulps(y[i]!, f.exact(v));
      if (!(error <= worst)) [worst, at] = [error, v];
    });
    expect(worst, `worst at ${at}`).toBeLessThanOrEqual(f.ulps);
  });
});

/** The unit in the last place of float32 at x. */
const ulp32 = (x: number) => 2 ** (Math.max(decimals.exponent(x), -126) - 23);

describe('float32', () => {
  // The float64 forms, held to decimals above, are the reference: their own error is 2^-29 of what is measured here.
  test.each(FUNCTIONS)('$name is right to $ulps units in the last place', (f) => {
    const { from = -Infinity, to = Infinity } = f;
    const bits = new Uint32Array(ROOM);
    const x = new Float32Array(bits.buffer);
    let worst = 0;
    let at = 0;
    let seen = 0;
    // Every 3989th of all numbers of float32, or every 499th, both primes, so that all low bits occur.
    const every = runs(3989, 499);
    for (let next = 0; next < 2 ** 32; ) {
      let n = 0;
      for (; n < ROOM && next < 2 ** 32; next += every) {
        bits[n] = next;
        if (x[n]! >= from && x[n]! <= to && Number.isFinite(x[n]!)) n++;
      }
      if (n === 0) continue;
      seen += n;
      const numbers = x.subarray(0, n);
      const got = float32(f.kind, numbers);
      const exact = float64(f.kind, numbers);
      for (let i = 0; i < n; i++) {
        if (got[i] === exact[i]) continue;
        const limit = 2 ** 128; // what rounds to ∞ counts as this
        const reference = Math.max(-limit, Math.min(limit, exact[i]!));
        const value = Math.max(-limit, Math.min(limit, got[i]!));
        const error = Math.abs(value - reference) / ulp32(Math.min(Math.abs(reference), 3.4e38));
        if (!(error <= worst)) [worst, at] = [error, numbers[i]!];
      }
    }
    expect(seen).toBeGreaterThan(runs(1.25e5, 1e6));
    expect(worst, `worst at ${at}`).toBeLessThanOrEqual(f.ulps);
  });
});

describe.each(['float32', 'float64'] as const)('special values in %s', (precision) => {
  const call = (name: string, x: number): number => {
    const kind = name === 'expOfNegative' ? EXP_OF_NEGATIVE : kindOf(name);
    return precision === 'float32' ? float32(kind, [x, x, x, x])[2]! : float64(kind, [x, x])[1]!;
  };
  const tiny = precision === 'float32' ? 2 ** -149 : 2 ** -1074;
  const largest = precision === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE;
  const single = precision === 'float32';
  const last = single ? 88.72283172607422 : 709.782712893384; // the largest x whose e^x is finite
  const lastTiny = single ? -103.2789306640625 : -744.4400719213812; // e^x = the smallest subnormal number, to rounding

  test.each([
    ['exp', 0, 1],
    ['exp', -0, 1],
    ['exp', Infinity, Infinity],
    ['exp', -Infinity, 0],
    ['exp', largest, Infinity],
    ['exp', -largest, 0],
    ['exp', tiny, 1],
    ['exp', single ? 88.72284698486328 : 709.7827128933841, Infinity],
    ['exp', lastTiny, tiny],
    ['exp', lastTiny * 1.01, 0],
    ['expm1', 0, 0],
    ['expm1', -Infinity, -1],
    ['expm1', -largest, -1],
    ['log', 0, -Infinity],
    ['log', -0, -Infinity],
    ['log', -1, Number.NaN],
    ['log', -tiny, Number.NaN],
    ['log', -Infinity, Number.NaN],
    ['log', Infinity, Infinity],
    ['log', 1, 0],
    ['log1p', 0, 0],
    ['tanh', 0, 0],
    ['tanh', -0, -0],
    ['tanh', tiny, tiny],
    ['tanh', -tiny, -tiny],
    ['tanh', Infinity, 1],
    ['tanh', -Infinity, -1],
    ['tanh', largest, 1],
    ['tanh', single ? 9.1 : 19.1, 1],
    ['logistic', 0, 0.5],
    ['logistic', Infinity, 1],
    ['logistic', -Infinity, 0],
    ['logistic', -largest, 0],
    ['softplus', Infinity, Infinity],
    ['softplus', -Infinity, 0],
    ['softplus', largest, largest],
    ['bell', 0, 1],
    ['bell', Infinity, 0],
    ['bell', -Infinity, 0],
    ['bell', largest, 0],
    ['normalCdf', 0, 0.5],
    ['normalCdf', Infinity, 1],
    ['normalCdf', -Infinity, 0],
    ['normalCdf', -largest, 0],
    ['expOfNegative', 0, 1],
    ['expOfNegative', -Infinity, 0],
    ['expOfNegative', -largest, 0],
    ['expOfNegative', single ? -87.4 : -708.4, 0],
  ])('%s(%d) = %d', (name, x, value) => {
    expect(call(name, x)).toBe(value);
  });

  test.each([...FUNCTIONS.map((f) => f.name), 'expOfNegative'])('%s keeps NaN', (name) => {
    expect(call(name, Number.NaN)).toBeNaN();
  });

  test('the last finite power of e is finite', () => {
    expect(call('exp', last)).toBeLessThanOrEqual(largest);
    expect(call('exp', last)).toBeGreaterThan(largest * 0.999);
  });

  test('expOfNegative is exp down to the smallest normal number', () => {
    const next = randoms(3);
    for (let i = 0; i < 500; i++) {
      const x = Math.fround(((next() - 1) / 2) * (single ? 87.2 : 708.2));
      expect(call('expOfNegative', x)).toBe(call('exp', x));
    }
  });

  test('tanh is odd, to the last bit', () => {
    const next = randoms(4);
    for (let i = 0; i < 500; i++) {
      const x = next() * 2 ** (10 * next());
      expect(call('tanh', -x)).toBe(-call('tanh', x));
    }
  });
});

describe('the normal quantile', () => {
  // From statistical tables with 16 digits.
  test.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489],
    [0.9, 1.2815515655446004],
    [0.01, -2.3263478740408408],
  ])('of %d is %d', (p, x) => {
    expect(Math.abs(exports.quantile(p) - x)).toBeLessThanOrEqual(2e-15 * Math.max(1, Math.abs(x)));
  });

  test('is inverted by the distribution function', () => {
    const next = randoms(8);
    for (let i = 0; i < 300; i++) {
      // Tails down to 2^-300, and the middle.
      const p = i % 2 ? 2 ** (-300 * ((next() + 1) / 2)) * 0.5 : (next() + 1) / 2;
      const x = exports.quantile(p);
      // Newton's correction is the error of x.
      const error = Math.abs(decimals.normalCdf(x).minus(decimals.number(p)).div(decimals.normalDensity(x)).toNumber());
      // 1e-15 of x, and what half an ulp of p moves x by.
      const move = (p * 2 ** -53) / decimals.normalDensity(x).toNumber();
      expect(error, `p = ${p}`).toBeLessThanOrEqual(1e-15 * Math.abs(x) + (p > 0.5 ? move : 0));
    }
  });
});
