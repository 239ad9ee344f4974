// Passes over chunks before training: what the columns are, and a sample to choose by.

import type { Precision } from '../../bindings/memory.js';
import type { ColumnsLearner } from '../data/columns.js';
import type { AskedColumns } from '../data/gathered.js';
import type { Encoder } from '../data/encoder.js';
import type { Table, table as tableOf } from '../data/table.js';
import type { RowChunks, Spool } from './chunks.js';
import type { CodingLearner } from './coding.js';
import { eachChunk } from './each-chunk.js';
import { type EncodedRows, concatenated, pickedRows, shaped, together } from './encoded.js';
import { picked } from '../data/pick.js';
import type { Interruption } from '../training/interruption.js';

/** Rows of a sample: enough to choose by, and quickly trained on. */
const SAMPLE = 10_000;

/** What estimators have, of which a part would get a copy. */
export interface Own {
  readonly ColumnsLearner: typeof ColumnsLearner;
  readonly Encoder: typeof Encoder;
  readonly table: typeof tableOf;
}

/**
 * Learns columns, and how to code targets, in one pass.
 * @param fills whether gaps of a table may be filled
 * @param asked what is said of its columns
 * @throws DataError that names the chunk
 */
export async function survey<Targets>(
  chunks: RowChunks<Targets>,
  fills: (t: Table) => boolean,
  asked: (t: Table) => Promise<AskedColumns | undefined>,
  targets: CodingLearner<Targets, unknown>,
  interruption: Interruption,
  { ColumnsLearner, Encoder, table }: Own,
): Promise<{ encoder: Encoder; rows: number }> {
  let columns: InstanceType<typeof ColumnsLearner> | undefined;
  const add = async (t: Table, some: Targets) => {
    columns ??= new ColumnsLearner(fills(t), await asked(t));
    columns.add(t);
    targets.add(some, t.rows);
    await columns.look();
  };
  for await (const _ of eachChunk(chunks, table, add, interruption));
  return { encoder: Encoder.of(columns!), rows: columns!.rows };
}

/** Some rows of all as the encoder makes them, in float64. */
export async function sampleOf<Targets>(
  chunks: RowChunks<Targets>,
  encoder: Encoder,
  all: number,
  interruption: Interruption,
  table: typeof tableOf,
): Promise<Float64Array<ArrayBuffer>> {
  const picker = new Picker(all);
  const parts: Float64Array<ArrayBuffer>[] = [];
  for await (const x of eachChunk(chunks, table, (t) => encoder.encode(t, 'float64'), interruption)) {
    parts.push(picked(shaped(x, encoder.inputs), picker.next(x.length / encoder.inputs)).data as Float64Array<ArrayBuffer>);
  }
  return concatenated(parts, new Float64Array(0));
}

/** Some rows of all; the spool, where there is one, gets all of them. */
export async function drawnSample(
  chunks: AsyncIterable<EncodedRows>,
  precision: Precision,
  all: number,
  spool: Spool | undefined,
): Promise<EncodedRows> {
  const picker = new Picker(all);
  const samples: EncodedRows[] = [];
  for await (const chunk of chunks) {
    samples.push(pickedRows(chunk, picker.next(chunk.rows)));
    await spool?.put(chunk);
  }
  return together(samples, precision);
}

/** Picks `SAMPLE` rows of so many, evenly, as they come by. */
class Picker {
  private passed = 0;

  constructor(private readonly all: number) {}

  /** Which of the next `rows` rows. */
  next(rows: number): Uint32Array {
    const size = Math.min(SAMPLE, this.all);
    const picked: number[] = [];
    for (let r = 0; r < rows; r++, this.passed++) {
      if (Math.floor(((this.passed + 1) * size) / this.all) > Math.floor((this.passed * size) / this.all)) picked.push(r);
    }
    return Uint32Array.from(picked);
  }
}
