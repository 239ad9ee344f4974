// Dates as people write them: in which order day, month and year stand, with times and zones.

/** The order of a date's parts. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY';

const DATE =
  /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:(?:T|,? +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([ap])\.?m\.?)?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?$/i;

/** The year that two digits mean, as POSIX reads them: 69 to 99 are of the last century. */
export const fullYear = (digits: number) => digits + (digits < 69 ? 2000 : 1900);

/** When a day begins in UTC, in milliseconds since 1970; undefined for one that does not exist. */
export function midnight(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** Parts of a date as they stand, and its time in milliseconds since midnight UTC. */
interface Parts {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Whether the year stands first, by its four digits. */
  readonly yearFirst: boolean;
  readonly time: number;
}

function partsOf(text: string): Parts | undefined {
  const found = DATE.exec(text.replace(/[\u00a0\u202f]/g, ' '));
  if (!found) return undefined;
  const [, a = '', , b = '', c = '', hours, minutes, seconds = '0', fraction = '0', half, zone = 'Z'] = found;
  const yearFirst = a.length === 4;
  // Two digits of a year beside one of a day are rather a version, or the like.
  const years = yearFirst ? c.length < 3 : c.length === 4 || (c.length === 2 && a.length === 2 && b.length === 2);
  if (a.length === 3 || !years) return undefined;
  let time = 0;
  if (hours !== undefined) {
    let hour = Number(hours);
    if (half !== undefined) {
      if (hour < 1 || hour > 12) return undefined;
      hour = (hour % 12) + (/p/i.test(half) ? 12 : 0);
    }
    if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    time = ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
  }
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (offset) time -= Number(`${offset[1]}1`) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
  return { a: Number(a), b: Number(b), c: Number(c), yearFirst, time };
}

/** The time of a date; undefined for one that does not exist. */
function timeOf({ a, b, c, yearFirst, time }: Parts, order: DateOrder): number | undefined {
  if (yearFirst !== (order === 'YMD')) return undefined;
  const [year, month, day] = order === 'YMD' ? [a, b, c] : order === 'DMY' ? [c, b, a] : [c, a, b];
  const start = midnight(year > 99 || order === 'YMD' ? year : fullYear(year), month, day);
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
    if (parts.yearFirst) return true;
    this.firsts.add(parts.a);
    this.seconds.add(parts.b);
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
    if (open.length === 1) return { order: open[0]!, accepted: most, sure: true };
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
