// The package as others get it: what is in it, that it runs and type-checks elsewhere, and how large it is in a page.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: a script has no declarations
import { ENTRIES } from '../scripts/library.mjs';
import { blocksOf, snippetsOf } from './snippets.js';
import { some } from './thorough.js';

const root = process.cwd();
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

/** A project that uses the package. */
let project: string;
/** The package in it. */
let installed: string;

const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);
const run = (command: string, args: string[]) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });

beforeAll(() => {
  if (!existsSync('dist/cjs/index.d.cts')) throw new Error('nothing is built: npm run build');
  project = mkdtempSync(path.join(tmpdir(), 'efficient-backprop-user-'));
  mkdirSync(path.join(project, 'node_modules'));
  writeFileSync(path.join(project, 'package.json'), '{"type": "module"}');
  installed = path.join(project, 'node_modules', 'efficient-backprop');
  symlinkSync(root, installed, 'dir');
});
afterAll(() => rmSync(project, { recursive: true }));

test('there is nothing to install with it', () => {
  for (const kind of ['dependencies', 'optionalDependencies', 'bundledDependencies', 'bundleDependencies']) {
    expect(manifest[kind]).toBeUndefined();
  }
  for (const name of Object.keys(manifest.peerDependencies))
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
});

/** The files that a part of package.json's exports names. */
const pathsIn = (part: unknown): string[] =>
  typeof part === 'string' ? [part] : Object.values(part as object).flatMap((below) => pathsIn(below));

/** What `npm pack` says that it would pack. */
const packed = () =>
  JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )[0] as { size: number; unpackedSize: number; files: { path: string }[] };

test('it has at most 1.2 MB packed, and 3.5 unpacked', () => {
  const { size, unpackedSize } = packed();
  expect(size).toBeLessThan(1_200_000);
  expect(unpackedSize).toBeLessThan(3_500_000);
});

test('package.json has every entry, for every kind of program, and no other', () => {
  const { './wasm/*.wasm': wasm, './package.json': own, ...exported } = manifest.exports;
  expect([wasm, own]).toEqual(['./dist/wasm/*.wasm', './package.json']);
  const names = Object.keys(ENTRIES);
  const keyOf = (name: string) => (name === 'index' ? '.' : `./${name}`);
  const entryOf = (name: string) => {
    const esm = (file: string) => ({ types: `./dist/${name}.d.ts`, default: file });
    const cjs = { types: `./dist/cjs/${name}.d.cts`, default: `./dist/cjs/${name}.cjs` };
    return {
      workerd: esm(`./dist/workerd/${name}.js`),
      'module-sync': esm(`./dist/${name}.js`),
      module: esm(`./dist/${name}.js`),
      node: { import: esm(`./dist/cjs/${name}.mjs`), require: cjs },
      require: cjs,
      default: esm(`./dist/${name}.js`),
    };
  };
  expect(exported).toEqual(Object.fromEntries(names.map((name) => [keyOf(name), entryOf(name)])));
  // The first condition that holds is taken: their order matters as well.
  for (const name of names) expect(JSON.stringify(exported[keyOf(name)])).toBe(JSON.stringify(entryOf(name)));
  // Entries say where binaries come from, unless they have none. What registers itself does so in CommonJS too, whatever a
  // bundler thinks of it.
  const active = names.filter((name) => !ENTRIES[name].alone || ENTRIES[name].holds);
  const sides = active.flatMap((name) => [
    `./dist/${name}.js`,
    `./dist/workerd/${name}.js`,
    ...(ENTRIES[name].registers ? [`./dist/cjs/${name}.mjs`, `./dist/cjs/${name}.cjs`] : []),
  ]);
  expect(manifest.sideEffects).toEqual([...sides, './dist/cli.js', './src/cli/builtins.ts']);
});

