// What rows that are measured on do not tell is not told as 0.

import { expect, test } from 'vitest';
import { regressionText } from '../../src/cli/show.js';
import { TargetProfile } from '../../src/cli/target.js';
import { Sheet } from '../../src/table/sheet.js';
import { classificationText } from '../../src/cli/show-classes.js';

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

test('R² of a few rows is none', () => {
  const found = { loss: 4, mse: 4, mae: 2, r2: 0 };
  expect(regressionText(found, 1)).toMatch(/R² +– \(of one row\)/);
  expect(regressionText(found, 4)).toMatch(/R² +– \(of 4 rows\)/);
  expect(regressionText(found, 5)).toMatch(/R² +0$/m);
});

test.each([1, 20, 80, 200])('many classes, of long names, fit %i columns, or nearly', (width) => {
  const n = 60;
  const classes = Array.from({ length: n }, (_, i) => `${i} ${'long '.repeat(i * 1000)}`);
  const confusionMatrix = classes.map((_, i) => classes.map((_, j) => (i === j ? 5 : j === (i + 1) % n ? i : 0)));
  const measure = classes.map(() => 0.5);
  const measured = { loss: 1, accuracy: 0.5, logLoss: 1, classes, confusionMatrix };
  const text = classificationText({ ...measured, precision: measure, recall: measure, f1: measure } as never, width);
  const lines = text.split('\n');
  expect(Math.max(...lines.filter((line) => !line.includes('--json')).map((line) => line.length))).toBeLessThanOrEqual(
    Math.max(width, 42),
  );
  expect(text).toContain('and 30 more classes, of fewer rows');
  expect(text).toContain('and 49 more confusions');
  expect(lines.at(-11)).toMatch(/^ {2}59 .* 0 .* 59$/);
  const small = classificationText(
    {
      ...measured,
      classes: ['a', 'b'],
      confusionMatrix: [
        [3, 1],
        [0, 4],
      ],
      precision: [1, 1],
      recall: [1, 1],
      f1: [1, 1],
    } as never,
    width,
  ); // prettier-ignore
  expect(small).toMatch(width > 10 ? /true \\ said +a +b\n {2}a +3 +1\n {2}b +0 +4$/ : /b +1$/);
});

test('a target of dates is told, with what predicts times', () => {
  const profile = (cells: (string | Date)[]) => new TargetProfile('when').add(new Sheet('f.csv', true), cells);
  const days = ['2024-01-01', '2024-01-02'];
  const cells = Array.from({ length: 20 }, (_, i) => days[i % 2]!);
  expect(profile(cells).task().task).toBe('classification');
  expect(profile(cells).datesNote).toMatch(/"when" holds dates, and each date is a class; to predict times, put numbers/);
  expect(profile(cells.map((day) => new Date(day))).datesNote).toMatch(/holds dates/);
  expect(profile([...cells, 'later']).datesNote).toBeUndefined();
  const many = Array.from({ length: 20 }, (_, i) => `2024-02-${10 + i}`);
  expect(() => profile(many).task()).toThrow(/20 different labels in 20 rows.*put numbers in their place/);
});
