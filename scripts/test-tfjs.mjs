// `npm run test:tfjs -- PATH [NAME …]`: programs of tfjs-examples, each trained by TensorFlow.js, then, unchanged, by
// TensorFlow.js on this package's backend, in Node.js and in the browsers that there are, in a page and in a worker, and then,
// where it calls fit() once and with that line changed, by this package. PATH is a clone of tensorflow/tfjs-examples on GitHub,
// or its git directory. All begin with the same random numbers, and what they learn must be the same.
//
// Nothing of the programs is kept here. They go to a folder for temporary files; what they draw is dropped, and what they
// download is made up.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { installed, report as ear, serve, visited } from '../test/everywhere/browsers.mjs';
import { root, step } from './steps.mjs';
import { PROGRAMS } from './test-tfjs-programs.mjs';

const scratch = path.join(tmpdir(), 'efficient-backprop-tfjs');

/** What programs ask of their pages. */
const ANSWERS = {
  loadTrainParametersFromUI: '() => ({ epochs: 40, learningRate: 0.01 })',
  getManualInputData: '() => [5.1, 3.5, 1.4, 0.2]',
  urlExists: 'async () => false',
  updateStatus: '(text) => { if (/^Final train-set loss/.test(text)) done(); }',
  renderCoefficients: '(where, found) => { if (/trained/.test(where)) done(found); }',
};

/** A module of a program's own that draws: the same names, without the drawing. */
function undrawn(text) {
  const names = [...text.matchAll(/^ *export (?:async )?(?:function|const|let) (\w+)/gm)].map(([, name]) => name);
  const lines = names.map((name) => `export const ${name} = ${ANSWERS[name] ?? '() => {}'};`);
  return ['let done; globalThis.ended ??= new Promise((resolve) => { done = resolve; });', ...lines].join('\n');
}

/** TensorFlow.js's union of packages. */
const UNION = `
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
export * as data from '@tensorflow/tfjs-data';
`;

const VISOR = `
export const show = { history: async () => {}, fitCallbacks: () => ({}) };
export const render = { confusionMatrix: async () => {}, linechart: async () => {} };
export const metrics = { confusionMatrix: async (...of) => { for (const tensor of of) await tensor.data(); } };
`;

/** In the place of downloads: rows with a signal in them. How many columns there are follows from the program. */
const TABLES = `
const { imul } = Math;
const noise = (i) => { let t = imul(i ^ (i >>> 15), 0x2c1b3c6d); t = imul(t ^ (t >>> 12), 0x297a2d39); return ((t ^ (t >>> 15)) >>> 0) / 2 ** 31 - 1; };
function parse(url, { complete }) {
  const phishing = /gist/.test(url);
  const [rows, columns] = phishing ? [/train/.test(url) ? 5528 : 2764, 30] : [/train/.test(url) ? 333 : 173, 12];
  const seed = /train/.test(url) ? 1 : 1e6;
  const row = (r) => Array.from({ length: columns }, (_, c) => noise(seed + 31 * r + c) * (c + 1));
  const signal = (x) => x.reduce((sum, v, c) => sum + (v / (c + 1)) * Math.sin(c + 1), 0);
  const target = (r) => { const s = signal(row(r)); return phishing ? Number(s + noise(7 * r) / 2 > 0) : 22 + 4 * s + Math.abs(s) + noise(7 * r); };
  const record = (values) => Object.fromEntries(values.map((v, c) => ['c' + String(c).padStart(2, '0'), String(v)]));
  const data = Array.from({ length: rows }, (_, r) => record(/target/.test(url) ? [target(r)] : row(r)));
  complete({ data });
}
module.exports = { parse };
`;

/** What is called in the place of tfjs's own training: keeps histories, whoever trains. */
const accelerateBy = (who) => `
${who}
export const histories = [];
export function accelerate(model) {
  const trained = by(model);
  for (const name of ['fit', 'fitDataset']) {
    const own = trained[name];
    trained[name] = async function (...args) {
      trained[name] = own;
      const said = await own.apply(this, args);
      histories.push(said.history);
      return said;
    };
  }
  return trained;
}
`;
const UNCHANGED = 'const by = (model) => model;';
const OURS = 'tfjs on our backend';
const BY = {
  tfjs: UNCHANGED,
  [OURS]: `import ${JSON.stringify(path.join(root, 'dist/tfjs-backend.js'))};\n${UNCHANGED}`,
  'efficient-backprop': `import { accelerate as by } from ${JSON.stringify(path.join(root, 'dist/tfjs.js'))};`,
};

