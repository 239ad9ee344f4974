// Durations as people write them.

import type { Field } from './options.js';

/** How long: a number of milliseconds, or a text with a unit, such as '500ms', '90s', '5m' or '2h'. */
export type Duration = number | `${number}${'' | ' '}${'ms' | 's' | 'm' | 'h'}`;

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a text with a unit; NaN of any other. */
export function millisecondsIn(text: string): number {
  const [, amount, unit] = /^(\d+\.?\d*|\.\d+) ?(ms|s|m|h)$/.exec(text.trim()) ?? [];
  return unit === undefined ? Number.NaN : Number(amount) * UNITS[unit]!;
}

/** Milliseconds of either. */
export const milliseconds = (given: Duration): number => (typeof given === 'number' ? given : millisecondsIn(given));

/** An option that says how long, in milliseconds; infinite by default. */
export const DURATION: Field<number> = {
  accepts: (v) => (typeof v === 'number' || typeof v === 'string') && milliseconds(v as Duration) > 0,
  expected: "a number > 0 of milliseconds, or a text such as '90s', '5m' or '2h'",
  default: Infinity,
  read: (v) => milliseconds(v as Duration),
};
