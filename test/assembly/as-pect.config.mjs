// Specs of the kernels' insides, compiled with them and run inside WebAssembly, once per binary:
//   npx asp --summary -c test/assembly/as-pect.config.mjs --as-config test/assembly/float32.asconfig.json
// or float64, float32.relaxed, ….
//
// They are compiled as one module that imports them all: one by one they take three times as long.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import '../relaxed-simd.mjs';

const FOLDER = 'build/specs';
const ALL = `${FOLDER}/all.spec.ts`;
const names = readdirSync('test/assembly').filter((name) => name.endsWith('.spec.ts'));
const imports = names.map((name) => `import "../../test/assembly/${name.slice(0, -3)}";\n`).join('');
mkdirSync(FOLDER, { recursive: true });
if (read(ALL) !== imports) writeFileSync(ALL, imports);

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export default {
  entries: [ALL],
  include: [],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory, customLoss: () => Number.NaN } }));
  },
  outputBinary: false,
};