/** Copies the sources of the programs: as they lie there, or out of a git directory. */
function checkedOut(repository) {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  if (Object.keys(PROGRAMS).every((name) => existsSync(path.join(repository, name)))) {
    for (const name of Object.keys(PROGRAMS)) cpSync(path.join(repository, name), path.join(scratch, name), { recursive: true });
    return;
  }
  const inside = path.join(repository, '.git');
  const git = existsSync(inside) ? inside : repository;
  const archive = execFileSync('git', [`--git-dir=${git}`, 'archive', 'HEAD', ...Object.keys(PROGRAMS)], {
    maxBuffer: 2 ** 30,
    stdio: 'pipe',
  });
  execFileSync('tar', ['x', '-C', scratch], { input: archive });
}

/** The one line: where the program calls fit. @throws Error where there is not one such line */
function changed(text, name) {
  const calls = [...text.matchAll(/\bmodel\.(fit|fitDataset)\(/g)];
  if (calls.length !== 1) throw new Error(`${name} trains in ${calls.length} places`);
  return `import { accelerate } from 'accelerate';\n${text.replace(calls[0][0], `accelerate(model).${calls[0][1]}(`)}`;
}

/** What stands in the place of packages, by name. */
const placesFor = (who) => ({
  '@tensorflow/tfjs': UNION,
  '@tensorflow/tfjs-node': UNION,
  '@tensorflow/tfjs-vis': VISOR,
  papaparse: TABLES,
  https: 'module.exports = {};',
  accelerate: accelerateBy(BY[who]),
});

/** Trains in Node.js, in a process that is told where TensorFlow.js's binaries are, where the report goes, and the backend. */
const IN_NODE = (drive) => `
import { writeFileSync } from 'node:fs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
const [binaries, report, backend] = process.argv.slice(2);
setWasmPaths(binaries);
writeFileSync(report, JSON.stringify({ histories: await ${drive} }));
process.exit(0);
`;

/** Trains in a page, which then starts itself as a worker. */
const IN_A_PAGE = (drive) => `
const backend = 'efficient-backprop';
const part = typeof window === 'undefined' ? 'worker' : 'page';
const say = (what) => fetch('${ear}/' + location.search.slice(1) + '/' + part, { method: 'POST', body: JSON.stringify(what) });
${drive}
  .then((histories) => ({ histories }), (error) => ({ error: String(error?.stack ?? error) }))
  .then(say)
  .then(() => part === 'page' && new Worker('main.js' + location.search));
`;

/** Bundles a program with whoever trains, for Node.js or for pages, to a file. */
async function bundled(name, who, platform, outfile) {
  const folder = path.join(scratch, name);
  const { files, fits } = PROGRAMS[name];
  const places = placesFor(who);
  const inPlace = {
    name: 'in the place of',
    setup(build) {
      const names = Object.keys(places).map((id) => id.replaceAll('/', '\\/'));
      build.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path: id }) => ({ path: id, namespace: 'place' }));
      build.onLoad({ filter: /./, namespace: 'place' }, ({ path: id }) => ({ contents: places[id], resolveDir: root }));
      build.onLoad({ filter: new RegExp(`${name}/[^/]+\\.js$`) }, ({ path: file }) => {
        const text = readFileSync(file, 'utf8');
        const base = path.basename(file);
        if (base === 'ui.js' || base === 'loader.js') return { contents: undrawn(text) };
        const own = base === 'index.js' && fits ? changed(text, name) : text;
        const page = `import { document } from ${JSON.stringify(path.join(root, 'scripts/test-tfjs-driver.mjs'))};\n`;
        return { contents: /\bdocument\./.test(own) ? page + own : own, resolveDir: folder };
      });
    },
  };
  const load = files.map((file) => `import(${JSON.stringify(path.join(folder, file))})`);
  const drive = `drive({ tf, histories, backend, train: PROGRAMS['${name}'].train, load: () => Promise.all([${load}]) })`;
  const contents = `
    import * as tf from '@tensorflow/tfjs';
    import { histories } from 'accelerate';
    import { drive } from './scripts/test-tfjs-driver.mjs';
    import { PROGRAMS } from './scripts/test-tfjs-programs.mjs';
    ${platform === 'node' ? IN_NODE(drive) : IN_A_PAGE(drive)}
  `;
  await esbuild.build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    platform,
    format: platform === 'node' ? 'esm' : 'iife',
    mainFields: platform === 'node' ? ['module', 'main'] : ['browser', 'module', 'main'],
    logLevel: 'error',
    plugins: [inPlace],
    external: platform === 'node' ? [] : ['fs'], // which programs require where they read files
    ...(platform === 'node' && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;",
      },
    }),
  });
}

