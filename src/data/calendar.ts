// What the calendar says of dates, in UTC: year, month, day of the week, hour, and where in their cycles these stand.

import { type CalendarInput, type NumberSpec, held } from './column-spec.js';
import { type Scaling, EMPTY_SPREAD, type Spread, joined, scaled, scalingOf, spreadOf } from './spread.js';

type CalendarPart = CalendarInput['part'];

const DAY = 864e5;

/** The parts of a date, numbered from 0; hours count on within the hour. Each has a cycle but the year. */
const NUMBERS: Readonly<Record<CalendarPart, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth(),
  weekday: (date) => (date.getUTCDay() + 6) % 7, // from Monday on
  hour: (date) => fraction(date.getTime() / DAY) * 24,
};

/** Where a date stands in a cycle, as a share of it: months pass day by day. */
const CYCLES: Readonly<Record<Exclude<CalendarPart, 'year'>, (date: Date) => number>> = {
  month: (date) => {
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const start = Date.UTC(year, month);
    return (month + (date.getTime() - start) / (Date.UTC(year, month + 1) - start)) / 12;
  },
  weekday: (date) => NUMBERS.weekday(date) / 7,
  hour: (date) => NUMBERS.hour(date) / 24,
};

const PARTS = Object.keys(NUMBERS) as CalendarPart[];

const fraction = (x: number) => x - Math.floor(x);

/** A point on the circle, by a share of a turn. */
interface CirclePoint {
  readonly sine: number;
  readonly cosine: number;
}

/** The Taylor series of both at an eighth of the angle, which is then doubled three times: every machine gives the same bits. */
function onCircle(turns: number): CirclePoint {
  const angle = ((turns - Math.round(turns)) * Math.PI) / 4;
  let [sine, cosine] = [0, 0];
  for (let k = 14; k > 0; k--) [sine, cosine] = [(angle * (1 + cosine)) / k, (-angle * sine) / k];
  let [c, s] = [1 + cosine, sine];
  for (let k = 0; k < 3; k++) [c, s] = [c * c - s * s, 2 * c * s];
  return { sine: s, cosine: c };
}

/** What an input is for a date, before it is scaled. */
function inputOf({ part, form }: Pick<CalendarInput, 'part' | 'form'>, date: Date): number {
  return form === 'number' || part === 'year' ? NUMBERS[part](date) : onCircle(CYCLES[part](date))[form];
}

const FORMS = ['number', 'sine', 'cosine'] as const;

/** All inputs that there may be. */
const INPUTS = PARTS.flatMap((part): Pick<CalendarInput, 'part' | 'form'>[] =>
  FORMS.filter((form) => part !== 'year' || form === 'number').map((form) => ({ part, form })),
);

/** Means and deviations of what goes round evenly, for streams, whose first rows do not show the whole of a cycle. */
const EVENLY: Readonly<Record<string, number>> = { month: 12, weekday: 7, hour: 24 };

/** From so many rows on, dates that only rise or only fall are in order of time. */
const LEAST_ORDERED = 20;

/** Learns which inputs dates are to have. */
export class DateTally {
  private readonly spreads = INPUTS.map(() => EMPTY_SPREAD);
  private last = Number.NaN;
  private rises = 0;
  private falls = 0;
  private count = 0;

  constructor(private readonly name: string) {}

  /** @param times in milliseconds; NaN for gaps */
  add(times: Float64Array): void {
    const there = times.filter((time) => !Number.isNaN(time));
    const dates = Array.from(there, (time) => new Date(time));
    INPUTS.forEach((input, i) => {
      this.spreads[i] = joined(this.spreads[i]!, spreadOf(Float64Array.from(dates, (date) => inputOf(input, date))));
    });
    for (const time of there) {
      if (time > this.last) this.rises++;
      if (time < this.last) this.falls++;
      this.last = time;
    }
    this.count += there.length;
  }

  /**
   * Inputs by parts that vary; those of a part are all there or none.
   * @param begins whether more rows will follow, which may vary more: the parts with a cycle are then all there, the hour where
   * dates have a time
   */
  inputs(begins: boolean): CalendarInput[] {
    const number = (part: CalendarPart) => this.spreads[INPUTS.findIndex((input) => input.part === part)]!;
    const timed = number('hour').max > 0;
    return INPUTS.flatMap((input, i) => {
      const { part } = input;
      if (begins) return part === 'year' || (part === 'hour' && !timed) ? [] : [{ ...input, ...evenly(input, EVENLY[part]!) }];
      return varies(number(part)) ? [{ ...input, ...scalingOf(this.spreads[i]!) }] : [];
    });
  }

  /**
   * That rows are in order of time, where they plainly are; or that they are not, where that is relied on.
   * @param apart by what rows are held out, if not at random
   */
  notices(apart: 'time' | 'groups' | undefined): string[] {
    const { count, rises, falls, name } = this;
    if (apart === 'time' && falls > 0) {
      return [
        `column ${JSON.stringify(name)} goes back ${falls === 1 ? 'once' : `${falls} times`} from one row to the next; order: 'time' needs the earliest rows first: sort the rows by this column`,
      ];
    }
    if (apart || count < LEAST_ORDERED || Math.min(rises, falls) > 0 || Math.max(rises, falls) < count / 2) return [];
    const how = rises > 0 ? 'rises' : 'falls';
    return [
      `column ${JSON.stringify(name)} ${how} from row to row, so rows held out at random lie between training rows; if the model is for later times, use order: 'time', which holds out the last rows to come`,
    ];
  }
}

const varies = ({ min, max }: Spread) => min < max;

/** The scaling of what takes each of n values alike, as numbers or on the circle. */
function evenly({ form }: Pick<CalendarInput, 'form'>, n: number): Scaling {
  return form === 'number' ? { mean: (n - 1) / 2, scale: Math.sqrt((n * n - 1) / 12) } : { mean: 0, scale: Math.SQRT1_2 };
}

/**
 * out[r·stride + first + i] = input i of date r; 0 for gaps.
 * @param times in milliseconds
 */
export function encodeDates(
  spec: NumberSpec,
  inputs: readonly CalendarInput[],
  times: Float64Array,
  out: Float32Array | Float64Array,
  first: number,
  stride: number,
): void {
  const { sentinels = [] } = spec;
  times.forEach((time, r) => {
    const date = held(time, { sentinels }) === undefined ? undefined : new Date(time);
    inputs.forEach((input, i) => {
      out[r * stride + first + i] = date ? scaled(inputOf(input, date), input) : 0;
    });
  });
}
