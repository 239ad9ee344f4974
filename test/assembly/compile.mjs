// Compiles what the binaries keep inside (inside.ts) to build/inside.*.wasm, unless these are newer than their sources.
// Vitest runs this before the tests.

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { promisify } from 'node:util';

const ENTRY = 'test/assembly/inside.ts';

const age = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export default async function compile() {
  const sources = [ENTRY, 'asconfig.json', ...readdirSync('assembly', { recursive: true }).map((name) => `assembly/${name}`)];
  const newest = Math.max(...sources.map(age));
  await Promise.all(
    ['float32', 'float64', 'float32.relaxed', 'float64.relaxed'].map(async (target) => {
      const file = `build/inside.${target}`;
      if (age(`${file}.wasm`) > newest) return;
      const outputs = ['--outFile', `${file}.wasm`, '--textFile', `${file}.wat`];
      await promisify(execFile)('node_modules/.bin/asc', [ENTRY, '--target', target, ...outputs]);
    }),
  );
}
