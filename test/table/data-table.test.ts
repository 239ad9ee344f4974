// Tables as estimators and networks take them.

import { expect, test } from 'vitest';
import { Classifier, Network, Regressor, dense, sgd } from '../../src/index.js';
import { InputError, readTable, scanTable } from '../../src/table/index.js';

const QUICK = { hidden: [], weightDecay: 0.001, epochs: 40, seed: 1 };
const lines = Array.from(
  { length: 60 },
  (_, i) => `${i},${['a', 'b', 'c'][i % 3]},${i % 2 === 0},${2 * i + 1},${i > 30 ? 'up' : 'down'}`,
);
const TEXT = `x,kind,even,y,label\n${lines.join('\n')}\n`;

test('estimators take them, whole and in pieces', async () => {
  const table = await readTable(TEXT);
  expect(table.columns.map(({ name, type, missing }) => [name, type, missing])).toEqual([
    ['x', 'number', 0],
    ['kind', 'category', 0],
    ['even', 'boolean', 0],
    ['y', 'number', 0],
    ['label', 'category', 0],
  ]);
  const regressor = await Regressor.fit(table.without('y', 'label'), table.numbers('y'), QUICK);
  expect(regressor.evaluate(table.without('y', 'label'), table.numbers('y')).r2).toBeGreaterThan(0.99);
  const classifier = await Classifier.fit(table.only('x', 'kind'), table.labels('label'), QUICK);
  expect(classifier.evaluate(table.only('x', 'kind'), table.labels('label')).accuracy).toBeGreaterThan(0.9);
  const scanned = await scanTable(TEXT, { columns: { label: 'ignore' } });
  const streamed = await Regressor.fit(scanned.chunks('y'), QUICK);
  expect(streamed.evaluate(table.without('y', 'label'), table.numbers('y')).r2).toBeGreaterThan(0.9);
});

test('networks take columns of numbers', async () => {
  const table = await readTable('x,y\n0,1\n1,3\n2,5\n3,7\n');
  const inputs = table.without('y');
  expect([inputs.shape, [...inputs.data]]).toEqual([
    [4, 1],
    [0, 1, 2, 3],
  ]);
  const net = await Network.create({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError', seed: 1 });
  await net.fit(inputs, table.only('y'), { method: sgd({ rate: 0.1 }), epochs: 500 });
  expect(net.predict([[10]])[0]).toBeCloseTo(21, 1);
  net.dispose();
});

test('rows and columns can be picked; what is not there, or no number, is told with its place', async () => {
  const table = await readTable('x,w\n1,a\n,b\n3,\n', { name: 't.csv' });
  expect(table.pick([2, 0]).records()).toEqual([
    { x: 3, w: null },
    { x: 1, w: 'a' },
  ]);
  expect(() => table.numbers('x')).toThrow(new InputError('t.csv', { line: 3, column: 'x' }, 'is missing'));
  expect(() => table.pick([2]).labels('w')).toThrow('t.csv:4, column "w": is missing');
  expect(() => table.numbers('w')).toThrow(/t\.csv:2, column "w": "a" is not a finite number/);
  expect(() => table.only('v')).toThrow(/there is no column "v"/);
  expect(() => table.data).toThrow(/is missing/);
});
