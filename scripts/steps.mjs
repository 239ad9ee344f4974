// What the scripts of this folder share: commands of packages, what is out of date, and steps that say what they do and how long
// it took.

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The path of a package's command. */
export const bin = (name) => path.join(root, 'node_modules', '.bin', name);

const execute = promisify(execFile);

/**
 * Runs a package's command, or any other by its path, in the repository.
 * @returns what it wrote
 * @throws Error with what it wrote, where it does not exit with 0
 */
export async function run(command, args, options = {}) {
  const file = path.isAbsolute(command) ? command : bin(command);
  try {
    const { stdout, stderr } = await execute(file, args, { cwd: root, maxBuffer: 1 << 28, ...options });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`${[command, ...args].join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

/** The newest change among files, or of folders and below them. */
function newest(paths) {
  return Math.max(
    ...paths.map((p) => {
      const s = statSync(p);
      return s.isDirectory() ? Math.max(s.mtimeMs, newest(readdirSync(p).map((name) => path.join(p, name)))) : s.mtimeMs;
    }),
  );
}

/** Whether what was built is there and newer than what it is made of. */
export function isNew(built, sources) {
  const made = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return made > newest(sources);
}

/** Does a step, and says so before and after on the error stream: the other one may be somebody's data. */
export async function step(what, work) {
  console.error(`${what} …`);
  const start = performance.now();
  const result = await work();
  console.error(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** Does works in their order, as many at a time as there are cores. @returns their results, in their order */
export async function atOnce(works, cores = availableParallelism()) {
  const results = new Array(works.length);
  let next = 0;
  const lane = async () => {
    while (next < works.length) {
      const i = next++;
      results[i] = await works[i]();
    }
  };
  await Promise.all(Array.from({ length: cores }, lane));
  return results;
}
