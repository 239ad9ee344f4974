// `npm test`: checks, kernels' tests inside WebAssembly (as-pect), then vitest in Node and in Chromium. Ends with a line
// `N passed, N failed`, in which each check counts as one. A suite that ran no test counts as failed.
//
// `npm run test:thorough` (--thorough) runs all there is. Without it tests marked `thorough`, and most repetitions of others, are
// left out (test/thorough.ts), and so are binaries and projects that differ little from those that run.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { check } from './check.mjs';
import { atOnce, bin, root, step } from './steps.mjs';

process.chdir(root);
const thorough = process.argv.includes('--thorough');

/** Runs a package's command; returns exit code and what it wrote, which is shown at once or when it ends. */
function run(name, args, { env = process.env, live = true } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(bin(name), args, { stdio: ['ignore', 'pipe', live ? 'inherit' : 'pipe'], env });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
      if (live) process.stdout.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (!live) process.stdout.write(output);
      resolve({ code, output });
    });
  });
}

async function checks() {
  const { names, failed } = await check();
  return { name: 'check', passed: names.length - failed.length, failed: failed.length, broken: false };
}

/** as-pect exits with 0 even if it found nothing to test: what counts is its summary. */
async function aspect(binary) {
  const config = ['-c', 'test/assembly/as-pect.config.mjs', '--as-config', `test/assembly/${binary}.asconfig.json`];
  const { code, output } = await run('asp', ['--summary', ...config], { live: false });
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
  const options = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await run('vitest', options, { env: { ...process.env, ...(thorough && { THOROUGH: '1' }) } });
  const report = await readFile(file, 'utf8').then(JSON.parse, () => ({}));
  await rm(folder, { recursive: true });
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report;
  return { name: 'vitest', passed, failed, broken: code !== 0 };
}

/** Of each precision and each kind of multiply-add one, or all. */
const binaries = thorough ? ['float32', 'float64', 'float32.relaxed', 'float64.relaxed'] : ['float64', 'float32.relaxed'];

const results = [
  await checks(),
  ...(await atOnce(binaries.map((binary) => () => step(`test: kernels of ${binary}`, () => aspect(binary))))),
  await step('test: vitest', vitest),
];
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
