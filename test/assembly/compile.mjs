// Compiles what the binaries keep inside (inside.ts) to build/inside.*.wasm, unless these are newer than their sources.
// Vitest runs this before the tests.

import { atOnce, isNew, run, step } from '../../scripts/steps.mjs';

const ENTRY = 'test/assembly/inside.ts';

export default async function compile() {
  await atOnce(
    ['float32', 'float64', 'float32.relaxed', 'float64.relaxed'].map((target) => async () => {
      const file = `build/inside.${target}`;
      if (isNew(`${file}.wasm`, [ENTRY, 'assembly', 'asconfig.json', 'package.json', 'test/assembly/compile.mjs'])) return;
      const outputs = ['--outFile', `${file}.wasm`, '--textFile', `${file}.wat`];
      await step(`test: compiles ${ENTRY} to ${file}.wasm`, () => run('asc', [ENTRY, '--target', target, ...outputs]));
    }),
  );
}
