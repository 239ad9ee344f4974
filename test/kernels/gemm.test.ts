import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heap } from '../../bindings/memory.js';
import { type Guarded, type Lab, PRECISIONS, gamma, randoms, same, withKernels } from './support.js';
import { runs, some } from '../thorough.js';

/** How the product's addend is given. */
type Addend = 'none' | 'bias' | 'accumulate' | 'matrix';
const ADDENDS: readonly Addend[] = ['none', 'bias', 'accumulate', 'matrix'];

interface Product {
  transposedA: 0 | 1;
  transposedB: 0 | 1;
  m: number;
  n: number;
  k: number;
  addend: Addend;
  /** Elements by which rows stand farther apart than they are wide. */
  gap?: number;
  seed?: number;
}

/** Runs gemm between guard words and holds it to a float64 twin. */
function check(lab: Lab, { transposedA, transposedB, m, n, k, addend, gap = 0, seed = 1 }: Product): void {
  const { core, arena, precision } = lab;
  const next = randoms(seed);
  const name = `${transposedA ? 'T' : 'N'}${transposedB ? 'T' : 'N'} ${m}×${n}×${k} ${addend} gap ${gap}`;
  const matrix = (rows: number, columns: number, skew: number) => lab.matrix(rows, columns, columns + gap, skew).random(next);
  const a = transposedA ? matrix(k, m, 1) : matrix(m, k, 1);
  const b = transposedB ? matrix(n, k, 2) : matrix(k, n, 2);
  const c = matrix(m, n, 3);
  let e: Guarded | undefined;
  if (addend === 'bias') e = lab.vector(Array.from({ length: n }, next));
  else if (addend === 'accumulate') e = c;
  else if (addend === 'matrix') e = lab.matrix(m, n, n + gap + 3).random(next);
  const [A, B, E] = [a.read(), b.read(), e?.read()];
  const scratchBytes = core.gemmScratch(transposedA, transposedB, m, n, k);
  expect(scratchBytes % 4).toBe(0);
  const scratch = scratchBytes > 0 ? arena.allocate(scratchBytes + 64) : 0;
  const sentinel = scratch ? new Uint8Array(heap.memory.buffer, scratch + scratchBytes, 64).fill(0xa5) : undefined;

  const lde = addend === 'bias' ? 0 : (e?.stride ?? 0);
  core.gemm(transposedA, transposedB, m, n, k, a.at, a.stride, b.at, b.stride, c.at, c.stride, e?.at ?? 0, lde, scratch);

  for (const buffer of [a, b, c, ...(e ? [e] : [])]) buffer.expectIntact(name);
  if (sentinel)
    expect(
      sentinel.every((byte) => byte === 0xa5),
      `${name}: beyond the scratch`,
    ).toBe(true);
  if (!same(a.read(), A) || !same(b.read(), B)) expect.fail(`${name}: an operand was changed`);
  const got = c.read();
  const rowsA = transposedA ? transpose(A, k, m) : A;
  const columnsB = transposedB ? B : transpose(B, k, n);
  // A term passes its product's rounding and at most k additions (k − 1 of terms, one of the addend).
  const factor = gamma(precision, k + 1);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const start = E ? E[addend === 'bias' ? j : i * n + j]! : 0;
      let exact = start;
      let size = Math.abs(start);
      for (let p = 0; p < k; p++) {
        const term = rowsA[i * k + p]! * columnsB[j * k + p]!;
        exact += term;
        size += Math.abs(term);
      }
      const error = Math.abs(got[i * n + j]! - exact);
      if (!(error <= factor * size)) expect.fail(`${name}: [${i},${j}] is ${got[i * n + j]}, not ${exact} (± ${factor * size})`);
    }
  }
}

/** The transpose of a rows×columns matrix. */
function transpose(x: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = x[r * columns + c]!;
  return out;
}

const FORMS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

