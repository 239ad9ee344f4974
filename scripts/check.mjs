// Everything that is checked without running it: `npm run check`, and a part of `npm test`. `node scripts/check.mjs NAME …` runs
// some.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { atOnce, root, run, step } from './steps.mjs';

/** What is checked, the longest first. Each throws an Error that says what is wrong. */
const CHECKS = {
  /** What is packed is a package that others can import, with types that they find. */
  package: async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'package-'));
    try {
      const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
      await run(path.join(path.dirname(process.execPath), npm), ['pack', '--ignore-scripts', '--pack-destination', folder]);
      const [name] = await readdir(folder);
      const file = path.join(folder, name);
      await run('publint', ['--strict', file]);
      await run('attw', ['--profile', 'node16', '--no-definitely-typed', file]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  types: () => run('tsc', ['--noEmit']),
  lint: () => run('biome', ['check', '--error-on-warnings', '--max-diagnostics=none']),
  dependencies: () => run('depcruise', ['--output-type', 'err-long', 'assembly', 'bindings', 'src']),
  unused: () => run('knip', ['--treat-config-hints-as-errors']),
  'lint of assembly': () => run(process.execPath, ['scripts/lint-assembly.mjs']),
  'doc comments': () => run(process.execPath, ['scripts/doc-comments.mjs']),
  width: () => run(process.execPath, ['scripts/width.mjs']),
};

/** Runs checks, and says of each how it went. @returns those that failed */
export async function check(names = Object.keys(CHECKS)) {
  const failed = [];
  await atOnce(
    names.map((name) => async () => {
      try {
        await step(`check: ${name}`, CHECKS[name]);
      } catch (error) {
        failed.push(name);
        console.error(`check: ${name} failed\n${error.message}`);
      }
    }),
  );
  return { names, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(root);
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !Object.hasOwn(CHECKS, name));
  if (unknown.length > 0) throw new Error(`no check ${unknown.join(', ')}; there are ${Object.keys(CHECKS).join(', ')}`);
  const { failed } = await check(asked.length > 0 ? asked : undefined);
  console.error(failed.length > 0 ? `check: ${failed.join(', ')} failed` : 'check: all is well');
  process.exitCode = failed.length > 0 ? 1 : 0;
}
