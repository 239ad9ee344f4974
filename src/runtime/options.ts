// Options are checked once, where they come in, against a schema: a field per option, each with what it takes and its default.

import { OptionError } from './errors.js';

/** One option: how to check a value, and what stands for a missing one. */
export interface Field<T> {
  /** Whether a value is one that the option takes. */
  accepts(value: unknown): boolean;
  /** What the option takes, in words. */
  readonly expected: string;
  /** What a value that it takes stands for, where there are several ways to say the same. */
  read?(value: unknown): T;
  readonly default: T;
  /** Not for users: no message lists it. */
  readonly internal?: boolean;
}

export type Schema = Record<string, Field<unknown>>;

/**
 * A schema for options that are declared with what users read of them: every one of them has a field, which takes no other
 * values.
 */
export type SchemaOf<Options> = { readonly [K in keyof Options]-?: Field<Options[K] | undefined> };

/** The options that a schema yields. */
export type Checked<S extends Schema> = { [K in keyof S]: S[K] extends Field<infer T> ? T : never };

function field<T>(expected: string, accepts: (value: unknown) => boolean, fallback: T): Field<T> {
  return { expected, accepts, default: fallback };
}

/** Bounds of a number: `min ≤ x ≤ max`, or strictly `above < x < below`. */
interface NumberBounds {
  min?: number;
  max?: number;
  above?: number;
  below?: number;
  integer?: boolean;
}

function within({ min, max, above, below, integer }: NumberBounds): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'number' &&
    !Number.isNaN(value) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below) &&
    (!integer || Number.isSafeInteger(value));
}

function described({ min, max, above, below, integer }: NumberBounds): string {
  const kind = integer ? 'an integer' : below === Infinity ? 'a finite number' : 'a number';
  const low = min !== undefined ? `≥ ${min}` : above !== undefined && above > -Infinity ? `> ${above}` : '';
  const high = max !== undefined ? `≤ ${max}` : below !== undefined && below < Infinity ? `< ${below}` : '';
  return [kind, [low, high].filter(Boolean).join(' and ')].filter(Boolean).join(' ');
}

/** A number within bounds. */
export function number<T = number>(bounds: NumberBounds, fallback: T): Field<number | T> {
  return field<number | T>(described(bounds), within(bounds), fallback);
}

/** One of a few names. */
export function oneOf<const N extends string, T extends N | undefined>(names: readonly N[], fallback: T): Field<N | T> {
  const list = names.map((name) => `'${name}'`).join(', ');
  return field<N | T>(`one of ${list}`, (value) => names.includes(value as N), fallback);
}

/** One of a few names, some of which have others that mean the same. */
export function named<const N extends string, T extends N | undefined>(
  names: readonly N[],
  aliases: Readonly<Record<string, string>>,
  fallback: T,
): Field<N | T> {
  const others = (name: N) => Object.keys(aliases).filter((alias) => aliases[alias] === name && names.includes(name));
  const said = names.map((name) => [`'${name}'`, ...others(name).map((alias) => `or '${alias}'`)].join(' '));
  const read = (value: unknown) => (typeof value === 'string' && Object.hasOwn(aliases, value) ? aliases[value] : value) as N;
  return { ...field<N | T>(`one of ${said.join(', ')}`, (value) => names.includes(read(value)), fallback), read };
}

/** true or false. */
export function flag<T = boolean>(fallback: T): Field<boolean | T> {
  return field<boolean | T>('true or false', (value) => typeof value === 'boolean', fallback);
}

/** Anything that passes a test, described in words. */
export function value<T>(expected: string, accepts: (value: unknown) => boolean, fallback: T): Field<T> {
  return field(expected, accepts, fallback);
}

/** A function. */
export function callback<F extends (...args: never[]) => unknown>(signature: string): Field<F | undefined> {
  return field<F | undefined>(`a function ${signature}`, (v) => typeof v === 'function', undefined);
}

/** Whether a value is an array, or a typed one. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/** What any of several fields takes. */
export function either<A, B>(a: Field<A>, b: Field<B>): Field<A | B> {
  return field<A | B>(`${a.expected}, or ${b.expected}`, (v) => a.accepts(v) || b.accepts(v), a.default);
}

/** @throws OptionError for what is no object, or an unknown option */
function known(call: string, schema: Schema, options: unknown): Readonly<Record<string, unknown>> {
  if (options !== undefined && (options === null || typeof options !== 'object' || Array.isArray(options))) {
    throw new OptionError(`${call} options`, options, 'an object');
  }
  const given = (options ?? {}) as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schema, name)) {
      const names = Object.keys(schema).filter((option) => !schema[option]!.internal);
      const near = nearest(name, names);
      const expected = near ? `did you mean ${near}?` : `the options are ${names.join(', ')}`;
      throw new OptionError(`${call}.${name}`, given[name], expected, `${call}.${name}: no such option; ${expected}`);
    }
  }
  return given;
}

/**
 * Options of two kinds, given together: those that `schema` has, and the others, whose values are not checked yet.
 * @throws OptionError for what is no object, or an option that neither has
 */
export function apart(call: string, schema: Schema, others: Schema, options: unknown): [own: object, others: object] {
  const entries = Object.entries(known(call, { ...schema, ...others }, options));
  const some = (of: Schema) => Object.fromEntries(entries.filter(([name]) => Object.hasOwn(of, name)));
  return [some(schema), some(others)];
}

/**
 * The options of `call`, checked, with defaults filled in. `undefined` counts as missing.
 * @throws OptionError for an unknown option or an unacceptable value
 */
export function checked<S extends Schema>(call: string, schema: S, options: unknown): Checked<S> {
  const given = known(call, schema, options);
  const result: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(schema)) {
    const v = given[name];
    if (v === undefined) result[name] = option.default;
    else if (option.accepts(v)) result[name] = option.read ? option.read(v) : v;
    else throw new OptionError(`${call}.${name}`, v, option.expected);
  }
  return result as Checked<S>;
}

/** The name within two edits of `name` that leaves at least half of it, if there is one. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const candidate of names) {
    const d = edits(name.toLowerCase(), candidate.toLowerCase());
    if (d < least && 2 * d <= Math.max(name.length, candidate.length)) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Whether a value is what the maker of a kind, with these options, would make: it may come from a file. */
export function isMadeBy(kind: string, schema: Schema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== kind) return false;
  const settings = value as Record<string, unknown>;
  return Object.entries(schema).every(([name, field]) => field.accepts(settings[name]));
}
