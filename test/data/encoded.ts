// Tables seen through the encoder.

import { ColumnsLearner } from '../../src/data/columns.js';
import { Encoder } from '../../src/data/encoder.js';
import { type Rows, table } from '../../src/data/table.js';

/** The inputs of rows as a list of columns, and the encoder that makes them. */
export function encoded(rows: Rows, fills = true) {
  const t = table(rows);
  const encoder = Encoder.of(new ColumnsLearner(fills).add(t));
  const flat = encoder.encode(t, 'float64');
  const { inputs } = encoder;
  const columns = Array.from({ length: inputs }, (_, j) => Array.from({ length: t.rows }, (_, r) => flat[r * inputs + j]!));
  return { encoder, columns, specs: encoder.spec.columns };
}

/** As many rows as tests of columns need. */
export const twenty = Array.from({ length: 20 }, (_, i) => i);
