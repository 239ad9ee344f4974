// Parquet: what was written comes back.

import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { readTable } from '../../src/table/index.js';

test('rows come back', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'n', data: [1.5, 2.5, null], type: 'DOUBLE' },
      { name: 's', data: ['a', null, 'c'], type: 'STRING' },
    ],
  });
  const table = await readTable(bytes);
  expect(table.records()).toEqual([
    { n: 1.5, s: 'a' },
    { n: 2.5, s: null },
    { n: null, s: 'c' },
  ]);
});