describe.each(PRECISIONS)('gemm in %s', (precision) => {
  // 4 rows and 8 (float32) or 4 (float64) columns are a tile; 1 to 3 rows and columns take paths for vectors.
  const SIZES = some(6, [1, 4, 9, 3, 8, 17, 2, 5, 7, 16]);

  test.each(ADDENDS)('every form around the tile, addend: %s', async (addend) => {
    for (const [transposedA, transposedB] of FORMS) {
      for (const m of SIZES) {
        await withKernels(precision, (lab) => {
          for (const n of SIZES) for (const k of SIZES) check(lab, { transposedA, transposedB, m, n, k, addend });
        });
      }
    }
  });

  // Blocks are 128 (fused: 126) rows, up to 256 (float32) or 192 (float64) steps of depth, 64 or 32 columns; the rest are primes.
  const BEYOND: [m: number, n: number, k: number][] = [
    [131, 67, 13],
    [7, 131, 389],
    [257, 3, 101],
    [3, 257, 101],
    [1, 131, 401],
    [131, 1, 401],
    [67, 71, 1],
    [128, 32, 193],
    // More rows than a block, whose B is packed once: up to 768 (float32) or 512 (float64) columns at a time.
    [133, 787, 31],
    [133, 523, 31],
    [129, 65, 385],
    [128, 64, 384],
    [127, 63, 257],
    [5, 37, 769],
    [129, 263, 387],
  ];
  test.each(some(10, BEYOND))('beyond the blocks: %i×%i×%i', async (m, n, k) => {
    for (const [transposedA, transposedB] of FORMS) {
      for (const addend of ADDENDS) {
        await withKernels(precision, (lab) => check(lab, { transposedA, transposedB, m, n, k, addend, gap: 2 }));
      }
    }
  });

  // Whoever allocates for the largest product runs smaller ones in the same room: a Cholesky factor, a batch that is the rest of
  // an epoch.
  test('scratch for a shape is enough for every smaller one', async () => {
    await withKernels(precision, ({ core }) => {
      const sizes = [1, 7, 8, 97, 128, 129, 130, 191, 192, 193, 255, 256, 257, 258, 300, 384, 385, 400, 512, 513, 800, 1100];
      for (const [transposedA, transposedB] of FORMS) {
        for (const [fixed, other] of [
          [64, 130],
          [130, 64],
          [500, 500],
        ] as const) {
          const along = (of: (size: number) => number) => {
            const bytes = sizes.map(of);
            expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
          };
          along((k) => core.gemmScratch(transposedA, transposedB, fixed, other, k));
          along((m) => core.gemmScratch(transposedA, transposedB, m, fixed, other));
          along((n) => core.gemmScratch(transposedA, transposedB, fixed, n, other));
        }
      }
    });
  });

  test('any shape, any distance of rows', async () => {
    const size = fc.integer({ min: 1, max: 70 });
    const product = fc.record({
      transposedA: fc.constantFrom(0, 1),
      transposedB: fc.constantFrom(0, 1),
      m: size,
      n: size,
      k: size,
      addend: fc.constantFrom(...ADDENDS),
      gap: fc.integer({ min: 0, max: 9 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(product, (p) => withKernels(precision, (lab) => check(lab, p))),
      { seed: 20, numRuns: runs(40, 150) },
    );
  });

  test('an empty product writes nothing, an empty sum the addend', async () => {
    for (const [transposedA, transposedB] of FORMS) {
      for (const addend of ADDENDS) {
        await withKernels(precision, (lab) => {
          for (const [m, n, k] of [
            [0, 5, 3],
            [5, 0, 3],
            [0, 0, 0],
            [5, 3, 0],
            [1, 1, 0],
            [1, 9, 0],
          ] as const) {
            check(lab, { transposedA, transposedB, m, n, k, addend, gap: 1 });
          }
        });
      }
    }
  });

  test('an identity leaves a matrix as it is, to the last bit', async () => {
    await withKernels(precision, (lab) => {
      for (const n of [1, 3, 8, 37, 130]) {
        const identity = lab.matrix(n, n).set(Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)));
        const b = lab.matrix(n, 11).random(randoms(n));
        const c = lab.matrix(n, 11);
        const scratch = lab.arena.allocate(lab.core.gemmScratch(0, 0, n, 11, n));
        lab.core.gemm(0, 0, n, 11, n, identity.at, identity.stride, b.at, b.stride, c.at, c.stride, 0, 0, scratch);
        expect(c.read()).toEqual(b.read());
      }
    });
  });

  test('a NaN or an infinity reaches the sums that it is part of, and no other', async () => {
    await withKernels(precision, (lab) => {
      for (const [m, n, k] of [
        [9, 19, 33],
        [1, 19, 33],
        [19, 1, 33],
      ] as const) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const A = Array.from({ length: m * k }, randoms(5)).map((v) => v || 1);
          const row = m >> 1;
          A[row * k + 7] = bad;
          const a = lab.matrix(m, k).set(A);
          const b = lab.matrix(k, n).random(randoms(6));
          const c = lab.matrix(m, n);
          const scratch = lab.arena.allocate(lab.core.gemmScratch(0, 0, m, n, k));
          lab.core.gemm(0, 0, m, n, k, a.at, a.stride, b.at, b.stride, c.at, c.stride, 0, 0, scratch);
          c.read().forEach((value, i) => {
            expect(Number.isFinite(value)).toBe(Math.floor(i / n) !== row);
          });
        }
      }
    });
  });
});
