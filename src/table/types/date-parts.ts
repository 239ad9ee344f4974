// The parts of dates: how each is written, and what time they make together. Formats that are found and those that somebody
// names are made of these.

import { monthNamed } from './months.js';

/** How parts are written. */
export const WRITTEN = {
  year: '\\d{4}',
  shortYear: '\\d{2}',
  month: '\\d{1,2}',
  monthName: '\\p{L}{3,12}\\.?',
  day: '\\d{1,2}',
  hour: '\\d{1,2}',
  minute: '\\d{2}',
  second: '\\d{2}(?:[.,]\\d{1,9})?',
  half: '[ap]\\.?m\\.?',
  zone: '(?:UTC|GMT|Z)?[+-]\\d{2}(?::?\\d{2})?|(?:UTC|GMT)[+-]\\d|UTC|GMT|Z|[ECMP][SD]T',
} as const;

/** A time of day as it is written. */
export interface WrittenClock {
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  /** am or pm. */
  readonly half?: string | undefined;
  readonly zone?: string | undefined;
}

const MINUTE = 60_000;

/** Zones of North America by letters, in hours, as e-mail has them. */
const LETTERS: Readonly<Record<string, number>> = { E: -5, C: -6, M: -7, P: -8 };

/** Minutes that a zone is ahead of UTC. */
function offsetOf(zone: string): number {
  const letters = /^([ECMP])([SD])T$/i.exec(zone);
  if (letters) return 60 * (LETTERS[letters[1]!.toUpperCase()]! + (/d/i.test(letters[2]!) ? 1 : 0));
  const [, sign, hours, minutes = '0'] = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? [];
  return sign === undefined ? 0 : Number(`${sign}1`) * (60 * Number(hours) + Number(minutes));
}

/** Milliseconds since midnight in UTC, which is where a time is that names no zone; undefined for a time that does not exist. */
export function clockTime({ hour = '0', minute = '0', second = '0', half, zone = '' }: WrittenClock): number | undefined {
  const [whole = '', fraction = ''] = second.split(/[.,]/);
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  const ends = hours === 24 && Number(minute) === 0 && Number(second) === 0; // the end of a day, in ISO 8601
  if ((hours > 23 && !ends) || Number(minute) > 59 || Number(whole) > 59) return undefined;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return (hours * 60 + Number(minute) - offsetOf(zone)) * MINUTE + Number(whole) * 1000 + milliseconds;
}

/** The year that two digits mean, as POSIX reads them: 69 to 99 are of the last century. */
const fullYear = (digits: number) => digits + (digits < 69 ? 2000 : 1900);

/**
 * When a day begins in UTC, in milliseconds since 1970; undefined for one that does not exist.
 * @param year with four digits, or two
 * @param month a number from 1 on, or a name
 */
export function dayTime(year: string, month: string, day: string): number | undefined {
  const number = /^\d/.test(month) ? Number(month) : monthNamed(month);
  if (number === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year.length > 2 ? Number(year) : fullYear(Number(year)), number - 1, Number(day));
  return date.getUTCMonth() === number - 1 && date.getUTCDate() === Number(day) ? date.getTime() : undefined;
}
