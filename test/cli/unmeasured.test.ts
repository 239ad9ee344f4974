// What rows that are measured on do not tell is not told as 0.

import { expect, test } from 'vitest';
import { classificationText, regressionText } from '../../src/cli/show.js';

test('a class without rows has a dash, and one class only a word', () => {
  const [precision, recall, f1] = [
    [1, 0, 0],
    [0.75, 0, 0],
    [6 / 7, 0, 0],
  ] as const;
  const confusionMatrix = [
    [3, 1, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  const measured = { loss: 1, accuracy: 0.75, logLoss: 1, classes: ['a', 'b', 'c'], confusionMatrix };
  const text = classificationText({ ...measured, precision: [...precision], recall: [...recall], f1: [...f1] } as never);
  expect(text).toMatch(/^ {2}a +100\.0 % +75\.0 % +85\.7 %$/m);
  expect(text).toMatch(/^ {2}b +– +– +–$/m);
  expect(text).toContain('no rows of b, c to measure by: all rows are of one class, which says little');
});

test('R² of one row is none', () => {
  const found = { loss: 4, mse: 4, mae: 2, r2: 0 };
  expect(regressionText(found, 1)).toMatch(/R² +– \(of one row\)/);
  expect(regressionText(found, 2)).toMatch(/R² +0$/m);
});
