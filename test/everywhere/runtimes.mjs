// Runtimes without pages, and tools that run programs in Node.js.

import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { PRINT, cjs, esm, here, project, resultsIn, run, started, tool } from './project.mjs';

/** Both at once: they are the same classes. */
const SHARED = `
  import { createRequire } from 'node:module';
  import { Network } from 'efficient-backprop';
  import { NeuralNetwork } from 'efficient-backprop/brain';
  const require = createRequire(import.meta.url);
  const [{ Network: same }, { NeuralNetwork: sameToo }] = ['', '/brain'].map((entry) => require('efficient-backprop' + entry));
  if (same !== Network || sameToo !== NeuralNetwork) throw new Error('import and require have classes of their own');
`;

/** A runtime that takes files like Node.js: ES modules, CommonJS, and both in one process. */
const files = (command, args = []) => ({
  missing: () => !existsSync(command) && `${command} is not there`,
  threads: true,
  async results(name) {
    const folder = await project(name, { 'esm.mjs': esm(PRINT), 'cjs.cjs': cjs(PRINT), 'both.mjs': SHARED });
    await run(command, [...args, 'both.mjs'], folder);
    const found = {};
    for (const file of ['esm.mjs', 'cjs.cjs']) [found[file]] = resultsIn(await run(command, [...args, file], folder));
    return found;
  },
});

const node = (version) => files(tool(`node-${version}/bin/node`));

/** What workerd runs: a worker, whose binaries are modules of its configuration. */
const WORKER = `export default {
  async fetch({ url }) { return new Response(url.endsWith('/result') ? 'RESULT ' + JSON.stringify(await result()) : 'ready'); },
};`;

const workerd = {
  missing: () => !existsSync(tool('workerd/bin/workerd')) && 'workerd is not installed',
  threads: false,
  async results(name) {
    const folder = await project(name, { 'worker.mjs': esm(WORKER) });
    await build({
      entryPoints: [path.join(folder, 'worker.mjs')],
      bundle: true,
      format: 'esm',
      conditions: ['workerd'],
      loader: { '.wasm': 'copy' },
      assetNames: '[name]',
      outdir: path.join(folder, 'out'),
    });
    const main = 'worker.js'; // which comes first
    const files = [main, ...(await readdir(path.join(folder, 'out'))).filter((file) => file !== main)];
    const modules = files.map((file) => {
      const kind = file.endsWith('.wasm') ? 'wasm' : 'esModule';
      return `(name = "${file}", ${kind} = embed "out/${file}")`;
    });
    const port = 18_787;
    await writeFile(
      path.join(folder, 'config.capnp'),
      `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (modules = [${modules.join(', ')}], compatibilityDate = "2026-01-01");
`,
    );
    const end = await started(tool('workerd/bin/workerd'), ['serve', 'config.capnp'], folder, `http://127.0.0.1:${port}`);
    try {
      const answer = await (await fetch(`http://127.0.0.1:${port}/result`)).text();
      const [found] = resultsIn(answer);
      if (!found) throw new Error(`workerd answered: ${answer}`);
      return { worker: found };
    } finally {
      end();
    }
  },
};

/** Jest, whose modules are CommonJS, in an environment. */
const jest = (environment) => ({
  missing: () => !existsSync(tool('jest/bin/jest.js')) && 'jest is not installed',
  threads: true,
  async results(name) {
    const write = "require('node:fs').writeFileSync('result.txt', 'RESULT ' + JSON.stringify(await result()));";
    const files = {
      'training.test.js': cjs(`test('it trains', async () => { ${write} }, 60000);`),
      'jest.config.js': `module.exports = { testEnvironment: '${environment}', rootDir: __dirname };`,
    };
    const folder = await project(name, files);
    await run(process.execPath, [tool('jest/bin/jest.js'), '--config', 'jest.config.js'], folder);
    return { test: resultsIn(await readFile(path.join(folder, 'result.txt'), 'utf8'))[0] };
  },
});

/** Programs for brain.js, with the package in the place of its sources. */
async function brainPrograms() {
  const folder = path.join(here, '../compat/brain/programs');
  const texts = (await readdir(folder)).map(async (file) => {
    const text = await readFile(path.join(folder, file), 'utf8');
    return [
      file.replace(/ts$/, 'mts'),
      text.replace(/'[./]+src\/compat\/(brain(?:\/v1)?)\/index.js'/g, "'efficient-backprop/$1'"),
    ];
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** What TypeScript says of programs in each form; nothing is run. */
const types = (compiler) => ({
  missing: () => !existsSync(tool(`${compiler}/bin/tsc`)) && `${compiler} is not installed`,
  async results(name) {
    const body = `
      export const model: Promise<Classifier<string>> = Classifier.fit([[1]], ['a']);
      export const net: Promise<Network> = Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError' });
      export const file = (m: Classifier<string>) => new Blob([m.toBytes()]);`;
    const imported = `
      import { Classifier, Network, dense } from 'efficient-backprop';
      import brain, { NeuralNetwork } from 'efficient-backprop/brain';
      import { NeuralNetwork as First } from 'efficient-backprop/brain/v1';
      export const other = [new NeuralNetwork<number[], number[]>(), new First()];
      export const whole: typeof NeuralNetwork = brain.NeuralNetwork;`;
    const required = `${imported}\nimport all = require('efficient-backprop');\nexport const same: typeof Network = all.Network;`;
    const programs = await brainPrograms();
    const folder = await project(name, { 'esm.mts': imported + body, 'cjs.cts': required + body, ...programs });
    const modules = ['esm.mts', ...Object.keys(programs)];
    for (const [lib, module, moduleResolution, ...files] of [
      [['es2022', 'dom'], 'node16', 'node16', ...modules, 'cjs.cts'],
      [['es2022', 'dom'], 'nodenext', 'nodenext', ...modules, 'cjs.cts'],
      [['es2022'], 'nodenext', 'nodenext', 'esm.mts', 'cjs.cts'],
      [['es2022', 'dom'], 'esnext', 'bundler', ...modules],
    ]) {
      const common = { noEmit: true, strict: true, target: 'es2022', lib, types: [] };
      const config = JSON.stringify({ compilerOptions: { ...common, module, moduleResolution }, files });
      await writeFile(path.join(folder, 'tsconfig.json'), config);
      await run(process.execPath, [tool(`${compiler}/bin/tsc`)], folder);
    }
    return {};
  },
});

export const RUNTIMES = {
  ...Object.fromEntries(['20.0', '20', '22.0', '22', '24', '26'].map((version) => [`node-${version}`, node(version)])),
  bun: files(tool('@oven/bun-linux-x64/bin/bun')),
  deno: files(tool('deno/deno'), ['run', '--allow-all', '--node-modules-dir=manual']),
  workerd,
  'jest-node': jest('node'),
  'jest-jsdom': jest(tool('jest-environment-jsdom')),
  'typescript-5.0': types('typescript-5.0'),
  'typescript-6': types('typescript'),
};
