// Fields of configurations in model files: what they may hold, and how they are read.

import { ModelFileError, OptionError, shown } from '../runtime/errors.js';
import { type Checked, type Schema, checked, flag, number, value } from '../runtime/options.js';

/** Fields that must be there. */
export const TEXT = value<string | undefined>('a string', (v) => typeof v === 'string', undefined);
export const FLAG = value<boolean | undefined>('true or false', flag(true).accepts, undefined);
export const LIST = value<readonly unknown[] | undefined>('an array', Array.isArray, undefined);
export const COUNT = number({ min: 0, integer: true }, undefined);
export const FINITE = number({ above: -Infinity, below: Infinity }, undefined);

/** Fields that need not be there. */
export const OPTIONAL_OBJECT = value<object | null>('an object', (v) => typeof v === 'object', null);
export const OPTIONAL_LIST = value<readonly unknown[]>('an array', Array.isArray, []);

/** @throws ModelFileError unless the value is an object */
export function record(value: unknown, what: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new ModelFileError(`damaged: ${what} is ${shown(value)}; expected an object`);
  return value as Record<string, unknown>;
}

/** @throws ModelFileError unless the value is an array */
export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ModelFileError(`damaged: ${what} is ${shown(value)}; expected an array`);
  return value;
}

/**
 * A part of a configuration, checked against a schema; a field whose default is undefined must be there.
 * @throws ModelFileError
 */
export function fields<S extends Schema>(
  what: string,
  schema: S,
  value: unknown,
): { [K in keyof S]: Exclude<Checked<S>[K], undefined> } {
  const result = readable(what, () => checked(what, schema, record(value, what)));
  for (const [name, v] of Object.entries(result)) {
    if (v === undefined) throw new ModelFileError(`damaged: ${what}.${name} is missing; expected ${schema[name]!.expected}`);
  }
  return result as { [K in keyof S]: Exclude<Checked<S>[K], undefined> };
}

/** Runs a check of options on what a file says, whose faults are then the file's. */
export function readable<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new ModelFileError(`damaged: in ${what}, ${cause.message}`, { cause });
  }
}
