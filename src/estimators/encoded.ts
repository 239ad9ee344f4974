// Rows as networks take them, on their way from a table to a dataset.

import type { Precision, RealArray } from '../../bindings/memory.js';
import { picked } from '../data/pick.js';

/** Encoded rows: inputs and targets row-major. */
export interface EncodedRows {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** rows×inputs, centred and scaled. */
  readonly x: RealArray;
  /** rows×outputs: standardised numbers, or one column per class. */
  readonly t: RealArray;
  /** One weight a row. */
  readonly w: Float64Array | undefined;
  /** The class of each row. */
  readonly classes: Uint32Array | undefined;
  /** The group of each row, where whole groups are held out. */
  readonly groups?: Uint32Array | undefined;
}

/** Rows without those that weigh nothing: a part held out to choose by, or the rest, might consist of nothing else. */
export function withoutWeightless(rows: EncodedRows): EncodedRows {
  const { w } = rows;
  if (!w?.includes(0)) return rows;
  const kept = Uint32Array.from(w.keys()).filter((r) => w[r]! > 0);
  return pickedRows(rows, kept);
}

/** Some of the rows. */
export function pickedRows({ inputs, outputs, x, t, w, classes, groups }: EncodedRows, kept: Uint32Array): EncodedRows {
  return {
    rows: kept.length,
    inputs,
    outputs,
    x: picked(shaped(x, inputs), kept).data,
    t: picked(shaped(t, outputs), kept).data,
    w: w && Float64Array.from(kept, (r) => w[r]!),
    classes: classes && Uint32Array.from(kept, (r) => classes[r]!),
    groups: groups && Uint32Array.from(kept, (r) => groups[r]!),
  };
}

/** Rows one behind the other. */
export function together(parts: readonly EncodedRows[], precision: Precision): EncodedRows {
  const reals = precision === 'float32' ? new Float32Array() : new Float64Array();
  const { inputs, outputs, w, classes, groups } = parts[0]!;
  const of = <T extends Float32Array | Float64Array | Uint32Array>(empty: T, pick: (part: EncodedRows) => T) =>
    concatenated(parts.map(pick), empty);
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    inputs,
    outputs,
    x: of<RealArray>(reals, (part) => part.x),
    t: of<RealArray>(reals, (part) => part.t),
    w: w && of(new Float64Array(), (part) => part.w!),
    classes: classes && of(new Uint32Array(), (part) => part.classes!),
    groups: groups && of(new Uint32Array(), (part) => part.groups!),
  };
}

/** Arrays one behind the other. */
export function concatenated<T extends Float32Array | Float64Array | Uint32Array>(parts: readonly T[], empty: T): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new (empty.constructor as new (length: number) => T)(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A row-major array with its shape. */
export interface ShapedReals {
  readonly data: RealArray;
  readonly shape: readonly [rows: number, columns: number];
}

/** A row-major array as a matrix. */
export function shaped(data: RealArray, columns: number): ShapedReals {
  return { data, shape: [data.length / columns, columns] };
}
