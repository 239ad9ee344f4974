// What partialFit goes on from, in a model file: where the numbers of each column and target lie. Files of earlier versions have
// none of it.

import type { ColumnSpec, Running } from '../../data/column-spec.js';
import { EMPTY_SPREAD, type Scaling, type Spread } from '../../data/spread.js';
import type { EncoderSpec } from '../../data/encoder.js';
import { ModelFileError } from '../../runtime/errors.js';
import type { InputCurvature } from '../stream-state.js';
import { number, value } from '../../runtime/options.js';
import { COUNT, fields, FLAG, list, OPTIONAL_OBJECT } from '../../format/fields.js';

const lists = value<readonly unknown[] | null>('an array', (v) => v === null || Array.isArray(v), null);

const COLUMNS = { rows: COUNT, begun: FLAG, shared: FLAG, spreads: lists };
const MEAN = number({ min: 0, below: Infinity }, undefined);
const PACE = { rows: COUNT, square: MEAN, eigenvalue: MEAN };
const RUNNING = { columns: OPTIONAL_OBJECT, targets: lists, pace: OPTIONAL_OBJECT };

/** @throws ModelFileError */
export function runningFrom(
  config: unknown,
  { columns: specs }: EncoderSpec,
): { columns: Running | undefined; targets: unknown; pace: InputCurvature | undefined } {
  if (config === null || config === undefined) return { columns: undefined, targets: undefined, pace: undefined };
  const { columns, targets, pace } = fields('running', RUNNING, config);
  return {
    columns: columns === null ? undefined : columnsFrom(columns, specs),
    targets,
    pace: pace === null ? undefined : fields('running.pace', PACE, pace),
  };
}

function columnsFrom(config: object, specs: readonly ColumnSpec[]): Running {
  const { spreads, ...rest } = fields('running.columns', COLUMNS, config);
  const scalings = specs.map((spec) => (spec.kind === 'number' || spec.kind === 'date' ? spec : undefined));
  return { ...rest, spreads: spreadsFrom(spreads, scalings, 'running.columns.spreads') };
}

/** @throws ModelFileError */
export function targetSpreads(config: unknown, scalings: readonly Scaling[]): Spread[] | undefined {
  if (config === null || config === undefined) return undefined;
  return spreadsFrom(config, scalings, 'running.targets').map((spread) => spread ?? EMPTY_SPREAD);
}

function spreadsFrom(config: unknown, scalings: readonly (Scaling | undefined)[], what: string): (Spread | undefined)[] {
  const given = list(config, what);
  if (given.length !== scalings.length) {
    throw new ModelFileError(`damaged: ${what} does not fit: it has ${given.length} elements; expected ${scalings.length}`);
  }
  return given.map((one, i) => {
    const scaling = scalings[i];
    if (one === null || !scaling) return undefined;
    const numbers = list(one, `${what}[${i}]`) as readonly number[];
    if (numbers.length === 0) return EMPTY_SPREAD;
    const [count, deviation, min, max] = numbers as [number, number, number, number];
    if (!numbers.every(Number.isFinite) || numbers.length !== 4 || !(count > 0 && deviation >= 0 && min <= max)) {
      throw new ModelFileError(`damaged: ${what}[${i}] is not a count, a deviation, a least and a largest number`);
    }
    return { count, gaps: 0, mean: scaling.mean, deviation, scale: deviation, min, max };
  });
}
