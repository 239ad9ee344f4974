// tfjs-core's own tests, which its package holds, on our backend: `node core-suite.mjs [PART …]` runs those whose names contain a
// PART, or all, and prints as JSON how many passed and what failed why.

import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const require = createRequire(import.meta.url);
const core = path.dirname(require.resolve('@tensorflow/tfjs-core/package.json'));
const backend = fileURLToPath(new URL('../../../src/compat/tfjs-backend/index.ts', import.meta.url));

const BACKEND = process.env.TFJS_BACKEND ?? 'efficient-backprop';

/** Tests and backend share one copy of tfjs-core: its sources, where the tests are. */
const entry = `
  import '${core}/dist/index.js';
  import '${core}/dist/public/chained_ops/register_all_chained_ops.js';
  import '${core}/dist/register_all_gradients.js';
  import { register } from ${JSON.stringify(backend)};
  import { setTestEnvs } from '${core}/dist/jasmine_util.js';
  register();
  setTestEnvs([{ name: 'core', backendName: '${BACKEND}', isDataSync: true, flags: {} }]);
  await import('${core}/dist/tests.js');
`;

const oneCore = {
  name: 'one core',
  setup: (build) => build.onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, () => ({ path: path.join(core, 'dist/index.js') })),
};

/** Writes tests and backend to one file, and returns its address. */
async function bundled(folder) {
  const outfile = path.join(folder, 'tests.mjs');
  await esbuild.build({
    stdin: { contents: entry, resolveDir: core },
    outfile,
    bundle: true,
    ignoreAnnotations: true, // "free of side effects" is what tests and gradients are not
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    mainFields: ['module', 'main'],
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire('${core}/');` },
    external: ['node-fetch'],
    plugins: [oneCore],
  });
  return pathToFileURL(outfile).href;
}

/** Runs what `parts` name, and returns what came of it. */
async function run(parts) {
  const jasmineCore = require('jasmine-core');
  const jasmine = jasmineCore.boot(jasmineCore);
  const failed = {};
  let passed = 0;
  const environment = jasmine.getEnv();
  environment.configure({
    random: false,
    specFilter: (spec) => parts.length === 0 || parts.some((part) => spec.getFullName().includes(part)),
  });
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  environment.addReporter({
    specDone({ fullName, status, failedExpectations: [failure] }) {
      if (status === 'passed') passed++;
      else if (status === 'failed') failed[fullName.replace(' core {}', '')] = failure?.message ?? status;
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'tfjs-core-'));
  try {
    await import(await bundled(folder));
    await environment.execute();
  } finally {
    await rm(folder, { recursive: true });
  }
  return { passed, failed };
}

// Tests of tfjs print what they like.
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
print(`${JSON.stringify(await run(process.argv.slice(2)))}\n`, () => process.exit());
