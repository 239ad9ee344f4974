// Tables in pages: no Node.js, a worker for Parquet, DecompressionStream for gzip.

import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { InputError, readTable } from '../../src/table/index.js';

const TEXT = 'city,size\nBern,1\nZürich,2.5\n';
const ROWS = [
  { city: 'Bern', size: 1 },
  { city: 'Zürich', size: 2.5 },
];
const zipped = () => new Response(new Blob([TEXT]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
const parquet = (codec: 'SNAPPY' | 'UNCOMPRESSED') =>
  parquetWriteBuffer({
    columnData: [
      { name: 'city', data: ['Bern', 'Zürich'], type: 'STRING' },
      { name: 'size', data: [1, 2.5], type: 'DOUBLE' },
    ],
    codec,
  });

test('files, addresses, streams, gzip and Parquet are read', async () => {
  const address = URL.createObjectURL(new Blob([TEXT]));
  for (const source of [
    TEXT,
    new File([TEXT], 't.csv'),
    address,
    new URL(address),
    new Blob([TEXT]).stream(),
    await zipped(),
    parquet('SNAPPY'),
    new Blob([parquet('UNCOMPRESSED')]),
  ])
    expect((await readTable(source)).records()).toEqual(ROWS);
});

test('what is damaged is refused', async () => {
  const cut = (await zipped()).slice(0, 30);
  await expect(readTable(cut)).rejects.toThrow(/damaged or cut off/);
  const bytes = new Uint8Array(parquet('SNAPPY')).map((byte, i) => (i > 4 && i < 40 ? byte ^ 0x55 : byte));
  await expect(readTable(bytes, { name: 'p' })).rejects.toThrow(InputError);
});
