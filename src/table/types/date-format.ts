// Dates in a spelling that somebody names: DD/MM/YYYY, YYYY.MM.DD HH:mm, ….

import { fullYear, midnight } from './dates.js';

/** What each part of a format is: a pattern, and which part of a date. */
const PARTS: Record<string, [pattern: string, part: string]> = {
  YYYY: ['\\d{4}', 'year'],
  YY: ['\\d{2}', 'short'],
  MM: ['\\d{1,2}', 'month'],
  M: ['\\d{1,2}', 'month'],
  DD: ['\\d{1,2}', 'day'],
  D: ['\\d{1,2}', 'day'],
  HH: ['\\d{1,2}', 'hour'],
  H: ['\\d{1,2}', 'hour'],
  mm: ['\\d{2}', 'minute'],
  ss: ['\\d{2}(?:\\.\\d+)?', 'second'],
};

const PART = /YYYY|YY|MM|M|DD|D|HH|H|mm|ss/g;

/** A spelling of dates. */
export class DateFormat {
  private readonly pattern: RegExp;

  private constructor(
    readonly format: string,
    private readonly parts: readonly string[],
  ) {
    const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    let source = '';
    let at = 0;
    for (const { 0: part, index } of format.matchAll(PART)) {
      const [pattern, name] = PARTS[part]!;
      source += `${literal(format.slice(at, index))}(?<${name}>${pattern})`;
      at = index + part.length;
    }
    this.pattern = new RegExp(`^\\s*${source}${literal(format.slice(at))}\\s*$`);
  }

  /** A format that names a day, each part at most once; undefined for anything else. */
  static of(format: string): DateFormat | undefined {
    const parts = [...format.matchAll(PART)].map(([part]) => PARTS[part]![1]);
    const has = (name: string) => parts.includes(name);
    const isWhole = (has('year') || has('short')) && has('month') && has('day');
    return isWhole && new Set(parts).size === parts.length ? new DateFormat(format, parts) : undefined;
  }

  /** The date that a text spells, in ISO 8601; undefined for a text that spells none, such as 31/02/2020. */
  iso(text: string): string | undefined {
    const found = this.pattern.exec(text)?.groups;
    if (!found) return undefined;
    const number = (name: string) => Number(found[name] ?? 0);
    const year = found['year'] !== undefined ? number('year') : fullYear(number('short'));
    const start = midnight(year, number('month'), number('day'));
    const [hour, minute, second] = [number('hour'), number('minute'), number('second')];
    if (start === undefined || hour > 23 || minute > 59 || second >= 60) return undefined;
    const date = new Date(start);
    date.setUTCHours(hour, minute, 0, Math.round(second * 1000));
    const iso = date.toISOString();
    return this.parts.includes('hour') ? iso : iso.slice(0, 10);
  }
}