test('it holds what was built, and what people read', () => {
  const names = packed().files.map(({ path: name }) => name);
  expect(names.filter((name) => !/^(dist|docs)\//.test(name)).sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
  expect(links.length).toBeGreaterThan(10);
  for (const link of links)
    expect(
      names.some((name) => name === link || name.startsWith(`${link}/`)),
      link,
    ).toBe(true);
  const { './wasm/*.wasm': _, ...entries } = manifest.exports;
  const paths = [...pathsIn(entries), ...Object.values(manifest.bin)].map((name) => path.normalize(name as string));
  for (const name of [...paths, 'dist/wasm/float32.wasm', 'dist/wasm/float64.wasm']) expect(names).toContain(name);
  expect(names.filter((name) => /\.(test|wat|map)|assembly|node_modules/.test(name))).toEqual([]);
});

test('the licences of the packages that it is made with travel in it', () => {
  expect(packed().files.map(({ path: name }) => name)).toContain('dist/LICENSES.txt');
  const licenses = readFileSync('dist/LICENSES.txt', 'utf8').split(/\n-{80}\n/);
  for (const name of ['cli-progress', 'commander', 'd3-scale', 'd3-shape', 'fzstd', 'hyparquet', 'hyparquet-compressors']) {
    const license = licenses.find((text) => text.trimStart().startsWith(`${name} `));
    expect(license, name).toMatch(/Permission is hereby granted|Permission to use, copy|Apache License|Redistribution and use/);
  }
});

describe('in a process of its own', () => {
  test('importing it does nothing', () => {
    const script = `
      const before = Reflect.ownKeys(globalThis).length;
      const names = Object.keys(await import('efficient-backprop'));
      await new Promise((resolve) => setTimeout(resolve, 50)); // reading the files has ended
      console.log(JSON.stringify({ names, globals: Reflect.ownKeys(globalThis).length - before,
        handles: process.getActiveResourcesInfo(), memory: process.memoryUsage().arrayBuffers < 5e6 }));`;
    const found = JSON.parse(run(process.execPath, ['--input-type=module', '-e', script]));
    expect(found).toMatchObject({ globals: 0, handles: [], memory: true });
    expect(found.names).toContain('Network');
  });

  test('it trains, saves and loads, and then the process ends by itself', () => {
    const script = `
      import { Classifier, Network, Regressor, dataset, dense, loadModel, sgd } from 'efficient-backprop';
      const X = [[0, 0], [0, 1], [1, 0], [1, 1]];
      const model = await Classifier.fit(X, ['no', 'yes', 'yes', 'no'], { seed: 1, hidden: 8, weightDecay: 1e-3 });
      await model.save('xor.safetensors');
      console.log((await loadModel('xor.safetensors')).predict(X).join());
      const net = await Network.create({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', precision: 'float64' });
      await net.fit(dataset(X, [0, 1, 1, 2]), { method: sgd({ rate: 0.1 }), epochs: 200 });
      console.log(Array.from(net.predict([[2, 2]]), (v) => v.toFixed(2)).join());
      try { dense(0) } catch (error) { console.log(error.name); }`;
    writeFileSync(path.join(project, 'use.mjs'), script);
    // Nothing is disposed of: what is forgotten must not keep the process alive. A process that hangs ends in a time-out.
    expect(run(process.execPath, ['use.mjs']).trim().split('\n')).toEqual(['no,yes,yes,no', '4.00', 'OptionError']);
  });

  test('what loads later knows what else has been loaded', () => {
    const script = `
      import { Regressor } from 'efficient-backprop';
      const rows = Array.from({ length: 20 }, (_, i) => ({ code: i % 3, x: Math.sin(i) }));
      const targets = rows.map(({ code, x }) => code + x);
      const some = rows.map(({ x }) => ({ x }));
      const asked = new Regressor({ seed: 1, hidden: 2, columns: { code: 'category' } });
      for (let k = 0; k < 2; k++) await asked.partialFit(rows, targets);
      const sparse = new Regressor({ seed: 1, hidden: 2, absent: 'zero' });
      for (const given of [rows, some]) await sparse.partialFit(given, targets);
      console.log(asked.columns[0].kind, sparse.predict(some).length);`;
    writeFileSync(path.join(project, 'parts.mjs'), script);
    expect(run(process.execPath, ['parts.mjs']).trim()).toBe('category 20');
  });

  test('workers do not keep it alive, and a worker of the user’s own has others', () => {
    const script = `
      import { Worker, isMainThread, parentPort } from 'node:worker_threads';
      import { Network, dense } from 'efficient-backprop';
      const X = Array.from({ length: 640 }, (_, r) => [r % 7, r % 11]);
      const Y = X.map(([a, b]) => Number(a > b));
      const train = async (threads, background) => {
        const layers = [dense(40, { activation: 'tanh' }), dense(2, { activation: 'softmax' })];
        const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1, threads });
        const { loss } = await net.fit(X, Y, { epochs: 30, batchSize: 64, background });
        return [...net.getWeights().flatMap((w) => [...w]), ...loss].join();
      };
      if (isMainThread) {
        const alone = await train(1, false);
        const theirs = new Promise((resolve) => new Worker(new URL(import.meta.url)).once('message', resolve));
        const all = [...(await Promise.all([train(2, false), train(3, false), train(2, true), train(1, true)])), ...(await theirs)];
        console.log(all.length, all.every((one) => one === alone));
      } else parentPort.postMessage([await train(2, false), await train(2, true)]);`;
    writeFileSync(path.join(project, 'threads.mjs'), script);
    // Nothing is ended: a process that hangs ends in a time-out.
    expect(run(process.execPath, ['threads.mjs']).trim()).toBe('6 true');
  });
});

/** A training whose bits are the same everywhere: of each precision, alone, on two threads and in the background. */
const TRAINED = `
  const trained = async ({ Network, dense }) => {
    const X = Array.from({ length: 640 }, (_, r) => [r % 7, r % 11]);
    const Y = X.map(([a, b]) => Number(a > b));
    const all = [];
    for (const precision of ['float32', 'float64'])
      for (const [threads, background] of [[1, false], [2, false], [1, true]]) {
        const layers = [dense(40, { activation: 'tanh' }), dense(2, { activation: 'softmax' })];
        const net = await Network.create({ inputs: 2, layers, loss: 'crossEntropy', seed: 1, threads, precision, numerics: 'strict' });
        await net.fit(X, Y, { epochs: 5, batchSize: 64, background });
        all.push(net.getWeights().flatMap((w) => [...w]).join());
      }
    return all;
  };`;

describe('in other forms', () => {
  /** What a script says of the training. */
  const bits = (script: string, file = 'form.mjs') => {
    writeFileSync(path.join(project, file), script);
    return run(process.execPath, [file]).trim();
  };
  const PRINTED = 'console.log(JSON.stringify([...(await trained(library)), ...said]));';
  const SAID = 'const said = []; console.info = (text) => said.push(text);';
  let expected: string;
  beforeAll(() => {
    expected = bits(`import * as library from 'efficient-backprop';\n${SAID}${TRAINED}${PRINTED}`);
  });

  test('what is expected is a training, the same on threads and in the background', () => {
    const [alone, two, behind, ...float64] = JSON.parse(expected);
    expect(alone.split(',')).toHaveLength(2 * 40 + 40 + 40 * 2 + 2);
    expect([two, behind]).toEqual([alone, alone]);
    expect(new Set(float64).size).toBe(1);
    expect(float64).toHaveLength(3); // and nothing said of threads
  });

  test('CommonJS: the same bits, where process.getBuiltinModule is missing too, and one library for require and import', () => {
    const script = `
      import { createRequire } from 'node:module';
      process.getBuiltinModule = undefined; // as in Node.js 20.0
      const library = createRequire(import.meta.url)('./node_modules/efficient-backprop/dist/cjs/index.cjs');
      const imported = await import('./node_modules/efficient-backprop/dist/cjs/index.mjs');
      const esm = await import('efficient-backprop');
      if (Object.keys(esm).join() !== Object.keys(imported).join()) throw new Error('other names');
      if (Object.keys(imported).some((name) => imported[name] !== library[name])) throw new Error('other objects');
      ${SAID}${TRAINED}${PRINTED}`;
    expect(bits(script)).toBe(expected);
  });

  test('a bundle with everything in one file: the same bits, with one whole binary in it', async () => {
    writeFileSync(
      path.join(project, 'inlined.js'),
      `import * as library from 'efficient-backprop';\n${SAID}${TRAINED}${PRINTED}`,
    );
    const outfile = path.join(project, 'inlined.mjs');
    const options = { bundle: true, minify: true, format: 'esm', outfile, logLevel: 'warning' } as const;
    await esbuild.build({ ...options, entryPoints: [path.join(project, 'inlined.js')] });
    expect(run(process.execPath, ['inlined.mjs']).trim()).toBe(expected);
    const texts = [...readFileSync(outfile, 'utf8').matchAll(/"[=-~]{4000,}"/g)].map(([text]) => gzipSync(text).length);
    expect(texts).toHaveLength(6);
    expect(Math.max(...texts)).toBeLessThan(22_000);
    expect(texts.reduce((sum, size) => sum + size)).toBeLessThan(69_000);
  });

  test('classes have their names in each', async () => {
    for (const file of ['dist/index.js', 'dist/cjs/index.mjs']) {
      const library: Record<string, unknown> = await import(path.join(root, file));
      const classes = Object.entries(library).filter(([, value]) => /^class\b/.test(String(value)));
      expect(classes.length).toBeGreaterThan(10);
      for (const [name, value] of classes) expect((value as { name: string }).name).toBe(name);
    }
  });
});

test('a bundler keeps the import of the backend, which is all that registers it', async () => {
  const peers = path.join(project, 'node_modules/@tensorflow');
  symlinkSync(path.join(root, 'node_modules/@tensorflow'), peers, 'dir');
  const program = `import * as tf from '@tensorflow/tfjs-core';
    import 'efficient-backprop/tfjs-backend';
    await tf.setBackend('efficient-backprop');
    console.log(tf.getBackend(), ...tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 1]))).dataSync());`;
  writeFileSync(path.join(project, 'backend.mjs'), program);
  expect(run(process.execPath, ['backend.mjs']).trim()).toBe('efficient-backprop 3 3');
  const outfile = path.join(project, 'backend-bundled.mjs');
  const options = { bundle: true, platform: 'node', format: 'esm', preserveSymlinks: true, logLevel: 'error' } as const;
  const external = ['@tensorflow/*'];
  await esbuild.build({ ...options, external, entryPoints: [path.join(project, 'backend.mjs')], outfile });
  expect(run(process.execPath, ['backend-bundled.mjs']).trim()).toBe('efficient-backprop 3 3');
  rmSync(peers);
});

const DOCUMENTS = some(5, [
  'README',
  'docs/network',
  'docs/model-files',
  'docs/from-tensorflow',
  'docs/from-brain',
  'docs/from-scikit-learn',
  'docs/from-matlab',
  'docs/table',
  'docs/continuing',
  'docs/levenberg-marquardt',
  'docs/techniques',
  'docs/threads',
  'docs/second-order',
  'docs/training-data',
  'docs/validation',
]);
test.each(DOCUMENTS)('the snippets of %s run as they stand', (name) => {
  writeFileSync(path.join(project, 'snippets.mjs'), snippetsOf(`${name}.md`));
  copyFileSync('examples/data/penguins.csv', path.join(project, 'penguins.csv')); // which the README reads
  run(process.execPath, ['snippets.mjs']);
});

test('the README’s network learns XOR, with no options but layers and loss', () => {
  const [block] = [...readFileSync('README.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].filter(([, code]) =>
    /\bxor\b/.test(code!),
  );
  writeFileSync(
    path.join(project, 'xor.mjs'),
    block![1]!.replace(/^(xor\.predict.*);.*$/m, 'console.log(Array.from($1, Math.round).join());'),
  );
  expect(run(process.execPath, ['xor.mjs']).trim()).toBe('0,1,1,0');
});

test.each([
  ['brain', 3],
  ['tfjs', 1],
])('the snippets of docs/%s run as they stand, each by itself', (name, count) => {
  const blocks = blocksOf(`docs/${name}.md`);
  expect(blocks).toHaveLength(count);
  for (const block of blocks) {
    writeFileSync(path.join(project, 'snippets.mjs'), block);
    run(process.execPath, ['snippets.mjs']);
  }
});

test('its types serve a strict project', () => {
  writeFileSync(
    path.join(project, 'consumer.ts'),
    `
    import { Classifier, Network, type NetworkOptions, OptionError, Regressor, biasVariance, crossValidate, dataset, dense, learningCurve, loadModel, sgd } from 'efficient-backprop';
    const options: NetworkOptions = { inputs: 2, layers: [dense(3, { activation: 'gelu' }), dense(1)], loss: 'meanSquaredError' };
    const net = await Network.create(options);
    const history = await net.fit([[1, 2]], [[3]], { method: sgd({ rate: (epoch) => 0.1 / (epoch + 1) }), onEpoch: ({ loss }) => loss.toFixed() });
    const reason: string = history.reason;
    await net.fit(dataset([[1, 2]], Float32Array.of(3)), { validation: 0.5 });
    const outputs: Float32Array | Float64Array = net.predict({ data: new Uint8Array(2), shape: [1, 2] });
    const model = await Classifier.fit([{ a: 1, b: 'x', c: new Date(), d: null }], ['y']);
    const label: string = model.predict([{ a: 1 }])[0]!;
    const either: (string | number)[] = (await Classifier.fit([[1]], ['y', 2])).predict([[1]]);
    const truths: boolean[] = (await Classifier.fit(() => [[[[1]], [true]]])).predict([[1]]);
    const anyModel: Classifier = model;
    const known: readonly string[] = model.classes;
    const regressor = await Regressor.fit([[1], [2]], [1, 2], { seed: 1 });
    const { r2 }: { r2: number } = regressor.evaluate([[1]], [1]);
    const loaded = await loadModel(model.toBytes());
    if (loaded instanceof Regressor) loaded.predict([[1]]);
    interface House { size: number; city: string; sold?: Date | null }
    const houses: readonly House[] = [{ size: 98.1, city: 'Bern' }];
    const priced = await Regressor.fit(houses, [1.2], { hidden: [] });
    priced.predict(houses);
    priced.evaluate(houses, [1.2]);
    await priced.partialFit(houses, [1.2]);
    const sorted = await Classifier.fit(async function* () { yield [houses, ['dear']] as const; });
    sorted.predictProbabilities(houses);
    await sorted.evaluateChunks(() => [[houses, ['dear']]]);
    await crossValidate(() => new Classifier(), houses, ['dear']);
    await learningCurve(() => new Regressor(), houses, [1.2]);
    await biasVariance(() => new Regressor(), houses, [1.2]);
    // @ts-expect-error: no records, and no numbers
    await Regressor.fit([['98.1', 'Bern']], [1.2]);
    // @ts-expect-error: no records, and no numbers
    await Regressor.fit(['98.1'], [1.2]);
    try { dense(0); } catch (error) { if (error instanceof OptionError) console.log(error.expected); }
    // @ts-expect-error: a wrong name of an option
    sgd({ rates: 1 });
    // @ts-expect-error: a wrong activation
    dense(3, { activation: 'swoosh' });
    // @ts-expect-error: no loss
    await Network.create({ inputs: 2, layers: [dense(1)] });
    export { reason, outputs, label, either, truths, anyModel, known, r2 };
    `,
  );
  compile('consumer.ts');
});

test('classes of the package are those that other entries speak of', () => {
  writeFileSync(
    path.join(project, 'models.ts'),
    `
    import { Classifier, Network, Regressor } from 'efficient-backprop';
    import { fromTfjsArtifacts, toTfjsArtifacts, toTfjsFiles } from 'efficient-backprop/tfjs';
    export const exported = (model: Classifier<boolean> | Regressor) => [toTfjsArtifacts(model).modelTopology, toTfjsFiles(model)['model.json'].length];
    export const there = (network: Network): Promise<Network> => fromTfjsArtifacts(toTfjsArtifacts(network), { seed: 1 });
    `,
  );
  compile('models.ts', '--skipLibCheck'); // TensorFlow.js's own types declare what compilers of today have
});

test('types of pages, and of Node.js, are not needed', () => {
  writeFileSync(
    path.join(project, 'plain.ts'),
    `
    import { Classifier, init } from 'efficient-backprop';
    import { levenbergMarquardt } from 'efficient-backprop/levenberg-marquardt';
    import { f1 } from 'efficient-backprop/metrics';
    import { readTable } from 'efficient-backprop/table';
    export const penguins = await readTable('penguins.csv');
    export const all = [Classifier, init, levenbergMarquardt, f1];
    `,
  );
  compile('plain.ts', '--lib', 'es2022', '--typeRoots', 'none');
});

/** Compiles a file of the project in the ways that resolve exports. */
function compile(file: string, ...more: string[]): void {
  const flags = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--exactOptionalPropertyTypes', ...more];
  for (const resolution of ['nodenext', 'bundler']) {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    try {
      run(process.execPath, [bin('tsc'), ...flags, '--module', module, '--moduleResolution', resolution, file]);
    } catch (error) {
      throw new Error(`${resolution}: ${(error as { stdout: string }).stdout}`);
    }
  }
}

test('Rollup, which minds what others pass over, has nothing to say about the library', async () => {
  const warnings: string[] = [];
  const input = Object.keys(ENTRIES).map((name) => `dist/${name}.js`);
  const bundle = await rollup({ input, external: /^@tensorflow\//, onwarn: ({ message }) => void warnings.push(message) });
  await bundle.close();
  expect(warnings).toEqual([]);
});

test('the library’s own files need no other module, but for the backend of tfjs', () => {
  const chunks = readdirSync('dist/chunks').filter((name) => !name.startsWith('tfjs-backend'));
  const files = ['dist/index.js', ...chunks.map((name) => `dist/chunks/${name}`)];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const imports =
      /^\s*(?:import|export)\b[^;'"]*\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
    for (const [, from, bare, dynamic] of text.matchAll(imports)) expect(from ?? bare ?? dynamic).toMatch(/^\.\.?\//);
  }
});
