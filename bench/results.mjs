// What is kept of a run: the last one of each kind of machine.

import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { slugOf } from '../dist/bench.js';

const folder = new URL('results/', import.meta.url);

/** The machine, as results name it. */
export const machine = {
  cpu: os.cpus()[0]?.model ?? '',
  cores: os.availableParallelism(),
  runtime: 'node',
  version: process.versions.node,
};

/** The name that results of this kind of machine are kept under. */
export const slug = slugOf(machine);

/** What every result begins with. */
export const heading = { date: new Date().toISOString(), machine };

/**
 * Writes a result and its pictures.
 * @param name of the files, without an ending
 * @param pictures SVG documents, by what is added to the name
 * @returns the files written
 */
export async function keep(name, result, pictures) {
  await mkdir(folder, { recursive: true });
  const files = { '.json': `${JSON.stringify(result, null, 1)}\n`, ...pictures };
  for (const [ending, text] of Object.entries(files)) await writeFile(new URL(`${name}${ending}`, folder), text);
  return Object.keys(files).map((ending) => `bench/results/${name}${ending}`);
}
