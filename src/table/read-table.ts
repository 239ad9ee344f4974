// Tables from files and the like: all rows at once, or a scan of them and then pieces.

import type { Label } from '../data/classes.js';
import { UnsupportedError } from '../runtime/errors.js';
import { DataTable } from './data-table.js';
import { Layout } from './layout.js';
import { type TableOptions, checkedOptions } from './options.js';
import { PIECE, type ReadOptions, readSheet, readSheets } from './read.js';
import type { Remembered } from './remembered.js';
import { wantedBy } from './said.js';
import type { Sheet } from './sheet.js';
import { type Source, type TableSource, sourceOf } from './sources/source.js';
import { SentinelTally } from './types/sentinels.js';
import type { TableColumn } from './types/table-column.js';

/**
 * Reads a table: CSV, NDJSON, a JSON array of objects or Parquet, as they are or compressed by gzip. What the columns hold is
 * found out from all rows.
 * @throws FileError for what cannot be read, InputError for what is no table, with line and column; OptionError
 */
export async function readTable(source: TableSource, options: TableOptions = {}): Promise<DataTable> {
  const { name, keep = [], ...how } = checkedOptions('readTable', options);
  const sheet = await readSheet(sourceOf(source, name), how);
  const layout = new Layout();
  layout.add(sheet);
  layout.finish(wantedBy(how), how.decimal);
  const typed = typedColumns(sheet, layout);
  for (const { name: column, type } of layout.columns)
    if (type === 'number' && !layout.said.has(column))
      layout.tell(column, new SentinelTally().add(typed.get(column)!).note(column));
  return tableOf(sheet, layout, { ...how, keep }, typed);
}

/**
 * Reads a table once, piece by piece, to find out what its columns hold; what comes back reads it anew whenever it is asked to,
 * for data larger than memory.
 * @throws FileError, InputError, OptionError; UnsupportedError for a stream, which can be read once only
 */
export async function scanTable(source: TableSource, options: TableOptions = {}): Promise<ScannedTable> {
  const { name, keep = [], ...how } = checkedOptions('scanTable', options);
  const from = sourceOf(source, name);
  if (from.once) throw new UnsupportedError('scanTable reads the data several times: give a path, URL, Blob, text or bytes');
  const layout = new Layout();
  for await (const sheet of readSheets(from, how, PIECE)) layout.add(sheet);
  layout.finish(wantedBy(how), how.decimal);
  return new ScannedTable(from, how, layout, keep);
}

/** A table that is read piece by piece. */
export class ScannedTable {
  /** @internal */
  constructor(
    private readonly source: Source,
    private readonly how: ReadOptions,
    private readonly layout: Layout,
    private readonly keep: readonly string[],
  ) {}

  /** How many rows there are. */
  get rows(): number {
    return this.layout.rows;
  }

  /** What each column holds, and how that was found out. */
  get columns(): readonly TableColumn[] {
    return this.layout.columns;
  }

  /** What was noticed while the data were read. */
  get notes(): readonly string[] {
    return this.layout.notes;
  }

  /** The rows from the first on, some hundred thousand cells at a time. @throws FileError, InputError */
  async *tables(): AsyncGenerator<DataTable, void, undefined> {
    for await (const sheet of readSheets(this.source, this.how, PIECE))
      yield tableOf(sheet, this.layout, { ...this.how, keep: this.keep });
  }

  /**
   * What `fit` of estimators and networks takes as chunks: a function that reads the data anew each time, and yields inputs and
   * targets. A target of numbers gives numbers, any other labels.
   */
  // biome-ignore lint/suspicious/noExplicitAny: what the target's column holds is known when it has been read
  chunks(target: string): () => AsyncGenerator<readonly [DataTable, any], void, undefined> {
    const isNumber = this.columns.find(({ name }) => name === target)?.type === 'number';
    const tables = () => this.tables();
    return async function* () {
      for await (const table of tables()) {
        const targets: Label[] | number[] = isNumber ? [...table.numbers(target)] : table.labels(target);
        yield [table.without(target), targets] as const;
      }
    };
  }
}

const typedColumns = (sheet: Sheet, layout: Layout) =>
  new Map(layout.names.map((name) => [name, layout.typed(sheet, name)] as const));

/** @throws InputError where there is no column that is to be kept */
function tableOf(sheet: Sheet, layout: Layout, how: Remembered, columns = typedColumns(sheet, layout)): DataTable {
  const table = new DataTable(sheet.typed(columns, undefined, layout.said), layout.columns, layout.notes, how);
  return table.only(...layout.inputs).without(...(how.keep ?? []));
}
