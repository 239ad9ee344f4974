// What train holds out: the last rows, or whole groups, where rows at random would show too good a result.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workplace, requireBuilt } from './command.js';

const place = new Workplace();
beforeAll(requireBuilt, 300_000);
afterAll(() => place.remove());

/** Twelve people, 40 rows of each: what they do depends on who they are, which age and height give away, and on nothing else. */
const PEOPLE = Array.from({ length: 12 }, (_, p) => ({
  age: 20 + ((p * 7) % 12) * 4,
  height: 150 + ((p * 5) % 12) * 3,
  y: (p * p * 5) % 11,
}));
const people = `who,age,height,noise,y\n${PEOPLE.flatMap(({ age, height, y }, p) =>
  Array.from({ length: 40 }, (_, i) => `p${p},${age},${height},${((i * 37 + p) % 40) / 40},${y + ((i * 17) % 5) / 10}`),
).join('\n')}\n`;
/** A straight line that turns after three quarters of the rows. */
const turning = `x,y\n${Array.from({ length: 400 }, (_, i) => `${(i * 29) % 100},${i < 320 ? (i * 29) % 100 : 100 - ((i * 29) % 100)}`).join('\n')}\n`;

const train = (file: string, ...args: string[]) =>
  place.run(['train', file, '--target', 'y', '--hidden', '8', '--epochs', '30', '--seed', '1', '--json', ...args]);

describe.each([['--no-stream'], ['--stream']])('%s', (how) => {
  test('groups are held out whole, and their column is no input', async () => {
    const file = place.file('people.csv', people);
    const [grouped, random] = (
      await Promise.all([
        train(file, '--groups', 'who', how, '--task', 'regression'),
        train(file, how, '--task', 'regression', '--drop', 'who'),
      ])
    ).map(({ code, out, err }) => {
      expect(err).toBe('');
      expect(code).toBe(0);
      return JSON.parse(out);
    });
    expect(grouped.rows.test % 40).toBe(0);
    expect(grouped.rows.test).toBeGreaterThanOrEqual(80);
    expect(grouped.notes).toContain('whole groups are held out, by column "who", which is no input');
    expect(grouped.columns.find(({ name }: { name: string }) => name === 'who')).toMatchObject({ kind: 'dropped' });
    expect(random.evaluation.r2).toBeGreaterThan(0.5);
    expect(grouped.evaluation.r2).toBeLessThan(0.3);
    const predicted = await place.run(['predict', 'people.safetensors', '-'], 'age,height,noise\n20,150,0.5\n');
    expect(predicted.code, predicted.err).toBe(0);
  });

  test('the last rows are held out by --order time', async () => {
    const file = place.file('turning.csv', turning);
    const { code, out } = await train(file, '--order', 'time', '--test-share', '0.2', how);
    expect(code).toBe(0);
    const { rows, notes, evaluation } = JSON.parse(out);
    expect(rows).toEqual({ all: 400, train: 320, test: 80 });
    expect(notes).toContain('the last rows are held out, as rows are in order of time');
    expect(evaluation.r2).toBeLessThan(-1); // what was learned has turned by then
  });
});

test('a row without a group, a column that is not there, and both at once are refused', async () => {
  const file = place.file('gap.csv', people.replace('\np3,', '\n,'));
  expect((await train(file, '--groups', 'who')).out).toMatch(/"line":122,"column":"who"/);
  const missing = await train(place.file('people.csv', people), '--groups', 'whom');
  expect(missing.code).toBe(1);
  expect(missing.out).toContain('did you mean \\"who\\"');
  expect((await train(file, '--groups', 'y')).out).toContain('--groups y is the target');
  const both = await train(file, '--groups', 'who', '--order', 'time');
  expect(both.code).toBe(2);
  expect(both.out).toContain('give one of them');
});
