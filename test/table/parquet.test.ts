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

test('what is damaged is told with its row group, its first row and its column', async () => {
  const cells = Array.from({ length: 300 }, (_, i) => `cell ${i} of many`);
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'n', data: cells.map((_, i) => i + 0.5), type: 'DOUBLE' },
        { name: 's', data: cells, type: 'STRING' },
      ],
      rowGroupSize: 100,
      codec: 'UNCOMPRESSED',
    }),
  );
  const at = Buffer.from(bytes).indexOf('cell 150 of many');
  bytes.set([0xff, 0xff, 0xff, 0x7f], at - 4); // how long the text is
  await expect(readTable(bytes, { name: 't.parquet' })).rejects.toThrow(
    /^t\.parquet, row 101, column "s": is not a readable Parquet file in row group 2, which begins with this row \(/,
  );
  const last = bytes.length - 8;
  bytes.fill(0xff, last - 40, last);
  await expect(readTable(bytes, { name: 't.parquet' })).rejects.toThrow(/^t\.parquet: is not a readable Parquet file \(/);
});
