// Encoded rows in a temporary file.

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileSpool } from '../../src/cli/train/spool.js';
import { Classifier } from '../../src/index.js';
import { birds } from '../data/synthetic.js';

test('gives back what was put, as often as asked', async () => {
  const reals = fc.array(fc.double({ noNaN: true }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ x: reals, t: reals, w: fc.option(reals, { nil: undefined }) }), { maxLength: 6 }),
      fc.boolean(),
      async (given, single) => {
        const of = (list: number[]) => (single ? Float32Array.from(list) : Float64Array.from(list));
        const chunks = given.map(({ x, t, w }, rows) => ({ rows, x: of(x), t: of(t), w: w && Float64Array.from(w) }));
        const spool = await FileSpool.create();
        for (const chunk of chunks) await spool.put(chunk);
        expect(spool.complete).toBe(true);
        for (let pass = 0; pass < 2; pass++) {
          const found: object[] = [];
          // Arrays are used anew: what is kept is copied.
          for await (const { rows, x, t, w } of spool.chunks()) {
            found.push({ rows, x: x.slice(), t: t.slice(), w: w?.slice() });
          }
          expect(found).toEqual(chunks);
        }
        await spool.dispose();
      },
    ),
    { numRuns: 30 },
  );
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`efficient-backprop-${process.pid}-`))).toEqual([]);
});

test('a model trained through it is the same, and the chunks are not asked for in each epoch', async () => {
  const { records, labels } = birds(3, 300);
  const options = { hidden: 6, weightDecay: 0.001, epochs: 7, seed: 1, classWeights: 'balanced' } as const;
  let passes = 0;
  const chunks = async function* () {
    passes++;
    for (let first = 0; first < 300; first += 90) {
      yield [records.slice(first, first + 90), labels.slice(first, first + 90)] as [typeof records, string[]];
    }
  };
  const direct = await Classifier.fit(chunks, options);
  expect(passes).toBe(9);
  passes = 0;
  const spool = await FileSpool.create();
  const spooled = await Classifier.fit(chunks, { ...options, spool });
  await spool.dispose();
  expect(passes).toBe(2);
  expect(spooled.predictProbabilities(records)).toEqual(direct.predictProbabilities(records));
});
