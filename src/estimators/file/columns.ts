// How an estimator's columns become inputs, in a model file.

import type { CalendarInput, ColumnSpec } from '../../data/column-spec.js';
import type { Limits, Sentinel } from '../../data/extremes.js';
import type { Scaling } from '../../data/spread.js';
import type { Squash } from '../../data/squash.js';
import type { EncoderSpec } from '../../data/encoder.js';
import { ModelFileError, shown } from '../../runtime/errors.js';
import { flag, number, oneOf } from '../../runtime/options.js';
import { COUNT, FINITE, FLAG, LIST, OPTIONAL_LIST, OPTIONAL_OBJECT, TEXT, fields } from '../../format/fields.js';

const SCALING = { mean: FINITE, scale: number({ above: 0, below: Infinity }, undefined) };

export function scaling(config: unknown, what: string): Scaling {
  return fields(what, SCALING, config);
}

const ENCODER = { named: FLAG, fills: FLAG, columns: LIST, zero: flag(false) };

const FROM = oneOf(['text', 'anything', ''], ''); // none in most files

const COLUMNS = {
  number: {
    name: TEXT,
    kind: TEXT,
    gaps: COUNT,
    indicator: OPTIONAL_OBJECT,
    limits: OPTIONAL_OBJECT,
    sentinels: OPTIONAL_LIST,
    squash: OPTIONAL_OBJECT,
    from: FROM,
    calendar: OPTIONAL_LIST,
    ...SCALING,
  },
  category: {
    name: TEXT,
    kind: TEXT,
    gaps: COUNT,
    indicator: OPTIONAL_OBJECT,
    categories: LIST,
    fill: COUNT,
    scalings: LIST,
    from: FROM,
  },
  dropped: { name: TEXT, kind: TEXT, reason: TEXT },
};

/** @throws ModelFileError */
export function encoderSpec(config: unknown): EncoderSpec {
  const { named, fills, columns, zero } = fields('encoder', ENCODER, config);
  const specs = columns.map((column, i) => columnSpec(column, `columns[${i}]`));
  if (!named && specs.some(({ kind }) => kind === 'category')) {
    throw new ModelFileError('damaged: columns without names are numbers, and one of them has categories');
  }
  return { named, fills, columns: specs, ...(zero && { zero }) };
}

function columnSpec(config: unknown, what: string): ColumnSpec {
  const kind = (config as { kind?: unknown } | null)?.kind;
  switch (kind) {
    case 'number':
    case 'date': {
      const { name, gaps, mean, scale, indicator, limits, sentinels, squash, from, calendar } = fields(
        what,
        COLUMNS.number,
        config,
      );
      const each = sentinels.map((s, j) => sentinel(s, `${what}.sentinels[${j}]`));
      return {
        name,
        kind,
        gaps,
        mean,
        scale,
        ...indicated(indicator, what),
        ...(limits && { limits: limitsFrom(limits, `${what}.limits`) }),
        ...(each.length > 0 && { sentinels: each }),
        ...(squash && { squash: squashFrom(squash, `${what}.squash`) }),
        ...(from && { from }),
        ...(calendar.length > 0 && { calendar: calendar.map((input, j) => calendarInput(input, `${what}.calendar[${j}]`)) }),
      };
    }
    case 'category': {
      const { name, gaps, categories, fill, scalings, indicator, from } = fields(what, COLUMNS.category, config);
      const names = strings(categories, `${what}.categories`);
      if (
        new Set(names).size !== names.length ||
        scalings.length !== names.length ||
        (fill >= names.length && names.length > 0)
      ) {
        throw new ModelFileError(`damaged: ${what} does not have a scaling for each of its categories`);
      }
      const each = scalings.map((s, i) => scaling(s, `${what}.scalings[${i}]`));
      return { name, kind, gaps, categories: names, fill, scalings: each, ...indicated(indicator, what), ...(from && { from }) };
    }
    case 'dropped': {
      const { name, reason } = fields(what, COLUMNS.dropped, config);
      return { name, kind, reason };
    }
    default:
      throw new ModelFileError(`damaged: ${what} is of kind ${shown(kind)}; expected number, date, category or dropped`);
  }
}

const RANGE = { above: -Infinity, below: Infinity };

const LIMITS = {
  low: number(RANGE, Number.NaN),
  high: number(RANGE, Number.NaN),
  beyond: COUNT,
};

function limitsFrom(config: unknown, what: string): Limits {
  const { low, high, beyond } = fields(what, LIMITS, config);
  if (low > high) throw new ModelFileError(`damaged: ${what} are ${low} and ${high}, the wrong way round`);
  return { ...(!Number.isNaN(low) && { low }), ...(!Number.isNaN(high) && { high }), beyond };
}

const SENTINEL = { value: FINITE, count: COUNT };

function sentinel(config: unknown, what: string): Sentinel {
  return fields(what, SENTINEL, config);
}

const SQUASH = { centre: FINITE, scale: SCALING.scale };

function squashFrom(config: unknown, what: string): Squash {
  return fields(what, SQUASH, config);
}

const CALENDAR_INPUT = {
  part: oneOf(['year', 'month', 'weekday', 'hour'], undefined),
  form: oneOf(['number', 'sine', 'cosine'], undefined),
  ...SCALING,
};

function calendarInput(config: unknown, what: string): CalendarInput {
  return fields(what, CALENDAR_INPUT, config);
}

function indicated(indicator: object | null, what: string): { indicator?: Scaling } {
  return indicator ? { indicator: scaling(indicator, `${what}.indicator`) } : {};
}

function strings(values: readonly unknown[], what: string): string[] {
  return values.map((v) => {
    if (typeof v !== 'string') throw new ModelFileError(`damaged: ${what} holds ${shown(v)}; expected strings`);
    return v;
  });
}
