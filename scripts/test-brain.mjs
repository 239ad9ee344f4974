// `npm run test:brain -- PATH`: brain.js's own tests, of both lines, with brain.js and then with this package in its place. PATH
// is a clone of github.com/BrainJS/brain.js, or its git directory. What passes with brain.js must pass with this package.
//
// Nothing of brain.js is kept here. Sources, and the packages that they and their tests import, go to a folder for temporary
// files.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, step } from './steps.mjs';

const scratch = path.join(tmpdir(), 'efficient-backprop-brain');
const PACKAGES = ['thaw.js@2', 'gpu.js@2', 'sinon@7', 'js-datasets-iris@1'];

/** The names of brain.js's files that this package has something for, and what each exports by default. */
const MODULES = {
  'neural-network': 'NeuralNetwork',
  'cross-validate': 'CrossValidate',
  likely: 'likely',
  lookup: 'lookup',
  'train-stream': 'TrainStream',
  src: 'default',
};

const LINES = {
  '1.x': { branch: 'v1.x', entry: 'dist/brain/v1.js', tests: ['test/base/*.js'] },
  '2.x': {
    branch: 'master',
    entry: 'dist/brain.js',
    tests: ['src/neural-network.*.test.ts', 'src/cross-validate.test.ts', 'src/likely.test.ts', 'src/lookup.test.ts'],
  },
};

/**
 * mocha's and jest's ways in vitest: tests that call back, and spies. Errors keep their text alone: what they compare may be a
 * view of all of WebAssembly's memory, which would be sent to the process that reports.
 */
const SETUP = `
globalThis.jest = vi;
globalThis.fail = (message) => { throw new Error(message); };
const { it } = globalThis;
const done = (test) => (test.length ? new Promise((resolve) => test(resolve)) : test());
const plain = (test) => async () => {
  try { await done(test); } catch (error) { throw new Error(String(error?.message ?? error).split('\\n')[0]); }
};
const wrapped = (name, test, ...rest) => it(name, test && plain(test), ...rest);
globalThis.it = Object.assign(wrapped, { each: it.each.bind(it), skip: it.skip.bind(it) });
`;

/** The sources of a branch, and the packages that they import. */
function checkedOut(repository, branch) {
  const folder = path.join(scratch, branch);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const inside = path.join(repository, '.git');
  const git = existsSync(inside) ? inside : repository;
  const archive = execFileSync('git', [`--git-dir=${git}`, 'archive', branch], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['x', '-C', folder], { input: archive });
  symlinkSync(path.join(scratch, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

/** Where imports of tests lead, by the names of the files: to this package, or to brain.js's sources. */
function standIns(folder, entry) {
  const from = JSON.stringify(path.join(root, entry));
  return Object.entries(MODULES).map(([name, exported]) => {
    const file = path.join(folder, `stand-in-${name}.mjs`);
    writeFileSync(file, `export * from ${from};\nexport { ${exported} as default } from ${from};\n`);
    return [name, file];
  });
}

/** What each test said, by its name; nothing where it passed. */
function results(folder, tests, replaced) {
  const report = path.join(folder, 'report.json');
  const config = path.join(folder, 'vitest.config.mjs');
  const setup = path.join(folder, 'setup.mjs');
  writeFileSync(setup, SETUP);
  // 1.x imports it by default, which it has given up.
  const thaw = path.join(folder, 'thaw.mjs');
  writeFileSync(thaw, "export { Thaw, Thaw as default } from 'thaw.js';\n");
  const plugin = `{
    name: 'in the place of brain.js', enforce: 'pre',
    async resolveId(id, from) {
      if (id === 'thaw.js' && from !== ${JSON.stringify(thaw)}) return ${JSON.stringify(thaw)};
      if (!from || !/\\.test\\.ts$|\\/test\\//.test(from)) return undefined;
      const found = new Map(${JSON.stringify(replaced)}).get(id.replace(/.*\\/|\\.[jt]s$/g, ''));
      return found && id.startsWith('.') ? found : id.includes('/dist/') ? this.resolve(id.replace('/dist/', '/src/'), from) : undefined;
    },
  }`;
  const test = {
    globals: true,
    setupFiles: [setup],
    include: tests,
    exclude: ['**/*.end-to-end.*'],
    testTimeout: 30_000,
    retry: 2, // some hope that one training is faster than another
    silent: true,
    reporters: [['json', { outputFile: report }]],
  };
  writeFileSync(
    config,
    `export default { root: ${JSON.stringify(folder)}, plugins: [${plugin}], test: ${JSON.stringify(test)} };\n`,
  );
  rmSync(report, { force: true });
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  try {
    execFileSync(process.execPath, [vitest, 'run', '--config', config], { cwd: folder, stdio: 'pipe', timeout: 600_000 });
  } catch (error) {
    if (!existsSync(report)) throw error; // otherwise the report says what failed
  }
  const said = new Map();
  for (const { name, message, assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const file = path.relative(folder, name);
    if (assertionResults.length === 0) said.set(file, message || 'has no tests');
    for (const { fullName, status, failureMessages } of assertionResults) {
      said.set(`${file}: ${fullName}`, status === 'passed' ? '' : (failureMessages[0] ?? status).split('\n')[0]);
    }
  }
  return said;
}

const [repository] = process.argv.slice(2);
if (!repository || !existsSync(repository)) {
  throw new Error(
    'say where brain.js is: npm run test:brain -- PATH, a clone of github.com/BrainJS/brain.js or its git directory',
  );
}
mkdirSync(scratch, { recursive: true });
if (!existsSync(path.join(scratch, 'node_modules/thaw.js'))) {
  writeFileSync(path.join(scratch, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES];
  await step(`test:brain: installs ${PACKAGES.join(', ')}`, async () =>
    execFileSync('npm', install, { cwd: scratch, stdio: 'pipe' }),
  );
}
for (const [line, { branch, entry, tests }] of Object.entries(LINES)) {
  const folder = checkedOut(path.resolve(repository), branch);
  const theirs = await step(`test:brain: ${line} with brain.js`, async () => results(folder, tests, []));
  const ours = await step(`test:brain: ${line} with ${entry}`, async () => results(folder, tests, standIns(folder, entry)));
  const passed = [...theirs].filter(([, said]) => !said).map(([name]) => name);
  const lost = passed.filter((name) => ours.get(name) !== '');
  for (const name of lost) console.log(`lost: ${name}: ${ours.get(name) ?? 'did not run'}`);
  for (const [name, said] of theirs) if (said) console.log(`brain.js itself fails: ${name}: ${said}`);
  console.log(
    `${line}: brain.js passes ${passed.length} of its ${theirs.size} tests, this package ${passed.length - lost.length} of those`,
  );
  if (lost.length > 0 || passed.length === 0) process.exitCode = 1;
}
