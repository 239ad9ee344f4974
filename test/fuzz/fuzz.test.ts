// A thousand damaged files of all formats; `npm run fuzz` goes on.

import { expect, test } from 'vitest';
import { EfficientBackpropError, loadModel } from '../../src/index.js';
import { readTable } from '../../src/table/index.js';
import { fuzz } from './fuzz.mjs';

test.each([1, 2, 3, 4, 5])(
  'two hundred damaged files are read or refused, as seed %i damages them',
  async (seed) => {
    expect(await fuzz({ readTable, loadModel, EfficientBackpropError }, 200, seed)).toEqual([]);
  },
  60_000,
);
