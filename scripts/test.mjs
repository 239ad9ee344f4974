// Runs every test: as-pect inside WebAssembly over each binary, then vitest in Node and in Chromium. Ends with a line
// `N passed, N failed`. A suite that ran no test counts as failed.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Runs a package's command with its output shown; returns exit code and what it wrote. */
function run(name, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join('node_modules', '.bin', name), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** as-pect exits with 0 even if it found nothing to test: what counts is its summary. */
async function aspect(binary) {
  const config = ['-c', 'test/assembly/as-pect.config.mjs', '--as-config', `test/assembly/${binary}.asconfig.json`];
  const { code, output } = await run('asp', ['--summary', ...config]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  const [, passed, all] = /\[Tests\]\s*:\s*(\d+)\s*\/\s*(\d+)/.exec(output.replace(/\x1b\[[0-9;]*m/g, '')) ?? [];
  return {
    name: `as-pect ${binary}`,
    passed: Number(passed ?? 0),
    failed: Number(all ?? 0) - Number(passed ?? 0),
    broken: code !== 0,
  };
}

async function vitest() {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitest-'));
  const file = path.join(folder, 'report.json');
  const { code } = await run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const report = await readFile(file, 'utf8').then(JSON.parse, () => ({}));
  await rm(folder, { recursive: true });
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report;
  return { name: 'vitest', passed, failed, broken: code !== 0 };
}

const results = [];
for (const binary of ['float32', 'float64', 'float32.relaxed', 'float64.relaxed']) results.push(await aspect(binary));
results.push(await vitest());
let passed = 0;
let failed = 0;
for (const { name, passed: good, failed: bad, broken } of results) {
  // What broke without a failed test (it did not compile, or crashed) is a failure too.
  const extra = bad === 0 && (broken || good === 0) ? 1 : 0;
  if (extra) console.error(`${name}: ${good === 0 ? 'no test was executed' : 'ended with an error'}`);
  passed += good;
  failed += bad + extra;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
