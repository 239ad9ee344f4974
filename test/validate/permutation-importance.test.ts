// What columns are worth, where that is known.

import { beforeAll, expect, test } from 'vitest';
import type { Table } from '../../src/data/table.js';
import { table } from '../../src/data/table.js';
import { shuffledDrops } from '../../src/validate/permutation-importance.js';
import { draws, normals } from '../data/synthetic.js';
import { init } from '../../src/index.js';

beforeAll(() => init());

const ROWS = 400;
const X = normals(5, ROWS, 3);
const kinds = draws(6);
const records = X.map(([a, b, c]) => ({ a, b, c, word: kinds.normal() > 0 ? 'x' : null }));

const numbers = (t: Table, i: number) => t.column(i).values as Float64Array;

/** R² of 2·a + b against itself, as a model with these weights would have it. */
function score(t: Table): number {
  const second = numbers(t, 1);
  const said = Array.from(numbers(t, 0), (a, r) => 2 * a + second[r]!);
  const truths = X.map(([a, b]) => 2 * a! + b!);
  const mean = truths.reduce((sum, y) => sum + y, 0) / ROWS;
  const squares = (of: readonly number[]) => of.reduce((sum, v) => sum + v * v, 0);
  return 1 - squares(said.map((y, r) => y - truths[r]!)) / squares(truths.map((y) => y - mean));
}

test('shuffling costs twice the share of the variance that a column brings; of a column that nobody reads, nothing', async () => {
  const found = await shuffledDrops(table(records as never), score, [0, 1, 2, 3], { seed: 1, repeats: 40 });
  expect(found.map(({ column }) => column)).toEqual([0, 1, 2, 3]);
  // E (2a′ − 2a)² = 2·4·Var a, of a variance of 4 + 1.
  expect(found[0]!.drop).toBeGreaterThan(1.4);
  expect(found[0]!.drop).toBeLessThan(1.8);
  expect(found[1]!.drop).toBeGreaterThan(0.33);
  expect(found[1]!.drop).toBeLessThan(0.47);
  expect(found[0]!.deviation).toBeGreaterThan(0);
  expect(found[2]).toEqual({ column: 2, drop: 0, deviation: 0 });
  expect(found[3]).toEqual({ column: 3, drop: 0, deviation: 0 });
});

test('a shuffled column has the same cells, gaps among them, and others stay; the seed repeats it', async () => {
  const whole = table(records as never);
  const seen: Table[] = [];
  const options = { seed: 7, repeats: 2 };
  const watch = (t: Table) => seen.push(t);
  await shuffledDrops(whole, watch, [3, 1], options);
  expect(seen).toHaveLength(5); // once as it is
  const [, first, second, third] = seen;
  const cells = (t: Table, i: number) => Array.from(t.column(i).values as ArrayLike<string | number | null>);
  expect(cells(first!, 3)).not.toEqual(cells(whole, 3));
  expect(cells(first!, 3)).not.toEqual(cells(second!, 3));
  expect(cells(first!, 3).map(String).sort()).toEqual(cells(whole, 3).map(String).sort());
  expect(cells(first!, 1)).toEqual(cells(whole, 1));
  expect(cells(third!, 3)).toEqual(cells(whole, 3));
  expect(cells(third!, 1).sort()).toEqual(cells(whole, 1).sort());
  const again: Table[] = [];
  await shuffledDrops(whole, (t) => again.push(t), [3, 1], options);
  expect(cells(again[1]!, 3)).toEqual(cells(first!, 3));
});
