// What a user waits and downloads for: the first call in a fresh process, and the bundle for pages.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { summary } from '../dist/bench.js';

const FIRST = `
  const before = performance.now();
  const { Network, dense, sgd } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
  const net = await Network.create({
    inputs: 4, layers: [dense(16, { activation: 'lecunTanh' }), dense(3, { activation: 'softmax' })], loss: 'crossEntropy', seed: 1,
  });
  await net.fit([[1, 2, 3, 4]], [0], { epochs: 1 });
  console.log(performance.now() - before);
`;

/** Milliseconds from before the import to after the first step, each in a process of its own. */
export function firstCall(processes = 9) {
  return summary(
    Array.from({ length: processes }, () =>
      Number(execFileSync(process.execPath, ['--input-type=module', '-e', FIRST], { encoding: 'utf8' })),
    ),
  );
}

/** Bytes, gzipped, of a page's script with one binary: float32's of fused multiply-adds. */
export async function bundle() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('../dist/index.js', import.meta.url))],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: 'out',
    write: false,
  });
  const files = outputFiles.filter(({ path: file }) => !/(float32|float64|float64\.relaxed)\.text-/.test(file));
  return files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}
