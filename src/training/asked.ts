// What a fit was asked to do, and of what data, in words: whoever takes it up must ask the same.

import type { RealArray, Reals } from '../../bindings/memory.js';
import type { SampleBuffers } from '../data/dataset.js';
import { DataError, OptionError } from '../runtime/errors.js';
import { crc32 } from '../runtime/crc.js';
import type { Method } from '../methods/method.js';
import { type Schedule, isSchedule } from '../rates/schedule.js';
import { FIT_OPTIONS, type FitSettings } from './options.js';

/** By option; of data their checksums, under 'X', 'Y', 'sampleWeights' and 'rows'. */
export type Asked = Readonly<Record<string, string>>;

/** Options that may differ: they say who does the work, and when to stop; and data, which are compared themselves. */
const FREE_OPTIONS = ['signal', 'timeLimit', 'onEpoch', 'background', 'resume', 'sampleWeights', 'validation', 'seed'];

/** Where rates that come from functions are compared. */
const MOMENTS = [0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 1].map((share) => {
  return { share, samples: Math.round(1e6 * share), step: Math.round(1e5 * share), epoch: Math.round(1000 * share) };
});

/** A number as far as engines agree on what functions of theirs give. */
const about = (x: unknown) => (typeof x === 'number' ? String(Number(x.toPrecision(9))) : typeof x);

/** What a function gives where it is looked up; no more than that it is one, where it throws. */
function lookedUp(of: (moment: (typeof MOMENTS)[number]) => unknown): string {
  try {
    return MOMENTS.map((moment) => about(of(moment))).join(' ');
  } catch {
    return 'a function';
  }
}

/** An option's value in words. What methods do with their settings is no part of it. */
export function worded(value: unknown): string {
  if (isSchedule(value)) return `${value.name} (${lookedUp((moment) => (value as Schedule).rate(moment))})`;
  if (typeof value === 'function') return `by the epoch (${lookedUp(({ epoch }) => value(epoch) as unknown)})`;
  if (ArrayBuffer.isView(value)) return worded(Array.from(value as unknown as ArrayLike<number>));
  if (Array.isArray(value)) return `[${value.map(worded).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : String(value);
  const settings = Object.entries(value).filter(([name, v]) => v !== undefined && (typeof v !== 'function' || name === 'rate'));
  return `{ ${settings.map(([name, v]) => `${name}: ${worded(v)}`).join(', ')} }`;
}

/** Parts of a list in words, between commas outside of brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i < text.length; i++) {
    if ('{[('.includes(text[i]!)) depth++;
    else if ('}])'.includes(text[i]!)) depth--;
    else if (depth === 0 && text.startsWith(', ', i)) {
      parts.push(text.slice(begin, i));
      begin = i + 2;
    }
  }
  return [...parts, text.slice(begin)];
}

/** The same words with settings sorted by name, however deep. */
function sorted(text: string): string {
  const at = text.indexOf('{ ');
  if (at < 0 || !text.endsWith(' }')) return text;
  return `${text.slice(0, at)}{ ${partsOf(text.slice(at + 2, -2))
    .map(sorted)
    .sort()
    .join(', ')} }`;
}

/** Whether values in words are the same, in whatever order their settings are listed. */
export function sameInWords(one: string | undefined, other: string | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && sorted(one) === sorted(other));
}

/** A checksumOf of numbers in linear memory. */
function checksumOf(reals: Reals | undefined): string {
  if (!reals) return 'none';
  const { buffer, byteOffset, byteLength }: RealArray = reals.view();
  return crc32([new Uint8Array(buffer, byteOffset, byteLength)]);
}

/** The same that is worked out when it is first asked for: a checksumOf takes a pass over the data. */
export function lazily<T>(of: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: of() };
    return found.value;
  };
}

/** What a fit is asked. `data` are all its samples, where they do not come in chunks; `held` those of a validation set. */
export function asked(
  settings: FitSettings,
  seed: number,
  data: { samples: SampleBuffers; rows: number } | undefined,
  held: SampleBuffers | undefined,
): Asked {
  const options = Object.keys(FIT_OPTIONS).filter((name) => !FREE_OPTIONS.includes(name));
  const { validation } = settings;
  const set = held && `a set with the checksums ${checksumOf(held.x)}, ${checksumOf(held.t)}, ${checksumOf(held.w)}`;
  return {
    ...(data
      ? {
          rows: String(data.rows),
          X: checksumOf(data.samples.x),
          Y: checksumOf(data.samples.t),
          sampleWeights: checksumOf(data.samples.w),
        }
      : { rows: 'chunks' }),
    ...Object.fromEntries(options.map((name) => [name, worded(settings[name as keyof FitSettings])])),
    seed: String(seed),
    validation: set ?? worded(validation),
  };
}

/** Refuses to take up a fit by another method, before anything is made ready for it. @throws OptionError */
export function requireMethod(before: Asked, method: Method = FIT_OPTIONS.method.default as Method): void {
  if (!sameInWords(worded(method), before['method'])) refuseDifferent('fit.method', method, worded(method), before['method']!);
}

/** @throws OptionError for an option, as "call.option", that is not what it was */
export function refuseDifferent(option: string, value: unknown, now: string, before: string): never {
  const expected = `${before}, as in the fit to be resumed`;
  throw new OptionError(option, value, expected, `${option} is ${now}; expected ${expected}`);
}

/**
 * Refuses to take up a fit that was asked something else.
 * @throws OptionError that names the option; DataError that names the data
 */
export function requireSame(before: Asked, now: Asked, settings: FitSettings): void {
  if (before['rows'] !== now['rows']) {
    const detail = (rows: string | undefined) => (rows === 'chunks' ? 'come in chunks' : `have ${rows} rows`);
    throw new DataError('X', `the data ${detail(now['rows'])}; those of the fit to be resumed ${detail(before['rows'])}`);
  }
  for (const name of ['X', 'Y', 'sampleWeights']) {
    if (before[name] !== now[name]) throw new DataError(name, 'differs from that of the fit to be resumed');
  }
  for (const [name, value] of Object.entries(now)) {
    if (!sameInWords(before[name], value))
      refuseDifferent(`fit.${name}`, settings[name as keyof FitSettings], value, before[name] ?? 'nothing');
  }
}