const wasm = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')),
  `dist${path.sep}`,
);

/** Trains in Node.js. @returns the histories */
async function trained(name, who) {
  const report = path.join(scratch, 'report.json');
  rmSync(report, { force: true });
  const file = path.join(scratch, `${name}-${who.replaceAll(' ', '-')}.mjs`);
  await bundled(name, who, 'node', file);
  // TensorFlow.js trains no convolutions on its wasm backend.
  const backend = who === OURS ? 'efficient-backprop' : PROGRAMS[name].fits ? 'wasm' : 'cpu';
  execFileSync(process.execPath, [file, wasm, report, backend], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 3_600_000 });
  return JSON.parse(readFileSync(report, 'utf8')).histories;
}

/** Trains on our backend in every browser. @returns the histories by browser and part */
async function trainedInPages(name) {
  const folder = path.join(scratch, `${name}-pages`);
  mkdirSync(folder);
  await bundled(name, OURS, 'browser', path.join(folder, 'main.js'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><meta charset="utf-8"><script src="main.js"></script>');
  const served = await serve(folder);
  try {
    return Object.entries(await visited(`${served.address}/`, ['page', 'worker'], 600)).map(([where, { histories }]) => [
      where,
      histories,
    ]);
  } finally {
    served.end();
  }
}

/** How far apart two numbers may be that were learned: the rounding of float32, over thousands of steps. */
const TOLERANCE = 1e-3;

/** Says how far from TensorFlow.js's histories others are, and that the command has failed where that is too far. */
function compare(name, where, theirs, ours) {
  theirs.forEach((history, i) => {
    for (const [key, values] of Object.entries(history)) {
      const found = ours[i]?.[key] ?? [];
      const apart = values.map((a, k) => Math.abs(a - found[k]) / Math.max(1, Math.abs(a)));
      const same = apart.length === found.length && apart.every((distance) => distance <= TOLERANCE); // not NaN
      const last = `${found.at(-1)?.toPrecision(6)}, TensorFlow.js ${values.at(-1).toPrecision(6)}`;
      const most = `at most ${Math.max(...apart).toExponential(1)} apart in ${apart.length}`;
      console.log(`${name}, model ${i + 1}, ${where}: ${key} ${last}, ${most}${same ? '' : ': NOT THE SAME'}`);
      if (!same) process.exitCode = 1;
    }
  });
}

const [repository, ...chosen] = process.argv.slice(2);
if (!repository || !existsSync(repository)) {
  throw new Error(
    'say where tfjs-examples is: npm run test:tfjs -- PATH, a clone of github.com/tensorflow/tfjs-examples or its git directory',
  );
}
for (const name of chosen) {
  if (!(name in PROGRAMS)) throw new Error(`there is no program ${name}; there are ${Object.keys(PROGRAMS).join(', ')}`);
}
checkedOut(path.resolve(repository));
for (const name of chosen.length > 0 ? chosen : Object.keys(PROGRAMS)) {
  const theirs = await step(`test:tfjs: ${name} by tfjs`, () => trained(name, 'tfjs'));
  if (theirs.length === 0) throw new Error(`${name} did not train`);
  for (const who of Object.keys(BY)) {
    if (who === 'tfjs' || (who !== OURS && !PROGRAMS[name].fits)) continue;
    compare(name, who, theirs, await step(`test:tfjs: ${name} by ${who}`, () => trained(name, who)));
  }
  if (installed.length === 0) continue;
  const pages = await step(`test:tfjs: ${name} in pages`, () => trainedInPages(name));
  for (const [where, histories] of pages) compare(name, `${OURS}, ${where}`, theirs, histories);
}
