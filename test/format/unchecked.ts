import type { ModelJSON } from '../../src/index.js';

/** A model as JSON of a version that wrote no checksum, so that what reads the rest is put to the test. */
export function unchecked(model: unknown): ModelJSON {
  const { checked, checksum, ...rest } = JSON.parse(JSON.stringify(model)) as ModelJSON;
  return rest;
}
