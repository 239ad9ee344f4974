// The library's advice in the words of whoever reads it: options of the API there, those of the command here.

import { expect, test } from 'vitest';
import { Classifier } from '../../src/index.js';
import { adviceText } from '../../src/cli/show.js';

test.each([
  ["use order: 'time', which holds out the last rows", 'use --order time, which holds out the last rows'],
  [
    'you fixed hidden: [8, 4, 12] and weightDecay: 0.3; leave that out',
    'you fixed --hidden 8,4,12 and --weight-decay 0.3; leave that out',
  ],
  ['you fixed hidden: []; leave that out', 'you fixed --hidden 0; leave that out'],
  [
    'timeLimit ended the search after 3 candidates; fit(…, { resume: true }) takes it up',
    '--time-limit ended the search after 3 candidates; a longer one tries more',
  ],
  ['it failed; leave out rate, or look for outliers', 'it failed; leave out --rate, or look for outliers'],
])('%s', (advice, said) => {
  expect(adviceText({ advice })).toEqual([`advice: ${said}`]);
});

test('what a fit advises has the words of the API, and of the command where that shows it', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => [(i * 7) % 11]);
  const labels = rows.map((_, i) => (Math.sin(i * i) > 0 ? 'a' : 'b'));
  const model = new Classifier({ hidden: [2], weightDecay: 30, members: 1, epochs: 3, seed: 1 });
  await model.fit(rows, labels);
  expect(model.history!.advice).toContain('hidden: [2] and weightDecay: 30');
  expect(adviceText(model.history!)[0]).toContain('--hidden 2 and --weight-decay 30');
});
