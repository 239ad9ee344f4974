// What a report knows of the rows that a model is measured on: some of them, with the truth and what the model says.

import { type Column, type Reading, columnOf } from '../../data/column.js';
import type { Label } from '../../data/classes.js';
import { SomeRows, Table } from '../../data/table.js';
import { Classifier } from '../../estimators/classifier.js';
import type { Predictor } from '../use.js';
import { type ColumnImportance, shuffledDrops } from '../../validate/permutation-importance.js';
import { Thinned } from './thinned.js';

/** Rows kept at most, and cells in all of them. */
const MOST_ROWS = 8192;
const MOST_CELLS = 4e6;

/** A row: its cells by column; the truth, of classes the index; and what the model said, probabilities or one number. */
interface KeptRow {
  readonly cells: readonly (number | string | null)[];
  readonly truth: number;
  readonly said: readonly number[];
}

/** Rows that were kept, as a table again. */
class KeptTable extends Table {
  readonly rows: number;
  readonly width: number;
  override readonly settled = true;

  constructor(
    private readonly kept: readonly KeptRow[],
    readonly names: readonly string[] | undefined,
    private readonly kinds: readonly Column['kind'][],
  ) {
    super();
    this.rows = kept.length;
    this.width = kinds.length;
  }

  column(index: number, reading?: Reading): Column {
    const cells = this.kept.map((row) => row.cells[index]!);
    return columnOf(this.names?.[index] ?? String(index), cells, { kind: this.kinds[index], ...reading });
  }
}

export class HeldOut {
  private readonly kept: Thinned<KeptRow>;
  private readonly indices: ReadonlyMap<Label, number>;
  private names: readonly string[] | undefined;
  private kinds: Column['kind'][] = [];

  constructor(readonly model: Predictor) {
    this.kept = new Thinned(Math.min(MOST_ROWS, Math.max(500, Math.floor(MOST_CELLS / model.columns.length))));
    this.indices = new Map(model instanceof Classifier ? model.classes.map((label, i) => [label, i]) : []);
  }

  get list(): readonly KeptRow[] {
    return this.kept.list;
  }

  /** Adds rows and their truths. */
  add(table: Table, truths: readonly Label[]): void {
    const { model, indices } = this;
    const picked = this.kept.next(table.rows);
    if (picked.length === 0) return;
    const rows = new SomeRows(table, Uint32Array.from(picked));
    const said =
      model instanceof Classifier ? model.predictProbabilities(rows) : (model.predict(rows) as number[]).map((y) => [y]);
    const columns = Array.from({ length: rows.width }, (_, i) => rows.column(i));
    this.names ??= rows.names;
    // A column of which one piece has nothing holds what others have.
    columns.forEach(({ kind }, i) => {
      if (this.kinds[i] === undefined || this.kinds[i] === 'number') this.kinds[i] = kind;
    });
    this.kept.add(
      picked.map((at, r) => ({
        cells: columns.map(({ values }) => values[r]!),
        truth: indices.get(truths[at]!) ?? Number(truths[at]),
        said: said[r]!,
      })),
    );
  }

  /** What each column that the model uses is worth: share of right answers that shuffling it costs, or R². */
  async importance(seed: number): Promise<(ColumnImportance & { readonly name: string })[]> {
    const { list, kinds, model } = this;
    const specs = new Map(model.columns.map((spec) => [spec.name, spec]));
    const names = this.names ?? kinds.map((_, i) => model.columns[i]!.name);
    const used = names.flatMap((name, i) => (specs.has(name) && specs.get(name)!.kind !== 'dropped' ? [i] : []));
    const { rows: most, repeats } = affordable(used.length, kinds.length);
    const step = Math.ceil(list.length / most);
    const rows = list.filter((_, r) => r % step === 0);
    const truths = rows.map(({ truth }) => truth);
    const score = (table: Table) =>
      model instanceof Classifier
        ? model.predict(table).filter((label, r) => this.indices.get(label) === truths[r]).length / truths.length
        : determination(model.predict(table) as number[], truths);
    const found = await shuffledDrops(new KeptTable(rows, this.names, kinds), score, used, { seed, repeats });
    return found.map((one) => ({ ...one, name: names[one.column]! }));
  }
}

/** Rows and shuffles that take seconds: each shuffle encodes all columns anew. */
function affordable(shuffled: number, width: number): { rows: number; repeats: number } {
  const repeats = shuffled > 50 ? 1 : 5;
  return { rows: Math.min(2000, Math.max(100, Math.floor(5e7 / (repeats * shuffled * width)))), repeats };
}

/** R² of predictions. */
function determination(predicted: readonly number[], truths: readonly number[]): number {
  const mean = truths.reduce((a, b) => a + b, 0) / truths.length;
  const sum = (of: (truth: number, r: number) => number) => truths.reduce((all, truth, r) => all + of(truth, r) ** 2, 0);
  return 1 - sum((truth, r) => truth - predicted[r]!) / sum((truth) => truth - mean);
}
