import type { ModelJSON } from '../../src/index.js';

/** A model as JSON of version 1, which had no checksum, so that what reads the rest is put to the test. */
export function unchecked(model: unknown): ModelJSON {
  const { checksum, ...rest } = JSON.parse(JSON.stringify(model)) as ModelJSON;
  return { ...rest, version: 1 };
}
