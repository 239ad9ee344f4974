// Numbers of a regressor: how they are learned and coded.

import type { Precision } from '../../bindings/memory.js';
import { type MatrixLike, copyMatrix, matrix } from '../data/matrix.js';
import { followed, isSettled } from '../data/running.js';
import { type Scaling, type Spread, joined, scaled, scalingOf, spreadOf } from '../data/spread.js';
import { DataError, counted, thereAre } from '../runtime/errors.js';
import type { CodedTargets, CodingDocument, CodingLearner, TargetCoder } from './coding.js';
import { spreadsDocument } from './file/running.js';
import { NUMBERS } from './head.js';
import type { TargetScaling } from './rescaling.js';

/** How numbers become outputs; plain data. */
export interface NumberCoding {
  /** Of each output: t ↦ (t − mean)/scale. */
  readonly scalings: readonly Scaling[];
  /** Whether targets came as a plain vector, so that predictions do as well. */
  readonly single: boolean;
  /**
   * Where the numbers of each output lie so far; undefined where a file of an earlier version does not say. Files have it apart.
   */
  readonly spreads: readonly Spread[] | undefined;
}

/** Codes numbers. */
export class NumberCoder implements TargetCoder<MatrixLike, NumberCoding> {
  readonly head = NUMBERS;

  needed(): [] {
    return [];
  }

  learner(): NumbersLearner {
    return new NumbersLearner();
  }

  encode(targets: MatrixLike, { scalings }: NumberCoding, rows: number, precision: Precision): CodedTargets {
    const { data, columns } = targetNumbers(targets, rows, scalings.length);
    const code = (v: number, i: number) => scaled(v, scalings[i % columns]!);
    return { t: precision === 'float32' ? Float32Array.from(data, code) : data.map(code), classes: undefined };
  }

  outputs({ scalings }: NumberCoding): number {
    return scalings.length;
  }

  weights(_: NumberCoding, __: Uint32Array | undefined, w: Float64Array | undefined): Float64Array | undefined {
    return w;
  }

  settled(coding: NumberCoding): NumberCoding {
    return coding;
  }

  following(coding: NumberCoding, targets: MatrixLike, rows: number): NumberCoding {
    const { scalings, spreads } = coding;
    if (!spreads) return coding;
    const { data, columns } = targetNumbers(targets, rows, scalings.length);
    const next = spreadsOf(data, columns).map((more, c) => followed(spreads[c]!, more, scalings[c]!, isSettled(spreads[c]!)));
    return { ...coding, scalings: next.map(scalingOf), spreads: next };
  }

  scalings({ scalings, spreads }: NumberCoding): readonly TargetScaling[] | undefined {
    return spreads && scalings.map((each, c) => ({ ...each, known: spreads[c]!.deviation > 0 }));
  }

  document({ scalings, single, spreads }: NumberCoding): CodingDocument {
    return { coding: { scalings, single }, running: spreads && spreadsDocument(spreads) };
  }
}

/** Where the numbers of each output lie. */
class NumbersLearner implements CodingLearner<MatrixLike, NumberCoding> {
  private spreads: Spread[] | undefined;
  private single = true;

  add(targets: MatrixLike, rows: number): void {
    const { data, columns } = targetNumbers(targets, rows);
    if (this.spreads && columns !== this.spreads.length) {
      throw new DataError('targets', `has ${counted(columns, 'column')}; expected ${this.spreads.length}, as before`);
    }
    this.single &&= columns === 1 && !nested(targets);
    const found = spreadsOf(data, columns);
    this.spreads = this.spreads?.map((spread, c) => joined(spread, found[c]!)) ?? found;
  }

  finish(): NumberCoding {
    return { scalings: this.spreads!.map(scalingOf), single: this.single, spreads: this.spreads };
  }
}

/** Where the numbers of each column lie. */
function spreadsOf(data: Float64Array, columns: number): Spread[] {
  const rows = data.length / columns;
  return Array.from({ length: columns }, (_, c) =>
    spreadOf(Float64Array.from({ length: rows }, (__, r) => data[r * columns + c]!)),
  );
}

/**
 * Targets in float64, row-major.
 * @param outputs how many columns there must be, where that is known
 * @throws DataError
 */
export function targetNumbers(
  targets: MatrixLike,
  rows: number,
  outputs?: number,
): { readonly data: Float64Array<ArrayBuffer>; readonly columns: number } {
  const m = matrix(targets, 'targets');
  const { columns } = m;
  if (m.rows !== rows) throw new DataError('targets', `has ${counted(m.rows, 'row')}, but ${thereAre(rows, 'row')} of inputs`);
  const data = new Float64Array(rows * columns);
  copyMatrix(m, data, 'targets');
  if (outputs !== undefined && columns !== outputs)
    throw new DataError('targets', `has ${counted(columns, 'column')}; expected ${outputs}, as in training`);
  return { data, columns };
}

function nested(targets: MatrixLike): boolean {
  return 'shape' in targets || typeof (targets as ArrayLike<unknown>)[0] === 'object';
}
