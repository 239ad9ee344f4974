// The machine's limits, measured beside what is judged by them: how fast one core multiplies and adds in WebAssembly SIMD with
// everything in registers, and how fast it reads and writes memory. The loops are compiled when the package is built
// (scripts/loops.mjs).

import { fuses } from '../../bindings/features.js';
import { type Instructions, instantiateLoops } from '../../bindings/loops.js';
import type { Precision } from '../../bindings/memory.js';
import { RESOLUTION, TICKS } from './rounds.js';

/** What can be measured here. */
export const NUMERICS: readonly Instructions[] = fuses() ? ['strict', 'relaxed'] : ['strict'];

/** What networks use unless told otherwise: the limit that they are judged by. */
export const DEFAULT: Instructions = NUMERICS.at(-1)!;

export const PRECISIONS: readonly Precision[] = ['float32', 'float64'];

type Table<T> = Record<Instructions, Record<Precision, T>>;

/** Rates in GFLOP/s, a fused multiply-add counted as two operations. */
export interface Limit {
  /** The best so far. */
  readonly best: Table<number>;
  /** Which loop that was. */
  readonly loop: Table<string>;
  /** The best of each round. */
  readonly samples: Table<number[]>;
  /** A round, of a few milliseconds for each loop; of all kinds, unless told of which. */
  measure(precision?: Precision, numerics?: Instructions): void;
}

/** Where the loops' numbers are: anywhere, since nothing else is in their memory. */
const AT = 4096;

/** Turns of a loop: 60 µs; more where the clock is coarse. */
const TURNS = 20_000 * Math.max(1, Math.ceil((TICKS * RESOLUTION) / 0.06));

/** From here on, rounds after the first only run the loop that was the best: all of them would take too long. */
const COARSE = 0.02;

/** The limits of the kinds given, all there are by default: the fewer, the sooner they are warm. */
export async function limitLoops(
  precisions: readonly Precision[] = PRECISIONS,
  kinds: readonly Instructions[] = NUMERICS,
): Promise<Limit> {
  const table = <T>(make: () => T): Table<T> =>
    Object.fromEntries(kinds.map((n) => [n, Object.fromEntries(precisions.map((p) => [p, make()]))])) as Table<T>;
  const limit = { best: table(() => 0), loop: table(() => ''), samples: table<number[]>(() => []) };
  const of = table<{ shape: string; run: () => void }[]>(() => []);
  const fastest = table(() => 0);
  for (const numerics of kinds) {
    const { exports, loops } = await instantiateLoops(numerics);
    for (const { name, precision, shape, flops } of loops) {
      if (!precisions.includes(precision)) continue;
      const Reals = precision === 'float32' ? Float32Array : Float64Array;
      const view = new Reals(exports.memory.buffer, AT, (22 * 16) / Reals.BYTES_PER_ELEMENT);
      const loop = exports[name]!;
      const run = (turns: number) => {
        // Numbers neither grow nor become subnormal: c + c·0, and c·0 + 0.5.
        view.fill(0.5);
        view.fill(0, (20 * 16) / Reals.BYTES_PER_ELEMENT, (21 * 16) / Reals.BYTES_PER_ELEMENT);
        const before = performance.now();
        loop(turns, AT);
        return performance.now() - before;
      };
      for (let i = 0; i < 40; i++) run(2000);
      const round = () => {
        for (let i = 0; i < 3; i++) {
          const rate = (flops * TURNS) / run(TURNS) / 1e6;
          if (rate > fastest[numerics][precision]) fastest[numerics][precision] = rate;
          if (rate <= limit.best[numerics][precision]) continue;
          limit.best[numerics][precision] = rate;
          limit.loop[numerics][precision] = shape;
        }
      };
      of[numerics][precision].push({ shape, run: round });
    }
  }
  return {
    ...limit,
    measure(precision, numerics) {
      for (const n of numerics ? [numerics] : kinds) {
        for (const p of precision ? [precision] : precisions) {
          fastest[n][p] = 0;
          const known = RESOLUTION > COARSE && limit.samples[n][p].length > 0 ? limit.loop[n][p] : undefined;
          for (const { shape, run } of of[n][p]) if (known === undefined || shape === known) run();
          limit.samples[n][p].push(fastest[n][p]);
        }
      }
    },
  };
}

/** What a loop over memory does: sums of one array; q ← p; q ← q + a·p; or the update of momentum, p ← a·p + a, q ← q + p. */
type Access = 'read' | 'copy' | 'axpy' | 'update';

/** Arrays, and how often a byte of each of them is read or written. */
const ACCESS: Readonly<Record<Access, readonly [arrays: number, touches: number]>> = {
  read: [1, 1],
  copy: [2, 1],
  axpy: [2, 1.5],
  update: [2, 2],
};

/** Where the loops find their factors: four of ½ for the update, four of 0 for axpy. */
const FACTORS = 64;

/** Bytes of each array that a turn of a loop takes. */
const TURN = 128;
/** Milliseconds of one try: long beside the clock. */
const TRY = Math.max(1, TICKS * RESOLUTION);
const TRIES = 3;

/** Bytes per second, each read and each write counted. */
export interface Bandwidth {
  /** The best of a few tries of a millisecond, over arrays of `workingSet` bytes together. */
  measure(access: Access, workingSet: number): number;
}

export async function bandwidthLoops(): Promise<Bandwidth> {
  const { exports } = await instantiateLoops('strict');
  new Float32Array(exports.memory.buffer, FACTORS, 8).set([0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0]);
  const run = (access: Access, workingSet: number, passes: number) => {
    const n = Math.max(1, Math.round(workingSet / ACCESS[access][0] / TURN));
    const loop = exports[access]!;
    const before = performance.now();
    for (let i = 0; i < passes; i++) loop(n, AT, AT + n * TURN);
    return performance.now() - before;
  };
  const warm = new Set<string>();
  const passesOf = new Map<string, number>();
  return {
    measure(access, workingSet) {
      const [arrays, touches] = ACCESS[access];
      const n = Math.max(1, Math.round(workingSet / arrays / TURN));
      const bytes = n * TURN * arrays;
      const missing = AT + bytes - exports.memory.buffer.byteLength;
      if (missing > 0) exports.memory.grow(Math.ceil(missing / 65536));
      const key = `${access} ${n}`;
      if (!warm.has(access)) {
        warm.add(access);
        for (let i = 0; i < 3000; i++) run(access, Math.min(workingSet, 8192), 1);
      }
      // Pages that were never written may all be one page of zeros. 1 stays 1, whatever loop runs: ½·1 + ½.
      new Float32Array(exports.memory.buffer, AT, bytes / 4).fill(1);
      let passes = passesOf.get(key) ?? 1;
      if (!passesOf.has(key)) {
        while (run(access, workingSet, passes) < TRY) passes *= 2;
        passesOf.set(key, passes);
      }
      let best = Infinity;
      for (let i = 0; i < TRIES; i++) best = Math.min(best, run(access, workingSet, passes));
      return (1000 * bytes * touches * passes) / best;
    },
  };
}
