// Dates in a spelling that somebody names: DD/MM/YYYY, D MMM YYYY, YYYY.MM.DD HH:mm, ….

import { WRITTEN, clockTime, dayTime } from './date-parts.js';

/** What each part of a format is: a part of a date, and how it is written. */
const PARTS = {
  YYYY: ['year', WRITTEN.year],
  YY: ['year', WRITTEN.shortYear],
  MMMM: ['month', WRITTEN.monthName],
  MMM: ['month', WRITTEN.monthName],
  MM: ['month', WRITTEN.month],
  M: ['month', WRITTEN.month],
  DD: ['day', WRITTEN.day],
  D: ['day', WRITTEN.day],
  HH: ['hour', WRITTEN.hour],
  H: ['hour', WRITTEN.hour],
  hh: ['hour', WRITTEN.hour],
  mm: ['minute', WRITTEN.minute],
  ss: ['second', WRITTEN.second],
  A: ['half', WRITTEN.half],
  Z: ['zone', WRITTEN.zone],
} as const;

const PART = new RegExp(Object.keys(PARTS).join('|'), 'g');

/** A spelling of dates. */
export class DateFormat {
  private readonly pattern: RegExp;

  private constructor(readonly format: string) {
    const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
    let source = '';
    let at = 0;
    for (const { 0: part, index } of format.matchAll(PART)) {
      const [name, written] = PARTS[part as keyof typeof PARTS];
      source += `${literal(format.slice(at, index))}(?<${name}>${written})`;
      at = index + part.length;
    }
    this.pattern = new RegExp(`^\\s*${source}${literal(format.slice(at))}\\s*$`, 'iu');
  }

  /** A format that names a day, each part at most once; undefined for anything else. */
  static of(format: string): DateFormat | undefined {
    const parts = [...format.matchAll(PART)].map(([part]) => PARTS[part as keyof typeof PARTS][0]);
    const isWhole = (['year', 'month', 'day'] as const).every((part) => parts.includes(part));
    return isWhole && new Set(parts).size === parts.length ? new DateFormat(format) : undefined;
  }

  /** The time that a text says, in milliseconds since 1970; undefined for a text that says none, such as 31/02/2020. */
  read(text: string): number | undefined {
    const found = this.pattern.exec(text)?.groups;
    if (!found) return undefined;
    const start = dayTime(found['year']!, found['month']!, found['day']!);
    const time = clockTime(found);
    return start === undefined || time === undefined ? undefined : start + time;
  }
}
