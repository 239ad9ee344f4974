// Lints assembly/ and test/assembly/. Biome reads TypeScript, to which decorators of functions are an error: it is given copies
// in which they are comments, at the same lines and columns but for those behind a decorator on its own line.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bin, root } from './steps.mjs';

const copies = mkdtempSync(path.join(tmpdir(), 'lint-'));
try {
  for (const folder of ['assembly', 'test/assembly']) {
    cpSync(path.join(root, folder), path.join(copies, folder), { recursive: true });
    for (const name of readdirSync(path.join(copies, folder), { recursive: true })) {
      const file = path.join(copies, folder, name);
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, text.replace(/^(\s*)@(inline|unmanaged|unsafe|global|external(?:\(.*\))?)(?!\w)/gm, '$1/*@$2*/'));
    }
  }
  cpSync(path.join(root, 'scripts/lint-assembly.jsonc'), path.join(copies, 'biome.jsonc'));
  const options = ['lint', '--error-on-warnings', '--max-diagnostics=none', '.'];
  process.exitCode = spawnSync(bin('biome'), options, { cwd: copies, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(copies, { recursive: true });
}
