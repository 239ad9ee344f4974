// `npm run test:tfjs -- PATH`: programs of tfjs-examples, each trained by TensorFlow.js, then, unchanged, by TensorFlow.js on
// this package's backend, and then, with one line changed, by this package. PATH is a clone of tensorflow/tfjs-examples on
// GitHub, or its git directory. All begin with the same random numbers, and the losses must be the same.
//
// Nothing of the programs is kept here. They go to a folder for temporary files; what they draw is dropped, and what they
// download is made up.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { root, step } from './steps.mjs';

const scratch = path.join(tmpdir(), 'efficient-backprop-tfjs');

/** How a program begins to train: by itself, by a click, or by a function that it exports. Each is awaited until it has ended. */
const PROGRAMS = {
  iris: "async (_, named) => { await named('train-from-scratch').heard('click'); }",
  'iris-fitDataset':
    "async (_, named) => { await new Promise((resolve) => setTimeout(resolve, 100)); await named('train-from-scratch').heard('click'); }",
  'boston-housing': `async (program) => {
    await program.run(program.linearRegressionModel(), 'linear', true);
    await program.run(program.multiLayerPerceptronRegressionModel1Hidden(), 'oneHidden', false);
    await program.run(program.multiLayerPerceptronRegressionModel2Hidden(), 'twoHidden', false);
  }`,
  'website-phishing': 'async () => { await globalThis.ended; }',
};

/** What programs ask of their pages. */
const ANSWERS = {
  loadTrainParametersFromUI: '() => ({ epochs: 40, learningRate: 0.01 })',
  getManualInputData: '() => [5.1, 3.5, 1.4, 0.2]',
  urlExists: 'async () => false',
  updateStatus: '(text) => { if (/^Final train-set loss/.test(text)) done(); }',
};

/** A module of a program's own that draws: the same names, without the drawing. */
function undrawn(text) {
  const names = [...text.matchAll(/^export (?:async )?(?:function|const|let) (\w+)/gm)].map(([, name]) => name);
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
const BY = {
  tfjs: UNCHANGED,
  'tfjs on our backend': `import ${JSON.stringify(path.join(root, 'dist/tfjs-backend.js'))};\n${UNCHANGED}`,
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

/** Bundles a program with whoever trains. @returns the file */
async function bundled(name, who) {
  const folder = path.join(scratch, name);
  const outfile = path.join(scratch, `${name}-${who.replaceAll(' ', '-')}.mjs`);
  const places = {
    '@tensorflow/tfjs': UNION,
    '@tensorflow/tfjs-vis': VISOR,
    papaparse: TABLES,
    accelerate: accelerateBy(BY[who]),
  };
  const inPlace = {
    name: 'in the place of',
    setup(build) {
      const names = Object.keys(places).map((id) => id.replaceAll('/', '\\/'));
      build.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path: id }) => ({ path: id, namespace: 'place' }));
      build.onLoad({ filter: /./, namespace: 'place' }, ({ path: id }) => ({ contents: places[id], resolveDir: root }));
      build.onLoad({ filter: new RegExp(`${name}/(ui|loader)\\.js$`) }, ({ path: file }) => ({
        contents: undrawn(readFileSync(file, 'utf8')),
      }));
      build.onLoad({ filter: new RegExp(`${name}/index\\.js$`) }, ({ path: file }) => ({
        contents: changed(readFileSync(file, 'utf8'), name),
        resolveDir: folder,
      }));
    },
  };
  const contents = `
    import * as tf from '@tensorflow/tfjs';
    import { histories } from 'accelerate';
    import { drive } from './scripts/test-tfjs-driver.mjs';
    await drive({ tf, histories, train: ${PROGRAMS[name]}, load: () => import(${JSON.stringify(path.join(folder, 'index.js'))}) });
  `;
  await esbuild.build({
    stdin: { contents, resolveDir: root },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    plugins: [inPlace],
  });
  return outfile;
}

const wasm = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json')),
  `dist${path.sep}`,
);

/** Trains. @returns the histories, and how long it took */
async function trained(name, who) {
  const report = path.join(scratch, 'report.json');
  rmSync(report, { force: true });
  const file = await bundled(name, who);
  const begun = performance.now();
  const backend = who === 'tfjs on our backend' ? 'efficient-backprop' : 'wasm';
  execFileSync(process.execPath, [file, wasm, report, backend], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 3_600_000 });
  return { ...JSON.parse(readFileSync(report, 'utf8')), time: performance.now() - begun };
}

/** How far apart two losses may be: the rounding of float32, over thousands of steps. */
const TOLERANCE = 1e-3;

const [repository] = process.argv.slice(2);
if (!repository || !existsSync(repository)) {
  throw new Error(
    'say where tfjs-examples is: npm run test:tfjs -- PATH, a clone of github.com/tensorflow/tfjs-examples or its git directory',
  );
}
checkedOut(path.resolve(repository));
for (const name of Object.keys(PROGRAMS)) {
  const theirs = await step(`test:tfjs: ${name} by tfjs`, () => trained(name, 'tfjs'));
  if (theirs.histories.length === 0) throw new Error(`${name} did not train`);
  for (const who of Object.keys(BY).filter((other) => other !== 'tfjs')) {
    const ours = await step(`test:tfjs: ${name} by ${who}`, () => trained(name, who));
    theirs.histories.forEach((history, i) => {
      for (const [key, values] of Object.entries(history)) {
        const [a, b] = [values.at(-1), ours.histories[i]?.[key]?.at(-1)];
        const same = Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a)); // false for NaN and for nothing
        const said = `${name}, model ${i + 1}, ${who}: ${key} ${b?.toPrecision(6)}, TensorFlow.js ${a.toPrecision(6)}`;
        console.log(`${said}${same ? '' : ': NOT THE SAME'}`);
        if (!same) process.exitCode = 1;
      }
    });
    const seconds = (time) => (time / 1000).toFixed(1);
    console.log(`${name}, ${who}: ${seconds(ours.time)} s, TensorFlow.js ${seconds(theirs.time)} s, with the start`);
  }
}
