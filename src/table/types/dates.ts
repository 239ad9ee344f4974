// Dates as people write them: in which order day, month and year stand, with months in words, times and zones.

import { WRITTEN, clockTime, dayTime } from './date-parts.js';

/** The order of a date's parts. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY';

const TIME = `(?<hour>${WRITTEN.hour}):(?<minute>${WRITTEN.minute})(?::(?<second>${WRITTEN.second}))?(?: ?(?<half>${WRITTEN.half}))?`;
const ZONE = `(?<zone>${WRITTEN.zone})`;

/** What may stand behind a day: a time, its zone, and that zone in words, as JavaScript adds it. */
const CLOCK = `(?:(?:T|,? at |,? |:)${TIME}(?: ?${ZONE}(?: \\([^()]{1,40}\\))?)?)?`;

/** Dates of numbers: the first, the second and the third, which separators keep apart. */
const NUMBERS = new RegExp(`^(?<a>\\d{1,4})([-/.]) ?(?<b>\\d{1,2})\\2 ?(?<c>\\d{1,4})${CLOCK}$`, 'iu');

const MONTH = `(?<month>${WRITTEN.monthName})`;
const DAY = `(?<day>${WRITTEN.day})`;
const YEAR = `(?<year>${WRITTEN.year})`;
const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)\\p{L}{0,6}\\.?,? )?';

/** Dates whose month is a word: 3 Jan 2024, January 3, 2024, 2024-Jan-03, and as C writes them, Wed Jan 3 10:00:00 2024. */
const WORDS = [
  `${WEEKDAY}${DAY}(?:st|nd|rd|th|\\.)?(?: of | de |[-/ ]|)${MONTH}(?: del? |, |[-/ ]|)(?<year>${WRITTEN.year}|${WRITTEN.shortYear})(?: г\\.)?${CLOCK}`,
  `${WEEKDAY}${MONTH}[-/ ]${DAY}(?:st|nd|rd|th)?(?:, ?|[-/ ])${YEAR}${CLOCK}`,
  `${YEAR}(?:\\. |[-/ ])${MONTH}[-/ ]${DAY}\\.?${CLOCK}`,
  `${WEEKDAY}${MONTH} ${DAY} ${TIME}(?: ${ZONE})? ${YEAR}`,
].map((form) => new RegExp(`^${form}$`, 'iu'));

/** No date is longer; longer text is not looked at. */
const LONGEST = 80;

/** Parts of a date as they stand, and its time in milliseconds since midnight UTC. */
interface Parts {
  readonly a: string;
  readonly b: string;
  readonly c: string;
  /** Whether the year stands first, by its four digits. */
  readonly yearFirst: boolean;
  readonly time: number;
}

/** A date that says which part is which: when it is. */
interface Told {
  readonly told: number;
}

function partsOf(text: string): Parts | Told | undefined {
  if (text.length > LONGEST || !/\d/.test(text)) return undefined;
  const even = /\s[\s]|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ') : text;
  const found = NUMBERS.exec(even)?.groups;
  if (!found) return /\p{L}{3}/u.test(even) ? toldIn(even) : undefined;
  const { a = '', b = '', c = '' } = found;
  const yearFirst = a.length === 4;
  // Two digits of a year beside one of a day are rather a version, or the like.
  const years = yearFirst ? c.length < 3 : c.length === 4 || (c.length === 2 && a.length === 2 && b.length === 2);
  const time = a.length === 3 || !years ? undefined : clockTime(found);
  return time === undefined ? undefined : { a, b, c, yearFirst, time };
}

function toldIn(text: string): Told | undefined {
  for (const form of WORDS) {
    const found = form.exec(text)?.groups;
    if (!found) continue;
    const start = dayTime(found['year']!, found['month']!, found['day']!);
    const time = clockTime(found);
    if (start !== undefined && time !== undefined) return { told: start + time };
  }
  return undefined;
}

/** The time of a date; undefined for one that does not exist. */
function timeOf(parts: Parts | Told, order: DateOrder): number | undefined {
  if ('told' in parts) return parts.told;
  const { a, b, c, yearFirst, time } = parts;
  if (yearFirst !== (order === 'YMD')) return undefined;
  const [year, month, day] = order === 'YMD' ? [a, b, c] : order === 'DMY' ? [c, b, a] : [c, a, b];
  const start = dayTime(year, month, day);
  return start === undefined ? undefined : start + time;
}

const ORDERS: readonly DateOrder[] = ['YMD', 'DMY', 'MDY'];

/** How the dates of a column may be written, by all of them. Their order does not matter. */
export class DateTally {
  /** How many texts are dates in some order. */
  count = 0;
  private readonly accepted: Record<DateOrder, number> = { YMD: 0, DMY: 0, MDY: 0 };
  /** First and second numbers that there are where either may be the day. */
  private readonly firsts = new Set<number>();
  private readonly seconds = new Set<number>();
  private pointed = false;

  /** @returns whether the text is a date in some order */
  add(text: string): boolean {
    const parts = text.length < 6 ? undefined : partsOf(text);
    if (!parts) return false;
    let any = false;
    for (const order of ORDERS) {
      if (timeOf(parts, order) === undefined) continue;
      this.accepted[order]++;
      any = true;
    }
    if (!any) return false;
    this.count++;
    if ('told' in parts || parts.yearFirst) return true;
    this.firsts.add(Number(parts.a));
    this.seconds.add(Number(parts.b));
    this.pointed ||= text.includes('.');
    return true;
  }

  /**
   * The order that most have; and whether another one would do as well. Then what stays the same is rather a day, as of dates by
   * the month, than a month; points are written where the day comes first; and else it is taken to come first.
   */
  order(hint: DateOrder | undefined): { order: DateOrder; accepted: number; sure: boolean } {
    const { accepted, firsts, seconds } = this;
    const most = Math.max(accepted.YMD, accepted.DMY, accepted.MDY);
    const open = ORDERS.filter((order) => accepted[order] === most);
    if (open.length === 1 || firsts.size === 0) return { order: open[0]!, accepted: most, sure: true };
    const differ = firsts.size > 1 || seconds.size > 1 || !sameSets(firsts, seconds);
    if (hint && open.includes(hint)) return { order: hint, accepted: most, sure: true };
    const order = seconds.size === 1 && firsts.size > 2 && !this.pointed ? 'MDY' : 'DMY';
    return { order, accepted: most, sure: !differ || this.pointed };
  }
}

function sameSets(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((x) => b.has(x));
}

/** The time that a text says in this order, in milliseconds since 1970; UTC's where it names no zone. Undefined for no date. */
export function readDate(text: string, order: DateOrder): number | undefined {
  const parts = partsOf(text);
  return parts && timeOf(parts, order);
}
