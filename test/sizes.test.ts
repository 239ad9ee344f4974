// What programs in pages download: bundled by esbuild, run, and weighed by the files that really loaded, with one binary.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { afterAll, expect, test } from 'vitest';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'sizes-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Tells a file which modules are loaded. */
const HOOKS = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}
`;

/** The files that a program loads which uses some of the library's names, and their sizes, gzipped. */
async function loadedBy(
  name: string,
  names: string,
  program: string,
  entry = 'efficient-backprop',
): Promise<{ files: string[]; bytes: number }> {
  const folder = path.join(scratch, name);
  const out = path.join(folder, 'out');
  mkdirSync(folder);
  const { metafile } = await esbuild.build({
    metafile: true,
    stdin: { contents: `export { ${names} } from '${entry}';`, resolveDir: folder, sourcefile: 'page.js' },
    outdir: out,
    alias: {
      'efficient-backprop': path.resolve('dist/index.js'),
      'efficient-backprop/brain': path.resolve('dist/brain.js'),
      'efficient-backprop/levenberg-marquardt': path.resolve('dist/levenberg-marquardt.js'),
      'efficient-backprop/brain/v1': path.resolve('dist/brain/v1.js'),
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'warning', // and an import of Node.js would be an error
  });
  const loaded = path.join(folder, 'loaded.txt');
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(folder, 'hooks.js'), HOOKS);
  writeFileSync(
    path.join(folder, 'register.js'),
    "import { register } from 'node:module'; register('./hooks.js', import.meta.url);",
  );
  writeFileSync(path.join(folder, 'program.js'), `import { ${names} } from './out/stdin.js';\n${program}`);
  execFileSync(process.execPath, ['--import', './register.js', 'program.js'], {
    cwd: folder,
    env: { ...process.env, LOADED: loaded },
    stdio: 'pipe',
  });
  const urls = readFileSync(loaded, 'utf8').split('\n');
  const own = urls.filter((url) => url.includes('/out/')).map((url) => decodeURIComponent(url.split('/out/')[1]!));
  // The binary of fused multiply-adds is the one that most have; the other one's text goes on from it.
  const files = [...new Set(own)].filter((file) => !file.startsWith('common.text')).sort();
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(out, file)), { level: 9 }).length, 0);
  const outputs = Object.entries(metafile.outputs).map(([file, output]) => [path.basename(file), output] as const);
  return { files: files.map((file) => originOf(outputs.find(([name]) => name === file)![1])).sort(), bytes };
}

/** What a file is mostly made of, by the library's name for it. */
function originOf({ inputs }: esbuild.Metafile['outputs'][string]): string {
  const [[file]] = Object.entries(inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput) as [[string, unknown]];
  return path.basename(file).replace(/(-[\w-]{8})?\.js$/, '');
}

test('a page that trains a network by gradient descent', async () => {
  const { files, bytes } = await loadedBy(
    'network',
    'Network, sgd',
    `
    const layers = [{ type: 'dense', units: 8, activation: 'tanh' }, { type: 'dense', units: 1 }];
    const X = Array.from({ length: 200 }, (_, r) => [Math.sin(r), Math.cos(1.7 * r)]);
    const Y = X.map(([a, b]) => [a * b]);
    const net = await Network.create({ inputs: 2, layers, loss: 'meanSquaredError', seed: 1 });
    const { validationLoss } = await net.fit(X, Y, { method: sgd({ rate: 0.1 }), epochs: 50, validation: 0.2 });
    if (!(validationLoss.at(-1) < validationLoss[0] / 2)) throw new Error(String(validationLoss));
    if (net.predict(X).length !== 200 || !(net.evaluate(X, Y).mse < 0.1)) throw new Error('does not fit');
    `,
  );
  expect(files).toEqual(['base', 'common.relaxed.text', 'core', 'reader.text']);
  expect(bytes, files.join(', ')).toBeLessThan(65_000);
});

test('a page that trains a classifier without options', async () => {
  const { files, bytes } = await loadedBy(
    'classifier',
    'Classifier',
    `
    const cities = ['Bern', 'Basel', 'Chur'];
    const rows = Array.from({ length: 60 }, (_, r) => ({ size: (r * 37) % 60, city: cities[r % 3], sold: r % 7 ? r % 2 === 0 : null }));
    const labels = rows.map(({ size, city }) => (size > 30 || city === 'Chur' ? 'dear' : 'cheap'));
    const model = await Classifier.fit(rows, labels);
    if (model.predict(rows).length !== 60 || !(model.evaluate(rows, labels).accuracy > 0.9)) throw new Error('does not fit');
    `,
  );
  expect(files).toEqual(['base', 'changing-rate', 'common.relaxed.text', 'core', 'estimators', 'nguyen-widrow']);
  expect(bytes, files.join(', ')).toBeLessThan(85_000);
});

test('a page that fits curves', async () => {
  const { files, bytes } = await loadedBy(
    'levenberg-marquardt',
    'levenbergMarquardt',
    `
    const line = ([a, b]) => (x) => a * x + b;
    const { parameterValues } = levenbergMarquardt({ x: [0, 1, 2], y: [1, 3, 5] }, line, { initialValues: [1, 0] });
    if (!(Math.abs(parameterValues[0] - 2) < 1e-6)) throw new Error('does not fit');
    `,
    'efficient-backprop/levenberg-marquardt',
  );
  expect(files).not.toContain('core');
  expect(bytes, files.join(', ')).toBeLessThan(16_000);
});

test.each(['efficient-backprop/brain', 'efficient-backprop/brain/v1'])('a page of brain.js’s that imports %s', async (entry) => {
  const { files, bytes } = await loadedBy(
    path.basename(entry),
    'NeuralNetwork',
    `
    const net = new NeuralNetwork();
    const rows = [0, 1, 2, 3].map((i) => ({ input: [i & 1, i >> 1], output: [i === 0 ? 0 : 1] }));
    net.train(rows);
    if (!(net.run([1, 1])[0] > 0.8)) throw new Error('does not learn');
    `,
    entry,
  );
  expect(files).not.toContain('core'); // which methods of the library load when they are asked for
  expect(bytes, files.join(', ')).toBeLessThan(27_000);
});
